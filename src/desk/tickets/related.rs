//! What other records show of tickets: cards of a contact and of a company, panels of Home; and what moves with a contact
//! that becomes another.

use diesel::prelude::*;

use super::list::ask::{Ask, Params};
use super::list::query;
use super::list::queue::shown;
use super::model::{Status, Ticket};
use super::store;
use crate::accounts::Object;
use crate::accounts::panels::{Panel, PanelAsk, PanelRow};
use crate::accounts::rights::{EditTickets, ReadTickets, Right};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::merge::{Follower, Holding, Kind, Parting, Since, SinceAsk};
use crate::contacts::{Card, CardAsk, CardRow};
use crate::db::Conn;
use crate::db::dialect::journal::Held;
use crate::db::schema::{ticket_messages, tickets};
use crate::web::ago;

/// Tickets on a card.
const ROWS: i64 = 8;
/// Lines of a panel.
const LINES: usize = 8;

/// Tickets of a contact.
pub fn contact_tickets(conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    if !ReadTickets::allows(&ask.access) {
        return Ok(None);
    }
    let found = store::of_contact(conn, id, &ask.access.sees(Object::Tickets), ROWS)?;
    let add = EditTickets::allows(&ask.access);
    let add = add.then(|| (format!("/tickets/new?contact={id}"), "Open a ticket"));
    Ok(Some(card(&found, ask, add)))
}

/// Tickets of a company's people.
pub fn company_tickets(conn: &mut Conn, id: CompanyId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    if !ReadTickets::allows(&ask.access) {
        return Ok(None);
    }
    let found = store::of_company(conn, id, &ask.access.sees(Object::Tickets), ROWS)?;
    Ok((!found.is_empty()).then(|| card(&found, ask, None)))
}

fn card(found: &[Ticket], ask: &CardAsk, add: Option<(String, &'static str)>) -> Card {
    let open = found.iter().filter(|t| t.status == Status::Open).count();
    let row = |ticket: &Ticket| CardRow {
        label: ticket.subject.clone(),
        href: format!("/tickets/{}", ticket.id),
        value: ticket.status.label().to_owned(),
        hint: format!(
            "#{} · {}",
            ticket.id,
            ago(ticket.last_at, ask.now, ask.zone)
        ),
        ..CardRow::default()
    };
    Card {
        title: "Tickets".to_owned(),
        count: if open > 0 {
            format!("{open} open")
        } else {
            String::new()
        },
        note: if found.is_empty() {
            "No ticket yet."
        } else {
            ""
        }
        .to_owned(),
        rows: found.iter().map(row).collect(),
        add,
        ..Card::default()
    }
}

/// Home: open tickets of whoever looks; the team's for who leads it and has none.
pub fn my_tickets(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    let empty = "Nothing of yours is open.";
    let mine = panel(conn, ask, "mine", "My open tickets", empty)?;
    if !ask.leads() || mine.as_ref().is_none_or(|mine| !mine.rows.is_empty()) {
        return Ok(mine);
    }
    let team = panel(conn, ask, "all", "The team's open tickets", empty)?;
    Ok(match team {
        Some(mut team) if !team.rows.is_empty() => {
            team.note.push_str(", none is yours");
            Some(team)
        }
        _ => mine,
    })
}

/// Home: open tickets that nobody has taken.
pub fn unassigned(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    panel(
        conn,
        ask,
        "unassigned",
        "Unassigned tickets",
        "Every open ticket is in somebody’s hands.",
    )
}

fn panel(
    conn: &mut Conn,
    ask: &PanelAsk,
    view: &str,
    title: &'static str,
    empty: &'static str,
) -> QueryResult<Option<Panel>> {
    if !EditTickets::allows(&ask.access) {
        return Ok(None);
    }
    let queue = Ask::read(&Params {
        view: view.to_owned(),
        ..Params::default()
    });
    let reach = ask.access.sees(Object::Tickets);
    let found = query::page(conn, &queue, ask.user, &reach, LINES)?.rows;
    let counts = query::counts(conn, &queue, ask.user, &reach)?;
    let names = store::contact_names(conn, found.iter().filter_map(|t| t.contact_id))?;
    let row = |ticket: &Ticket| PanelRow {
        label: ticket.subject.clone(),
        href: queue.ticket(ticket.id),
        about: ticket
            .contact_id
            .and_then(|id| names.get(&id).cloned())
            .unwrap_or_default(),
        why: ticket.preview.clone(),
        icon: "inbox",
        side: ago(ticket.last_at, ask.now, ask.zone),
        tone: match ticket.priority.tone() {
            "red" => "overdue",
            "amber" => "soon",
            _ => "soft",
        },
        done: None,
    };
    Ok(Some(Panel {
        title,
        note: if counts.open > 0 {
            format!("{} open", shown(counts.open))
        } else {
            String::new()
        },
        href: queue.href(|_| {}),
        is_aside: false,
        rows: found.iter().map(row).collect(),
        empty,
    }))
}

/// Tickets and what was said in them follow the contact they belong to, and tickets their company.
pub const FOLLOWER: Follower = Follower {
    holdings: &[
        Holding {
            of: Kind::Contact,
            rows: Held::rows("tickets", "contact_id"),
            words: ("ticket", "tickets"),
            since: Some(since_of_contact),
        },
        Holding {
            of: Kind::Contact,
            rows: Held::rows("ticket_messages", "contact_id"),
            words: ("message", "messages"),
            since: None,
        },
        Holding {
            of: Kind::Company,
            rows: Held::rows("tickets", "company_id"),
            words: ("ticket", "tickets"),
            since: Some(since_of_company),
        },
    ],
    joining: None,
    parted: Some(parted),
};

fn since_of_contact(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = tickets::table
        .filter(tickets::contact_id.eq(ask.holder))
        .filter(tickets::created_at.ge(ask.at))
        .order((tickets::last_at.desc(), tickets::id.desc()))
        .limit(ask.limit)
        .select((tickets::id, tickets::subject, tickets::created_at))
        .load(conn)?;
    Ok(rows.into_iter().map(opened).collect())
}

fn since_of_company(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = tickets::table
        .filter(tickets::company_id.eq(ask.holder))
        .filter(tickets::created_at.ge(ask.at))
        .order((tickets::last_at.desc(), tickets::id.desc()))
        .limit(ask.limit)
        .select((tickets::id, tickets::subject, tickets::created_at))
        .load(conn)?;
    Ok(rows.into_iter().map(opened).collect())
}

fn opened((id, subject, at): (i64, String, Timestamp)) -> Since {
    Since::new("tickets", id, "Ticket", &subject, at)
}

/// What was said since in tickets of the one who is back was said by that one.
fn parted(conn: &mut Conn, parting: &Parting<'_>) -> QueryResult<()> {
    if parting.kind() != Kind::Contact {
        return Ok(());
    }
    let own = tickets::table
        .filter(tickets::contact_id.eq(parting.loser().0))
        .select(tickets::id);
    diesel::update(ticket_messages::table)
        .filter(ticket_messages::contact_id.eq(parting.holder().0))
        .filter(ticket_messages::at.ge(parting.at()))
        .filter(ticket_messages::ticket_id.eq_any(own))
        .set(ticket_messages::contact_id.eq(parting.loser().0))
        .execute(conn)
        .map(|_| ())
}

/// Which of some contacts have tickets: they are kept when an import is taken back.
pub fn keeps(conn: &mut Conn, ids: &[ContactId], _: Timestamp) -> QueryResult<Vec<ContactId>> {
    let rows: Vec<Option<ContactId>> = tickets::table
        .filter(tickets::contact_id.eq_any(ids))
        .select(tickets::contact_id)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}
