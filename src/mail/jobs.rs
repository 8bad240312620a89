//! Mail is sent by a job, so that a mail server that is down costs nobody a page.

use diesel::result::QueryResult;
use serde::{Deserialize, Serialize};

use super::{MailError, Mailer, Message};
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
        match mailer.send(&self.message, &self.id, context.now).await {
            Ok(()) => Ok(()),
            Err(error @ (MailError::Deferred(_) | MailError::Settings(_))) => {
                Err(Fault::Later(error.to_string()))
            }
            Err(error @ MailError::Refused(_)) => Err(Fault::Never(error.to_string())),
        }
    }
}
