//! A conversation that took place already: the demo world's, or another help desk's. It is told at its own time, and
//! nothing of it is sent.

use diesel::prelude::*;

use super::change::{give, move_to, set_priority, tag};
use super::{NewMessage, NewTicket, add, index, open};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, MailboxId, TicketId, UserId};
use crate::contacts;
use crate::db::Conn;
use crate::db::schema::tickets;
use crate::desk::inbound::mail::Person;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::model::{By, Channel, Kind, Priority, Sending, Status, answering};
use crate::desk::tickets::refusal::TicketError;
use crate::desk::tickets::store;

/// The conversation.
#[derive(Debug, Clone)]
pub struct Past {
    /// Where it arrived.
    pub mailbox: MailboxId,
    /// With whom.
    pub contact: ContactId,
    /// About what.
    pub subject: String,
    /// What was said, oldest first.
    pub said: Vec<Said>,
    /// Who looked after it.
    pub assignee: Option<UserId>,
    /// How much it mattered.
    pub priority: Priority,
    /// Where it stands.
    pub status: Status,
    /// Tags.
    pub tags: Vec<String>,
}

/// One message of it.
#[derive(Debug, Clone)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// By whom of us; none: by the contact.
    pub user: Option<UserId>,
    /// Whether it stayed inside.
    pub is_note: bool,
    /// The words.
    pub text: String,
}

/// Writes it down.
#[expect(
    clippy::too_many_lines,
    reason = "one conversation from its first word to its last"
)]
pub fn tell(conn: &mut Conn, past: &Past) -> Result<TicketId, TicketError> {
    let mailbox = mailboxes::find(conn, past.mailbox)?.ok_or(TicketError::Missing)?;
    let contact = contacts::store::find(conn, past.contact)?.ok_or(TicketError::Missing)?;
    let Some(first) = past.said.first() else {
        return Err(TicketError::invalid("said", "Nothing was said."));
    };
    let ours = Person {
        name: mailbox.sender_name,
        address: mailbox.address,
    };
    let theirs = Person {
        name: contact.name,
        address: contact.email.unwrap_or_default(),
    };
    let by = |user: Option<UserId>, now: Timestamp| By { user, now };
    let new = NewTicket {
        mailbox_id: past.mailbox,
        subject: past.subject.clone(),
        channel: Channel::Mail,
        priority: Priority::Normal,
        assignee_id: None,
        contact_id: Some(past.contact),
        follows_id: None,
    };
    let id = open(conn, &new, by(None, first.at))?;
    let mut last = first.at;
    let mut is_answered = false;
    for said in &past.said {
        let kind = match (said.user, said.is_note) {
            (_, true) => Kind::Note,
            (Some(_), false) => Kind::Reply,
            (None, false) => Kind::Received,
        };
        let (from, to) = match kind {
            Kind::Received => (theirs.clone(), vec![ours.clone()]),
            Kind::Reply => (ours.clone(), vec![theirs.clone()]),
            Kind::Note => (Person::default(), Vec::new()),
        };
        let message = NewMessage {
            contact_id: (kind != Kind::Note).then_some(past.contact),
            user_id: said.user,
            from,
            to,
            subject: answering(&past.subject),
            state: match kind {
                Kind::Reply => Sending::Sent,
                _ => Sending::Nowhere,
            },
            ..NewMessage::new(kind, said.text.clone())
        };
        add(conn, id, &message, said.at)?;
        last = said.at;
        if kind == Kind::Reply && !is_answered {
            is_answered = true;
            diesel::update(tickets::table.filter(tickets::id.eq(id)))
                .set(tickets::first_reply_at.eq(Some(said.at)))
                .execute(conn)?;
        }
    }
    let actor = by(past.assignee, last);
    if past.priority != Priority::Normal {
        set_priority(conn, id, past.priority, actor)?;
    }
    for name in &past.tags {
        tag(conn, id, name, actor)?;
    }
    let ticket = store::find(conn, id)?.ok_or(TicketError::Missing)?;
    give(conn, &ticket, past.assignee, actor)?;
    move_to(conn, &ticket, past.status, actor)?;
    index(conn, id)?;
    Ok(id)
}
