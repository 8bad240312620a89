//! The queue as the tables answer it: every view walks an index of its own.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::ask::{Ask, View};
use crate::accounts::Reach;
use crate::base::Timestamp;
use crate::base::ids::{ContactId, TicketId, UserId};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::tickets;
use crate::desk::tickets::model::{Status, Ticket};
use crate::keyset;
use crate::web::{Cursor, Paged};

/// Tickets on a page.
pub const PAGE: usize = 40;
/// Whose a ticket is.
const OWNER: &str = "tickets.assignee_id";
/// Counted no further than this.
pub const MOST_COUNTED: i64 = 1_000;
/// Hits of the search that are looked at.
const HITS: i64 = 200;

/// One page.
pub fn page(
    conn: &mut Conn,
    ask: &Ask,
    reader: UserId,
    reach: &Reach,
    limit: usize,
) -> QueryResult<Paged<Ticket>> {
    use tickets::{assignee_id, id, last_at, mailbox_id, status};
    let most = limit as i64 + 1;
    if !ask.q.is_empty() {
        let before = ask.after.as_ref().map(|cursor| cursor.id);
        let hits = search::find(conn, Kind::Ticket, &ask.q, before, HITS)?;
        let mut query = Ticket::query()
            .filter(id.eq_any(hits.into_iter().map(TicketId)))
            .order(id.desc())
            .limit(most)
            .into_boxed();
        if let Some(held) = reach.on(OWNER) {
            query = query.filter(held);
        }
        let rows = query.load(conn)?;
        return Ok(Paged::from_loaded(rows, limit, |row| Cursor {
            key: String::new(),
            id: row.id.0,
        }));
    }
    let mut query = Ticket::query()
        .filter(status.eq(ask.status))
        .limit(most)
        .into_boxed();
    match ask.view {
        View::Mine => query = query.filter(assignee_id.eq(reader)),
        View::Unassigned => query = query.filter(assignee_id.is_null()),
        View::All => {}
    }
    if let Some(mailbox) = ask.mailbox {
        query = query.filter(mailbox_id.eq(mailbox));
    }
    if let Some(held) = reach.on(OWNER) {
        query = query.filter(held);
    }
    let from = ask
        .after
        .as_ref()
        .and_then(|cursor| Some((Timestamp(cursor.number()?), cursor.id)));
    let rows = keyset!(query, desc, last_at, id, from).load(conn)?;
    Ok(Paged::from_loaded(rows, limit, by_last))
}

/// One page of a contact's tickets in a status, whoever has them.
pub fn page_of_contact(
    conn: &mut Conn,
    contact: ContactId,
    ask: &Ask,
    reach: &Reach,
    limit: usize,
) -> QueryResult<Paged<Ticket>> {
    use tickets::{contact_id, id, last_at, status};
    let mut query = Ticket::query()
        .filter(contact_id.eq(contact))
        .filter(status.eq(ask.status))
        .limit(limit as i64 + 1)
        .into_boxed();
    if let Some(held) = reach.on(OWNER) {
        query = query.filter(held);
    }
    let from = ask
        .after
        .as_ref()
        .and_then(|cursor| Some((Timestamp(cursor.number()?), cursor.id)));
    let rows = keyset!(query, desc, last_at, id, from).load(conn)?;
    Ok(Paged::from_loaded(rows, limit, by_last))
}

fn by_last(row: &Ticket) -> Cursor {
    Cursor {
        key: row.last_at.0.to_string(),
        id: row.id.0,
    }
}

/// Figures beside views and statuses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Of the reader, in this status.
    pub mine: i64,
    /// Of nobody, in this status.
    pub unassigned: i64,
    /// In this status.
    pub all: i64,
    /// Open ones of this view.
    pub open: i64,
    /// Waiting ones of this view.
    pub waiting: i64,
    /// Solved ones of this view.
    pub solved: i64,
    /// Closed ones of this view.
    pub closed: i64,
}

/// All of them in one question, each counted no further than it is shown.
pub fn counts(conn: &mut Conn, ask: &Ask, reader: UserId, reach: &Reach) -> QueryResult<Counts> {
    let one = |view, status| capped(view, status, reader, reach);
    let (mine, unassigned, all, open, waiting, solved, closed) = diesel::select((
        one(View::Mine, ask.status),
        one(View::Unassigned, ask.status),
        one(View::All, ask.status),
        one(ask.view, Status::Open),
        one(ask.view, Status::Waiting),
        one(ask.view, Status::Solved),
        one(ask.view, Status::Closed),
    ))
    .get_result(conn)?;
    Ok(Counts {
        mine,
        unassigned,
        all,
        open,
        waiting,
        solved,
        closed,
    })
}

fn capped(view: View, status: Status, reader: UserId, reach: &Reach) -> SqlLiteral<BigInt> {
    let whose = match view {
        View::Mine => format!("assignee_id = {reader} AND "),
        View::Unassigned => "assignee_id IS NULL AND ".to_owned(),
        View::All => String::new(),
    };
    let whose = if reach.is_all() {
        whose
    } else {
        format!("{} AND {whose}", reach.written("assignee_id"))
    };
    let most = MOST_COUNTED + 1;
    // Nothing in it is typed by anybody: a number and two words of ours.
    sql::<BigInt>(&format!(
        "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM tickets WHERE {whose}status = '{status}' LIMIT {most}) AS counted)"
    ))
}
