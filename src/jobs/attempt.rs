//! One attempt at a job: claimed, done, and settled as done, to be tried again, or dead.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tracing::Instrument;

use super::kinds::Ground;
use super::queue::{self, Claim};
use super::{Fault, Kinds, Outcome, Schedule};
use crate::base::clock::{self, HOUR, SECOND, Timestamp};
use crate::base::ids::JobId;
use crate::base::{text, token};
use crate::config::Config;
use crate::db::Db;
use crate::db::dialect::claim::{self, Claimed};
use crate::metrics;

/// What does the work: the same for the worker and for tests that work the queue off by hand.
#[derive(Clone)]
pub(super) struct Hands {
    ground: Ground,
    kinds: Arc<Kinds>,
    name: Arc<str>,
    lock: i64,
}

/// Does everything that is due, job after job, until nothing is: for tests and for commands that must not
/// leave work behind. Answers how many attempts were made.
pub async fn drain(db: &Db, config: &Arc<Config>, kinds: &Kinds) -> usize {
    let lock = Duration::from_secs(30);
    let hands = Hands::new(db.clone(), config.clone(), kinds.clone(), lock);
    let mut n = 0;
    loop {
        let claimed = hands.claim(1).await;
        if claimed.is_empty() {
            return n;
        }
        for job in claimed {
            hands.clone().attempt(job).await;
            n += 1;
        }
    }
}

impl Hands {
    pub(super) fn new(db: Db, config: Arc<Config>, kinds: Kinds, lock: Duration) -> Self {
        Self {
            ground: Ground { db, config },
            kinds: Arc::new(kinds),
            name: token::readable(12).into(),
            lock: i64::try_from(lock.as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Takes up to `limit` jobs. A database that is away just now is a reason to look again later.
    pub(super) async fn claim(&self, limit: usize) -> Vec<Claimed> {
        if limit == 0 {
            return Vec::new();
        }
        let now = clock::now();
        let (name, until) = (self.name.clone(), now.plus(self.lock));
        let db = &self.ground.db;
        let claimed = async {
            if db.read(move |conn| queue::has_due(conn, now)).await? {
                db.write(move |conn| claim::jobs(conn, &name, now, until, limit as i64))
                    .await
            } else {
                Ok(Vec::new())
            }
        };
        claimed
            .await
            .unwrap_or_else(|error: diesel::result::Error| {
                tracing::warn!(%error, "cannot look for jobs");
                Vec::new()
            })
    }

    /// Says of these jobs that they are still being done.
    pub(super) async fn hold(&self, ids: Vec<JobId>) {
        if ids.is_empty() {
            return;
        }
        let (name, until) = (self.name.clone(), clock::now().plus(self.lock));
        let held = self
            .ground
            .db
            .write(move |conn| queue::extend(conn, &name, &ids, until));
        if let Err(error) = held.await {
            tracing::warn!(%error, "cannot hold on to running jobs");
        }
    }

    /// Sees to it that every recurring job is planned.
    pub(super) async fn plan(&self, schedule: &Schedule, is_start: bool) {
        let db = &self.ground.db;
        let (asked, planned) = (schedule.clone(), schedule.clone());
        let now = clock::now();
        let done = async {
            if db.read(move |conn| asked.is_behind(conn)).await? {
                db.write(move |conn| planned.plan(conn, is_start, now))
                    .await?;
            }
            Ok::<_, diesel::result::Error>(())
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "cannot plan recurring jobs");
        }
    }

    /// Does one job and settles it.
    pub(super) async fn attempt(self, job: Claimed) {
        let span =
            tracing::info_span!("job", id = %job.id, kind = %job.kind, attempt = job.attempts);
        async move {
            let claim = Claim {
                id: job.id,
                worker: self.name.clone(),
                attempts: job.attempts,
            };
            let outcome = self.run(&job, claim.clone()).await;
            self.settle(&job, claim, outcome).await;
        }
        .instrument(span)
        .await;
    }

    async fn run(&self, job: &Claimed, claim: Claim) -> Outcome {
        if job.attempts > job.max_attempts {
            return Err(Fault::Never(
                "whoever did it stopped without a word, as often as it may be tried".to_owned(),
            ));
        }
        let ground = self.ground.clone();
        let started = self
            .kinds
            .start(&job.kind, &job.payload, ground, claim, clock::now());
        let Some(running) = started else {
            // Another version may know it: a newer instance beside this one, or this one after an upgrade.
            return Err(Fault::Later(format!(
                "this version knows no job {:?}",
                job.kind
            )));
        };
        AssertUnwindSafe(running)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Fault::Later("it panicked; the log says where".to_owned())))
    }

    async fn settle(&self, job: &Claimed, claim: Claim, outcome: Outcome) {
        let now = clock::now();
        let why = match &outcome {
            Ok(()) => String::new(),
            Err(fault) => text::cut(&fault.to_string(), 2000).to_owned(),
        };
        let verdict = match outcome {
            Ok(()) => Verdict::Done,
            Err(Fault::Lost) => {
                tracing::warn!("lost to another worker");
                return;
            }
            Err(Fault::Later(_)) if job.attempts < job.max_attempts => {
                Verdict::Again(now.plus(pause(job.attempts)))
            }
            Err(Fault::Later(_) | Fault::Never(_)) => Verdict::Dead,
        };
        match verdict {
            Verdict::Done => metrics::JOBS_DONE.add(1),
            Verdict::Again(at) => {
                metrics::JOBS_FAILED.add(1);
                tracing::warn!(%why, next = %at, "failed; will be tried again");
            }
            Verdict::Dead => {
                metrics::JOBS_FAILED.add(1);
                tracing::error!(%why, "given up; see Settings, Jobs");
            }
        }
        self.write_down(verdict, claim, why).await;
    }

    /// Tries for a while, as long as the database is away; then the lock runs out and another attempt is made.
    async fn write_down(&self, verdict: Verdict, claim: Claim, why: String) {
        for _ in 0..10 {
            let (claim, why) = (claim.clone(), why.clone());
            let written = self.ground.db.write(move |conn| match verdict {
                Verdict::Done => queue::finish(conn, &claim),
                Verdict::Again(at) => queue::put_back(conn, &claim, &why, at, false),
                Verdict::Dead => queue::bury(conn, &claim, &why),
            });
            match written.await {
                Ok(_) => return,
                Err(error) => {
                    let error: diesel::result::Error = error;
                    tracing::warn!(%error, "cannot write down how a job ended");
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Puts back jobs that were cut short by a stop, without counting the attempt.
    pub(super) async fn hand_back(&self, ids: Vec<JobId>) {
        let name = self.name.clone();
        let now = clock::now();
        let done = self.ground.db.write(move |conn| {
            for claim in queue::held(conn, &name, &ids)? {
                queue::put_back(conn, &claim, "cut short by a stop", now, true)?;
            }
            Ok::<_, diesel::result::Error>(())
        });
        if let Err(error) = done.await {
            tracing::warn!(%error, "cannot hand back running jobs; their locks will run out");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Done,
    Again(Timestamp),
    Dead,
}

/// 15 s, then twice as long each time, at most 6 h; a quarter more or less, so that what failed together does
/// not come back together.
fn pause(attempt: i64) -> i64 {
    let doubled = 15 * SECOND * (1 << attempt.clamp(1, 20).saturating_sub(1));
    let pause = doubled.min(6 * HOUR);
    let spread = i64::from(u16::from_le_bytes(token::random_bytes::<2>()));
    pause - pause / 4 + pause / 2 * spread / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_never_meet() {
        for (attempt, about) in [(1, 15), (2, 30), (5, 240), (40, 6 * 3600)] {
            for _ in 0..20 {
                let secs = pause(attempt) / SECOND;
                assert!(
                    secs >= about * 3 / 4 - 1 && secs <= about * 5 / 4 + 1,
                    "{attempt}: {secs}"
                );
            }
        }
    }
}
