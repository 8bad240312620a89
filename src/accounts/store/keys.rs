//! API keys.

use diesel::prelude::*;

use crate::accounts::model::User;
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{api_keys, users};

/// The user and the scopes of an API key that holds, and the key's id.
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

/// Adds an API key; only its hash and its first characters are kept.
pub fn insert_key(
    conn: &mut Conn,
    user: UserId,
    name: &str,
    prefix: &str,
    key_hash: Vec<u8>,
    scopes: &str,
    now: Timestamp,
) -> QueryResult<i64> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::user_id.eq(user),
            api_keys::name.eq(name),
            api_keys::prefix.eq(prefix),
            api_keys::key_hash.eq(key_hash),
            api_keys::scopes.eq(scopes),
            api_keys::created_at.eq(now),
        ))
        .returning(api_keys::id)
        .get_result(conn)
}
