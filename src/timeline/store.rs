//! Queries of the timeline.

use std::collections::HashMap;

use diesel::prelude::*;

use super::mark::Bound;
use super::model::{About, Entry, EntryKind, NewEntry};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, DealId, UserId};
use crate::db::schema::{timeline_entries, users};
use crate::db::{Cached, Conn, padded};
use crate::insert_all;

/// Writes one entry; call it in the transaction of the change it tells of.
pub fn add(conn: &mut Conn, new: &NewEntry) -> QueryResult<()> {
    diesel::insert_into(timeline_entries::table)
        .values((
            timeline_entries::contact_id.eq(new.contact_id),
            timeline_entries::company_id.eq(new.company_id),
            timeline_entries::deal_id.eq(new.deal_id),
            timeline_entries::at.eq(new.at),
            timeline_entries::kind.eq(new.kind),
            timeline_entries::actor_id.eq(new.actor_id),
            timeline_entries::subject_id.eq(new.subject_id),
            timeline_entries::data.eq(new.data.to_string()),
        ))
        .execute(conn)
        .map(|_| ())
}

#[derive(Debug, Insertable)]
#[diesel(table_name = timeline_entries, treat_none_as_default_value = false)]
struct Row {
    contact_id: Option<ContactId>,
    company_id: Option<CompanyId>,
    deal_id: Option<DealId>,
    at: Timestamp,
    kind: EntryKind,
    actor_id: Option<UserId>,
    subject_id: Option<i64>,
    data: String,
}

/// Writes many entries; call it in the transaction of what they tell of.
pub fn add_all(conn: &mut Conn, new: &[NewEntry]) -> QueryResult<()> {
    let row = |new: &NewEntry| Row {
        contact_id: new.contact_id,
        company_id: new.company_id,
        deal_id: new.deal_id,
        at: new.at,
        kind: new.kind,
        actor_id: new.actor_id,
        subject_id: new.subject_id,
        data: new.data.to_string(),
    };
    let rows: Vec<Row> = new.iter().map(row).collect();
    insert_all!(conn, timeline_entries::table, &rows);
    Ok(())
}

/// Entries about one record below a bound, newest first.
pub fn entries(conn: &mut Conn, about: About, below: Bound, limit: i64) -> QueryResult<Vec<Entry>> {
    use timeline_entries::{at, company_id, contact_id, deal_id, id};
    let mut query = Entry::query()
        .filter(at.le(below.at))
        .filter(at.lt(below.at).or(id.lt(below.id)))
        .order((at.desc(), id.desc()))
        .limit(limit)
        .into_boxed();
    query = match about {
        About::Contact(contact) => query.filter(contact_id.eq(contact)),
        About::Company(company) => query.filter(company_id.eq(company)),
        About::Deal(deal) => query.filter(deal_id.eq(deal)),
    };
    query.load(conn)
}

/// Names of users, for those who stand in entries and notes.
pub fn names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = UserId>,
) -> QueryResult<HashMap<UserId, String>> {
    let mut ids: Vec<UserId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(UserId, String)> = Cached(
        users::table
            .filter(users::id.eq_any(padded(ids)))
            .select((users::id, users::name)),
    )
    .load(conn)?;
    Ok(rows.into_iter().collect())
}
