//! Words and rows of tickets and their messages, and the rules that need no table.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, InboundId, MailboxId, MessageId, TicketId, UserId};
use crate::db::schema::{ticket_changes, ticket_files, ticket_messages, tickets};
use crate::desk::inbound::mail::{Nature, Person};
use crate::desk::inbound::quote;
use crate::text_enum;

text_enum!(
    /// Where a ticket stands.
    Status {
        /// We are to act.
        Open => "open",
        /// They are to act.
        Waiting => "waiting",
        /// Done; an answer opens it again.
        Solved => "solved",
        /// Done for good; an answer opens a new ticket.
        Closed => "closed",
    }
);

impl Status {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Waiting => "Waiting",
            Self::Solved => "Solved",
            Self::Closed => "Closed",
        }
    }

    /// Tone of its chip.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Open => "accent",
            Self::Waiting => "amber",
            Self::Solved => "green",
            Self::Closed => "",
        }
    }

    /// Pairs for a control.
    pub fn options() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|s| (s.word(), s.label())).collect()
    }
}

text_enum!(
    /// How much it matters.
    Priority {
        /// When there is time.
        Low => "low",
        /// As most.
        Normal => "normal",
        /// Before the others.
        High => "high",
        /// Now.
        Urgent => "urgent",
    }
);

impl Priority {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Normal => "Normal",
            Self::High => "High",
            Self::Urgent => "Urgent",
        }
    }

    /// Tone of its chip.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Low | Self::Normal => "",
            Self::High => "amber",
            Self::Urgent => "red",
        }
    }

    /// Pairs for a control.
    pub fn options() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|p| (p.word(), p.label())).collect()
    }
}

text_enum!(
    /// How a ticket came.
    Channel {
        /// By mail.
        Mail => "mail",
        /// Written down by a person.
        Hand => "hand",
        /// By a program.
        Api => "api",
    }
);

text_enum!(
    /// What a message is.
    Kind {
        /// It came from outside.
        Received => "received",
        /// It goes out.
        Reply => "reply",
        /// It stays inside.
        Note => "note",
    }
);

text_enum!(
    /// How far a reply has come.
    Sending {
        /// It does not travel.
        Nowhere => "",
        /// It waits for the mail server.
        Queued => "queued",
        /// The mail server took it.
        Sent => "sent",
        /// The mail server refused it.
        Failed => "failed",
        /// It was taken and came back.
        Bounced => "bounced",
    }
);

text_enum!(
    /// What was changed on a ticket.
    Changed {
        /// It was made. To: the channel.
        Opened => "opened",
        /// Words of status.
        Status => "status",
        /// Names of users, or empty.
        Assignee => "assignee",
        /// Words of priority.
        Priority => "priority",
        /// Addresses of mailboxes.
        Mailbox => "mailbox",
        /// Names of contacts.
        Contact => "contact",
        /// Subjects.
        Subject => "subject",
        /// To: the tag.
        Tag => "tag",
        /// From: the tag.
        Untag => "untag",
        /// A message went to another ticket. To: its number.
        Moved => "moved",
    }
);

/// A ticket as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = tickets)]
pub struct Ticket {
    /// Id, and its number for people.
    pub id: TicketId,
    /// Where it arrived.
    pub mailbox_id: MailboxId,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// How it came.
    pub channel: Channel,
    /// Who looks after it.
    pub assignee_id: Option<UserId>,
    /// Whose it is.
    pub contact_id: Option<ContactId>,
    /// Their company at the time.
    pub company_id: Option<CompanyId>,
    /// The newest message's first words.
    pub preview: String,
    /// Who has the last word.
    pub last_kind: Kind,
    /// Messages and notes.
    pub message_count: i64,
    /// The newest of them.
    pub last_message_id: MessageId,
    /// When that came.
    pub last_at: Timestamp,
    /// When it was first answered.
    pub first_reply_at: Option<Timestamp>,
    /// Since when it is solved.
    pub solved_at: Option<Timestamp>,
    /// The closed ticket it goes on from.
    pub follows_id: Option<TicketId>,
    /// Counts changes.
    pub revision: i64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything changed.
    pub updated_at: Timestamp,
}

/// A message or note as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = ticket_messages)]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// Its ticket.
    pub ticket_id: TicketId,
    /// What it is.
    pub kind: Kind,
    /// Who speaks: a person or which machine.
    pub automatic: Nature,
    /// Whose conversation it is; none on notes.
    pub contact_id: Option<ContactId>,
    /// Who of us wrote it.
    pub user_id: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Name of the sender.
    pub from_name: String,
    /// Address of the sender.
    pub from_address: String,
    /// JSON: to whom.
    pub to_list: String,
    /// JSON: to whom as well.
    pub cc_list: String,
    /// Its own subject.
    pub subject: String,
    /// Its Message-ID, or empty.
    pub message_id: String,
    /// Where answers are to go, if elsewhere.
    pub reply_to: String,
    /// All it says.
    pub text: String,
    /// Cleaned HTML.
    pub html: Option<String>,
    /// Why it is in this ticket.
    pub why: String,
    /// The mail as it came.
    pub inbound_id: Option<InboundId>,
    /// How far it has come.
    pub state: Sending,
    /// What the mail server said.
    pub state_words: String,
}

impl Message {
    /// To whom it went.
    pub fn to(&self) -> Vec<Person> {
        serde_json::from_str(&self.to_list).unwrap_or_default()
    }

    /// To whom as well.
    pub fn cc(&self) -> Vec<Person> {
        serde_json::from_str(&self.cc_list).unwrap_or_default()
    }
}

/// An attachment as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = ticket_files)]
pub struct TicketFile {
    /// Id.
    pub id: i64,
    /// Its message.
    pub message_id: MessageId,
    /// Where its bytes are.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// The id by which HTML names it, or empty.
    pub content_id: String,
}

/// A change as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = ticket_changes)]
pub struct Change {
    /// Id.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who; none: the house itself.
    pub user_id: Option<UserId>,
    /// What.
    pub field: Changed,
    /// What it was.
    pub from_value: String,
    /// What it is.
    pub to_value: String,
}

/// Who acts on tickets: a person, a program for one, or the house itself.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// The user.
    pub user: Option<UserId>,
    /// When.
    pub now: Timestamp,
}

/// What a mail that belongs to a ticket does to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It is added, and the status stays.
    Stays,
    /// It is added, and the ticket is open again.
    Reopens,
    /// The ticket is closed for good: a new one goes on from it.
    GoesOn,
}

/// The rule of reopening. Machines never reopen anything.
pub fn landing(status: Status, nature: Nature) -> Landing {
    match (status, nature.is_personal()) {
        (_, false) | (Status::Open, _) => Landing::Stays,
        (Status::Waiting | Status::Solved, true) => Landing::Reopens,
        (Status::Closed, true) => Landing::GoesOn,
    }
}

/// The first words of a message, on one line.
pub fn preview(text: &str) -> String {
    crate::base::text::line(&quote::fold(text).shown, 160)
}

/// The subject of an answer.
pub fn answering(subject: &str) -> String {
    let has_mark = subject
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if has_mark {
        subject.to_owned()
    } else {
        format!("Re: {subject}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_reopen_and_machines_never_do() {
        use Landing::{GoesOn, Reopens, Stays};
        for (status, nature, want) in [
            (Status::Open, Nature::Personal, Stays),
            (Status::Waiting, Nature::Personal, Reopens),
            (Status::Solved, Nature::Personal, Reopens),
            (Status::Closed, Nature::Personal, GoesOn),
            (Status::Solved, Nature::AutoReply, Stays),
            (Status::Closed, Nature::Generated, Stays),
            (Status::Waiting, Nature::Bounce, Stays),
        ] {
            assert_eq!(landing(status, nature), want, "{status} {nature}");
        }
    }

    #[test]
    fn a_subject_is_answered_once() {
        assert_eq!(answering("Buoy 14"), "Re: Buoy 14");
        assert_eq!(answering("RE: Buoy 14"), "RE: Buoy 14");
        assert_eq!(answering("é"), "Re: é");
    }
}
