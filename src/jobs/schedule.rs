//! Jobs that come back: each is planned under its unique key, and planned anew once it is neither waiting nor
//! running, so that several instances together keep one rhythm and a dead letter does not stop it.

use std::sync::Arc;
use std::time::Duration;

use diesel::result::QueryResult;

use super::{Job, queue};
use crate::base::Timestamp;
use crate::db::Conn;

type Plan = Arc<dyn Fn(&mut Conn, Timestamp, Timestamp) -> QueryResult<()> + Send + Sync>;

#[derive(Clone)]
struct Entry {
    key: String,
    period: i64,
    plan: Plan,
}

/// What comes back, and how often.
#[derive(Clone, Default)]
pub struct Schedule {
    entries: Vec<Entry>,
}

impl Schedule {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a job that is to run every `period`. It must have a unique key, or it is left out.
    pub fn every<J: Job + Clone + Sync>(mut self, period: Duration, job: J) -> Self {
        if let Some(key) = job.unique_key() {
            self.entries.push(Entry {
                key,
                period: i64::try_from(period.as_micros()).unwrap_or(i64::MAX),
                plan: Arc::new(move |conn, at, now| queue::enqueue_at(conn, &job, at, now)),
            });
        }
        self
    }

    /// Whether something has to be planned.
    pub(super) fn is_behind(&self, conn: &mut Conn) -> QueryResult<bool> {
        for entry in &self.entries {
            if !queue::is_planned(conn, &entry.key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Plans what is neither waiting nor running: at the start for now, later for one period from now.
    pub(super) fn plan(&self, conn: &mut Conn, is_start: bool, now: Timestamp) -> QueryResult<()> {
        for entry in &self.entries {
            if !queue::is_planned(conn, &entry.key)? {
                let pause = if is_start { 0 } else { entry.period };
                (entry.plan)(conn, now.plus(pause), now)?;
            }
        }
        Ok(())
    }
}
