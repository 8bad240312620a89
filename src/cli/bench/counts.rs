//! What is in the tables: whether every event arrived, once.

use std::time::{Duration, Instant};

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::super::Failure;
use crate::db::Conn;
use crate::db::schema::{events, identities};

/// Sums over the tables that grow with events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub events: i64,
    counted: i64,
    last: i64,
}

impl Counts {
    pub fn take(conn: &mut Conn) -> QueryResult<Self> {
        let counted: Option<i64> = identities::table
            .select(diesel::dsl::sql::<Nullable<BigInt>>(
                "CAST(SUM(event_count) AS BIGINT)",
            ))
            .first(conn)?;
        Ok(Self {
            events: events::table.count().get_result(conn)?,
            counted: counted.unwrap_or(0),
            last: last(conn)?,
        })
    }

    /// Waits until nothing has come for a while: an earlier run may have left requests waiting.
    pub fn settle(conn: &mut Conn) -> Result<(), Failure> {
        let pause = crossbeam_channel::never::<()>();
        let (mut seen, mut since) = (last(conn)?, Instant::now());
        while since.elapsed() < Duration::from_secs(3) {
            let _ = pause.recv_timeout(Duration::from_millis(200));
            let now = last(conn)?;
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Waits until `n` more events than these are there; when it was, and how many came last.
    pub fn wait_for(
        &self,
        conn: &mut Conn,
        n: u64,
        patience: Duration,
    ) -> Result<Instant, Failure> {
        let wanted = self.last + n as i64;
        let (pause, until) = (crossbeam_channel::never::<()>(), Instant::now() + patience);
        loop {
            // The highest id is quick to ask for; counting comes once it may be enough.
            let seen = Instant::now();
            if last(conn)? >= wanted && self.newer(conn)? >= n as i64 {
                return Ok(seen);
            }
            if Instant::now() > until {
                return Err(format!(
                    "after {} s {} of {n} events are there",
                    patience.as_secs(),
                    self.newer(conn)?
                )
                .into());
            }
            // On PostgreSQL the highest id is behind those of the batch under way, and asking for it costs milliseconds
            // that the run would have to pay for.
            let rest = (seen.elapsed() * 50).max(Duration::from_millis(20));
            let _ = pause.recv_timeout(rest);
        }
    }

    /// Fails unless exactly `n` events more than these were stored, each once, each counted.
    pub fn check(&self, conn: &mut Conn, n: u64) -> Result<(), Failure> {
        let now = Self::take(conn)?;
        let n = n as i64;
        let different: i64 = events::table
            .filter(events::id.gt(self.last))
            .select(diesel::dsl::sql::<BigInt>("COUNT(DISTINCT message_id)"))
            .first(conn)?;
        for (what, grown) in [
            ("events", now.events - self.events),
            ("different messageIds", different),
            ("events counted on identities", now.counted - self.counted),
        ] {
            if grown != n {
                return Err(
                    format!("{n} events were acknowledged, but {grown} {what} came").into(),
                );
            }
        }
        Ok(())
    }

    fn newer(&self, conn: &mut Conn) -> QueryResult<i64> {
        events::table
            .filter(events::id.gt(self.last))
            .count()
            .get_result(conn)
    }
}

fn last(conn: &mut Conn) -> QueryResult<i64> {
    let last: Option<i64> = events::table.select(max(events::id)).first(conn)?;
    Ok(last.unwrap_or(0))
}
