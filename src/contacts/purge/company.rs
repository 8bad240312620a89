//! Companies for good.

use diesel::prelude::*;

use super::{ROWS, pairs};
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, TraitKeyId};
use crate::contacts::fields::Object;
use crate::contacts::merge;
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{
    activities, companies, company_traits, contacts, deals, field_values, fields, tickets,
    timeline_entries, trait_keys,
};

/// Companies that live on in one.
const MOST_MERGED: i64 = 500;

/// A piece of the oldest company that is too old for the trash.
pub fn companies(conn: &mut Conn, before: Timestamp, now: Timestamp) -> QueryResult<usize> {
    let oldest: Option<CompanyId> = companies::table
        .filter(companies::deleted_at.is_not_null())
        .filter(companies::merged_into.is_null())
        .filter(companies::deleted_at.lt(before))
        .order((companies::deleted_at.asc(), companies::id.asc()))
        .select(companies::id)
        .first(conn)
        .optional()?;
    match oldest {
        Some(id) => piece(conn, id, now),
        None => Ok(0),
    }
}

fn piece(conn: &mut Conn, id: CompanyId, now: Timestamp) -> QueryResult<usize> {
    let mut all = vec![id];
    let merged: Vec<CompanyId> = companies::table
        .filter(companies::merged_into.eq(id))
        .filter(companies::merged_into.is_not_null())
        .limit(MOST_MERGED)
        .select(companies::id)
        .load(conn)?;
    all.extend(merged);
    let took = people(conn, &all)?;
    if took > 0 {
        return Ok(took);
    }
    diesel::update(deals::table.filter(deals::company_id.eq_any(&all)))
        .set(deals::company_id.eq(None::<CompanyId>))
        .execute(conn)?;
    diesel::update(tickets::table.filter(tickets::company_id.eq_any(&all)))
        .set(tickets::company_id.eq(None::<CompanyId>))
        .execute(conn)?;
    diesel::update(companies::table.filter(companies::parent_id.eq_any(&all)))
        .set(companies::parent_id.eq(None::<CompanyId>))
        .execute(conn)?;
    known(conn, &all)?;
    for one in &all {
        search::put(conn, Kind::Company, one.0, "")?;
    }
    let took = diesel::delete(companies::table.filter(companies::id.eq_any(&all))).execute(conn)?;
    let object = Some(("company", id.0));
    audit::record(conn, &By::house(), "company.purged", object, "", now)?;
    Ok(took.max(1))
}

/// Whoever works there works there no longer, some at a time.
fn people(conn: &mut Conn, all: &[CompanyId]) -> QueryResult<usize> {
    let some: Vec<ContactId> = contacts::table
        .filter(contacts::company_id.eq_any(all))
        .filter(contacts::company_id.is_not_null())
        .limit(ROWS)
        .select(contacts::id)
        .load(conn)?;
    if some.is_empty() {
        return Ok(0);
    }
    diesel::update(contacts::table.filter(contacts::id.eq_any(some)))
        .set(contacts::company_id.eq(None::<CompanyId>))
        .execute(conn)
}

/// What is known of it, and what was done about it. Domains, links and tags go with the row.
fn known(conn: &mut Conn, all: &[CompanyId]) -> QueryResult<()> {
    let ids: Vec<i64> = all.iter().map(|id| id.0).collect();
    let keys: Vec<TraitKeyId> = fields::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(fields::key_id)))
        .filter(trait_keys::object.eq(Object::Company))
        .select(fields::key_id)
        .load(conn)?;
    diesel::delete(field_values::table)
        .filter(field_values::key_id.eq_any(keys))
        .filter(field_values::record_id.eq_any(&ids))
        .execute(conn)?;
    diesel::delete(company_traits::table.filter(company_traits::company_id.eq_any(all)))
        .execute(conn)?;
    diesel::delete(activities::table.filter(activities::company_id.eq_any(all))).execute(conn)?;
    diesel::delete(timeline_entries::table.filter(timeline_entries::company_id.eq_any(all)))
        .execute(conn)?;
    pairs::forget(conn, merge::Kind::Company, &ids)
}
