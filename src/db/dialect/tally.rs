//! Adding what a batch of events counted to the rows of identities and sessions: one statement for all of them on
//! PostgreSQL, a prepared one for each on SQLite.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::prepared::prepared;
use crate::db::Conn;

/// What a batch adds to an identity.
#[derive(Debug, Clone, Default)]
pub struct IdentityTally {
    /// Identity.
    pub id: i64,
    /// Earliest event of the batch, in microseconds.
    pub first: i64,
    /// Latest event of the batch.
    pub last: i64,
    /// Events.
    pub events: i64,
    /// Page and screen views.
    pub pages: i64,
    /// Sessions begun.
    pub sessions: i64,
    /// The first touch, if this batch knows an earlier one than the table.
    pub first_touch: Option<String>,
    /// The last touch, if this batch brought one.
    pub last_touch: Option<String>,
    /// The device last seen.
    pub device: Option<String>,
}

/// Adds to identities. `first_seen_at = 0` stands for "never".
pub fn identities(conn: &mut Conn, rows: &[IdentityTally]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "UPDATE identities SET first_seen_at = CASE WHEN first_seen_at = 0 THEN $1 ELSE MIN(first_seen_at, $1) END, \
                     last_seen_at = MAX(last_seen_at, $2), event_count = event_count + $3, page_count = page_count + $4, \
                     session_count = session_count + $5, first_touch = COALESCE($6, first_touch), \
                     last_touch = COALESCE($7, last_touch), device = COALESCE($8, device) WHERE id = $9",
                )
                .bind::<BigInt, _>(row.first)
                .bind::<BigInt, _>(row.last)
                .bind::<BigInt, _>(row.events)
                .bind::<BigInt, _>(row.pages)
                .bind::<BigInt, _>(row.sessions)
                .bind::<Nullable<Text>, _>(row.first_touch.as_deref())
                .bind::<Nullable<Text>, _>(row.last_touch.as_deref())
                .bind::<Nullable<Text>, _>(row.device.as_deref())
                .bind::<BigInt, _>(row.id)
                .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(5_000) {
                let number =
                    |pick: fn(&IdentityTally) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
                prepared(
                    "UPDATE identities i SET first_seen_at = CASE WHEN i.first_seen_at = 0 THEN t.first ELSE LEAST(i.first_seen_at, t.first) END, \
                     last_seen_at = GREATEST(i.last_seen_at, t.last), event_count = i.event_count + t.events, page_count = i.page_count + t.pages, \
                     session_count = i.session_count + t.sessions, first_touch = COALESCE(t.first_touch, i.first_touch), \
                     last_touch = COALESCE(t.last_touch, i.last_touch), device = COALESCE(t.device, i.device) \
                     FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS t (id, first, last, events, pages, sessions, first_touch, last_touch, device) \
                     WHERE i.id = t.id",
                )
                .bind::<Array<BigInt>, _>(number(|r| r.id))
                .bind::<Array<BigInt>, _>(number(|r| r.first))
                .bind::<Array<BigInt>, _>(number(|r| r.last))
                .bind::<Array<BigInt>, _>(number(|r| r.events))
                .bind::<Array<BigInt>, _>(number(|r| r.pages))
                .bind::<Array<BigInt>, _>(number(|r| r.sessions))
                .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|r| r.first_touch.as_deref()).collect::<Vec<_>>())
                .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|r| r.last_touch.as_deref()).collect::<Vec<_>>())
                .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|r| r.device.as_deref()).collect::<Vec<_>>())
                .execute(c)?;
            }
        }
    }
    Ok(())
}

/// A session as it stands after a batch.
#[derive(Debug, Clone)]
pub struct SessionTally {
    /// Session.
    pub id: i64,
    /// First event.
    pub started: i64,
    /// Last event.
    pub ended: i64,
    /// Events.
    pub events: i64,
    /// Page and screen views.
    pub pages: i64,
}

/// Writes the new extent of sessions that were there before.
pub fn sessions(conn: &mut Conn, rows: &[SessionTally]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "UPDATE sessions SET started_at = $1, ended_at = $2, event_count = $3, page_count = $4 WHERE id = $5",
                )
                .bind::<BigInt, _>(row.started)
                .bind::<BigInt, _>(row.ended)
                .bind::<BigInt, _>(row.events)
                .bind::<BigInt, _>(row.pages)
                .bind::<BigInt, _>(row.id)
                .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(5_000) {
                let number =
                    |pick: fn(&SessionTally) -> i64| rows.iter().map(pick).collect::<Vec<_>>();
                prepared(
                    "UPDATE sessions s SET started_at = t.started, ended_at = t.ended, event_count = t.events, page_count = t.pages \
                     FROM unnest($1, $2, $3, $4, $5) AS t (id, started, ended, events, pages) WHERE s.id = t.id",
                )
                .bind::<Array<BigInt>, _>(number(|r| r.id))
                .bind::<Array<BigInt>, _>(number(|r| r.started))
                .bind::<Array<BigInt>, _>(number(|r| r.ended))
                .bind::<Array<BigInt>, _>(number(|r| r.events))
                .bind::<Array<BigInt>, _>(number(|r| r.pages))
                .execute(c)?;
            }
        }
    }
    Ok(())
}

/// Moves contacts' last sight on: ids, and when in microseconds.
pub fn last_seen(conn: &mut Conn, rows: &[(i64, i64)]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for (id, at) in rows {
                prepared("UPDATE contacts SET last_seen_at = $1 WHERE id = $2")
                    .bind::<BigInt, _>(*at)
                    .bind::<BigInt, _>(*id)
                    .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(5_000) {
                prepared(
                    "UPDATE contacts c SET last_seen_at = t.at FROM unnest($1, $2) AS t (id, at) WHERE c.id = t.id",
                )
                .bind::<Array<BigInt>, _>(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(rows.iter().map(|(_, at)| *at).collect::<Vec<_>>())
                .execute(c)?;
            }
        }
    }
    Ok(())
}
