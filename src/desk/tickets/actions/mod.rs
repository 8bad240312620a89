//! Every change of a ticket: checked, made, told to the contact's stream and the ticket's own story, in one transaction.

pub mod change;
pub mod create;
pub mod files;
pub mod past;
pub mod receive;
pub mod reply;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::model::{By, Changed, Channel, Kind, Priority, Sending, Status, Ticket};
use super::{model, store};
use crate::base::ids::{ContactId, InboundId, MailboxId, MessageId, TicketId, UserId};
use crate::base::{Timestamp, text};
use crate::contacts;
use crate::db::Conn;
use crate::db::dialect::search;
use crate::db::schema::{ticket_changes, ticket_messages, tickets};
use crate::desk::inbound::mail::Nature;
use crate::desk::inbound::mail::Person;
use crate::events::acts::{self, Act};

/// A ticket to be opened.
#[derive(Debug, Clone)]
pub(super) struct NewTicket {
    pub mailbox_id: MailboxId,
    pub subject: String,
    pub channel: Channel,
    pub priority: Priority,
    pub assignee_id: Option<UserId>,
    pub contact_id: Option<ContactId>,
    pub follows_id: Option<TicketId>,
}

/// A message to be added.
#[derive(Debug, Clone)]
pub(super) struct NewMessage {
    pub kind: Kind,
    pub automatic: Nature,
    pub contact_id: Option<ContactId>,
    pub user_id: Option<UserId>,
    pub from: Person,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    pub subject: String,
    pub message_id: String,
    pub reply_to: String,
    pub text: String,
    pub html: Option<String>,
    pub why: String,
    pub inbound_id: Option<InboundId>,
    pub mail_key: Option<String>,
    pub state: Sending,
}

impl NewMessage {
    pub fn new(kind: Kind, text: String) -> Self {
        Self {
            kind,
            automatic: Nature::Personal,
            contact_id: None,
            user_id: None,
            from: Person::default(),
            to: Vec::new(),
            cc: Vec::new(),
            subject: String::new(),
            message_id: String::new(),
            reply_to: String::new(),
            text,
            html: None,
            why: String::new(),
            inbound_id: None,
            mail_key: None,
            state: Sending::Nowhere,
        }
    }
}

/// Opens a ticket. Its first message is added next, in the same transaction.
pub(super) fn open(conn: &mut Conn, new: &NewTicket, by: By) -> QueryResult<TicketId> {
    let company = match new.contact_id {
        Some(contact) => contacts::store::find(conn, contact)?.and_then(|c| c.company_id),
        None => None,
    };
    let subject = text::line(&new.subject, 300);
    let id: TicketId = diesel::insert_into(tickets::table)
        .values((
            (
                tickets::mailbox_id.eq(new.mailbox_id),
                tickets::subject.eq(if subject.is_empty() {
                    "(no subject)"
                } else {
                    &subject
                }),
                tickets::status.eq(Status::Open),
                tickets::priority.eq(new.priority),
                tickets::channel.eq(new.channel),
                tickets::assignee_id.eq(new.assignee_id),
                tickets::contact_id.eq(new.contact_id),
                tickets::company_id.eq(company),
                tickets::preview.eq(""),
                tickets::last_kind.eq(Kind::Received),
                tickets::message_count.eq(0),
            ),
            (
                tickets::last_message_id.eq(0),
                tickets::last_at.eq(by.now),
                tickets::follows_id.eq(new.follows_id),
                tickets::created_by.eq(by.user),
                tickets::revision.eq(1),
                tickets::created_at.eq(by.now),
                tickets::updated_at.eq(by.now),
            ),
        ))
        .returning(tickets::id)
        .get_result(conn)?;
    tell(conn, id, Changed::Opened, "", new.channel.word(), by)?;
    act(
        conn,
        id,
        new.contact_id,
        "Ticket Opened",
        0,
        by.user.is_none(),
        by.now,
    )?;
    Ok(id)
}

/// Adds a message, and what the ticket says of its newest one.
pub(super) fn add(
    conn: &mut Conn,
    ticket: TicketId,
    new: &NewMessage,
    now: Timestamp,
) -> QueryResult<MessageId> {
    let people = |list: &[Person]| serde_json::to_string(list).unwrap_or_default();
    let id: MessageId = diesel::insert_into(ticket_messages::table)
        .values((
            (
                ticket_messages::ticket_id.eq(ticket),
                ticket_messages::kind.eq(new.kind),
                ticket_messages::automatic.eq(new.automatic),
                ticket_messages::contact_id.eq(new.contact_id),
                ticket_messages::user_id.eq(new.user_id),
                ticket_messages::at.eq(now),
                ticket_messages::from_name.eq(&new.from.name),
                ticket_messages::from_address.eq(&new.from.address),
                ticket_messages::to_list.eq(people(&new.to)),
                ticket_messages::cc_list.eq(people(&new.cc)),
                ticket_messages::subject.eq(&new.subject),
            ),
            (
                ticket_messages::message_id.eq(&new.message_id),
                ticket_messages::reply_to.eq(&new.reply_to),
                ticket_messages::text.eq(&new.text),
                ticket_messages::html.eq(&new.html),
                ticket_messages::why.eq(&new.why),
                ticket_messages::inbound_id.eq(new.inbound_id),
                ticket_messages::mail_key.eq(&new.mail_key),
                ticket_messages::state.eq(new.state),
                ticket_messages::state_words.eq(""),
            ),
        ))
        .returning(ticket_messages::id)
        .get_result(conn)?;
    let row = tickets::table.filter(tickets::id.eq(ticket));
    if new.automatic == Nature::Bounce {
        // A report is kept with the mail it speaks of; the queue does not move for it.
        diesel::update(row)
            .set(tickets::message_count.eq(tickets::message_count + 1))
            .execute(conn)?;
        return Ok(id);
    }
    diesel::update(row)
        .set((
            tickets::preview.eq(model::preview(&new.text)),
            tickets::last_kind.eq(new.kind),
            tickets::message_count.eq(tickets::message_count + 1),
            tickets::last_message_id.eq(id),
            tickets::last_at.eq(now),
            tickets::revision.eq(tickets::revision + 1),
            tickets::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Writes a change into the ticket's own story.
pub(super) fn tell(
    conn: &mut Conn,
    id: TicketId,
    field: Changed,
    from: &str,
    to: &str,
    by: By,
) -> QueryResult<()> {
    diesel::insert_into(ticket_changes::table)
        .values((
            ticket_changes::ticket_id.eq(id),
            ticket_changes::at.eq(by.now),
            ticket_changes::user_id.eq(by.user),
            ticket_changes::field.eq(field),
            ticket_changes::from_value.eq(text::cut(from, 300)),
            ticket_changes::to_value.eq(text::cut(to, 300)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Records an act of or towards the contact. `n` tells two of one name and ticket apart.
pub(super) fn act(
    conn: &mut Conn,
    id: TicketId,
    contact: Option<ContactId>,
    name: &'static str,
    n: i64,
    by_contact: bool,
    now: Timestamp,
) -> QueryResult<()> {
    let (Some(contact), Some(ticket)) = (contact, store::find(conn, id)?) else {
        return Ok(());
    };
    let word = name.trim_start_matches("Ticket ").to_lowercase();
    let act = Act {
        contact,
        name,
        properties: properties(&ticket),
        at: now,
        key: format!("ticket:{id}:{}:{n}", word.replace(' ', "_")),
        by_contact,
    };
    acts::record(conn, &[act], now)
}

fn properties(ticket: &Ticket) -> Value {
    json!({
        "ticket_id": ticket.id,
        "subject": ticket.subject,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "mailbox_id": ticket.mailbox_id,
    })
}

/// Writes down the words by which a ticket is found: number, subject, people.
pub(super) fn index(conn: &mut Conn, id: TicketId) -> QueryResult<()> {
    let rows = store::words(conn, TicketId(id.0 - 1), 1)?;
    let rows: Vec<(i64, String)> = rows.into_iter().filter(|row| row.0 == id.0).collect();
    search::renew(conn, search::Kind::Ticket, &rows)
}
