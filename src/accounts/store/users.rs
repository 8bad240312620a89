//! Users: finding, adding, changing.

use diesel::prelude::*;

use crate::accounts::model::{NewUserRow, User};
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::users;

/// What a sign-in is checked against.
pub struct Credentials {
    /// The user, who may be deactivated.
    pub user: User,
    /// Hash of the password, if one was ever set.
    pub password_hash: Option<String>,
}

/// Whether anybody has an account yet.
pub fn has_users(conn: &mut Conn) -> QueryResult<bool> {
    let first: Option<UserId> = users::table.select(users::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// The user behind a normalised address and what they sign in with.
pub fn credentials(conn: &mut Conn, email: &str) -> QueryResult<Option<Credentials>> {
    let Some(user) = user_by_email(conn, email)? else {
        return Ok(None);
    };
    let password_hash = password_hash(conn, user.id)?;
    Ok(Some(Credentials {
        user,
        password_hash,
    }))
}

/// A user by normalised address, deactivated or not.
pub fn user_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<User>> {
    User::query()
        .filter(users::email.eq(email))
        .first(conn)
        .optional()
}

/// A user by id, deactivated or not.
pub fn user(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    User::query()
        .filter(users::id.eq(id))
        .first(conn)
        .optional()
}

/// The hash of somebody's password.
pub fn password_hash(conn: &mut Conn, id: UserId) -> QueryResult<Option<String>> {
    users::table
        .filter(users::id.eq(id))
        .select(users::password_hash)
        .first(conn)
}

/// Adds a user.
pub fn insert_user(conn: &mut Conn, new: &NewUserRow<'_>, now: Timestamp) -> QueryResult<UserId> {
    diesel::insert_into(users::table)
        .values((
            users::email.eq(new.email),
            users::name.eq(new.name),
            users::role.eq(new.role),
            users::password_hash.eq(Some(new.password_hash)),
            users::language.eq(new.language),
            users::time_zone.eq(new.time_zone),
            users::theme.eq("system"),
            users::totp_last_step.eq(0_i64),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .returning(users::id)
        .get_result(conn)
}

/// Replaces the hash of a password.
pub fn set_password(conn: &mut Conn, id: UserId, hash: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((
            users::password_hash.eq(Some(hash)),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}
