//! Passwords: forgotten, reset, changed.

use super::Place;
use super::throttle::{self, MAIL};
use crate::accounts::audit::{self, By};
use crate::accounts::model::{LinkKind, OneTimeLink, User};
use crate::accounts::post::MailLink;
use crate::accounts::store::{self, NewLink};
use crate::accounts::{AccountError, mails};
use crate::base::clock::HOUR;
use crate::base::{EmailAddress, Timestamp, token};
use crate::db::Conn;
use crate::jobs;

/// How long a reset can be taken up.
const RESET_FOR: i64 = HOUR;

/// Mails a link to set a new password, if the address is somebody's. The caller cannot tell.
pub fn request_reset(
    conn: &mut Conn,
    email: &str,
    place: &Place,
    base_url: &str,
    now: Timestamp,
) -> Result<(), AccountError> {
    throttle::count(
        conn,
        &format!("reset:{}", throttle::place(&place.ip)),
        MAIL,
        now,
    )?;
    let Some(email) = EmailAddress::parse(email) else {
        return Ok(());
    };
    let user =
        store::user_by_email(conn, email.as_str())?.filter(|user| user.deactivated_at.is_none());
    let Some(user) = user else { return Ok(()) };
    match throttle::count(conn, &format!("reset:{email}"), MAIL, now) {
        // Enough lie in the mailbox already; saying so would tell that the address is known.
        Err(AccountError::TooMany(_)) => return Ok(()),
        other => other?,
    };
    let link = NewLink {
        kind: LinkKind::PasswordReset,
        user: Some(user.id),
        email: email.as_str(),
        role: None,
        created_by: None,
        expires_at: now.plus(RESET_FOR),
    };
    let id = store::insert_link(conn, &link, now)?;
    let by = By {
        user: None,
        name: email.to_string(),
        ip: place.ip.clone(),
    };
    audit::record(
        conn,
        &by,
        "password.reset_requested",
        Some(("user", user.id.0)),
        "",
        now,
    )?;
    jobs::enqueue(conn, &MailLink::new(id, base_url), now)?;
    Ok(())
}

/// The reset behind a token.
pub fn open_reset(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<OneTimeLink, AccountError> {
    store::open_link(conn, LinkKind::PasswordReset, token::hash(token), now)?
        .ok_or(AccountError::LinkGone)
}

/// Sets the new password. Every session ends, and every other reset link with it.
pub fn reset_password(
    conn: &mut Conn,
    token: &str,
    password_hash: &str,
    place: &Place,
    now: Timestamp,
) -> Result<(), AccountError> {
    let link = open_reset(conn, token, now)?;
    let user = match link.user_id {
        Some(id) => store::user(conn, id)?,
        None => None,
    };
    let user = user
        .filter(|user| user.deactivated_at.is_none())
        .ok_or(AccountError::LinkGone)?;
    if !store::spend_link(conn, link.id, now)? {
        return Err(AccountError::LinkGone);
    }
    store::delete_links(conn, LinkKind::PasswordReset, &link.email)?;
    store::set_password(conn, user.id, password_hash, now)?;
    store::delete_sessions(conn, user.id, None)?;
    // Whoever proved to own the mailbox need not wait for what their own guesses earned.
    store::forget_count(conn, &super::password_key(&place.ip, &user.email))?;
    let by = By {
        user: Some(user.id),
        name: user.name.clone(),
        ip: place.ip.clone(),
    };
    audit::record(
        conn,
        &by,
        "password.reset",
        Some(("user", user.id.0)),
        "",
        now,
    )?;
    mails::password_changed(conn, &user, now)
}

/// Sets another password for somebody who has shown the old one. Their other sessions end.
pub fn change_password(
    conn: &mut Conn,
    user: &User,
    by: &By,
    password_hash: &str,
    session: i64,
    now: Timestamp,
) -> Result<(), AccountError> {
    store::set_password(conn, user.id, password_hash, now)?;
    store::delete_sessions(conn, user.id, Some(session))?;
    store::delete_links(conn, LinkKind::PasswordReset, &user.email)?;
    audit::record(
        conn,
        by,
        "password.changed",
        Some(("user", user.id.0)),
        "",
        now,
    )?;
    mails::password_changed(conn, user, now)
}
