//! Requests that were turned away, counted per source and reason. Counted in memory and written by the worker every
//! second or so: a flood of bad requests must not become a flood of writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::schema::{source_minutes, source_rejections};
use crate::db::{Conn, PortableExt};

type Counts = HashMap<(SourceId, &'static str, i64), (i64, Timestamp)>;

/// The counts since they were last written. Cheap to clone.
#[derive(Clone, Default)]
pub struct Health {
    counts: Arc<Mutex<Counts>>,
}

impl Health {
    /// Counts one request that was turned away.
    pub(super) fn rejected(&self, source: SourceId, reason: &'static str, at: Timestamp) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = counts
            .entry((source, reason, at.minute()))
            .or_insert((0, at));
        entry.0 += 1;
        entry.1 = at;
    }

    /// Takes what is to be written.
    pub(super) fn take(&self) -> Vec<Rejected> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .drain()
            .map(|((source, reason, minute), (n, last_at))| Rejected {
                source,
                reason,
                minute,
                n,
                last_at,
            })
            .collect()
    }
}

/// Requests, or events, of one source turned away for one reason within one minute.
#[derive(Debug)]
pub(super) struct Rejected {
    source: SourceId,
    reason: &'static str,
    minute: i64,
    n: i64,
    last_at: Timestamp,
}

impl Rejected {
    /// None yet.
    pub(super) fn none(source: SourceId, reason: &'static str, at: Timestamp) -> Self {
        Self {
            source,
            reason,
            minute: at.minute(),
            n: 0,
            last_at: at,
        }
    }

    /// Adds `n`.
    pub(super) fn add(&mut self, n: i64, at: Timestamp) {
        self.n += n;
        self.last_at = self.last_at.max(at);
    }
}

/// Adds the counts to the tables.
pub(super) fn write<'a>(
    conn: &mut Conn,
    rejected: impl Iterator<Item = &'a Rejected>,
) -> QueryResult<()> {
    for entry in rejected {
        let row = (
            source_rejections::source_id.eq(entry.source),
            source_rejections::day.eq(entry.last_at.day()),
            source_rejections::reason.eq(entry.reason),
            source_rejections::n.eq(entry.n),
            source_rejections::last_at.eq(entry.last_at),
        );
        diesel::insert_into(source_rejections::table)
            .values(row)
            .on_conflict((
                source_rejections::source_id,
                source_rejections::day,
                source_rejections::reason,
            ))
            .do_update()
            .set((
                source_rejections::n.eq(source_rejections::n + entry.n),
                source_rejections::last_at.eq(entry.last_at),
            ))
            .portable()
            .execute(conn)?;
        let minute = Minute {
            rejected: entry.n,
            ..Minute::new(entry.source, entry.minute)
        };
        minute.add(conn)?;
    }
    Ok(())
}

/// What one source did within one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Minute {
    source: SourceId,
    minute: i64,
    /// Events that arrived.
    pub accepted: i64,
    /// Events that were stored.
    pub stored: i64,
    /// Events that were there already.
    pub duplicates: i64,
    /// Events that went to the quarantine.
    pub quarantined: i64,
    /// Requests that were turned away.
    pub rejected: i64,
}

impl Minute {
    /// Nothing yet.
    pub(super) fn new(source: SourceId, minute: i64) -> Self {
        Self {
            source,
            minute,
            accepted: 0,
            stored: 0,
            duplicates: 0,
            quarantined: 0,
            rejected: 0,
        }
    }

    /// Adds these counts to the table's.
    pub(super) fn add(&self, conn: &mut Conn) -> QueryResult<()> {
        use source_minutes as m;
        let row = (
            m::source_id.eq(self.source),
            m::minute.eq(self.minute),
            m::accepted.eq(self.accepted),
            m::stored.eq(self.stored),
            m::duplicates.eq(self.duplicates),
            m::quarantined.eq(self.quarantined),
            m::rejected.eq(self.rejected),
        );
        diesel::insert_into(m::table)
            .values(row)
            .on_conflict((m::source_id, m::minute))
            .do_update()
            .set((
                m::accepted.eq(m::accepted + self.accepted),
                m::stored.eq(m::stored + self.stored),
                m::duplicates.eq(m::duplicates + self.duplicates),
                m::quarantined.eq(m::quarantined + self.quarantined),
                m::rejected.eq(m::rejected + self.rejected),
            ))
            .portable()
            .execute(conn)
            .map(|_| ())
    }
}
