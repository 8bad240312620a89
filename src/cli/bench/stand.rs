//! What a bench needs of an instance: a source to send to, somebody who is signed in, an API key. Taken away afterwards,
//! but for the source: its events stay.

use diesel::prelude::*;

use super::super::Failure;
use crate::accounts::audit::By;
use crate::accounts::store::NewSession;
use crate::accounts::{Role, actions, store};
use crate::base::clock::{self, DAY, Timestamp};
use crate::base::ids::{SourceId, UserId};
use crate::base::{EmailAddress, token};
use crate::db::Conn;
use crate::db::schema::{api_keys, sources, user_sessions, users};
use crate::events::sources::model::NewSource;
use crate::events::sources::{SourceKind, actions as source_actions};
use crate::web::SESSION_COOKIE;

const NAME: &str = "Bench";

/// The way in for a bench.
pub(super) struct Stand {
    pub source: SourceId,
    pub write_key: String,
    pub api_key: String,
    /// The value of a `Cookie` header.
    pub cookie: String,
    session_hash: Vec<u8>,
    user: UserId,
    is_user_ours: bool,
}

impl Stand {
    /// Makes what is missing.
    pub fn set_up(conn: &mut Conn, now: Timestamp) -> Result<Self, Failure> {
        let (source, write_key) = source(conn, now)?;
        let admin: Option<UserId> = users::table
            .filter(users::role.eq(Role::Admin))
            .filter(users::deactivated_at.is_null())
            .order(users::id)
            .select(users::id)
            .first(conn)
            .optional()?;
        let (user, is_user_ours) = match admin {
            Some(user) => (user, false),
            None => (newcomer(conn, now)?, true),
        };
        let api_key = actions::create_api_key(conn, user, NAME, "contacts:read", now)?;
        let secret = token::secret();
        let session_hash = token::hash(&secret);
        let session = NewSession {
            user,
            token_hash: session_hash.clone(),
            expires_at: now.plus(DAY),
            ip: "127.0.0.1",
            user_agent: "rapport bench",
        };
        store::insert_session(conn, &session, now)?;
        Ok(Self {
            source,
            write_key,
            api_key,
            cookie: format!("{SESSION_COOKIE}={secret}"),
            session_hash,
            user,
            is_user_ours,
        })
    }

    /// Takes away who was signed in.
    pub fn clear(&self, conn: &mut Conn) -> Result<(), Failure> {
        diesel::delete(
            user_sessions::table.filter(user_sessions::token_hash.eq(&self.session_hash)),
        )
        .execute(conn)?;
        let key = token::hash(&self.api_key);
        diesel::delete(api_keys::table.filter(api_keys::key_hash.eq(key))).execute(conn)?;
        if self.is_user_ours {
            let own = users::table.filter(users::id.eq(self.user));
            // Whoever handed something in stays its author, and comes in no more.
            if diesel::delete(own).execute(conn).is_err() {
                diesel::update(own)
                    .set(users::deactivated_at.eq(Some(clock::now())))
                    .execute(conn)?;
            }
        }
        Ok(())
    }
}

fn source(conn: &mut Conn, now: Timestamp) -> Result<(SourceId, String), Failure> {
    let found: Option<(SourceId, String)> = sources::table
        .filter(sources::name.eq(NAME))
        .filter(sources::is_enabled.eq(true))
        .select((sources::id, sources::write_key))
        .first(conn)
        .optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    let new = NewSource {
        name: NAME.to_owned(),
        kind: SourceKind::Server,
    };
    let made = source_actions::create(conn, &new, &By::house(), now)?;
    Ok((made.id, made.write_key))
}

/// Somebody to look at pages where nobody has an account yet; nobody knows the password.
fn newcomer(conn: &mut Conn, now: Timestamp) -> Result<UserId, Failure> {
    let email = EmailAddress::parse("bench@rapport.example").ok_or("an address")?;
    Ok(actions::add_user(conn, &email, NAME, Role::Admin, "", now)?)
}
