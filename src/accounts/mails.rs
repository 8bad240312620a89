//! The mails of accounts. What opens something is written when it is sent; the others are put into the queue in the
//! transaction of what they speak about.

use askama::Template;

use super::{AccountError, User};
use crate::base::Timestamp;
use crate::db::Conn;
use crate::mail::{self, Message};

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationText<'a> {
    by: &'a str,
    workspace: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct InvitationHtml<'a> {
    by: &'a str,
    workspace: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password_reset.txt")]
struct ResetText<'a> {
    name: &'a str,
    workspace: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password_reset.html")]
struct ResetHtml<'a> {
    name: &'a str,
    workspace: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/account_changed.txt")]
struct ChangedText<'a> {
    name: &'a str,
    what: &'a str,
}

#[derive(Template)]
#[template(path = "mail/account_changed.html")]
struct ChangedHtml<'a> {
    name: &'a str,
    what: &'a str,
}

/// Asks somebody in.
pub fn invitation(
    to: &str,
    by: &str,
    workspace: &str,
    link: &str,
) -> Result<Message, AccountError> {
    let text = InvitationText {
        by,
        workspace,
        link,
    }
    .render();
    let html = InvitationHtml {
        by,
        workspace,
        link,
    }
    .render();
    written(to, format!("{by} invites you to {workspace}"), text, html)
}

/// Leads to a new password.
pub fn password_reset(
    to: &str,
    name: &str,
    workspace: &str,
    link: &str,
) -> Result<Message, AccountError> {
    let text = ResetText {
        name,
        workspace,
        link,
    }
    .render();
    let html = ResetHtml {
        name,
        workspace,
        link,
    }
    .render();
    written(to, format!("A new password for {workspace}"), text, html)
}

/// Says that the password is another one now.
pub fn password_changed(conn: &mut Conn, user: &User, now: Timestamp) -> Result<(), AccountError> {
    changed(
        conn,
        user,
        "Your password was changed, and your other sessions were ended.",
        now,
    )
}

/// Says that the second factor was switched on or off.
pub fn second_factor(
    conn: &mut Conn,
    user: &User,
    is_on: bool,
    now: Timestamp,
) -> Result<(), AccountError> {
    let what = if is_on {
        "Signing in asks for a code of your authenticator app from now on."
    } else {
        "Signing in no longer asks for a code of your authenticator app."
    };
    changed(conn, user, what, now)
}

fn changed(conn: &mut Conn, user: &User, what: &str, now: Timestamp) -> Result<(), AccountError> {
    let name = user.name.as_str();
    let text = ChangedText { name, what }.render();
    let html = ChangedHtml { name, what }.render();
    let subject = "Your account was changed".to_owned();
    let message = written(&user.email, subject, text, html)?;
    Ok(mail::enqueue(conn, &message, now)?)
}

fn written(
    to: &str,
    subject: String,
    text: askama::Result<String>,
    html: askama::Result<String>,
) -> Result<Message, AccountError> {
    let failed = |error: askama::Error| AccountError::Mail(error.to_string());
    Ok(Message {
        to: to.to_owned(),
        subject,
        text: text.map_err(failed)?,
        html: Some(html.map_err(failed)?),
        ..Message::default()
    })
}
