//! Mails of tickets as lines of the contact's story. Notes stay on the ticket.

use diesel::prelude::*;

use super::model::{self, Kind, Message};
use crate::accounts::rights::{ReadTickets, Right};
use crate::accounts::{Action, seen};
use crate::base::Timestamp;
use crate::base::ids::{MessageId, TicketId};
use crate::contacts::store as people;
use crate::db::schema::{ticket_messages, tickets};
use crate::db::{Cached, Conn, padded};
use crate::timeline::{Part, Show, Slip, StoryItem, StrandAsk};

/// Entries, notes and visits have 0 to 2.
const RANK: i64 = 3;

/// What a contact wrote to us and we to them, newest first.
#[expect(
    clippy::too_many_lines,
    reason = "three questions and the line they make"
)]
pub fn mails(conn: &mut Conn, ask: &StrandAsk) -> QueryResult<Vec<StoryItem>> {
    if !ask.show.wants(Show::Mail) || !ReadTickets::allows(&ask.access) {
        return Ok(Vec::new());
    }
    let below = ask.bound(RANK);
    let ids: Vec<(Timestamp, MessageId)> = Cached(
        ticket_messages::table
            .filter(ticket_messages::contact_id.eq(ask.contact.0))
            .filter(ticket_messages::at.le(below.at))
            .filter(
                ticket_messages::at
                    .lt(below.at)
                    .or(ticket_messages::id.lt(below.id)),
            )
            .order((ticket_messages::at.desc(), ticket_messages::id.desc()))
            .limit(ask.limit)
            .select((ticket_messages::at, ticket_messages::id)),
    )
    .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MessageId> = ids.into_iter().map(|(_, id)| id).collect();
    let rows: Vec<Message> = Cached(
        Message::query()
            .filter(ticket_messages::id.eq_any(padded(ids)))
            .order((ticket_messages::at.desc(), ticket_messages::id.desc())),
    )
    .load(conn)?;
    let own: Vec<TicketId> = rows.iter().map(|row| row.ticket_id).collect();
    let seen = seen::tickets(conn, &ask.access, Action::Read, own.iter().copied())?;
    let subjects: Vec<(TicketId, String)> = Cached(
        tickets::table
            .filter(tickets::id.eq_any(padded(own)))
            .select((tickets::id, tickets::subject)),
    )
    .load(conn)?;
    let users = people::user_names(conn, rows.iter().filter_map(|row| row.user_id))?;
    let item = |row: Message| {
        let subject = subjects.iter().find(|(id, _)| *id == row.ticket_id);
        let subject = subject.map_or("", |(_, subject)| subject.as_str());
        let user = row.user_id.and_then(|id| users.get(&id));
        let words = match (row.kind, user) {
            (Kind::Reply, Some(user)) => format!("{user} answered"),
            (Kind::Reply, None) => "We answered".to_owned(),
            _ if !row.automatic.is_personal() => row.automatic.label().to_owned(),
            (_, Some(_)) => "Spoke with us".to_owned(),
            _ => "Wrote to us".to_owned(),
        };
        let headline = vec![
            Part::bold(words),
            Part::link(
                format!("#{} {subject}", row.ticket_id),
                format!("/tickets/{}#m{}", row.ticket_id, row.id),
            ),
        ];
        let mut item = StoryItem::new(row.at, RANK, row.id.0, Show::Mail, headline);
        item.icon = if row.kind == Kind::Reply {
            "reply"
        } else {
            "mail"
        };
        item.slip = Some(Slip {
            text: model::preview(&row.text),
            is_note: false,
        })
        .filter(|slip| !slip.text.is_empty());
        item
    };
    let rows = rows.into_iter().filter(|row| seen.has(row.ticket_id));
    Ok(rows.map(item).collect())
}
