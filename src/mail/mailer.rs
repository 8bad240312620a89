//! The way out: SMTP where it is configured, files in the data folder where it is not, memory in tests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lettre::message::Mailbox;

use super::Message;
use super::letter::Sealed;
use super::smtp::Relay;
use crate::base::{Timestamp, token};
use crate::config::{Config, write_private};

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    inner: Arc<Inner>,
}

struct Inner {
    from: Mailbox,
    transport: Transport,
}

pub(super) enum Transport {
    Folder(PathBuf),
    Memory(Mutex<Vec<Message>>),
    Smtp(Relay),
}

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings make no sense.
    #[error("{0}")]
    Settings(String),
    /// It will never be taken as it is.
    #[error("refused: {0}")]
    Refused(String),
    /// It may be taken later.
    #[error("not taken now: {0}")]
    Deferred(String),
}

impl Mailer {
    /// What the settings ask for: SMTP, or `mail/` in the data folder.
    pub fn new(config: &Config) -> Result<Self, MailError> {
        let transport = if config.smtp_url.0.is_empty() {
            Transport::Folder(config.data.join("mail"))
        } else {
            Transport::Smtp(Relay::parse(&config.smtp_url.0)?)
        };
        Self::over(&config.mail_from, transport)
    }

    /// Keeps every message in memory, for tests.
    pub fn memory() -> Self {
        let from = Mailbox::new(
            Some("Rapport".to_owned()),
            lettre::Address::new_dangerous("rapport", "localhost.localdomain"),
        );
        let transport = Transport::Memory(Mutex::new(Vec::new()));
        Self {
            inner: Arc::new(Inner { from, transport }),
        }
    }

    fn over(from: &str, transport: Transport) -> Result<Self, MailError> {
        let from = from.parse().map_err(|error| {
            MailError::Settings(format!(
                "mail_from {from:?}: {error}; write it as Rapport <crm@example.com>"
            ))
        })?;
        Ok(Self {
            inner: Arc::new(Inner { from, transport }),
        })
    }

    /// Sends one message. `id` stays the same from try to try.
    pub async fn send(&self, message: &Message, id: &str, now: Timestamp) -> Result<(), MailError> {
        let mime = message.mime(&self.inner.from, id, now)?;
        match &self.inner.transport {
            Transport::Folder(folder) => write_eml(folder, message, &mime.formatted(), now),
            Transport::Memory(sent) => {
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push(message.clone());
                Ok(())
            }
            Transport::Smtp(relay) => relay.send(&mime).await,
        }
    }

    /// Where mail goes.
    pub(super) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    /// Keeps a letter where nothing is sent: in the folder, or in memory.
    pub(super) fn keep(&self, letter: &Sealed, now: Timestamp) -> Result<(), MailError> {
        let message = letter.as_message();
        match &self.inner.transport {
            Transport::Folder(folder) => write_eml(folder, &message, &letter.bytes, now),
            Transport::Memory(sent) => {
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push(message);
                Ok(())
            }
            Transport::Smtp(_) => Ok(()),
        }
    }

    /// The sender of the house's own mail: name and address.
    pub fn sender(&self) -> (String, String) {
        let from = &self.inner.from;
        let name = from.name.clone().unwrap_or_default();
        (name, from.email.to_string())
    }

    /// What the memory transport has sent, oldest first; nothing on the others.
    pub fn sent(&self) -> Vec<Message> {
        match &self.inner.transport {
            Transport::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// Where mail goes, without secrets.
    pub fn describe(&self) -> String {
        match &self.inner.transport {
            Transport::Folder(folder) => format!("files in {}", folder.display()),
            Transport::Memory(_) => "memory".to_owned(),
            Transport::Smtp(relay) => relay.to_string(),
        }
    }

    /// Whether mail reaches people, rather than files.
    pub fn is_smtp(&self) -> bool {
        matches!(self.inner.transport, Transport::Smtp(_))
    }

    /// Connects and signs in without sending anything.
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.inner.transport {
            Transport::Smtp(relay) => relay.check().await,
            _ => Ok(()),
        }
    }
}

/// One file per mail, named so that a folder listing is in order of time; it appears whole or not at all.
fn write_eml(
    folder: &Path,
    message: &Message,
    mime: &[u8],
    now: Timestamp,
) -> Result<(), MailError> {
    let failed =
        |error: std::io::Error| MailError::Deferred(format!("{}: {error}", folder.display()));
    let to: String = message
        .to
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '@' || c == '.' {
                c
            } else {
                '-'
            }
        })
        .take(80)
        .collect();
    let name = format!(
        "{}-{to}-{}.eml",
        now.utc().format("%Y%m%dT%H%M%S"),
        token::readable(6)
    );
    std::fs::create_dir_all(folder).map_err(failed)?;
    let unfinished = folder.join(format!(".{name}"));
    write_private(&unfinished, &String::from_utf8_lossy(mime)).map_err(failed)?;
    std::fs::rename(&unfinished, folder.join(name)).map_err(failed)
}
