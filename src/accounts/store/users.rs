//! Users: finding, adding, changing.

use diesel::prelude::*;

use crate::accounts::model::{AnyRole, NewUserRow, Profile, Role, User};
use crate::base::Timestamp;
use crate::base::ids::{FileId, UserId};
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

/// Those of some ids that are users.
pub fn users_among(conn: &mut Conn, ids: &[UserId]) -> QueryResult<Vec<UserId>> {
    users::table
        .filter(users::id.eq_any(ids))
        .order(users::id)
        .select(users::id)
        .load(conn)
}

/// Users who may sign in, by name.
pub fn active_users(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(UserId, String)>> {
    users::table
        .filter(users::deactivated_at.is_null())
        .order((users::name, users::id))
        .limit(limit)
        .select((users::id, users::name))
        .load(conn)
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
            users::role.eq(new.role.columns().0),
            users::role_id.eq(new.role.columns().1),
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

/// Users after `after` in order of joining, deactivated ones too.
pub fn users_page(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Vec<User>> {
    User::query()
        .filter(users::id.gt(UserId(after)))
        .order(users::id)
        .limit(limit)
        .load(conn)
}

/// Whether an administrator other than this one may sign in. Until this transaction ends no other can take one away.
pub fn has_other_admin(conn: &mut Conn, but: UserId, now: Timestamp) -> QueryResult<bool> {
    // The row stands for the set of administrators: whoever changes the set holds it.
    super::hold_count(conn, "administrators", now)?;
    let other: Option<UserId> = users::table
        .filter(users::role.eq(Role::Admin))
        .filter(users::deactivated_at.is_null())
        .filter(users::id.ne(but))
        .select(users::id)
        .first(conn)
        .optional()?;
    Ok(other.is_some())
}

/// Changes a role.
pub fn set_role(conn: &mut Conn, id: UserId, role: AnyRole, now: Timestamp) -> QueryResult<()> {
    let (role, own) = role.columns();
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((
            users::role.eq(role),
            users::role_id.eq(own),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Lets somebody sign in no longer, or again.
pub fn set_deactivated(
    conn: &mut Conn,
    id: UserId,
    since: Option<Timestamp>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((users::deactivated_at.eq(since), users::updated_at.eq(now)))
        .execute(conn)
        .map(|_| ())
}

/// Changes what somebody says about themselves.
pub fn set_profile(
    conn: &mut Conn,
    id: UserId,
    profile: &Profile,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((
            users::name.eq(&profile.name),
            users::language.eq(&profile.language),
            users::time_zone.eq(&profile.time_zone),
            users::theme.eq(profile.theme),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Changes the picture.
pub fn set_avatar(
    conn: &mut Conn,
    id: UserId,
    file: Option<FileId>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((users::avatar_file_id.eq(file), users::updated_at.eq(now)))
        .execute(conn)
        .map(|_| ())
}

/// What a sign-in of this user is checked against, if they may sign in.
pub fn credentials_of(conn: &mut Conn, id: UserId) -> QueryResult<Option<Credentials>> {
    let Some(user) = user(conn, id)?.filter(|user| user.deactivated_at.is_none()) else {
        return Ok(None);
    };
    let password_hash = password_hash(conn, id)?;
    Ok(Some(Credentials {
        user,
        password_hash,
    }))
}
