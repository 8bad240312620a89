//! What is changed on a ticket besides its messages.

use diesel::prelude::*;

use super::{act, index, tell};
use crate::base::ids::{TagId, TicketId, UserId};
use crate::base::text;
use crate::contacts::{store as people, tags};
use crate::db::Conn;
use crate::db::schema::tickets;
use crate::desk::tickets::model::{By, Changed, Priority, Status, Ticket};
use crate::desk::tickets::refusal::TicketError;
use crate::desk::tickets::store;

/// Moves a ticket to a status. Gives the one it had.
pub fn set_status(
    conn: &mut Conn,
    id: TicketId,
    to: Status,
    by: By,
) -> Result<Status, TicketError> {
    let ticket = take(conn, id, by)?;
    move_to(conn, &ticket, to, by)?;
    Ok(ticket.status)
}

/// As [`set_status`], on a ticket that is taken.
pub(super) fn move_to(conn: &mut Conn, ticket: &Ticket, to: Status, by: By) -> QueryResult<()> {
    if ticket.status == to {
        return Ok(());
    }
    let is_done = matches!(to, Status::Solved | Status::Closed);
    let was_done = matches!(ticket.status, Status::Solved | Status::Closed);
    let solved_at = match (is_done, ticket.solved_at) {
        (false, _) => None,
        (true, Some(at)) if was_done => Some(at),
        (true, _) => Some(by.now),
    };
    let closed_at = (to == Status::Closed).then_some(by.now);
    diesel::update(tickets::table.filter(tickets::id.eq(ticket.id)))
        .set((
            tickets::status.eq(to),
            tickets::solved_at.eq(solved_at),
            tickets::closed_at.eq(closed_at),
        ))
        .execute(conn)?;
    tell(
        conn,
        ticket.id,
        Changed::Status,
        ticket.status.word(),
        to.word(),
        by,
    )?;
    let name = match (was_done, is_done) {
        (false, true) => "Ticket Solved",
        (true, false) => "Ticket Reopened",
        _ => return Ok(()),
    };
    act(
        conn,
        ticket.id,
        ticket.contact_id,
        name,
        ticket.revision,
        false,
        by.now,
    )
}

/// Gives a ticket to somebody, or to nobody. Gives whose it was.
pub fn assign(
    conn: &mut Conn,
    id: TicketId,
    to: Option<UserId>,
    by: By,
) -> Result<Option<UserId>, TicketError> {
    if let Some(user) = to
        && !people::is_user(conn, user)?
    {
        return Err(TicketError::invalid(
            "assignee",
            "Choose somebody who works here.",
        ));
    }
    let ticket = take(conn, id, by)?;
    give(conn, &ticket, to, by)?;
    Ok(ticket.assignee_id)
}

/// As [`assign`], of a ticket that is taken, to somebody who is known.
pub(super) fn give(
    conn: &mut Conn,
    ticket: &Ticket,
    to: Option<UserId>,
    by: By,
) -> QueryResult<()> {
    if ticket.assignee_id == to {
        return Ok(());
    }
    diesel::update(tickets::table.filter(tickets::id.eq(ticket.id)))
        .set(tickets::assignee_id.eq(to))
        .execute(conn)?;
    let names = people::user_names(conn, ticket.assignee_id.into_iter().chain(to))?;
    let name = |user: Option<UserId>| {
        user.and_then(|user| names.get(&user).cloned())
            .unwrap_or_default()
    };
    let (from, to) = (name(ticket.assignee_id), name(to));
    tell(conn, ticket.id, Changed::Assignee, &from, &to, by)
}

/// Says how much a ticket matters. Gives what was said before.
pub fn set_priority(
    conn: &mut Conn,
    id: TicketId,
    to: Priority,
    by: By,
) -> Result<Priority, TicketError> {
    let ticket = take(conn, id, by)?;
    if ticket.priority != to {
        diesel::update(tickets::table.filter(tickets::id.eq(id)))
            .set(tickets::priority.eq(to))
            .execute(conn)?;
        let (from, to) = (ticket.priority.word(), to.word());
        tell(conn, id, Changed::Priority, from, to, by)?;
    }
    Ok(ticket.priority)
}

/// Calls a ticket something else.
pub fn set_subject(conn: &mut Conn, id: TicketId, typed: &str, by: By) -> Result<(), TicketError> {
    let subject = text::line(typed, 300);
    if subject.is_empty() {
        return Err(TicketError::invalid("subject", "A ticket needs a subject."));
    }
    let ticket = take(conn, id, by)?;
    if ticket.subject != subject {
        diesel::update(tickets::table.filter(tickets::id.eq(id)))
            .set(tickets::subject.eq(&subject))
            .execute(conn)?;
        tell(conn, id, Changed::Subject, &ticket.subject, &subject, by)?;
        index(conn, id)?;
    }
    Ok(())
}

/// Puts a tag on, made where it is new.
pub fn tag(conn: &mut Conn, id: TicketId, name: &str, by: By) -> Result<(), TicketError> {
    take(conn, id, by)?;
    let Some(tag) = tags::named(conn, name, by.now)? else {
        return Err(TicketError::invalid("tag", "Write the tag."));
    };
    let has = store::tags_of(conn, &[id])?.remove(&id).unwrap_or_default();
    if has.len() >= tags::MOST_PER_RECORD {
        let message = "Fifty tags are enough for one ticket.";
        return Err(TicketError::invalid("tag", message));
    }
    if store::put_tag(conn, id, tag.id)? {
        tell(conn, id, Changed::Tag, "", &tag.name, by)?;
    }
    Ok(())
}

/// Takes a tag off.
pub fn untag(conn: &mut Conn, id: TicketId, tag: TagId, by: By) -> Result<(), TicketError> {
    take(conn, id, by)?;
    let Some(tag) = tags::find(conn, tag)? else {
        return Err(TicketError::Missing);
    };
    if store::take_off_tag(conn, id, tag.id)? {
        tell(conn, id, Changed::Untag, &tag.name, "", by)?;
    }
    Ok(())
}

pub(super) fn take(conn: &mut Conn, id: TicketId, by: By) -> Result<Ticket, TicketError> {
    store::take(conn, id, by.now)?.ok_or(TicketError::Missing)
}
