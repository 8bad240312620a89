//! What the people of a deal did on the sites lately: the events of all of them, day by day and by name.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::model::ACTS;
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::db::schema::{event_days, event_names, identities};
use crate::db::{Cached, Conn, padded};

diesel::allow_columns_to_appear_in_same_group_by_clause!(identities::contact_id, event_days::day);
diesel::allow_columns_to_appear_in_same_group_by_clause!(event_names::kind, event_names::name);

/// Days that are looked at.
pub const DAYS: i64 = 14;
/// Names that are told.
const NAMES: i64 = 5;

/// What they did.
#[derive(Debug, Clone, Default)]
pub struct Attention {
    /// Events of each day, the oldest first.
    pub days: Vec<i64>,
    /// All of them.
    pub total: i64,
    /// Events of each person.
    pub by: HashMap<ContactId, i64>,
    /// What they did most: kind, name, how often.
    pub most: Vec<(String, String, i64)>,
}

/// Reads it.
pub fn of(conn: &mut Conn, people: &[ContactId], now: Timestamp) -> QueryResult<Attention> {
    let first = now.day() - DAYS + 1;
    let mut found = Attention {
        days: vec![0; DAYS as usize],
        ..Attention::default()
    };
    if people.is_empty() {
        return Ok(found);
    }
    let total = || sql::<Nullable<BigInt>>("CAST(SUM(event_days.n) AS BIGINT)");
    let query = event_days::table
        .inner_join(identities::table.on(identities::id.eq(event_days::identity_id)))
        .inner_join(event_names::table.on(event_names::id.eq(event_days::name_id)))
        .filter(identities::contact_id.eq_any(padded(people.iter().map(|p| p.0).collect())))
        .filter(event_days::day.ge(first))
        .filter(event_names::name.ne_all(ACTS))
        .group_by((identities::contact_id, event_days::day))
        .select((identities::contact_id, event_days::day, total()));
    let rows: Vec<(ContactId, i64, Option<i64>)> = Cached(query).load(conn)?;
    for (contact, day, n) in rows {
        let n = n.unwrap_or(0);
        let at = usize::try_from(day - first).unwrap_or(usize::MAX);
        if let Some(value) = found.days.get_mut(at) {
            *value += n;
        }
        *found.by.entry(contact).or_default() += n;
        found.total += n;
    }
    if found.total == 0 {
        return Ok(found);
    }
    let query = event_days::table
        .inner_join(identities::table.on(identities::id.eq(event_days::identity_id)))
        .inner_join(event_names::table.on(event_names::id.eq(event_days::name_id)))
        .filter(identities::contact_id.eq_any(padded(people.iter().map(|p| p.0).collect())))
        .filter(event_days::day.ge(first))
        .filter(event_names::name.ne_all(ACTS))
        .group_by((event_names::kind, event_names::name))
        .order((total().desc(), event_names::name))
        .select((event_names::kind, event_names::name, total()))
        .limit(NAMES);
    let rows: Vec<(String, String, Option<i64>)> = Cached(query).load(conn)?;
    let row = |(kind, name, n): (String, String, Option<i64>)| (kind, name, n.unwrap_or(0));
    found.most = rows.into_iter().map(row).collect();
    Ok(found)
}
