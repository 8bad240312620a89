//! One-time links leave by a job of their own.

use serde::{Deserialize, Serialize};

use super::keyring::Keyring;
use super::model::LinkKind;
use super::{AccountError, mails, store};
use crate::base::{Timestamp, token};
use crate::db::Conn;
use crate::jobs::{self, Context, Fault, Job, Outcome};
use crate::mail::{Mailer, Message};

/// Mails a one-time link. What opens it is made here, so that neither the queue nor a copy of the database opens anything;
/// a second try makes the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailLink {
    link: i64,
    word: String,
    base_url: String,
}

/// What [`MailLink`] works with.
#[derive(Clone)]
pub struct Tools {
    /// The way out.
    pub mailer: Mailer,
    /// Makes the secret of a link.
    pub keys: Keyring,
}

impl MailLink {
    /// For the link with this id.
    pub fn new(link: i64, base_url: &str) -> Self {
        Self {
            link,
            word: token::readable(20),
            base_url: base_url.to_owned(),
        }
    }
}

impl Job for MailLink {
    type Tools = Tools;
    const KIND: &'static str = "accounts.mail_link";
    const PRIORITY: i64 = jobs::URGENT;
    const MAX_ATTEMPTS: i64 = 12;

    async fn run(self, context: Context<Tools>) -> Outcome {
        let (now, id, base_url) = (context.now, self.link, self.base_url);
        let token = context.tools.keys.link_token(&self.word);
        let mail = context
            .db
            .write(move |conn| written(conn, id, &token, &base_url, now))
            .await;
        match mail.map_err(|error| Fault::Later(error.to_string()))? {
            Some(message) => {
                let mailer = &context.tools.mailer;
                Ok(mailer.send(&message, &self.word, now).await?)
            }
            None => Ok(()),
        }
    }
}

/// Lets `token` open a link, and writes the mail that brings it; `None` where there is nothing to open any more.
fn written(
    conn: &mut Conn,
    id: i64,
    token: &str,
    base_url: &str,
    now: Timestamp,
) -> Result<Option<Message>, AccountError> {
    let Some(link) = store::unopened_link(conn, id, now)? else {
        return Ok(None);
    };
    store::set_link_token(conn, id, token::hash(token))?;
    let workspace = store::setting(conn, "workspace.name")?.unwrap_or_else(|| "Rapport".to_owned());
    let person = match link.user_id.or(link.created_by) {
        Some(id) => store::user(conn, id)?,
        None => None,
    };
    let name = person.map_or_else(|| workspace.clone(), |person| person.name);
    let message = match link.kind {
        LinkKind::Invitation => {
            let address = format!("{base_url}/invitation/{token}");
            mails::invitation(&link.email, &name, &workspace, &address)?
        }
        LinkKind::PasswordReset => {
            let address = format!("{base_url}/reset-password/{token}");
            mails::password_reset(&link.email, &name, &workspace, &address)?
        }
    };
    Ok(Some(message))
}
