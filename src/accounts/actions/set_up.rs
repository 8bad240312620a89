//! The first administrator of a new instance.

use crate::accounts::audit::{self, By};
use crate::accounts::model::{Role, User};
use crate::accounts::{AccountError, store};
use crate::base::{EmailAddress, Timestamp, text};
use crate::db::Conn;

/// What set-up asks for; everything checked but the name.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// Name of the workspace.
    pub workspace: String,
    /// Name of the administrator.
    pub name: String,
    /// Their address.
    pub email: EmailAddress,
    /// Hash of their password.
    pub password_hash: String,
    /// Where they reached this instance: they hold the token, so it may stand in mails.
    pub url: String,
}

/// Makes the first administrator. Two who try at once: the second is refused.
pub fn set_up(
    conn: &mut Conn,
    set_up: &SetUp,
    ip: &str,
    now: Timestamp,
) -> Result<User, AccountError> {
    let is_first = store::claim_setting(conn, "setup.done_at", &now.to_string(), now)?;
    if !is_first || store::has_users(conn)? {
        return Err(AccountError::SetUpAlready);
    }
    let id = super::add_user(
        conn,
        &set_up.email,
        &set_up.name,
        Role::Admin,
        &set_up.password_hash,
        now,
    )?;
    let workspace = text::line(&set_up.workspace, 80);
    if !workspace.is_empty() {
        store::put_setting(conn, "workspace.name", &workspace, now)?;
    }
    store::put_setting(conn, "workspace.url", &set_up.url, now)?;
    let user = store::user(conn, id)?.ok_or(AccountError::NotFound)?;
    let by = By {
        user: Some(id),
        name: user.name.clone(),
        ip: ip.to_owned(),
    };
    audit::record(
        conn,
        &by,
        "workspace.set_up",
        Some(("user", id.0)),
        &workspace,
        now,
    )?;
    Ok(user)
}
