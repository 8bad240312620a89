//! Second factors: the sealed seed, the step of the last code, recovery codes.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{recovery_codes, users};

/// The sealed seed of a user and the step of the last code they used.
pub fn sealed_seed(conn: &mut Conn, user: UserId) -> QueryResult<Option<(Vec<u8>, i64)>> {
    let row: Option<(Option<Vec<u8>>, i64)> = users::table
        .filter(users::id.eq(user))
        .select((users::totp_secret, users::totp_last_step))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(seed, step)| seed.map(|seed| (seed, step))))
}

/// Keeps a seed that is not asked for yet.
pub fn put_seed(conn: &mut Conn, user: UserId, sealed: &[u8], now: Timestamp) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(user)))
        .set((
            users::totp_secret.eq(Some(sealed)),
            users::totp_enabled_at.eq(None::<Timestamp>),
            users::totp_last_step.eq(0_i64),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Asks for codes from now on, or no longer.
pub fn enable_totp(
    conn: &mut Conn,
    user: UserId,
    since: Option<Timestamp>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(users::table.filter(users::id.eq(user)))
        .set((users::totp_enabled_at.eq(since), users::updated_at.eq(now)))
        .execute(conn)?;
    if since.is_none() {
        diesel::update(users::table.filter(users::id.eq(user)))
            .set(users::totp_secret.eq(None::<Vec<u8>>))
            .execute(conn)?;
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses up a step; `false` if it, or a later one, was used already.
pub fn spend_step(conn: &mut Conn, user: UserId, step: i64) -> QueryResult<bool> {
    diesel::update(
        users::table
            .filter(users::id.eq(user))
            .filter(users::totp_last_step.lt(step)),
    )
    .set(users::totp_last_step.eq(step))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Uses up a recovery code; `false` if there is none such, or it was used already.
pub fn spend_recovery_code(
    conn: &mut Conn,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> QueryResult<bool> {
    diesel::update(
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(user))
            .filter(recovery_codes::code_hash.eq(hash))
            .filter(recovery_codes::used_at.is_null()),
    )
    .set(recovery_codes::used_at.eq(Some(now)))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// Puts these in place of all recovery codes.
pub fn replace_recovery_codes(
    conn: &mut Conn,
    user: UserId,
    hashes: &[Vec<u8>],
) -> QueryResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user),
                recovery_codes::code_hash.eq(hash),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// How many recovery codes are left.
pub fn recovery_codes_left(conn: &mut Conn, user: UserId) -> QueryResult<i64> {
    recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)
}
