//! One-time links: invitations and password resets. Only the hash of a token is kept.

use diesel::prelude::*;

use crate::accounts::model::{AnyRole, LinkKind, OneTimeLink};
use crate::base::ids::UserId;
use crate::base::{Timestamp, token};
use crate::db::Conn;
use crate::db::schema::user_tokens;

/// A link about to be sent.
pub struct NewLink<'a> {
    /// What it opens.
    pub kind: LinkKind,
    /// For whom, where they have an account.
    pub user: Option<UserId>,
    /// Where it is sent.
    pub email: &'a str,
    /// The role an invitation gives.
    pub role: Option<AnyRole>,
    /// Who invites.
    pub created_by: Option<UserId>,
    /// When it stops opening anything.
    pub expires_at: Timestamp,
}

/// Keeps a link that opens nothing yet: its token is made when it is mailed.
pub fn insert_link(conn: &mut Conn, new: &NewLink<'_>, now: Timestamp) -> QueryResult<i64> {
    let nobodys = token::random_bytes::<32>().to_vec();
    diesel::insert_into(user_tokens::table)
        .values((
            user_tokens::kind.eq(new.kind),
            user_tokens::token_hash.eq(nobodys),
            user_tokens::user_id.eq(new.user),
            user_tokens::email.eq(new.email),
            user_tokens::role.eq(new.role.map(|role| role.columns().0)),
            user_tokens::role_id.eq(new.role.and_then(|role| role.columns().1)),
            user_tokens::created_by.eq(new.created_by),
            user_tokens::created_at.eq(now),
            user_tokens::expires_at.eq(new.expires_at),
        ))
        .returning(user_tokens::id)
        .get_result(conn)
}

/// A link that is still to be opened.
pub fn unopened_link(conn: &mut Conn, id: i64, now: Timestamp) -> QueryResult<Option<OneTimeLink>> {
    OneTimeLink::query()
        .filter(user_tokens::id.eq(id))
        .filter(user_tokens::used_at.is_null())
        .filter(user_tokens::expires_at.gt(now))
        .first(conn)
        .optional()
}

/// Says which token opens a link.
pub fn set_link_token(conn: &mut Conn, id: i64, token_hash: Vec<u8>) -> QueryResult<()> {
    diesel::update(user_tokens::table.filter(user_tokens::id.eq(id)))
        .set(user_tokens::token_hash.eq(token_hash))
        .execute(conn)
        .map(|_| ())
}

/// The link behind a token, if it still opens something.
pub fn open_link(
    conn: &mut Conn,
    kind: LinkKind,
    token_hash: Vec<u8>,
    now: Timestamp,
) -> QueryResult<Option<OneTimeLink>> {
    OneTimeLink::query()
        .filter(user_tokens::kind.eq(kind))
        .filter(user_tokens::token_hash.eq(token_hash))
        .filter(user_tokens::used_at.is_null())
        .filter(user_tokens::expires_at.gt(now))
        .first(conn)
        .optional()
}

/// Uses a link up; `false` if somebody was quicker.
pub fn spend_link(conn: &mut Conn, id: i64, now: Timestamp) -> QueryResult<bool> {
    diesel::update(
        user_tokens::table
            .filter(user_tokens::id.eq(id))
            .filter(user_tokens::used_at.is_null()),
    )
    .set(user_tokens::used_at.eq(Some(now)))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Forgets every link of a kind that was sent to an address.
pub fn delete_links(conn: &mut Conn, kind: LinkKind, email: &str) -> QueryResult<usize> {
    diesel::delete(
        user_tokens::table
            .filter(user_tokens::kind.eq(kind))
            .filter(user_tokens::email.eq(email)),
    )
    .execute(conn)
}

/// Forgets links that opened nothing any more before `before`.
pub fn delete_old_links(conn: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(user_tokens::table.filter(user_tokens::expires_at.lt(before))).execute(conn)
}

/// Invitations nobody has taken up yet, newest first.
pub fn invitations(conn: &mut Conn) -> QueryResult<Vec<OneTimeLink>> {
    OneTimeLink::query()
        .filter(user_tokens::kind.eq(LinkKind::Invitation))
        .filter(user_tokens::used_at.is_null())
        .order(user_tokens::id.desc())
        .limit(200)
        .load(conn)
}

/// One invitation nobody has taken up yet.
pub fn invitation(conn: &mut Conn, id: i64) -> QueryResult<Option<OneTimeLink>> {
    OneTimeLink::query()
        .filter(user_tokens::kind.eq(LinkKind::Invitation))
        .filter(user_tokens::id.eq(id))
        .filter(user_tokens::used_at.is_null())
        .first(conn)
        .optional()
}
