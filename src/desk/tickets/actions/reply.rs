//! Answers and notes. An answer is a message that a job carries out; who it goes to is frozen on its row.

use diesel::prelude::*;

use super::change::{give, move_to, take};
use super::files::{Kept, attach};
use super::{NewMessage, act, add};
use crate::accounts::keyring::Keyring;
use crate::base::ids::{MessageId, TicketId, UserId};
use crate::base::{EmailAddress, text};
use crate::contacts;
use crate::db::Conn;
use crate::db::schema::{ticket_messages, tickets};
use crate::desk::inbound::mail::Person;
use crate::desk::inbound::signs;
use crate::desk::mailboxes::model::Mailbox;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::model::{By, Kind, Message, Sending, Status, Ticket, answering};
use crate::desk::tickets::refusal::TicketError;
use crate::desk::tickets::sending::SendReply;
use crate::desk::tickets::store;
use crate::jobs;

/// Characters of an answer.
const LONGEST: usize = 100_000;
/// People one answer goes to.
const MOST_PEOPLE: usize = 50;

/// An answer as it is typed.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Addresses.
    pub to: Vec<String>,
    /// Addresses.
    pub cc: Vec<String>,
    /// What it says.
    pub text: String,
    /// What goes along, whose bytes are kept.
    pub files: Vec<Kept>,
    /// The newest message its writer saw; none: whatever is there now.
    pub seen: Option<MessageId>,
    /// What the ticket is to be afterwards; none: as it is.
    pub then: Option<Status>,
}

/// Sends an answer.
pub fn reply(
    conn: &mut Conn,
    keys: &Keyring,
    id: TicketId,
    draft: &Draft,
    by: By,
) -> Result<MessageId, TicketError> {
    let ticket = take(conn, id, by)?;
    not_behind(conn, &ticket, draft.seen, by)?;
    let words = said(&draft.text)?;
    let mailbox = mailboxes::find(conn, ticket.mailbox_id)?.ok_or(TicketError::Missing)?;
    let to = addressees(conn, "to", &draft.to)?;
    let cc = addressees(conn, "cc", &draft.cc)?;
    if to.is_empty() {
        let message = "Say whom it goes to.";
        return Err(TicketError::invalid("to", message));
    }
    let new = NewMessage {
        contact_id: ticket.contact_id,
        user_id: by.user,
        from: Person {
            name: mailbox.sender_name.clone(),
            address: mailbox.address.clone(),
        },
        to,
        cc,
        subject: answering(&ticket.subject),
        state: Sending::Queued,
        ..NewMessage::new(Kind::Reply, words)
    };
    let message = add(conn, id, &new, by.now)?;
    attach(conn, message, &draft.files)?;
    name_it(conn, keys, id, message, &mailbox)?;
    jobs::enqueue(conn, &SendReply { message }, by.now)?;
    after(conn, &ticket, draft.then, by)?;
    if ticket.first_reply_at.is_none() {
        diesel::update(tickets::table.filter(tickets::id.eq(id)))
            .set(tickets::first_reply_at.eq(Some(by.now)))
            .execute(conn)?;
    }
    act(
        conn,
        id,
        ticket.contact_id,
        "Ticket Replied",
        message.0,
        false,
        by.now,
    )?;
    Ok(message)
}

/// Writes a note that only colleagues see.
pub fn note(
    conn: &mut Conn,
    id: TicketId,
    draft: &Draft,
    by: By,
) -> Result<MessageId, TicketError> {
    let ticket = take(conn, id, by)?;
    let words = said(&draft.text)?;
    let new = NewMessage {
        user_id: by.user,
        ..NewMessage::new(Kind::Note, words)
    };
    let message = add(conn, id, &new, by.now)?;
    attach(conn, message, &draft.files)?;
    after(conn, &ticket, draft.then, by)?;
    Ok(message)
}

/// Tries again to send an answer that failed.
pub fn send_again(
    conn: &mut Conn,
    id: TicketId,
    message: MessageId,
    by: By,
) -> Result<(), TicketError> {
    take(conn, id, by)?;
    let again = diesel::update(ticket_messages::table.filter(ticket_messages::id.eq(message)))
        .filter(ticket_messages::ticket_id.eq(id))
        .filter(ticket_messages::state.eq(Sending::Failed))
        .set((
            ticket_messages::state.eq(Sending::Queued),
            ticket_messages::state_words.eq(""),
        ))
        .execute(conn)?;
    if again == 0 {
        return Err(TicketError::Missing);
    }
    jobs::enqueue(conn, &SendReply { message }, by.now)?;
    Ok(())
}

/// To whom an answer goes unless somebody says otherwise: to whoever wrote last, with copies to whom they wrote, our own
/// addresses aside. Where nobody wrote: to the contact.
pub fn addressed_to(
    conn: &mut Conn,
    ticket: &Ticket,
    last: Option<&Message>,
) -> QueryResult<(Vec<Person>, Vec<Person>)> {
    let own: Vec<String> = mailboxes::all(conn)?
        .into_iter()
        .map(|m| m.address)
        .collect();
    let is_outside = |person: &Person| {
        EmailAddress::parse(&person.address).is_some()
            && !own.contains(&signs::bare(&person.address))
    };
    let Some(last) = last else {
        let contact = match ticket.contact_id {
            Some(id) => contacts::store::find(conn, id)?,
            None => None,
        };
        let to = contact.and_then(|contact| {
            let address = contact.email.clone()?;
            Some(Person {
                name: contact.name,
                address,
            })
        });
        return Ok((to.into_iter().collect(), Vec::new()));
    };
    let address = if last.reply_to.is_empty() {
        last.from_address.clone()
    } else {
        last.reply_to.clone()
    };
    let mut name = last.from_name.clone();
    if name.is_empty()
        && let Some(id) = last.contact_id
    {
        name = contacts::store::find(conn, id)?.map_or(name, |contact| contact.name);
    }
    let to: Vec<Person> = Some(Person { name, address })
        .filter(|person| is_outside(person))
        .into_iter()
        .collect();
    let mut cc: Vec<Person> = last.to();
    cc.extend(last.cc());
    cc.retain(|person| is_outside(person) && !to.iter().any(|to| to.address == person.address));
    cc.dedup_by(|a, b| a.address == b.address);
    cc.truncate(MOST_PEOPLE - 1);
    Ok((to, cc))
}

/// Refuses an answer to a conversation that has gone on meanwhile.
fn not_behind(
    conn: &mut Conn,
    ticket: &Ticket,
    seen: Option<MessageId>,
    by: By,
) -> Result<(), TicketError> {
    let Some(seen) = seen.filter(|seen| *seen < ticket.last_message_id) else {
        return Ok(());
    };
    let newer: Vec<Option<UserId>> = ticket_messages::table
        .filter(ticket_messages::ticket_id.eq(ticket.id))
        .filter(ticket_messages::id.gt(seen))
        .select(ticket_messages::user_id)
        .limit(100)
        .load(conn)?;
    if newer.iter().all(|user| user.is_some() && *user == by.user) {
        return Ok(());
    }
    Err(TicketError::Behind(ticket.last_message_id))
}

/// Gives a message its Message-ID, by which the answer to it is known.
fn name_it(
    conn: &mut Conn,
    keys: &Keyring,
    ticket: TicketId,
    message: MessageId,
    mailbox: &Mailbox,
) -> QueryResult<()> {
    let name = signs::message_id(keys, ticket, message, &mailbox.address);
    diesel::update(ticket_messages::table.filter(ticket_messages::id.eq(message)))
        .set(ticket_messages::message_id.eq(&name))
        .execute(conn)?;
    store::remember(conn, ticket, &[name])
}

/// What an answer or note does to its ticket: whoever answers first has it, and then it stands where they say.
fn after(conn: &mut Conn, ticket: &Ticket, then: Option<Status>, by: By) -> QueryResult<()> {
    if ticket.assignee_id.is_none() && by.user.is_some() && then.is_some() {
        give(conn, ticket, by.user, by)?;
    }
    match then {
        Some(status) => move_to(conn, ticket, status, by),
        None => Ok(()),
    }
}

fn said(typed: &str) -> Result<String, TicketError> {
    let words = text::clean(&typed.replace("\r\n", "\n"), LONGEST);
    if words.is_empty() {
        return Err(TicketError::invalid("text", "Write what you want to say."));
    }
    Ok(words)
}

fn addressees(conn: &mut Conn, field: &str, typed: &[String]) -> Result<Vec<Person>, TicketError> {
    let mut people: Vec<Person> = Vec::new();
    for each in typed.iter().flat_map(|list| list.split([',', ';'])) {
        let each = each.trim();
        if each.is_empty() {
            continue;
        }
        let Some(email) = EmailAddress::parse(each) else {
            let message = format!("{} is no e-mail address.", text::line(each, 80));
            return Err(TicketError::invalid(field, message));
        };
        if mailboxes::by_address(conn, email.as_str())?.is_some() {
            let message = format!("{email} is our own: the answer would come back as a ticket.");
            return Err(TicketError::invalid(field, message));
        }
        let name = match contacts::identities::holder(conn, "email", email.as_str())? {
            Some(id) => contacts::store::find(conn, id)?.map(|contact| contact.name),
            None => None,
        };
        if !people.iter().any(|person| person.address == email.as_str()) {
            people.push(Person {
                name: name.unwrap_or_default(),
                address: email.into_string(),
            });
        }
    }
    if people.len() > MOST_PEOPLE {
        let message = "Fifty people are enough for one mail; a campaign reaches more.";
        return Err(TicketError::invalid(field, message));
    }
    Ok(people)
}
