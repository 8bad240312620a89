//! Tickets as the search finds and shows them.

use diesel::prelude::*;

use super::model::Status;
use super::store;
use crate::accounts::access::Object;
use crate::accounts::rights::{ReadTickets, Right};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, TicketId, UserId};
use crate::contacts::model;
use crate::db::dialect::search::{self as index, Kind};
use crate::db::schema::{contacts, tickets};
use crate::db::{Cached, Conn, Predicate, padded};
use crate::search::{self, Finder, Hit, Reader};

/// How tickets are found.
pub const TICKETS: Finder = Finder {
    kind: Kind::Ticket,
    word: "ticket",
    title: "Tickets",
    path: "/tickets",
    icon: "ticket",
    scope: "tickets:read",
    is_open_to: |reader| ReadTickets::allows(&reader.access),
    exact: |_, typed| Ok(search::number(typed).into_iter().collect()),
    show,
    refill,
    refill_company: None,
};

/// What a ticket must meet for a reader to see it.
fn seen_by(reader: &Reader) -> Option<Predicate> {
    reader
        .access
        .sees(Object::Tickets)
        .on("tickets.assignee_id")
}

fn show(conn: &mut Conn, reader: &Reader, ids: &[i64]) -> QueryResult<Vec<Hit>> {
    type Who = Option<(
        (ContactId, String, Option<String>, Option<String>, bool),
        Option<UserId>,
    )>;
    type Row = (TicketId, String, Status, Timestamp, Who);
    let mut query = tickets::table
        .left_join(contacts::table.on(tickets::contact_id.eq(contacts::id.nullable())))
        .filter(tickets::id.eq_any(padded(ids.to_vec())))
        .select((
            tickets::id,
            tickets::subject,
            tickets::status,
            tickets::last_at,
            (
                (
                    contacts::id,
                    contacts::name,
                    contacts::email,
                    contacts::phone,
                    contacts::is_known,
                ),
                contacts::owner_id,
            )
                .nullable(),
        ))
        .into_boxed();
    if let Some(seen) = seen_by(reader) {
        query = query.filter(seen);
    }
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let reach = reader.access.sees(Object::Contacts);
    let hit = |(id, subject, status, at, who): Row| {
        let who = who.filter(|(_, owner)| reach.covers(*owner));
        let who = who.map(|((id, name, email, phone, is_known), _)| {
            model::shown(id, &name, email.as_deref(), phone.as_deref(), is_known)
        });
        Hit {
            id: id.0,
            label: if subject.is_empty() {
                "(no subject)".to_owned()
            } else {
                subject
            },
            context: match who {
                Some(who) => format!("#{id} · {who}"),
                None => format!("#{id}"),
            },
            side: status.label().to_owned(),
            initials: String::new(),
            at,
        }
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn refill(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Option<i64>> {
    let rows = store::words(conn, TicketId(after), limit)?;
    index::renew(conn, Kind::Ticket, &rows)?;
    Ok(rows.last().map(|(id, _)| *id))
}
