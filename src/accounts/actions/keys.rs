//! API keys.

use diesel::QueryResult;

use crate::accounts::audit::{self, By};
use crate::accounts::rights::SCOPES;
use crate::accounts::store::{self, NewKey};
use crate::accounts::{AccountError, User};
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
    let new = NewKey {
        user,
        name: &text::line(name, 80),
        prefix: text::cut(&key, SHOWN),
        key_hash: token::hash(&key),
        scopes,
    };
    store::insert_key(conn, &new, now)?;
    Ok(key)
}

/// Makes a key as a form asked for it.
pub fn make_key(
    conn: &mut Conn,
    user: &User,
    by: &By,
    name: &str,
    scopes: &[String],
    now: Timestamp,
) -> Result<String, AccountError> {
    let name = text::line(name, 80);
    if name.is_empty() {
        let why = "Write what the key is for, so that it can be told from others.";
        return Err(AccountError::Field("name", why.to_owned()));
    }
    let known: Vec<&str> = SCOPES
        .iter()
        .map(|(scope, _)| *scope)
        .filter(|scope| scopes.iter().any(|s| s == scope))
        .collect();
    if known.is_empty() {
        return Err(AccountError::Field(
            "scopes",
            "Choose at least one thing the key may do.".to_owned(),
        ));
    }
    let key = create_api_key(conn, user.id, &name, &known.join(" "), now)?;
    audit::record(
        conn,
        by,
        "key.created",
        Some(("user", user.id.0)),
        &format!("{name}: {}", known.join(", ")),
        now,
    )?;
    Ok(key)
}

/// Revokes a key, of one user or (`None`) of anybody.
pub fn revoke_key(
    conn: &mut Conn,
    id: i64,
    of: Option<UserId>,
    by: &By,
    now: Timestamp,
) -> Result<(), AccountError> {
    let name = store::revoke_key(conn, id, of, now)?.ok_or(AccountError::NotFound)?;
    Ok(audit::record(
        conn,
        by,
        "key.revoked",
        Some(("key", id)),
        &name,
        now,
    )?)
}
