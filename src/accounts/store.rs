//! Queries of accounts.

use diesel::prelude::*;

use super::User;
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{api_keys, settings, user_sessions, users};

/// A session that still holds, and whose it is.
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// Id of the session.
    pub session_id: i64,
    /// Its form token.
    pub csrf: String,
    /// When it was last used, to a few minutes.
    pub last_seen_at: Timestamp,
}

/// The session behind a cookie's token, if it holds and its user may sign in.
pub fn session_by_token(
    conn: &mut Conn,
    token_hash: Vec<u8>,
    now: Timestamp,
) -> QueryResult<Option<SignedIn>> {
    let found: Option<(i64, String, Timestamp, UserId)> = user_sessions::table
        .filter(user_sessions::token_hash.eq(token_hash))
        .filter(user_sessions::expires_at.gt(now))
        .select((
            user_sessions::id,
            user_sessions::csrf,
            user_sessions::last_seen_at,
            user_sessions::user_id,
        ))
        .first(conn)
        .optional()?;
    let Some((session_id, csrf, last_seen_at, user_id)) = found else {
        return Ok(None);
    };
    let user = User::query()
        .filter(users::id.eq(user_id))
        .filter(users::deactivated_at.is_null())
        .first(conn)
        .optional()?;
    Ok(user.map(|user| SignedIn {
        user,
        session_id,
        csrf,
        last_seen_at,
    }))
}

/// The user and the scopes of an API key that holds.
pub fn user_by_key(conn: &mut Conn, key_hash: Vec<u8>) -> QueryResult<Option<(User, String, i64)>> {
    let found: Option<(UserId, String, i64)> = api_keys::table
        .filter(api_keys::key_hash.eq(key_hash))
        .filter(api_keys::revoked_at.is_null())
        .select((api_keys::user_id, api_keys::scopes, api_keys::id))
        .first(conn)
        .optional()?;
    let Some((user_id, scopes, key_id)) = found else {
        return Ok(None);
    };
    let user = User::query()
        .filter(users::id.eq(user_id))
        .filter(users::deactivated_at.is_null())
        .first(conn)
        .optional()?;
    Ok(user.map(|user| (user, scopes, key_id)))
}

/// A setting of the workspace.
pub fn setting(conn: &mut Conn, key: &str) -> QueryResult<Option<String>> {
    settings::table
        .filter(settings::key.eq(key))
        .select(settings::value)
        .first(conn)
        .optional()
}

/// Notes that a session and its user were here.
pub fn touch_session(
    conn: &mut Conn,
    session: i64,
    user: UserId,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(user_sessions::table.filter(user_sessions::id.eq(session)))
        .set(user_sessions::last_seen_at.eq(now))
        .execute(conn)?;
    diesel::update(users::table.filter(users::id.eq(user)))
        .set(users::last_seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}
