//! Sessions: who is signed in, on which browser.

use diesel::prelude::*;

use crate::accounts::model::{Session, User};
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{user_sessions, users};

/// A session that still holds, and whose it is.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// Id of the session.
    pub session_id: i64,
    /// When it was last used, to a few minutes.
    pub last_seen_at: Timestamp,
}

/// The user behind a session that still holds.
pub fn user_of_session(conn: &mut Conn, session: i64, now: Timestamp) -> QueryResult<Option<User>> {
    let user: Option<UserId> = user_sessions::table
        .filter(user_sessions::id.eq(session))
        .filter(user_sessions::expires_at.gt(now))
        .select(user_sessions::user_id)
        .first(conn)
        .optional()?;
    match user {
        Some(user) => User::query()
            .filter(users::id.eq(user))
            .filter(users::deactivated_at.is_null())
            .first(conn)
            .optional(),
        None => Ok(None),
    }
}

/// The session behind a cookie's token, if it holds and its user may sign in.
pub fn session_by_token(
    conn: &mut Conn,
    token_hash: Vec<u8>,
    now: Timestamp,
) -> QueryResult<Option<SignedIn>> {
    let found: Option<(i64, Timestamp, UserId)> = user_sessions::table
        .filter(user_sessions::token_hash.eq(token_hash))
        .filter(user_sessions::expires_at.gt(now))
        .select((
            user_sessions::id,
            user_sessions::last_seen_at,
            user_sessions::user_id,
        ))
        .first(conn)
        .optional()?;
    let Some((session_id, last_seen_at, user_id)) = found else {
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
        last_seen_at,
    }))
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

/// A session about to begin.
pub struct NewSession<'a> {
    /// Whose it is.
    pub user: UserId,
    /// Hash of its token.
    pub token_hash: Vec<u8>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Where it began.
    pub ip: &'a str,
    /// On which browser.
    pub user_agent: &'a str,
}

/// Begins a session.
pub fn insert_session(conn: &mut Conn, new: &NewSession<'_>, now: Timestamp) -> QueryResult<i64> {
    diesel::insert_into(user_sessions::table)
        .values((
            user_sessions::user_id.eq(new.user),
            user_sessions::token_hash.eq(&new.token_hash),
            user_sessions::created_at.eq(now),
            user_sessions::last_seen_at.eq(now),
            user_sessions::expires_at.eq(new.expires_at),
            user_sessions::ip.eq(new.ip),
            user_sessions::user_agent.eq(new.user_agent),
        ))
        .returning(user_sessions::id)
        .get_result(conn)
}

/// Ends one session of a user; whether it was there.
pub fn delete_session(conn: &mut Conn, user: UserId, session: i64) -> QueryResult<bool> {
    diesel::delete(
        user_sessions::table
            .filter(user_sessions::id.eq(session))
            .filter(user_sessions::user_id.eq(user)),
    )
    .execute(conn)
    .map(|rows| rows > 0)
}

/// Ends every session of a user, but for the one to keep.
pub fn delete_sessions(conn: &mut Conn, user: UserId, but: Option<i64>) -> QueryResult<usize> {
    diesel::delete(
        user_sessions::table
            .filter(user_sessions::user_id.eq(user))
            .filter(user_sessions::id.ne(but.unwrap_or(0))),
    )
    .execute(conn)
}

/// The browsers a user is signed in on, last used first.
pub fn sessions_of(conn: &mut Conn, user: UserId, now: Timestamp) -> QueryResult<Vec<Session>> {
    Session::query()
        .filter(user_sessions::user_id.eq(user))
        .filter(user_sessions::expires_at.gt(now))
        .order((user_sessions::last_seen_at.desc(), user_sessions::id.desc()))
        .limit(100)
        .load(conn)
}

/// Forgets sessions that ended by themselves.
pub fn delete_old_sessions(conn: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(user_sessions::table.filter(user_sessions::expires_at.lt(before))).execute(conn)
}
