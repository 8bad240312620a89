//! Contacts for good.

use diesel::prelude::*;

use super::{ROWS, pairs};
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, IdentityId};
use crate::contacts::{fields, merge};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{
    activities, consents, contacts, event_days, events, identities, sessions, ticket_messages,
    tickets, timeline_entries, trait_values, traits,
};

/// Records that one lives on in, and those that live on in these, followed so far.
const LONGEST_CHAIN: usize = 32;
/// Records of one that was merged often.
const MOST_MERGED: i64 = 500;

/// A piece of the oldest contact that is too old for the trash.
pub fn contacts(conn: &mut Conn, before: Timestamp, now: Timestamp) -> QueryResult<usize> {
    let oldest: Option<ContactId> = contacts::table
        .filter(contacts::deleted_at.is_not_null())
        .filter(contacts::merged_into.is_null())
        .filter(contacts::deleted_at.lt(before))
        .order((contacts::deleted_at.asc(), contacts::id.asc()))
        .select(contacts::id)
        .first(conn)
        .optional()?;
    match oldest {
        Some(id) => piece(conn, id, now),
        None => Ok(0),
    }
}

fn piece(conn: &mut Conn, id: ContactId, now: Timestamp) -> QueryResult<usize> {
    let all = with_merged(conn, id)?;
    let own: Vec<IdentityId> = identities::table
        .filter(identities::contact_id.eq_any(&all))
        .select(identities::id)
        .load(conn)?;
    let took = behaviour(conn, &own)?;
    if took > 0 {
        return Ok(took);
    }
    known(conn, &all, &own)?;
    kept_by_others(conn, &all)?;
    for one in &all {
        fields::index::forget(conn, *one)?;
        search::put(conn, Kind::Contact, one.0, "")?;
    }
    // The survivor last: the others point at it.
    let took = diesel::delete(contacts::table.filter(contacts::id.eq_any(&all))).execute(conn)?;
    let object = Some(("contact", id.0));
    audit::record(conn, &By::house(), "contact.purged", object, "", now)?;
    Ok(took.max(1))
}

/// A contact and everybody who lives on in it.
fn with_merged(conn: &mut Conn, id: ContactId) -> QueryResult<Vec<ContactId>> {
    let mut all = vec![id];
    let mut level = vec![id];
    for _ in 0..LONGEST_CHAIN {
        level = contacts::table
            .filter(contacts::merged_into.eq_any(level))
            .filter(contacts::merged_into.is_not_null())
            .limit(MOST_MERGED)
            .select(contacts::id)
            .load(conn)?;
        level.retain(|id| !all.contains(id));
        if level.is_empty() {
            break;
        }
        all.extend(&level);
    }
    Ok(all)
}

/// What they did, some rows at a time.
fn behaviour(conn: &mut Conn, own: &[IdentityId]) -> QueryResult<usize> {
    let some: Vec<i64> = events::table
        .filter(events::identity_id.eq_any(own))
        .limit(ROWS)
        .select(events::id)
        .load(conn)?;
    if !some.is_empty() {
        return diesel::delete(events::table.filter(events::id.eq_any(some))).execute(conn);
    }
    let some: Vec<i64> = sessions::table
        .filter(sessions::identity_id.eq_any(own))
        .limit(ROWS)
        .select(sessions::id)
        .load(conn)?;
    if !some.is_empty() {
        return diesel::delete(sessions::table.filter(sessions::id.eq_any(some))).execute(conn);
    }
    let some: Option<(IdentityId, i64)> = event_days::table
        .filter(event_days::identity_id.eq_any(own))
        .select((event_days::identity_id, event_days::day))
        .first(conn)
        .optional()?;
    match some {
        Some((identity, day)) => diesel::delete(event_days::table)
            .filter(event_days::identity_id.eq(identity))
            .filter(event_days::day.lt(day + 366))
            .execute(conn),
        None => Ok(0),
    }
}

/// What is known of them, and what was done about them.
fn known(conn: &mut Conn, all: &[ContactId], own: &[IdentityId]) -> QueryResult<()> {
    diesel::delete(trait_values::table.filter(trait_values::identity_id.eq_any(own)))
        .execute(conn)?;
    diesel::delete(traits::table.filter(traits::contact_id.eq_any(all))).execute(conn)?;
    diesel::delete(identities::table.filter(identities::contact_id.eq_any(all))).execute(conn)?;
    diesel::delete(activities::table.filter(activities::contact_id.eq_any(all))).execute(conn)?;
    diesel::delete(timeline_entries::table.filter(timeline_entries::contact_id.eq_any(all)))
        .execute(conn)?;
    diesel::delete(consents::table.filter(consents::contact_id.eq_any(all))).execute(conn)?;
    let ids: Vec<i64> = all.iter().map(|id| id.0).collect();
    pairs::forget(conn, merge::Kind::Contact, &ids)
}

/// What stays without them.
fn kept_by_others(conn: &mut Conn, all: &[ContactId]) -> QueryResult<()> {
    diesel::update(tickets::table.filter(tickets::contact_id.eq_any(all)))
        .set(tickets::contact_id.eq(None::<ContactId>))
        .execute(conn)?;
    diesel::update(ticket_messages::table.filter(ticket_messages::contact_id.eq_any(all)))
        .set(ticket_messages::contact_id.eq(None::<ContactId>))
        .execute(conn)?;
    Ok(())
}
