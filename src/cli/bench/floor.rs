//! The floor: the same event rows into the same table and its indexes, with nothing around it: no keys against
//! duplicates, no counters. What the whole way of an event costs is told as a ratio to this. The rows go after those of
//! the run, and are removed again.

use std::time::{Duration, Instant};

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::super::Failure;
use super::super::chance::Chance;
use super::load::Load;
use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::dialect::prepared::prepared;
use crate::db::dialect::upsert;
use crate::db::schema::events;
use crate::db::{Conn, Db};

/// Rows of one transaction: about as many as the worker's batches have under load.
const TRANSACTION: u64 = 50_000;

/// Rows a second, over `n` rows at the most. Only the transactions count, not the making of rows.
pub(super) fn measure(
    conn: &mut Conn,
    load: &Load,
    source: SourceId,
    n: u64,
    now: Timestamp,
) -> Result<f64, Failure> {
    let last: Option<i64> = events::table.select(max(events::id)).first(conn)?;
    let last = last.unwrap_or(0);
    let people = people(conn, source, load.people)?;
    let samples = samples(conn, last)?;
    let mut chance = Chance::new(load.run);
    let mut took = Duration::ZERO;
    let mut done: u64 = 0;
    while done < n {
        let size = TRANSACTION.min(n - done);
        let ids: Vec<String> = (done..done + size)
            .map(|event| format!("f{}", load.message_id(event)))
            .collect();
        let mut rows = Vec::with_capacity(size as usize);
        for (event, message_id) in (done..done + size).zip(&ids) {
            let (name_id, properties, context) = samples
                .get(chance.below(samples.len().max(1) as u64) as usize)
                .ok_or("no events to copy")?;
            rows.push(upsert::Event {
                id: last + 1 + event as i64,
                identity_id: chance.pick(&people),
                name_id: *name_id,
                source_id: source.0,
                session_id: Some(event as i64),
                at: now.plus(event as i64).0,
                original_at: now.0,
                sent_at: Some(now.0),
                received_at: now.0,
                message_id,
                properties,
                context,
            });
        }
        let started = Instant::now();
        Db::transaction_on(conn, |conn| insert(conn, &rows))?;
        took += started.elapsed();
        done += size;
    }
    remove(conn, last)?;
    Ok(done as f64 / took.as_secs_f64())
}

/// By prepared statement, a row or some thousand rows at a time.
fn insert(conn: &mut Conn, rows: &[upsert::Event<'_>]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => upsert::events(conn, rows),
        Conn::Pg(_) => rows
            .chunks(5_000)
            .try_for_each(|rows| by_arrays(conn, rows)),
    }
}

/// Thousands of rows by one prepared statement of arrays.
fn by_arrays(conn: &mut Conn, rows: &[upsert::Event<'_>]) -> QueryResult<()> {
    let Conn::Pg(c) = conn else {
        return Ok(());
    };
    let number = |pick: fn(&upsert::Event<'_>) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
    let some =
        |pick: fn(&upsert::Event<'_>) -> Option<i64>| rows.iter().map(pick).collect::<Vec<_>>();
    prepared(
        "INSERT INTO events (id, identity_id, name_id, source_id, session_id, at, original_at, sent_at, received_at, \
         message_id, properties, context) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind::<Array<BigInt>, _>(number(|row| row.id))
    .bind::<Array<BigInt>, _>(number(|row| row.identity_id))
    .bind::<Array<BigInt>, _>(number(|row| row.name_id))
    .bind::<Array<BigInt>, _>(number(|row| row.source_id))
    .bind::<Array<Nullable<BigInt>>, _>(some(|row| row.session_id))
    .bind::<Array<BigInt>, _>(number(|row| row.at))
    .bind::<Array<BigInt>, _>(number(|row| row.original_at))
    .bind::<Array<Nullable<BigInt>>, _>(some(|row| row.sent_at))
    .bind::<Array<BigInt>, _>(number(|row| row.received_at))
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.message_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.properties).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.context).collect::<Vec<_>>())
    .execute(c)
    .map(|_| ())
}

/// The identities that the run's events hang on.
fn people(conn: &mut Conn, source: SourceId, n: u64) -> QueryResult<Vec<i64>> {
    use crate::db::schema::identities;
    identities::table
        .filter(identities::namespace.eq("anonymous_id"))
        .filter(identities::source_id.eq(source))
        .order(identities::id.desc())
        .limit(n as i64)
        .select(identities::id)
        .load(conn)
}

/// Rows of the run to take name, properties and context from.
fn samples(conn: &mut Conn, last: i64) -> QueryResult<Vec<(i64, String, String)>> {
    events::table
        .filter(events::id.gt(last - 1_000))
        .select((events::name_id, events::properties, events::context))
        .load(conn)
}

fn remove(conn: &mut Conn, last: i64) -> QueryResult<()> {
    loop {
        let done = Db::transaction_on(conn, |conn| {
            let ids: Vec<i64> = events::table
                .filter(events::id.gt(last))
                .order(events::id)
                .limit(5_000)
                .select(events::id)
                .load(conn)?;
            for ids in ids.chunks(500) {
                diesel::delete(events::table.filter(events::id.eq_any(ids))).execute(conn)?;
            }
            QueryResult::Ok(ids.is_empty())
        })?;
        if done {
            return Ok(());
        }
    }
}
