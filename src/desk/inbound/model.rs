//! Rows of mails as they came in.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::{InboundId, MailboxId, TicketId};
use crate::db::schema::inbound_mails;
use crate::text_enum;

text_enum!(
    /// What became of a mail.
    State {
        /// Not looked at yet.
        Waiting => "waiting",
        /// A message of a ticket.
        Filed => "filed",
        /// Kept, but nobody's ticket: a duplicate, a loop, a report about nothing of ours.
        Aside => "aside",
        /// It could not be understood or filed.
        Quarantined => "quarantined",
    }
);

text_enum!(
    /// How it came.
    Via {
        /// Through `rapport mail-in`.
        Pipe => "pipe",
        /// Through the API.
        Api => "api",
    }
);

/// A mail as it came in.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = inbound_mails)]
pub struct InboundMail {
    /// Id.
    pub id: InboundId,
    /// The mailbox it was handed over for; zero: nobody said.
    pub mailbox_id: MailboxId,
    /// Where its bytes are.
    pub key: String,
    /// Bytes.
    pub size: i64,
    /// What became of it.
    pub state: State,
    /// Why it is not a message.
    pub cause: String,
    /// Sender, as far as it could be read.
    pub from_shown: String,
    /// Subject, as far as it could be read.
    pub subject: String,
    /// The ticket it went to, or would have.
    pub ticket_id: Option<TicketId>,
    /// How often it was tried.
    pub tries: i64,
    /// When it came.
    pub received_at: Timestamp,
}

/// A mail whose bytes are kept, to be written down.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Hash of the bytes.
    pub sha256: String,
    /// The mailbox it was handed over for; zero: nobody said.
    pub mailbox_id: MailboxId,
    /// Where the bytes are.
    pub key: String,
    /// How many there are.
    pub size: i64,
    /// How it came.
    pub via: Via,
}
