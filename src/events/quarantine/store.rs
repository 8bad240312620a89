//! Queries of the quarantine. Every one is bounded: a source that sends nonsense fills it quickly.

use diesel::prelude::*;

use super::model::{Filter, Item, Line, State};
use crate::base::ids::{QuarantineId, UserId};
use crate::db::Conn;
use crate::db::schema::{quarantine, users};

/// Counts stop here: above it a page says "1,000+".
pub const COUNTED: i64 = 1_000;

/// One quarantined event.
pub fn by_id(conn: &mut Conn, id: QuarantineId) -> QueryResult<Option<Item>> {
    Item::query()
        .filter(quarantine::id.eq(id))
        .first(conn)
        .optional()
}

/// The newest below `before`.
pub fn lines(
    conn: &mut Conn,
    filter: &Filter,
    state: State,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Line>> {
    let mut query = Line::query()
        .filter(quarantine::state.eq(state))
        .filter(quarantine::id.lt(before.unwrap_or(i64::MAX)))
        .order(quarantine::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(source) = filter.source {
        query = query.filter(quarantine::source_id.eq(source));
    }
    if !filter.reason.is_empty() {
        query = query.filter(quarantine::reason.eq(filter.reason.clone()));
    }
    query.load(conn)
}

/// How many there are, counted up to one more than `most`.
pub fn count(conn: &mut Conn, filter: &Filter, state: State, most: i64) -> QueryResult<i64> {
    let mut query = quarantine::table
        .filter(quarantine::state.eq(state))
        .limit(most + 1)
        .select(quarantine::id)
        .into_boxed();
    if let Some(source) = filter.source {
        query = query.filter(quarantine::source_id.eq(source));
    }
    if !filter.reason.is_empty() {
        query = query.filter(quarantine::reason.eq(filter.reason.clone()));
    }
    let ids: Vec<QuarantineId> = query.load(conn)?;
    Ok(ids.len() as i64)
}

/// Open ones with their bodies, oldest first, after `after` and up to `until`.
pub fn open_between(
    conn: &mut Conn,
    filter: &Filter,
    after: i64,
    until: i64,
    limit: i64,
) -> QueryResult<Vec<Item>> {
    let mut query = Item::query()
        .filter(quarantine::state.eq(State::Open))
        .filter(quarantine::id.gt(after))
        .filter(quarantine::id.le(until))
        .order(quarantine::id)
        .limit(limit)
        .into_boxed();
    if let Some(source) = filter.source {
        query = query.filter(quarantine::source_id.eq(source));
    }
    if !filter.reason.is_empty() {
        query = query.filter(quarantine::reason.eq(filter.reason.clone()));
    }
    query.load(conn)
}

/// Those of `ids` that are open, with their bodies.
pub fn open_among(conn: &mut Conn, ids: &[QuarantineId]) -> QueryResult<Vec<Item>> {
    Item::query()
        .filter(quarantine::id.eq_any(ids.to_vec()))
        .filter(quarantine::state.eq(State::Open))
        .order(quarantine::id)
        .load(conn)
}

/// The name of whoever decided.
pub fn name_of(conn: &mut Conn, user: UserId) -> QueryResult<Option<String>> {
    users::table
        .filter(users::id.eq(user))
        .select(users::name)
        .first(conn)
        .optional()
}
