//! A mail becomes a message: which mailbox, what by nature, which ticket, whose. Every branch keeps the mail; only the place
//! where it lies differs.

use diesel::prelude::*;

use super::files::{Kept, attach};
use super::{NewMessage, NewTicket, act, add, index, open, tell};
use crate::accounts::keyring::Keyring;
use crate::base::ids::{ContactId, MessageId, TicketId};
use crate::base::{EmailAddress, Timestamp};
use crate::contacts;
use crate::db::schema::{cursors, inbound_mails, ticket_messages, tickets};
use crate::db::{Conn, PortableExt};
use crate::desk::inbound::mail::Mail;
use crate::desk::inbound::mail::Nature;
use crate::desk::inbound::model::{InboundMail, State};
use crate::desk::inbound::{settling as inbound, signs};
use crate::desk::mailboxes::model::Mailbox;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::model::{
    By, Changed, Channel, Kind, Landing, Priority, Sending, Status, Ticket, landing,
};
use crate::desk::tickets::store;

/// Messages that ids are remembered of.
const MOST_REFERENCES: usize = 50;

/// A mail that is understood.
#[derive(Debug)]
pub struct Arrived<'a> {
    /// Its row.
    pub row: &'a InboundMail,
    /// What it says.
    pub mail: &'a Mail,
    /// Its HTML, cleaned.
    pub html: Option<String>,
    /// Its attachments, whose bytes are kept.
    pub files: &'a [Kept],
    /// Whether it becomes a message whatever it is by nature.
    pub force: bool,
}

/// Where a mail belongs, and why.
struct Thread {
    ticket: TicketId,
    why: String,
}

/// Files a mail. Runs in the transaction that takes its job off the queue.
pub fn file(
    conn: &mut Conn,
    keys: &Keyring,
    arrived: Arrived<'_>,
    now: Timestamp,
) -> QueryResult<()> {
    one_at_a_time(conn)?;
    let (row, mail) = (arrived.row, arrived.mail);
    inbound::describe(conn, row.id, &shown(mail), &mail.subject)?;
    let settle = |conn: &mut Conn, state, cause: &str, ticket| {
        inbound::settle(conn, row.id, state, cause, ticket, now)
    };
    let Some(mailbox) = mailbox(conn, row, mail)? else {
        let cause = "There is no mailbox yet. Make one under Settings, Mailboxes, then try again.";
        return settle(conn, State::Quarantined, cause, None);
    };
    if let Some((ticket, _)) = store::by_mail_key(conn, &mail.key)? {
        let cause = format!("The same mail is in ticket #{ticket} already.");
        return settle(conn, State::Aside, &cause, Some(ticket));
    }
    if !arrived.force
        && let Some(cause) = loops(conn, keys, mail)?
    {
        return settle(conn, State::Aside, &cause, None);
    }
    let nature = mail.signs.nature(mail);
    let thread = thread(conn, keys, mail)?;
    if nature == Nature::Bounce {
        let about = reported(conn, keys, mail)?;
        let about = about.or_else(|| thread.as_ref().map(|thread| (thread.ticket, None)));
        match about {
            Some((ticket, message)) => return report(conn, &arrived, ticket, message, now),
            None if !arrived.force => {
                let cause = "A delivery report about a mail that no ticket sent.";
                return settle(conn, State::Aside, cause, None);
            }
            None => {}
        }
    }
    let nature = if arrived.force {
        Nature::Personal
    } else {
        nature
    };
    take_in(conn, &arrived, &mailbox, nature, thread, now)
}

/// Two mails of one conversation that are filed at the same moment would not see each other.
fn one_at_a_time(conn: &mut Conn) -> QueryResult<()> {
    diesel::insert_into(cursors::table)
        .values((cursors::name.eq("desk.filing"), cursors::position.eq(1_i64)))
        .on_conflict(cursors::name)
        .do_update()
        .set(cursors::position.eq(cursors::position + 1))
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// The one it was handed over for, else the first that it names, else the first there is.
fn mailbox(conn: &mut Conn, row: &InboundMail, mail: &Mail) -> QueryResult<Option<Mailbox>> {
    if let Some(mailbox) = mailboxes::find(conn, row.mailbox_id)? {
        return Ok(Some(mailbox));
    }
    let all = mailboxes::all(conn)?;
    for address in &mail.recipients {
        let bare = signs::bare(address);
        if let Some(mailbox) = all.iter().find(|m| m.address == bare) {
            return Ok(Some(mailbox.clone()));
        }
    }
    mailboxes::first(conn)
}

/// Why a mail is one of our own coming back.
fn loops(conn: &mut Conn, keys: &Keyring, mail: &Mail) -> QueryResult<Option<String>> {
    if signs::ours(keys, &mail.message_id).is_some() {
        return Ok(Some("It is a mail of ours that came back.".to_owned()));
    }
    let own = mailboxes::by_address(conn, &mail.from.address)?;
    Ok(own.map(|mailbox| format!("It comes from our own address, {}.", mailbox.address)))
}

/// The ticket a mail belongs to: by an address only we can make, by an id only we can make, by any id that was ever seen.
/// Never by its subject.
fn thread(conn: &mut Conn, keys: &Keyring, mail: &Mail) -> QueryResult<Option<Thread>> {
    for address in &mail.recipients {
        if let Some(ticket) = signs::ticket_of_address(keys, address)
            && store::is_there(conn, ticket)?
        {
            let ticket = store::survivor(conn, ticket)?;
            let why = "It was sent to this ticket’s own address.".to_owned();
            return Ok(Some(Thread { ticket, why }));
        }
    }
    for id in &mail.answers {
        if let Some((ticket, _)) = signs::ours(keys, id)
            && store::is_there(conn, ticket)?
        {
            let ticket = store::survivor(conn, ticket)?;
            let why = "It answers a mail that was sent from here.".to_owned();
            return Ok(Some(Thread { ticket, why }));
        }
    }
    let mut ids = mail.answers.clone();
    ids.extend(Some(mail.message_id.clone()).filter(|id| !id.is_empty()));
    let found = store::by_reference(conn, &ids)?;
    Ok(found.map(|(ticket, reference)| Thread {
        ticket,
        why: if reference == mail.message_id {
            "Another mail here refers to it.".to_owned()
        } else {
            "It refers to a mail of this conversation.".to_owned()
        },
    }))
}

/// The message that a delivery report speaks of.
fn reported(
    conn: &mut Conn,
    keys: &Keyring,
    mail: &Mail,
) -> QueryResult<Option<(TicketId, Option<MessageId>)>> {
    for id in &mail.returned {
        if let Some((ticket, message)) = signs::ours(keys, id)
            && store::message(conn, ticket, message)?.is_some()
        {
            return Ok(Some((ticket, Some(message))));
        }
    }
    let known = store::by_reference(conn, &mail.returned)?;
    Ok(known.map(|(ticket, _)| (ticket, None)))
}

/// Puts a delivery report into the ticket of the mail it speaks of, and says so on that mail. Nothing else moves.
fn report(
    conn: &mut Conn,
    arrived: &Arrived<'_>,
    ticket: TicketId,
    message: Option<MessageId>,
    now: Timestamp,
) -> QueryResult<()> {
    let mail = arrived.mail;
    let mut new = incoming(arrived, Nature::Bounce, None);
    "It reports on a mail that was sent from here.".clone_into(&mut new.why);
    let id = add(conn, ticket, &new, now)?;
    attach(conn, id, arrived.files)?;
    if let Some(message) = message {
        let words = mail.signs.report_words.clone();
        diesel::update(ticket_messages::table.filter(ticket_messages::id.eq(message)))
            .set((
                ticket_messages::state.eq(Sending::Bounced),
                ticket_messages::state_words.eq(words),
                ticket_messages::state_at.eq(Some(now)),
            ))
            .execute(conn)?;
    }
    diesel::update(tickets::table.filter(tickets::id.eq(ticket)))
        .set((
            tickets::revision.eq(tickets::revision + 1),
            tickets::updated_at.eq(now),
        ))
        .execute(conn)?;
    filed(conn, arrived, ticket, now)
}

#[expect(clippy::single_match_else, reason = "two ways that weigh the same")]
fn take_in(
    conn: &mut Conn,
    arrived: &Arrived<'_>,
    mailbox: &Mailbox,
    nature: Nature,
    thread: Option<Thread>,
    now: Timestamp,
) -> QueryResult<()> {
    let mail = arrived.mail;
    let contact = match EmailAddress::parse(&mail.from.address) {
        Some(email) => {
            let name = mail.from.name.as_str();
            let name = if name.contains('@') { "" } else { name };
            Some(contacts::actions::meet(
                conn,
                &email,
                name,
                "an e-mail",
                now,
            )?)
        }
        None => None,
    };
    let by = By { user: None, now };
    let (id, why, is_new) = match known(conn, thread)? {
        Some((ticket, why)) => match landing(ticket.status, nature) {
            Landing::Stays => (ticket.id, why, false),
            Landing::Reopens => {
                reopen(conn, &ticket, by)?;
                (ticket.id, why, false)
            }
            Landing::GoesOn => {
                let id = open(conn, &fresh(mail, mailbox, contact, Some(ticket.id)), by)?;
                let why = format!("It answers #{}, which is closed: a new ticket.", ticket.id);
                (id, why, true)
            }
        },
        None => {
            let id = open(conn, &fresh(mail, mailbox, contact, None), by)?;
            (
                id,
                "It answers no mail that is known here: a new ticket.".to_owned(),
                true,
            )
        }
    };
    let mut new = incoming(arrived, nature, contact);
    new.why = why;
    let message = add(conn, id, &new, now)?;
    attach(conn, message, arrived.files)?;
    let mut seen = vec![mail.message_id.clone()];
    seen.extend(mail.answers.iter().take(MOST_REFERENCES).cloned());
    seen.retain(|reference| !reference.is_empty());
    store::remember(conn, id, &seen)?;
    if is_new {
        index(conn, id)?;
    } else if nature.is_personal() {
        act(
            conn,
            id,
            contact,
            "Ticket Message Received",
            message.0,
            true,
            now,
        )?;
    }
    filed(conn, arrived, id, now)
}

fn known(conn: &mut Conn, thread: Option<Thread>) -> QueryResult<Option<(Ticket, String)>> {
    let Some(thread) = thread else {
        return Ok(None);
    };
    let ticket = store::take_quietly(conn, thread.ticket)?;
    Ok(ticket.map(|ticket| (ticket, thread.why)))
}

fn fresh(
    mail: &Mail,
    mailbox: &Mailbox,
    contact: Option<ContactId>,
    follows_id: Option<TicketId>,
) -> NewTicket {
    NewTicket {
        mailbox_id: mailbox.id,
        subject: mail.subject.clone(),
        channel: Channel::Mail,
        priority: Priority::Normal,
        assignee_id: None,
        contact_id: contact,
        follows_id,
    }
}

fn reopen(conn: &mut Conn, ticket: &Ticket, by: By) -> QueryResult<()> {
    diesel::update(tickets::table.filter(tickets::id.eq(ticket.id)))
        .set((
            tickets::status.eq(Status::Open),
            tickets::solved_at.eq(None::<i64>),
        ))
        .execute(conn)?;
    let (from, to) = (ticket.status.word(), Status::Open.word());
    tell(conn, ticket.id, Changed::Status, from, to, by)?;
    if ticket.status == Status::Solved {
        let n = ticket.revision;
        act(
            conn,
            ticket.id,
            ticket.contact_id,
            "Ticket Reopened",
            n,
            true,
            by.now,
        )?;
    }
    Ok(())
}

fn incoming(arrived: &Arrived<'_>, nature: Nature, contact: Option<ContactId>) -> NewMessage {
    let mail = arrived.mail;
    NewMessage {
        automatic: nature,
        contact_id: contact,
        from: mail.from.clone(),
        to: mail.to.clone(),
        cc: mail.cc.clone(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        reply_to: mail.reply_to.clone(),
        html: arrived.html.clone(),
        inbound_id: Some(arrived.row.id),
        mail_key: Some(mail.key.clone()),
        ..NewMessage::new(Kind::Received, mail.text.clone())
    }
}

fn filed(
    conn: &mut Conn,
    arrived: &Arrived<'_>,
    ticket: TicketId,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(inbound_mails::table.filter(inbound_mails::id.eq(arrived.row.id)))
        .set((
            inbound_mails::state.eq(State::Filed),
            inbound_mails::cause.eq(""),
            inbound_mails::ticket_id.eq(Some(ticket)),
            inbound_mails::tries.eq(inbound_mails::tries + 1),
            inbound_mails::settled_at.eq(Some(now)),
        ))
        .execute(conn)
        .map(|_| ())
}

fn shown(mail: &Mail) -> String {
    match (mail.from.name.as_str(), mail.from.address.as_str()) {
        ("", "") => "No sender".to_owned(),
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}
