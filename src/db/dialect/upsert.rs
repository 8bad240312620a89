//! Rows of events by the hundred thousand: a prepared statement a row on SQLite, one statement of arrays for thousands
//! on PostgreSQL, COPY for the events themselves. Rows that are there already are added to or replaced; a key may occur once a call.

pub mod typed;

use diesel::ExecuteCopyFromDsl;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Nullable, Text};
use diesel::sqlite::SqliteConnection;

use super::prepared::prepared;
use crate::db::Conn;
use crate::db::schema::events;

/// Rows of one statement on PostgreSQL.
const CHUNK: usize = 5_000;

/// An event; times in microseconds.
#[derive(Debug, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct Event<'a> {
    /// Id, handed out before.
    pub id: i64,
    /// Whose device or user did it.
    pub identity_id: i64,
    /// Its kind and name.
    pub name_id: i64,
    /// Where it came from.
    pub source_id: i64,
    /// The visit it belongs to.
    pub session_id: Option<i64>,
    /// When it happened, by a corrected clock.
    pub at: i64,
    /// When it happened, by the sender's clock.
    pub original_at: i64,
    /// When it was sent.
    pub sent_at: Option<i64>,
    /// When it came.
    pub received_at: i64,
    /// The sender's id of it.
    pub message_id: &'a str,
    /// JSON.
    pub properties: &'a str,
    /// JSON.
    pub context: &'a str,
}

/// Stores new events.
pub fn events(conn: &mut Conn, rows: &[Event<'_>]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => rows.iter().try_for_each(|row| event(c, row)),
        Conn::Pg(c) => {
            diesel::copy_from(events::table)
                .from_insertable(rows)
                .execute(c)?;
            Ok(())
        }
    }
}

fn event(c: &mut SqliteConnection, row: &Event<'_>) -> QueryResult<()> {
    prepared(
        "INSERT INTO events (id, identity_id, name_id, source_id, session_id, at, original_at, sent_at, received_at, \
         message_id, properties, context) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind::<BigInt, _>(row.id)
    .bind::<BigInt, _>(row.identity_id)
    .bind::<BigInt, _>(row.name_id)
    .bind::<BigInt, _>(row.source_id)
    .bind::<Nullable<BigInt>, _>(row.session_id)
    .bind::<BigInt, _>(row.at)
    .bind::<BigInt, _>(row.original_at)
    .bind::<Nullable<BigInt>, _>(row.sent_at)
    .bind::<BigInt, _>(row.received_at)
    .bind::<Text, _>(row.message_id)
    .bind::<Text, _>(row.properties)
    .bind::<Text, _>(row.context)
    .execute(c)
    .map(|_| ())
}

/// How often an identity did something on a day.
#[derive(Debug)]
pub struct EventDay {
    /// Whose device or user.
    pub identity_id: i64,
    /// Days since 1970-01-01 UTC.
    pub day: i64,
    /// Kind and name of the event.
    pub name_id: i64,
    /// How often.
    pub n: i64,
    /// Sum of its values.
    pub sum: f64,
}

/// Adds to the counters of days.
pub fn event_days(conn: &mut Conn, rows: &[EventDay]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "INSERT INTO event_days (identity_id, day, name_id, n, sum) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (identity_id, day, name_id) DO UPDATE SET n = n + excluded.n, sum = sum + excluded.sum",
                )
                .bind::<BigInt, _>(row.identity_id)
                .bind::<BigInt, _>(row.day)
                .bind::<BigInt, _>(row.name_id)
                .bind::<BigInt, _>(row.n)
                .bind::<Double, _>(row.sum)
                .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(CHUNK) {
                let number = |pick: fn(&EventDay) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
                prepared(
                    "INSERT INTO event_days AS d (identity_id, day, name_id, n, sum) SELECT * FROM unnest($1, $2, $3, $4, $5) \
                     ON CONFLICT (identity_id, day, name_id) DO UPDATE SET n = d.n + excluded.n, sum = d.sum + excluded.sum",
                )
                .bind::<Array<BigInt>, _>(number(|row| row.identity_id))
                .bind::<Array<BigInt>, _>(number(|row| row.day))
                .bind::<Array<BigInt>, _>(number(|row| row.name_id))
                .bind::<Array<BigInt>, _>(number(|row| row.n))
                .bind::<Array<Double>, _>(rows.iter().map(|row| row.sum).collect::<Vec<_>>())
                .execute(c)?;
            }
        }
    }
    Ok(())
}

/// What one source claims of an identity.
#[derive(Debug)]
pub struct TraitValue<'a> {
    /// Of whom.
    pub identity_id: i64,
    /// Of what.
    pub key_id: i64,
    /// Who says so.
    pub source_id: i64,
    /// JSON.
    pub value: &'a str,
    /// When, in microseconds.
    pub at: i64,
}

/// Replaces what sources claim.
pub fn trait_values(conn: &mut Conn, rows: &[TraitValue<'_>]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "INSERT INTO trait_values (identity_id, key_id, source_id, value, at) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (identity_id, key_id, source_id) DO UPDATE SET value = excluded.value, at = excluded.at",
                )
                .bind::<BigInt, _>(row.identity_id)
                .bind::<BigInt, _>(row.key_id)
                .bind::<BigInt, _>(row.source_id)
                .bind::<Text, _>(row.value)
                .bind::<BigInt, _>(row.at)
                .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(CHUNK) {
                let number =
                    |pick: fn(&TraitValue<'_>) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
                prepared(
                    "INSERT INTO trait_values (identity_id, key_id, source_id, value, at) SELECT * FROM unnest($1, $2, $3, $4, $5) \
                     ON CONFLICT (identity_id, key_id, source_id) DO UPDATE SET value = excluded.value, at = excluded.at",
                )
                .bind::<Array<BigInt>, _>(number(|row| row.identity_id))
                .bind::<Array<BigInt>, _>(number(|row| row.key_id))
                .bind::<Array<BigInt>, _>(number(|row| row.source_id))
                .bind::<Array<Text>, _>(rows.iter().map(|row| row.value).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(number(|row| row.at))
                .execute(c)?;
            }
        }
    }
    Ok(())
}

/// What a contact shows.
#[derive(Debug)]
pub struct Trait<'a> {
    /// Of whom.
    pub contact_id: i64,
    /// Of what.
    pub key_id: i64,
    /// JSON.
    pub value: &'a str,
    /// Who says so.
    pub source_id: i64,
    /// Under which identity.
    pub identity_id: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Whether a person chose it.
    pub is_pinned: bool,
}

/// Replaces what contacts show.
pub fn traits(conn: &mut Conn, rows: &[Trait<'_>]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "INSERT INTO traits (contact_id, key_id, value, source_id, identity_id, at, is_pinned) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (contact_id, key_id) DO UPDATE SET value = excluded.value, source_id = excluded.source_id, \
                     identity_id = excluded.identity_id, at = excluded.at, is_pinned = excluded.is_pinned",
                )
                .bind::<BigInt, _>(row.contact_id)
                .bind::<BigInt, _>(row.key_id)
                .bind::<Text, _>(row.value)
                .bind::<BigInt, _>(row.source_id)
                .bind::<BigInt, _>(row.identity_id)
                .bind::<BigInt, _>(row.at)
                .bind::<Bool, _>(row.is_pinned)
                .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(CHUNK) {
                let number =
                    |pick: fn(&Trait<'_>) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
                prepared(
                    "INSERT INTO traits (contact_id, key_id, value, source_id, identity_id, at, is_pinned) \
                     SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (contact_id, key_id) DO UPDATE SET value = excluded.value, source_id = excluded.source_id, \
                     identity_id = excluded.identity_id, at = excluded.at, is_pinned = excluded.is_pinned",
                )
                .bind::<Array<BigInt>, _>(number(|row| row.contact_id))
                .bind::<Array<BigInt>, _>(number(|row| row.key_id))
                .bind::<Array<Text>, _>(rows.iter().map(|row| row.value).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(number(|row| row.source_id))
                .bind::<Array<BigInt>, _>(number(|row| row.identity_id))
                .bind::<Array<BigInt>, _>(number(|row| row.at))
                .bind::<Array<Bool>, _>(rows.iter().map(|row| row.is_pinned).collect::<Vec<_>>())
                .execute(c)?;
            }
        }
    }
    Ok(())
}
