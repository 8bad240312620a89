//! A mail of a mailing: its own sender, headers of its own, and bytes that are ready before a connection is.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::{MailError, Message};
use crate::base::Timestamp;

/// What a letter says, and to whom.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// Name of the sender.
    pub from_name: String,
    /// Address of the sender.
    pub from_email: String,
    /// Address of the recipient.
    pub to: String,
    /// Name of the recipient, or empty.
    pub to_name: String,
    /// Subject.
    pub subject: String,
    /// The text, for every reader.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What stands before the `@` of its Message-ID: the same at every try.
    pub id: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

/// A letter as it goes over the line.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

impl Letter {
    /// Makes the MIME message. What it refuses will never be taken.
    pub fn seal(&self, now: Timestamp) -> Result<Sealed, MailError> {
        let refused = |what: &str, error: &dyn std::fmt::Display| {
            MailError::Refused(format!("{what}: {error}"))
        };
        let address = |text: &str| -> Result<Address, MailError> {
            text.parse::<Address>()
                .map_err(|error| refused(text, &error))
        };
        let name = |text: &str| Some(text.to_owned()).filter(|name| !name.is_empty());
        let (from, to) = (address(&self.from_email)?, address(&self.to)?);
        let micros = u64::try_from(now.0).unwrap_or(0);
        let mut builder = lettre::Message::builder()
            .from(Mailbox::new(name(&self.from_name), from.clone()))
            .to(Mailbox::new(name(&self.to_name), to.clone()))
            .subject(&self.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{}@{}>", self.id, from.domain())));
        for (header, value) in &self.headers {
            let header = HeaderName::new_from_ascii(header.clone())
                .map_err(|error| refused(header, &error))?;
            // Signed addresses are longer than a line; folded inside they would no longer be one.
            builder = builder.raw_header(HeaderValue::dangerous_new_pre_encoded(
                header,
                value.clone(),
                value.clone(),
            ));
        }
        let body = MultiPart::alternative()
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        let message = builder
            .multipart(body)
            .map_err(|error| refused("the mail", &error))?;
        Ok(Sealed {
            bytes: message.formatted(),
            from,
            to,
        })
    }
}

impl Sealed {
    /// As a folder and tests keep it: its whole MIME text.
    pub(super) fn as_message(&self) -> Message {
        Message {
            to: self.to.to_string(),
            subject: String::new(),
            text: String::from_utf8_lossy(&self.bytes).into_owned(),
            ..Message::default()
        }
    }
}
