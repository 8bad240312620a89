//! Adding users.

use crate::accounts::audit::{self, By};
use crate::accounts::model::{AnyRole, NewUserRow, Role};
use crate::accounts::password::{self, Cost};
use crate::accounts::{AccountError, store};
use crate::base::ids::UserId;
use crate::base::{EmailAddress, Timestamp, text};
use crate::db::Conn;

/// A user to add, as somebody typed it.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Address to sign in with.
    pub email: String,
    /// Name as they write it.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Password.
    pub password: String,
}

/// Adds a user with a password, hashed on this thread: for the command line and the demo world.
pub fn create_user(conn: &mut Conn, new: NewUser, now: Timestamp) -> Result<UserId, AccountError> {
    let email = checked_email(&new.email)?;
    if let Some(why) = password::objection(&new.password, email.as_str()) {
        return Err(AccountError::Field("password", why));
    }
    let hash = Cost::STRONG.hash(&new.password)?;
    let id = add_user(conn, &email, &new.name, new.role, &hash, now)?;
    let object = Some(("user", id.0));
    audit::record(
        conn,
        &By::house(),
        "user.created",
        object,
        email.as_str(),
        now,
    )?;
    Ok(id)
}

/// Adds a user whose password is hashed already.
pub fn add_user(
    conn: &mut Conn,
    email: &EmailAddress,
    name: &str,
    role: impl Into<AnyRole>,
    password_hash: &str,
    now: Timestamp,
) -> Result<UserId, AccountError> {
    let name = checked_name(name)?;
    if store::user_by_email(conn, email.as_str())?.is_some() {
        return Err(AccountError::EmailTaken);
    }
    let row = NewUserRow {
        email: email.as_str(),
        name: &name,
        role: role.into(),
        password_hash,
        language: "en",
        time_zone: "UTC",
    };
    Ok(store::insert_user(conn, &row, now)?)
}

/// An address in the one form it is kept in.
pub fn checked_email(text: &str) -> Result<EmailAddress, AccountError> {
    let wrong = || {
        AccountError::Field(
            "email",
            "Write an e-mail address, such as ada@example.com.".to_owned(),
        )
    };
    EmailAddress::parse(text).ok_or_else(wrong)
}

/// A name on one line.
pub fn checked_name(text: &str) -> Result<String, AccountError> {
    let name = text::line(text, 120);
    if name.is_empty() {
        return Err(AccountError::Field("name", "Write a name.".to_owned()));
    }
    Ok(name)
}
