//! Which of some records are in somebody's reach: the one condition ([`Reach::on`]), asked of ids. Lists put the condition into
//! their own question; whatever comes by id, out of a form, a link or a hit of the search, is asked about here. Of whoever
//! reaches everything nothing is asked.

use std::collections::HashSet;
use std::hash::Hash;

use diesel::prelude::*;

use super::access::{Access, Action, Object};
use super::reach::Reach;
use crate::base::ids::{ActivityId, CompanyId, ContactId, DealId, MergeId, TicketId, UserId};
use crate::db::Conn;
use crate::db::schema::{activities, companies, contacts, deals, duplicates, merges, tickets};

/// How far a chain of merges is followed.
const LONGEST_CHAIN: usize = 32;

/// Which of the ids that were asked about are in reach.
#[derive(Debug, Clone)]
pub enum Seen<Id> {
    /// Whichever there are.
    All,
    /// These.
    Only(HashSet<Id>),
}

impl<Id: Copy + Eq + Hash> Seen<Id> {
    /// Whether this one is.
    pub fn has(&self, id: Id) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&id),
        }
    }
}

macro_rules! among {
    ($(#[$doc:meta])* $name:ident, $id:ident, $table:ident, $object:ident, $owner:literal) => {
        $(#[$doc])*
        pub fn $name(
            conn: &mut Conn,
            access: &Access,
            action: Action,
            ids: impl IntoIterator<Item = $id>,
        ) -> QueryResult<Seen<$id>> {
            let reach = access.reach(Object::$object, action);
            let Some(held) = reach.on($owner) else {
                return Ok(Seen::All);
            };
            let ids: Vec<$id> = ids.into_iter().collect();
            if ids.is_empty() || reach == Reach::Nothing {
                return Ok(Seen::Only(HashSet::new()));
            }
            let found: Vec<$id> = $table::table
                .filter($table::id.eq_any(ids))
                .filter(held)
                .select($table::id)
                .load(conn)?;
            Ok(Seen::Only(found.into_iter().collect()))
        }
    };
}

among!(
    /// Contacts in reach; of a merged one, whose it was.
    contacts, ContactId, contacts, Contacts, "contacts.owner_id"
);
among!(
    /// Companies in reach; of a merged one, whose it was.
    companies, CompanyId, companies, Contacts, "companies.owner_id"
);
among!(
    /// Deals in reach.
    deals, DealId, deals, Deals, "deals.owner_id"
);
among!(
    /// Tickets in reach.
    tickets, TicketId, tickets, Tickets, "tickets.assignee_id"
);

/// Whether a contact is in reach, or the one that it lives on in.
pub fn contact(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    let mut id = ContactId(id);
    for _ in 0..LONGEST_CHAIN {
        let into: Option<Option<ContactId>> = contacts::table
            .filter(contacts::id.eq(id))
            .select(contacts::merged_into)
            .first(conn)
            .optional()?;
        let Some(into) = into.flatten() else { break };
        id = into;
    }
    Ok(contacts(conn, access, action, [id])?.has(id))
}

/// Whether a company is in reach, or the one that it lives on in.
pub fn company(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    let mut id = CompanyId(id);
    for _ in 0..LONGEST_CHAIN {
        let into: Option<Option<CompanyId>> = companies::table
            .filter(companies::id.eq(id))
            .select(companies::merged_into)
            .first(conn)
            .optional()?;
        let Some(into) = into.flatten() else { break };
        id = into;
    }
    Ok(companies(conn, access, action, [id])?.has(id))
}

/// Whether a deal is in reach.
pub fn deal(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    Ok(deals(conn, access, action, [DealId(id)])?.has(DealId(id)))
}

/// Whether a ticket is in reach.
pub fn ticket(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    Ok(tickets(conn, access, action, [TicketId(id)])?.has(TicketId(id)))
}

/// Whether a note is in reach: as what it is about is.
pub fn note(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    type About = (Option<i64>, Option<i64>, Option<i64>);
    let about: Option<About> = activities::table
        .filter(activities::id.eq(ActivityId(id)))
        .select((
            activities::deal_id,
            activities::contact_id,
            activities::company_id,
        ))
        .first(conn)
        .optional()?;
    match about {
        Some((Some(id), ..)) => deal(conn, access, action, id),
        Some((None, Some(id), _)) => contact(conn, access, action, id),
        Some((None, None, Some(id))) => company(conn, access, action, id),
        _ => Ok(false),
    }
}

/// Whether a task is in reach: whose it is decides, as of a deal; those one made oneself, besides.
pub fn task(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    let whose: Option<(Option<UserId>, Option<UserId>)> = activities::table
        .filter(activities::id.eq(ActivityId(id)))
        .select((activities::assignee_id, activities::author_id))
        .first(conn)
        .optional()?;
    let reach = access.reach(Object::Deals, action);
    Ok(whose.is_some_and(|(assignee, author)| {
        let own = Some(access.user());
        assignee == own || author == own || reach.covers(assignee)
    }))
}

/// Whether both sides of a merge are in reach.
pub fn merge(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    let sides: Option<(String, i64, i64)> = merges::table
        .filter(merges::id.eq(MergeId(id)))
        .select((merges::kind, merges::winner_id, merges::loser_id))
        .first(conn)
        .optional()?;
    match sides {
        Some(sides) => both(conn, access, action, &sides),
        None => Ok(false),
    }
}

/// Whether both sides of a likeness are in reach.
pub fn duplicate(conn: &mut Conn, access: &Access, action: Action, id: i64) -> QueryResult<bool> {
    let sides: Option<(String, i64, i64)> = duplicates::table
        .filter(duplicates::id.eq(id))
        .select((duplicates::kind, duplicates::a, duplicates::b))
        .first(conn)
        .optional()?;
    match sides {
        Some(sides) => both(conn, access, action, &sides),
        None => Ok(false),
    }
}

fn both(
    conn: &mut Conn,
    access: &Access,
    action: Action,
    (kind, one, other): &(String, i64, i64),
) -> QueryResult<bool> {
    let keeper = if kind == "company" { company } else { contact };
    Ok(keeper(conn, access, action, *one)? && keeper(conn, access, action, *other)?)
}
