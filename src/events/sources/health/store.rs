//! Queries of health figures. Every one reads a bounded piece of one source's minutes.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Brief, DAY_MINUTES, Minute, Rejection};
use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::Conn;
use crate::db::schema::{quarantine, source_minutes, source_rejections};

/// Counts stop here: above it a list says "1,000+".
pub const COUNTED: i64 = 1_000;

/// The minutes of the last day, those without anything left out.
pub fn day(conn: &mut Conn, source: SourceId, now: Timestamp) -> QueryResult<Vec<Minute>> {
    Minute::query()
        .filter(source_minutes::source_id.eq(source))
        .filter(source_minutes::minute.gt(now.minute() - DAY_MINUTES))
        .order(source_minutes::minute)
        .load(conn)
}

/// What was turned away in the last seven days, a row for each day and reason.
pub fn rejections(
    conn: &mut Conn,
    source: SourceId,
    now: Timestamp,
) -> QueryResult<Vec<Rejection>> {
    Rejection::query()
        .filter(source_rejections::source_id.eq(source))
        .filter(source_rejections::day.gt(now.day() - 7))
        .order((source_rejections::day.desc(), source_rejections::reason))
        .limit(200)
        .load(conn)
}

/// The last minute in which something was taken.
pub fn last_minute(conn: &mut Conn, source: SourceId) -> QueryResult<Option<i64>> {
    source_minutes::table
        .filter(source_minutes::source_id.eq(source))
        .filter(
            source_minutes::accepted
                .gt(0)
                .or(source_minutes::stored.gt(0)),
        )
        .order(source_minutes::minute.desc())
        .select(source_minutes::minute)
        .first(conn)
        .optional()
}

/// What waits in the quarantine, counted up to one more than [`COUNTED`].
pub fn quarantined(conn: &mut Conn, source: SourceId) -> QueryResult<i64> {
    let some: Vec<i64> = quarantine::table
        .filter(quarantine::source_id.eq(source))
        .filter(quarantine::state.eq("open"))
        .limit(COUNTED + 1)
        .select(quarantine::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

/// The list's line about one source.
pub fn brief(conn: &mut Conn, source: SourceId, now: Timestamp) -> QueryResult<Brief> {
    let stored: Option<i64> = source_minutes::table
        .filter(source_minutes::source_id.eq(source))
        .filter(source_minutes::minute.gt(now.minute() - DAY_MINUTES))
        .select(sql::<diesel::sql_types::Nullable<BigInt>>(
            "CAST(SUM(stored) AS BIGINT)",
        ))
        .first(conn)?;
    Ok(Brief {
        source_id: source,
        stored: stored.unwrap_or_default(),
        last_minute: last_minute(conn, source)?,
        quarantined: quarantined(conn, source)?,
    })
}
