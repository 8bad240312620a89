//! Mail is sent by a job, so that a mail server that is down costs nobody a page.

use diesel::result::QueryResult;
use serde::{Deserialize, Serialize};

use super::{Fate, Letter, MailError, Mailer, Message};
use crate::base::{Timestamp, token};
use crate::db::Conn;
use crate::jobs::{self, Context, Fault, Job, Outcome};

/// Queues a message, in the transaction of what it speaks about.
pub fn enqueue(conn: &mut Conn, message: &Message, now: Timestamp) -> QueryResult<()> {
    let job = Send {
        id: token::readable(20),
        message: message.clone(),
    };
    jobs::enqueue(conn, &job, now)
}

/// Sends one mail.
#[derive(Debug, Serialize, Deserialize)]
pub struct Send {
    id: String,
    message: Message,
}

impl Job for Send {
    type Tools = Mailer;
    const KIND: &'static str = "mail.send";
    const PRIORITY: i64 = jobs::URGENT;
    const MAX_ATTEMPTS: i64 = 12;

    async fn run(self, context: Context<Mailer>) -> Outcome {
        let mailer = &context.tools;
        Ok(mailer.send(&self.message, &self.id, context.now).await?)
    }
}

impl From<MailError> for Fault {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Deferred(_) | MailError::Settings(_) => Self::Later(error.to_string()),
            MailError::Refused(_) => Self::Never(error.to_string()),
        }
    }
}

/// Queues one letter of a mailing: a try, for whoever writes it.
pub fn enqueue_letter(conn: &mut Conn, letter: &Letter, now: Timestamp) -> QueryResult<()> {
    let letter = letter.clone();
    jobs::enqueue(conn, &SendLetter { letter }, now)
}

/// Sends one letter.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendLetter {
    letter: Letter,
}

impl Job for SendLetter {
    type Tools = Mailer;
    const KIND: &'static str = "mail.letter";
    const PRIORITY: i64 = jobs::URGENT;
    const MAX_ATTEMPTS: i64 = 3;

    async fn run(self, context: Context<Mailer>) -> Outcome {
        let never = |error: MailError| Fault::Never(error.to_string());
        let letter = self.letter.seal(context.now).map_err(never)?;
        let line = context.tools.line().await;
        let mut line = line.map_err(|error| Fault::Later(error.to_string()))?;
        let mut fate = line.announce(&letter).await;
        if fate == Fate::Taken {
            fate = line.transmit(&letter, context.now).await;
        }
        line.close().await;
        match fate {
            Fate::Taken => Ok(()),
            Fate::Deferred(why) | Fate::Broken(why) => Err(Fault::Later(why)),
            Fate::Refused(why) | Fate::Unknown(why) => Err(Fault::Never(why)),
        }
    }
}
