//! What is to be sent, and how it becomes MIME.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::MailError;
use crate::base::Timestamp;

/// One mail to one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Address, or `Name <address>`.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// The text, for every reader.
    pub text: String,
    /// The same as HTML, where it gains something.
    pub html: Option<String>,
    /// What a mail of a conversation says besides; nothing where the house itself writes.
    #[serde(default)]
    pub exchange: Option<Exchange>,
    /// Files that go along.
    #[serde(default)]
    pub attached: Vec<Attached>,
}

/// A file that goes along with a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The head of a mail that a person writes to others, and that they answer. Ids stand without their brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Exchange {
    /// Who writes: address, or `Name <address>`.
    pub from: String,
    /// To whom besides.
    pub also_to: Vec<String>,
    /// Copies.
    pub cc: Vec<String>,
    /// Where answers go.
    pub reply_to: String,
    /// Its own id.
    pub message_id: String,
    /// What it answers, or empty.
    pub in_reply_to: String,
    /// The ids of the conversation so far, oldest first.
    pub references: Vec<String>,
}

impl Message {
    /// The MIME message. `id` is chosen once per mail, so that a second try is known as the same mail.
    pub(super) fn mime(
        &self,
        from: &Mailbox,
        id: &str,
        now: Timestamp,
    ) -> Result<lettre::Message, MailError> {
        let micros = u64::try_from(now.0).unwrap_or(0);
        let builder = lettre::Message::builder()
            .to(mailbox(&self.to)?)
            .subject(&self.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros));
        let builder = match &self.exchange {
            Some(exchange) => exchange.address(builder)?,
            None => builder
                .from(from.clone())
                .message_id(Some(format!("<{id}@{}>", from.email.domain()))),
        };
        let built = match (self.words(), self.attached.as_slice()) {
            (Words::Plain(text), []) => builder.singlepart(text),
            (Words::Both(both), []) => builder.multipart(both),
            (Words::Plain(text), files) => {
                builder.multipart(with(MultiPart::mixed().singlepart(text), files)?)
            }
            (Words::Both(both), files) => {
                builder.multipart(with(MultiPart::mixed().multipart(both), files)?)
            }
        };
        let mut message = built.map_err(|error| MailError::Refused(error.to_string()))?;
        if self.exchange.is_none() {
            // What the house writes by itself is not to be answered by other machines.
            let name = HeaderName::new_from_ascii_str("Auto-Submitted");
            let value = HeaderValue::new(name, "auto-generated".to_owned());
            message.headers_mut().insert_raw(value);
        }
        Ok(message)
    }
}

/// What a mail says, in one form or in two.
enum Words {
    Plain(SinglePart),
    Both(MultiPart),
}

impl Message {
    fn words(&self) -> Words {
        let text = SinglePart::plain(self.text.clone());
        match &self.html {
            Some(html) => Words::Both(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.clone())),
            ),
            None => Words::Plain(text),
        }
    }
}

/// Puts files behind the words.
fn with(mut parts: MultiPart, files: &[Attached]) -> Result<MultiPart, MailError> {
    for file in files {
        let kind = ContentType::parse(&file.media_type)
            .map_err(|error| MailError::Refused(format!("{}: {error}", file.media_type)))?;
        let part = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
        parts = parts.singlepart(part);
    }
    Ok(parts)
}

impl Exchange {
    fn address(&self, mut builder: MessageBuilder) -> Result<MessageBuilder, MailError> {
        builder = builder
            .from(mailbox(&self.from)?)
            .message_id(Some(format!("<{}>", self.message_id)));
        for to in &self.also_to {
            builder = builder.to(mailbox(to)?);
        }
        for cc in &self.cc {
            builder = builder.cc(mailbox(cc)?);
        }
        if !self.reply_to.is_empty() {
            builder = builder.reply_to(mailbox(&self.reply_to)?);
        }
        if !self.in_reply_to.is_empty() {
            builder = builder.in_reply_to(format!("<{}>", self.in_reply_to));
        }
        if !self.references.is_empty() {
            let ids: Vec<String> = self.references.iter().map(|id| format!("<{id}>")).collect();
            builder = builder.references(ids.join(" "));
        }
        Ok(builder)
    }
}

/// A name and an address in the form in which [`Exchange`] and [`Message`] take them.
pub fn addressed(name: &str, address: &str) -> String {
    match address.parse() {
        Ok(parsed) if !name.trim().is_empty() => {
            Mailbox::new(Some(name.trim().to_owned()), parsed).to_string()
        }
        _ => address.to_owned(),
    }
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    text.parse()
        .map_err(|error| MailError::Refused(format!("{text:?}: {error}")))
}
