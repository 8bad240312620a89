//! Tickets that no mail brought: somebody called, or we write first.

use super::reply::{self, Draft};
use super::{NewMessage, NewTicket, add, index, open};
use crate::accounts::keyring::Keyring;
use crate::base::ids::{ContactId, MailboxId, TicketId, UserId};
use crate::base::{EmailAddress, text};
use crate::contacts;
use crate::contacts::store as people;
use crate::db::Conn;
use crate::desk::inbound::mail::Person;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::model::{By, Channel, Kind, Priority};
use crate::desk::tickets::refusal::TicketError;
use crate::web::Errors;

/// A ticket by hand or by a program.
#[derive(Debug, Clone)]
pub struct ByHand {
    /// How it comes.
    pub channel: Channel,
    /// Whose mailbox; none: the first.
    pub mailbox: Option<MailboxId>,
    /// Whose it is, where that is known.
    pub contact: Option<ContactId>,
    /// Else by address; made where nobody has it.
    pub email: String,
    /// The name of a contact that is made.
    pub name: String,
    /// What it is about.
    pub subject: String,
    /// What was said, or what we write.
    pub text: String,
    /// How much it matters.
    pub priority: Priority,
    /// Who looks after it.
    pub assignee: Option<UserId>,
    /// Whether the text goes to the contact by mail.
    pub is_outgoing: bool,
}

/// Opens it.
#[expect(
    clippy::too_many_lines,
    reason = "every field is checked before anything is made"
)]
pub fn create(
    conn: &mut Conn,
    keys: &Keyring,
    new: &ByHand,
    by: By,
) -> Result<TicketId, TicketError> {
    let mut errors = Errors::new();
    let mailbox = match new.mailbox {
        Some(id) => mailboxes::find(conn, id)?,
        None => mailboxes::first(conn)?,
    };
    if mailbox.is_none() {
        errors.add(
            "mailbox",
            "Choose a mailbox. An administrator makes them under Settings.",
        );
    }
    let subject = text::line(&new.subject, 300);
    if subject.is_empty() {
        errors.add("subject", "Say in a few words what it is about.");
    }
    let words = text::clean(&new.text.replace("\r\n", "\n"), 100_000);
    if words.is_empty() {
        errors.add("text", "Write what was said.");
    }
    if let Some(user) = new.assignee
        && !people::is_user(conn, user)?
    {
        errors.add("assignee", "Choose somebody who works here.");
    }
    let email = EmailAddress::parse(&new.email);
    let contact = match new.contact {
        Some(id) => people::live(conn, id)?,
        None => None,
    };
    let to = match (&contact, &email) {
        (_, Some(email)) => Some(email.as_str().to_owned()),
        (Some(contact), None) => contact.email.clone(),
        (None, None) => None,
    };
    if contact.is_none() && email.is_none() {
        errors.add("email", "Write their e-mail address, as name@example.com.");
    } else if new.is_outgoing && to.is_none() {
        errors.add("email", "This contact has no e-mail address to write to.");
    }
    let (Some(mailbox), true) = (mailbox, errors.is_empty()) else {
        return Err(TicketError::Invalid(errors));
    };
    let contact = match (contact, &email) {
        (Some(contact), _) => Some(contact.id),
        (None, Some(email)) => {
            let met = contacts::actions::meet(conn, email, &new.name, "a ticket", by.now)?;
            Some(met)
        }
        (None, None) => None,
    };
    let ticket = NewTicket {
        mailbox_id: mailbox.id,
        subject,
        channel: new.channel,
        priority: new.priority,
        assignee_id: new.assignee,
        contact_id: contact,
        follows_id: None,
    };
    let id = open(conn, &ticket, by)?;
    index(conn, id)?;
    if new.is_outgoing {
        let draft = Draft {
            to: to.into_iter().collect(),
            text: words,
            then: Some(crate::desk::tickets::model::Status::Waiting),
            ..Draft::default()
        };
        reply::reply(conn, keys, id, &draft, by)?;
        return Ok(id);
    }
    let shown = match contact {
        Some(id) => people::find(conn, id)?,
        None => None,
    };
    let said = NewMessage {
        contact_id: contact,
        user_id: by.user,
        from: Person {
            name: shown.map(|contact| contact.name).unwrap_or_default(),
            address: to.unwrap_or_default(),
        },
        why: match new.channel {
            Channel::Api => "A program opened this ticket.",
            _ => "Written down by hand.",
        }
        .to_owned(),
        ..NewMessage::new(Kind::Received, words)
    };
    add(conn, id, &said, by.now)?;
    Ok(id)
}
