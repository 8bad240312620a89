//! API keys.

use diesel::QueryResult;

use crate::accounts::store;
use crate::base::ids::UserId;
use crate::base::{Timestamp, text, token};
use crate::db::Conn;

/// How much of a key is kept to tell it from others.
const SHOWN: usize = 8;

/// Makes a key for a user; `scopes` are separated by spaces. The key itself is told only here.
pub fn create_api_key(
    conn: &mut Conn,
    user: UserId,
    name: &str,
    scopes: &str,
    now: Timestamp,
) -> QueryResult<String> {
    let key = format!("rk_{}", token::secret());
    let prefix = text::cut(&key, SHOWN);
    store::insert_key(
        conn,
        user,
        &text::line(name, 80),
        prefix,
        token::hash(&key),
        scopes,
        now,
    )?;
    Ok(key)
}
