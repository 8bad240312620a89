//! What is to be sent, and how it becomes MIME.

use std::time::{Duration, SystemTime};

use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::MailError;
use crate::base::Timestamp;

/// One mail to one person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Address, or `Name <address>`.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// The text, for every reader.
    pub text: String,
    /// The same as HTML, where it gains something.
    pub html: Option<String>,
}

impl Message {
    /// The MIME message. `id` is chosen once per mail, so that a second try is known as the same mail.
    pub(super) fn mime(
        &self,
        from: &Mailbox,
        id: &str,
        now: Timestamp,
    ) -> Result<lettre::Message, MailError> {
        let to: Mailbox = self
            .to
            .parse()
            .map_err(|error| MailError::Refused(format!("{:?}: {error}", self.to)))?;
        let domain = from.email.domain();
        let micros = u64::try_from(now.0).unwrap_or(0);
        let builder = lettre::Message::builder()
            .from(from.clone())
            .to(to)
            .subject(&self.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{id}@{domain}>")));
        let text = SinglePart::plain(self.text.clone());
        let built = match &self.html {
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.clone())),
            ),
            None => builder.singlepart(text),
        };
        built.map_err(|error| MailError::Refused(error.to_string()))
    }
}
