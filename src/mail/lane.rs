//! The lane of mailings: a connection that stays open, letter after letter, and says in which phase something went wrong.
//! What fails before the body was given away is certain; what breaks after it is not, and is said to be unknown.

use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use super::MailError;
use super::letter::Sealed;
use super::mailer::{Mailer, Transport};
use crate::base::Timestamp;

/// For an answer to a command.
const ANSWER: Duration = Duration::from_mins(1);
/// For the answer to a whole letter: servers look into it before they say yes.
const VERDICT: Duration = Duration::from_mins(5);

/// How one step with a letter ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server has it.
    Taken,
    /// It will never be taken.
    Refused(String),
    /// Perhaps later.
    Deferred(String),
    /// The line broke before it was given away: it was not delivered.
    Broken(String),
    /// The line broke after it was given away: nobody knows.
    Unknown(String),
}

/// One line to wherever mail goes.
pub struct Line {
    mailer: Mailer,
    smtp: Option<AsyncSmtpConnection>,
}

impl Mailer {
    /// Opens a line. For files and memory it is there at once.
    pub async fn line(&self) -> Result<Line, MailError> {
        let smtp = match self.transport() {
            Transport::Smtp(relay) => Some(relay.line().await?),
            _ => None,
        };
        Ok(Line {
            mailer: self.clone(),
            smtp,
        })
    }
}

impl Line {
    /// Names sender and recipient; [`Fate::Taken`] means the letter may be given away now.
    pub async fn announce(&mut self, letter: &Sealed) -> Fate {
        let Some(smtp) = &mut self.smtp else {
            return Fate::Taken;
        };
        let mut parameters = Vec::new();
        if smtp.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let is_ascii = letter.to.as_ref() as &str;
        if !is_ascii.is_ascii() {
            if !smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Fate::Refused(
                    "the mail server takes no addresses beyond ASCII (SMTPUTF8)".to_owned(),
                );
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let talk = async {
            smtp.command(Mail::new(Some(letter.from.clone()), parameters))
                .await?;
            smtp.command(Rcpt::new(letter.to.clone(), Vec::new())).await
        };
        match timeout(ANSWER, talk).await {
            Ok(Ok(_)) => Fate::Taken,
            Ok(Err(error)) => self.not_taken(&error).await,
            Err(_) => self.broken("no answer"),
        }
    }

    /// Gives the letter away.
    pub async fn transmit(&mut self, letter: &Sealed, now: Timestamp) -> Fate {
        let Some(smtp) = &mut self.smtp else {
            return self.keep(letter, now);
        };
        match timeout(ANSWER, smtp.command(Data)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return self.not_taken(&error).await,
            Err(_) => return self.broken("no answer to DATA"),
        }
        let verdict = timeout(VERDICT, smtp.message(&letter.bytes)).await;
        match verdict {
            Ok(Ok(_)) => Fate::Taken,
            Ok(Err(error)) if error.is_permanent() => Fate::Refused(words(&error)),
            Ok(Err(error)) if error.is_transient() => Fate::Deferred(words(&error)),
            Ok(Err(error)) => {
                self.smtp = None;
                Fate::Unknown(words(&error))
            }
            Err(_) => {
                self.smtp = None;
                Fate::Unknown("no answer to the letter".to_owned())
            }
        }
    }

    /// Takes back what was announced.
    pub async fn forget(&mut self) {
        let Some(smtp) = &mut self.smtp else { return };
        if !matches!(timeout(ANSWER, smtp.command(Rset)).await, Ok(Ok(_))) {
            self.smtp = None;
        }
    }

    /// Whether another letter can go over it.
    pub fn is_open(&self) -> bool {
        self.smtp.is_some() || !self.mailer.is_smtp()
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        if let Some(smtp) = &mut self.smtp {
            let _ = timeout(Duration::from_secs(5), smtp.quit()).await;
        }
    }

    /// A refusal in words keeps the line; anything else has broken it, and nothing was given away.
    async fn not_taken(&mut self, error: &SmtpError) -> Fate {
        let fate = if error.is_permanent() {
            Fate::Refused(words(error))
        } else if error.is_transient() {
            Fate::Deferred(words(error))
        } else {
            return self.broken(&words(error));
        };
        // 421: the server hangs up after it.
        if error.status().is_some_and(|code| code.to_string() == "421") {
            self.smtp = None;
        } else {
            self.forget().await;
        }
        fate
    }

    fn broken(&mut self, why: &str) -> Fate {
        self.smtp = None;
        Fate::Broken(why.to_owned())
    }

    fn keep(&self, letter: &Sealed, now: Timestamp) -> Fate {
        match self.mailer.keep(letter, now) {
            Ok(()) => Fate::Taken,
            Err(error) => Fate::Deferred(error.to_string()),
        }
    }
}

fn words(error: &SmtpError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
