//! Queries of tickets and their messages.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Change, Message, Ticket, TicketFile};
use crate::accounts::Reach;
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, MessageId, TagId, TicketId};
use crate::contacts::tags::Tag;
use crate::db::schema::{
    contacts, message_refs, tags, ticket_changes, ticket_files, ticket_messages, ticket_tags,
    tickets,
};
use crate::db::{Cached, Conn, PortableExt, padded};

/// Messages of one ticket on its page; what is older folds behind a link.
pub const MOST_MESSAGES: i64 = 100;
/// Changes read for one page.
const MOST_CHANGES: i64 = 200;
/// How far a chain of merges is followed.
const LONGEST_CHAIN: usize = 32;

/// A ticket.
pub fn find(conn: &mut Conn, id: TicketId) -> QueryResult<Option<Ticket>> {
    Ticket::query()
        .filter(tickets::id.eq(id))
        .first(conn)
        .optional()
}

/// Takes the row for this transaction and gives it as it is now; its revision has gone up by one.
pub fn take(conn: &mut Conn, id: TicketId, now: Timestamp) -> QueryResult<Option<Ticket>> {
    diesel::update(tickets::table.filter(tickets::id.eq(id)))
        .set((
            tickets::revision.eq(tickets::revision + 1),
            tickets::updated_at.eq(now),
        ))
        .execute(conn)?;
    find(conn, id)
}

/// Takes the row for this transaction without a change that anybody would notice.
pub fn take_quietly(conn: &mut Conn, id: TicketId) -> QueryResult<Option<Ticket>> {
    diesel::update(tickets::table.filter(tickets::id.eq(id)))
        .set(tickets::revision.eq(tickets::revision + 1))
        .execute(conn)?;
    find(conn, id)
}

/// The ticket that a merged one lives on in.
pub fn survivor(conn: &mut Conn, id: TicketId) -> QueryResult<TicketId> {
    let mut id = id;
    for _ in 0..LONGEST_CHAIN {
        let next: Option<Option<i64>> = tickets::table
            .filter(tickets::id.eq(id))
            .select(tickets::merged_into)
            .first(conn)
            .optional()?;
        match next.flatten() {
            Some(next) => id = TicketId(next),
            None => break,
        }
    }
    Ok(id)
}

/// Whether there is such a ticket.
pub fn is_there(conn: &mut Conn, id: TicketId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        tickets::table.filter(tickets::id.eq(id)),
    ))
    .get_result(conn)
}

/// The newest messages of a ticket, oldest first, below `before`.
pub fn messages(conn: &mut Conn, id: TicketId, before: MessageId) -> QueryResult<Vec<Message>> {
    let mut found = Message::query()
        .filter(ticket_messages::ticket_id.eq(id))
        .filter(ticket_messages::id.lt(before))
        .order(ticket_messages::id.desc())
        .limit(MOST_MESSAGES)
        .load(conn)?;
    found.reverse();
    Ok(found)
}

/// One message of a ticket.
pub fn message(conn: &mut Conn, id: TicketId, message: MessageId) -> QueryResult<Option<Message>> {
    Message::query()
        .filter(ticket_messages::id.eq(message))
        .filter(ticket_messages::ticket_id.eq(id))
        .first(conn)
        .optional()
}

/// The newest message that came from outside before another one, reports and automatic replies aside.
pub fn last_received_before(
    conn: &mut Conn,
    id: TicketId,
    before: MessageId,
) -> QueryResult<Option<Message>> {
    Message::query()
        .filter(ticket_messages::ticket_id.eq(id))
        .filter(ticket_messages::id.lt(before))
        .filter(ticket_messages::kind.eq("received"))
        .filter(ticket_messages::automatic.eq_any(["", "generated"]))
        .order(ticket_messages::id.desc())
        .first(conn)
        .optional()
}

/// A message, whichever its ticket.
pub fn by_id(conn: &mut Conn, id: MessageId) -> QueryResult<Option<Message>> {
    Message::query()
        .filter(ticket_messages::id.eq(id))
        .first(conn)
        .optional()
}

/// Message-IDs of a ticket's mails before one of them, oldest first.
pub fn mail_ids_before(
    conn: &mut Conn,
    id: TicketId,
    before: MessageId,
    limit: i64,
) -> QueryResult<Vec<String>> {
    let mut found: Vec<String> = ticket_messages::table
        .filter(ticket_messages::ticket_id.eq(id))
        .filter(ticket_messages::id.lt(before))
        .filter(ticket_messages::message_id.ne(""))
        .order(ticket_messages::id.desc())
        .limit(limit)
        .select(ticket_messages::message_id)
        .load(conn)?;
    found.reverse();
    Ok(found)
}

/// Attachments of some messages.
pub fn files(
    conn: &mut Conn,
    messages: &[MessageId],
) -> QueryResult<HashMap<MessageId, Vec<TicketFile>>> {
    let rows: Vec<TicketFile> = TicketFile::query()
        .filter(ticket_files::message_id.eq_any(padded(messages.to_vec())))
        .order(ticket_files::id)
        .load(conn)?;
    let mut found: HashMap<MessageId, Vec<TicketFile>> = HashMap::new();
    for row in rows {
        found.entry(row.message_id).or_default().push(row);
    }
    Ok(found)
}

/// One attachment of a ticket.
pub fn file(conn: &mut Conn, id: TicketId, file: i64) -> QueryResult<Option<TicketFile>> {
    let own = ticket_messages::table
        .filter(ticket_messages::ticket_id.eq(id))
        .select(ticket_messages::id);
    TicketFile::query()
        .filter(ticket_files::id.eq(file))
        .filter(ticket_files::message_id.eq_any(own))
        .first(conn)
        .optional()
}

/// The newest changes of a ticket, oldest first.
pub fn changes(conn: &mut Conn, id: TicketId) -> QueryResult<Vec<Change>> {
    let mut found = Change::query()
        .filter(ticket_changes::ticket_id.eq(id))
        .order(ticket_changes::id.desc())
        .limit(MOST_CHANGES)
        .load(conn)?;
    found.reverse();
    Ok(found)
}

/// The newest ticket in which one of these ids was seen, the first ids counting most.
pub fn by_reference(conn: &mut Conn, ids: &[String]) -> QueryResult<Option<(TicketId, String)>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let rows: Vec<(String, TicketId)> = message_refs::table
        .filter(message_refs::reference.eq_any(ids))
        .order(message_refs::ticket_id.desc())
        .limit(1_000)
        .select((message_refs::reference, message_refs::ticket_id))
        .load(conn)?;
    for id in ids {
        if let Some((reference, ticket)) = rows.iter().find(|(reference, _)| reference == id) {
            return Ok(Some((survivor(conn, *ticket)?, reference.clone())));
        }
    }
    Ok(None)
}

/// Remembers that these ids were seen in a ticket.
pub fn remember(conn: &mut Conn, id: TicketId, references: &[String]) -> QueryResult<()> {
    for reference in references {
        diesel::insert_into(message_refs::table)
            .values((
                message_refs::reference.eq(reference),
                message_refs::ticket_id.eq(id),
            ))
            .on_conflict_do_nothing()
            .portable()
            .execute(conn)?;
    }
    Ok(())
}

/// Where a mail was filed, by the hash all its deliveries share.
pub fn by_mail_key(conn: &mut Conn, key: &str) -> QueryResult<Option<(TicketId, MessageId)>> {
    ticket_messages::table
        .filter(ticket_messages::mail_key.eq(key))
        .select((ticket_messages::ticket_id, ticket_messages::id))
        .first(conn)
        .optional()
}

/// The newest tickets of a contact.
pub fn of_contact(
    conn: &mut Conn,
    contact: ContactId,
    reach: &Reach,
    limit: i64,
) -> QueryResult<Vec<Ticket>> {
    if let Some(held) = reach.on("tickets.assignee_id") {
        return Ticket::query()
            .filter(tickets::contact_id.eq(contact))
            .filter(held)
            .order((tickets::last_at.desc(), tickets::id.desc()))
            .limit(limit)
            .load(conn);
    }
    Cached(
        Ticket::query()
            .filter(tickets::contact_id.eq(contact))
            .order((tickets::last_at.desc(), tickets::id.desc()))
            .limit(limit),
    )
    .load(conn)
}

/// The newest tickets of a company's people.
pub fn of_company(
    conn: &mut Conn,
    company: CompanyId,
    reach: &Reach,
    limit: i64,
) -> QueryResult<Vec<Ticket>> {
    if let Some(held) = reach.on("tickets.assignee_id") {
        return Ticket::query()
            .filter(tickets::company_id.eq(company))
            .filter(held)
            .order((tickets::last_at.desc(), tickets::id.desc()))
            .limit(limit)
            .load(conn);
    }
    Cached(
        Ticket::query()
            .filter(tickets::company_id.eq(company))
            .order((tickets::last_at.desc(), tickets::id.desc()))
            .limit(limit),
    )
    .load(conn)
}

/// What the contacts of a page are called.
pub fn contact_names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = ContactId>,
) -> QueryResult<HashMap<ContactId, String>> {
    type Row = (ContactId, String, Option<String>, Option<String>, bool);
    let mut ids: Vec<ContactId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = Cached(
        contacts::table
            .filter(contacts::id.eq_any(padded(ids)))
            .select((
                contacts::id,
                contacts::name,
                contacts::email,
                contacts::phone,
                contacts::is_known,
            )),
    )
    .load(conn)?;
    let named = |(id, name, email, phone, is_known): Row| {
        let shown =
            crate::contacts::model::shown(id, &name, email.as_deref(), phone.as_deref(), is_known);
        (id, shown)
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Tags of some tickets.
pub fn tags_of(conn: &mut Conn, ids: &[TicketId]) -> QueryResult<HashMap<TicketId, Vec<Tag>>> {
    let query = ticket_tags::table
        .inner_join(tags::table.on(tags::id.eq(ticket_tags::tag_id)))
        .filter(ticket_tags::ticket_id.eq_any(padded(ids.to_vec())))
        .order(tags::name)
        .select((ticket_tags::ticket_id, tags::id, tags::name, tags::tone));
    let rows: Vec<(TicketId, TagId, String, String)> = Cached(query).load(conn)?;
    let mut found: HashMap<TicketId, Vec<Tag>> = HashMap::new();
    for (ticket, id, name, tone) in rows {
        found
            .entry(ticket)
            .or_default()
            .push(Tag { id, name, tone });
    }
    Ok(found)
}

/// Puts a tag on; false where it was there already.
pub fn put_tag(conn: &mut Conn, id: TicketId, tag: TagId) -> QueryResult<bool> {
    let new = diesel::insert_into(ticket_tags::table)
        .values((ticket_tags::ticket_id.eq(id), ticket_tags::tag_id.eq(tag)))
        .on_conflict((ticket_tags::ticket_id, ticket_tags::tag_id))
        .do_nothing()
        .portable()
        .execute(conn)?;
    Ok(new > 0)
}

/// Takes a tag off; false where it was not there.
pub fn take_off_tag(conn: &mut Conn, id: TicketId, tag: TagId) -> QueryResult<bool> {
    let gone = diesel::delete(ticket_tags::table)
        .filter(ticket_tags::ticket_id.eq(id))
        .filter(ticket_tags::tag_id.eq(tag))
        .execute(conn)?;
    Ok(gone > 0)
}

/// The words of the next tickets behind one: number, subject, people.
pub fn words(conn: &mut Conn, after: TicketId, limit: i64) -> QueryResult<Vec<(i64, String)>> {
    type Row = (i64, String, Option<(String, Option<String>)>);
    let rows: Vec<Row> = tickets::table
        .left_join(contacts::table.on(tickets::contact_id.eq(contacts::id.nullable())))
        .filter(tickets::id.gt(after))
        .order(tickets::id)
        .limit(limit)
        .select((
            tickets::id,
            tickets::subject,
            (contacts::name, contacts::email).nullable(),
        ))
        .load(conn)?;
    let words = |(id, subject, who): Row| {
        let (name, email) = who.unwrap_or_default();
        let email = email.unwrap_or_default();
        (id, format!("{id} {subject} {name} {email}"))
    };
    Ok(rows.into_iter().map(words).collect())
}
