//! API keys.

use diesel::prelude::*;

use crate::accounts::access::Access;
use crate::accounts::model::{ApiKey, User};
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{api_keys, users};

/// A key that holds, and for whom it acts.
pub struct KeyHolder {
    /// The user.
    pub user: User,
    /// What they may do.
    pub access: Access,
    /// What the key may do, separated by spaces.
    pub scopes: String,
    /// The key.
    pub key_id: i64,
    /// When it was last used, to a few minutes.
    pub last_used_at: Option<Timestamp>,
}

/// The holder of an API key, if it holds and its user may sign in.
pub fn holder_of_key(conn: &mut Conn, key_hash: Vec<u8>) -> QueryResult<Option<KeyHolder>> {
    let found: Option<ApiKey> = ApiKey::query()
        .filter(api_keys::key_hash.eq(key_hash))
        .filter(api_keys::revoked_at.is_null())
        .first(conn)
        .optional()?;
    let Some(key) = found else {
        return Ok(None);
    };
    let user = User::query()
        .filter(users::id.eq(key.user_id))
        .filter(users::deactivated_at.is_null())
        .first(conn)
        .optional()?;
    let Some(user) = user else {
        return Ok(None);
    };
    Ok(Some(KeyHolder {
        access: super::access_of(conn, &user)?,
        user,
        scopes: key.scopes,
        key_id: key.id,
        last_used_at: key.last_used_at,
    }))
}

/// Notes that a key was used.
pub fn touch_key(conn: &mut Conn, key: i64, now: Timestamp) -> QueryResult<()> {
    diesel::update(api_keys::table.filter(api_keys::id.eq(key)))
        .set(api_keys::last_used_at.eq(Some(now)))
        .execute(conn)
        .map(|_| ())
}

/// A key about to be made; of the key itself only its hash and its first characters are kept.
pub struct NewKey<'a> {
    /// For whom it acts.
    pub user: UserId,
    /// What it is for.
    pub name: &'a str,
    /// Its first characters.
    pub prefix: &'a str,
    /// Hash of the whole.
    pub key_hash: Vec<u8>,
    /// What it may do, separated by spaces.
    pub scopes: &'a str,
}

/// Adds an API key.
pub fn insert_key(conn: &mut Conn, new: &NewKey<'_>, now: Timestamp) -> QueryResult<i64> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::user_id.eq(new.user),
            api_keys::name.eq(new.name),
            api_keys::prefix.eq(new.prefix),
            api_keys::key_hash.eq(&new.key_hash),
            api_keys::scopes.eq(new.scopes),
            api_keys::created_at.eq(now),
        ))
        .returning(api_keys::id)
        .get_result(conn)
}

/// Keys that hold, newest first: one user's, or everybody's with their names.
pub fn keys(conn: &mut Conn, of: Option<UserId>) -> QueryResult<Vec<(ApiKey, String)>> {
    let mut query = ApiKey::query()
        .filter(api_keys::revoked_at.is_null())
        .order(api_keys::id.desc())
        .limit(200)
        .into_boxed();
    if let Some(user) = of {
        query = query.filter(api_keys::user_id.eq(user));
    }
    let keys: Vec<ApiKey> = query.load(conn)?;
    let ids: Vec<UserId> = keys.iter().map(|key| key.user_id).collect();
    let names: Vec<(UserId, String)> = users::table
        .filter(users::id.eq_any(ids))
        .select((users::id, users::name))
        .load(conn)?;
    let name_of = |id: UserId| {
        names
            .iter()
            .find(|(user, _)| *user == id)
            .map(|(_, name)| name.clone())
    };
    Ok(keys
        .into_iter()
        .map(|key| {
            let name = name_of(key.user_id).unwrap_or_default();
            (key, name)
        })
        .collect())
}

/// Revokes a key, of one user or of anybody; its name, if it was there.
pub fn revoke_key(
    conn: &mut Conn,
    id: i64,
    of: Option<UserId>,
    now: Timestamp,
) -> QueryResult<Option<String>> {
    let found: Option<ApiKey> = ApiKey::query()
        .filter(api_keys::id.eq(id))
        .filter(api_keys::revoked_at.is_null())
        .first(conn)
        .optional()?;
    let Some(key) = found.filter(|key| of.is_none_or(|user| user == key.user_id)) else {
        return Ok(None);
    };
    diesel::update(api_keys::table.filter(api_keys::id.eq(id)))
        .set(api_keys::revoked_at.eq(Some(now)))
        .execute(conn)?;
    Ok(Some(key.name))
}
