//! Queries of the timeline.

use std::collections::HashMap;

use diesel::prelude::*;

use super::mark::Bound;
use super::model::{About, Entry, NewEntry};
use crate::base::ids::UserId;
use crate::db::schema::{timeline_entries, users};
use crate::db::{Cached, Conn, padded};

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
