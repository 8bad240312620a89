//! The queue's table: every query of jobs. What a worker does to its job is fenced by its name and the
//! number of the attempt, so that it changes nothing once another worker has taken over.

use std::sync::Arc;

use diesel::dsl::{count_star, exists, min, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Job, wake};
use crate::base::Timestamp;
use crate::base::ids::JobId;
use crate::db::schema::jobs;
use crate::db::{Cached, Conn, PortableExt};
use crate::text_enum;

text_enum!(
    /// Where a job stands. What is done is removed.
    State {
        /// Waiting for its time.
        Ready => "ready",
        /// In a worker's hands.
        Running => "running",
        /// Given up; waits for a person.
        Dead => "dead",
    }
);

/// A job as people see it. The payload is left out: it may hold what only its reader should see.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = jobs)]
pub struct JobRow {
    /// Id.
    pub id: JobId,
    /// Kind.
    pub kind: String,
    /// State.
    pub state: State,
    /// When it is due.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// How often it may be.
    pub max_attempts: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A worker's hold on a job.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) id: JobId,
    pub(super) worker: Arc<str>,
    pub(super) attempts: i64,
}

/// How much there is in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting.
    pub ready: i64,
    /// Being done.
    pub running: i64,
    /// Given up.
    pub dead: i64,
    /// When the job that waits longest was due.
    pub oldest: Option<Timestamp>,
}

/// Asks for a job as soon as this transaction is committed.
pub fn enqueue<J: Job>(conn: &mut Conn, job: &J, now: Timestamp) -> QueryResult<()> {
    enqueue_at(conn, job, now, now)?;
    wake::ring_on_commit();
    Ok(())
}

/// Asks for a job at a time. While one with its unique key waits, nothing is added.
pub fn enqueue_at<J: Job>(
    conn: &mut Conn,
    job: &J,
    run_at: Timestamp,
    now: Timestamp,
) -> QueryResult<()> {
    let payload = serde_json::to_string(job)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
    diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(J::KIND),
            jobs::payload.eq(payload),
            jobs::unique_key.eq(job.unique_key()),
            jobs::priority.eq(J::PRIORITY),
            jobs::state.eq(State::Ready),
            jobs::run_at.eq(run_at),
            jobs::attempts.eq(0),
            jobs::max_attempts.eq(J::MAX_ATTEMPTS),
            jobs::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// Whether a worker would find something: asked before the writer is troubled.
pub(super) fn has_due(conn: &mut Conn, now: Timestamp) -> QueryResult<bool> {
    let ready = jobs::table.filter(is_ready()).filter(jobs::run_at.le(now));
    if Cached(diesel::select(exists(ready))).get_result(conn)? {
        return Ok(true);
    }
    let abandoned = jobs::table
        .filter(is_running())
        .filter(jobs::locked_until.lt(now));
    Cached(diesel::select(exists(abandoned))).get_result(conn)
}

/// A state as a word, not as a value: only so do the databases know the indexes that hold no other rows.
fn is_ready() -> SqlLiteral<Bool> {
    sql("jobs.state = 'ready'")
}

fn is_running() -> SqlLiteral<Bool> {
    sql("jobs.state = 'running'")
}

/// Whether a job with this key waits or runs.
pub(super) fn is_planned(conn: &mut Conn, unique_key: &str) -> QueryResult<bool> {
    let ready = jobs::table
        .filter(is_ready())
        .filter(jobs::unique_key.eq(unique_key));
    let running = jobs::table
        .filter(is_running())
        .filter(jobs::unique_key.eq(unique_key));
    Cached(diesel::select(exists(ready).or(exists(running)))).get_result(conn)
}

/// Holds on to jobs for longer.
pub(super) fn extend(
    conn: &mut Conn,
    worker: &str,
    ids: &[JobId],
    until: Timestamp,
) -> QueryResult<usize> {
    diesel::update(
        jobs::table
            .filter(jobs::id.eq_any(ids.to_vec()))
            .filter(jobs::locked_by.eq(worker))
            .filter(jobs::state.eq(State::Running)),
    )
    .set(jobs::locked_until.eq(until))
    .execute(conn)
}

/// Those of these jobs that are still this worker's.
pub(super) fn held(conn: &mut Conn, worker: &Arc<str>, ids: &[JobId]) -> QueryResult<Vec<Claim>> {
    let rows: Vec<(JobId, i64)> = jobs::table
        .filter(jobs::id.eq_any(ids.to_vec()))
        .filter(jobs::locked_by.eq(worker.as_ref()))
        .filter(jobs::state.eq(State::Running))
        .order(jobs::id)
        .select((jobs::id, jobs::attempts))
        .load(conn)?;
    let claim = |(id, attempts)| Claim {
        id,
        worker: worker.clone(),
        attempts,
    };
    Ok(rows.into_iter().map(claim).collect())
}

/// Takes a job off the queue; false where it is no longer this worker's.
pub(super) fn finish(conn: &mut Conn, claim: &Claim) -> QueryResult<bool> {
    diesel::delete(
        jobs::table
            .filter(jobs::id.eq(claim.id))
            .filter(jobs::locked_by.eq(claim.worker.as_ref()))
            .filter(jobs::attempts.eq(claim.attempts))
            .filter(jobs::state.eq(State::Running)),
    )
    .execute(conn)
    .map(|n| n == 1)
}

/// Puts a job back, to be tried at `run_at`; `uncounted` where the attempt was not its fault. A twin that was
/// asked for meanwhile replaces it.
pub(super) fn put_back(
    conn: &mut Conn,
    claim: &Claim,
    why: &str,
    run_at: Timestamp,
    uncounted: bool,
) -> QueryResult<bool> {
    if has_twin(conn, claim.id)? {
        return finish(conn, claim);
    }
    let attempts = claim.attempts - i64::from(uncounted);
    leave(conn, claim, State::Ready, why, Some((run_at, attempts)))
}

/// Makes a job a dead letter.
pub(super) fn bury(conn: &mut Conn, claim: &Claim, why: &str) -> QueryResult<bool> {
    leave(conn, claim, State::Dead, why, None)
}

fn leave(
    conn: &mut Conn,
    claim: &Claim,
    state: State,
    why: &str,
    next: Option<(Timestamp, i64)>,
) -> QueryResult<bool> {
    diesel::update(
        jobs::table
            .filter(jobs::id.eq(claim.id))
            .filter(jobs::locked_by.eq(claim.worker.as_ref()))
            .filter(jobs::attempts.eq(claim.attempts))
            .filter(jobs::state.eq(State::Running)),
    )
    .set((
        jobs::state.eq(state),
        jobs::last_error.eq(why),
        jobs::locked_by.eq(None::<String>),
        jobs::locked_until.eq(None::<Timestamp>),
        next.map(|(run_at, attempts)| (jobs::run_at.eq(run_at), jobs::attempts.eq(attempts))),
    ))
    .execute(conn)
    .map(|n| n == 1)
}

/// Whether another job with the same unique key waits.
fn has_twin(conn: &mut Conn, id: JobId) -> QueryResult<bool> {
    let key: Option<Option<String>> = jobs::table
        .filter(jobs::id.eq(id))
        .select(jobs::unique_key)
        .first(conn)
        .optional()?;
    let Some(key) = key.flatten() else {
        return Ok(false);
    };
    let twin = jobs::table
        .filter(jobs::unique_key.eq(key))
        .filter(is_ready())
        .filter(jobs::id.ne(id));
    Cached(diesel::select(exists(twin))).get_result(conn)
}

/// How much there is in each state.
pub fn counts(conn: &mut Conn) -> QueryResult<Counts> {
    let by_state: Vec<(State, i64)> = jobs::table
        .group_by(jobs::state)
        .select((jobs::state, count_star()))
        .order(jobs::state)
        .load(conn)?;
    let of = |state| {
        by_state
            .iter()
            .find(|(s, _)| *s == state)
            .map_or(0, |(_, n)| *n)
    };
    Ok(Counts {
        ready: of(State::Ready),
        running: of(State::Running),
        dead: of(State::Dead),
        oldest: Cached(jobs::table.filter(is_ready()).select(min(jobs::run_at)))
            .get_result(conn)?,
    })
}

/// How many are in a state, counted up to one more than `most`.
pub fn count(conn: &mut Conn, state: State, most: i64) -> QueryResult<i64> {
    let ids: Vec<JobId> = jobs::table
        .filter(jobs::state.eq(state))
        .limit(most + 1)
        .select(jobs::id)
        .load(conn)?;
    Ok(ids.len() as i64)
}

/// Jobs in a state, newest first, below an id.
pub fn in_state(
    conn: &mut Conn,
    state: State,
    before: Option<JobId>,
    limit: i64,
) -> QueryResult<Vec<JobRow>> {
    JobRow::query()
        .filter(jobs::state.eq(state))
        .filter(jobs::id.lt(before.unwrap_or(JobId(i64::MAX))))
        .order(jobs::id.desc())
        .limit(limit)
        .load(conn)
}

/// Gives a dead letter, or one that waits for its next attempt, another chance now. False where it is gone.
pub fn retry(conn: &mut Conn, id: JobId, now: Timestamp) -> QueryResult<bool> {
    if has_twin(conn, id)? {
        return discard(conn, id);
    }
    let changed = diesel::update(
        jobs::table
            .filter(jobs::id.eq(id))
            .filter(jobs::state.ne(State::Running)),
    )
    .set((
        jobs::state.eq(State::Ready),
        jobs::run_at.eq(now),
        jobs::attempts.eq(0),
    ))
    .execute(conn)?;
    wake::ring_on_commit();
    Ok(changed == 1)
}

/// As [`retry`], for up to `limit` dead letters, oldest first; how many.
pub fn retry_all(conn: &mut Conn, limit: i64, now: Timestamp) -> QueryResult<usize> {
    let ids: Vec<JobId> = jobs::table
        .filter(jobs::state.eq(State::Dead))
        .order(jobs::id)
        .limit(limit)
        .select(jobs::id)
        .load(conn)?;
    let mut n = 0;
    for id in ids {
        n += usize::from(retry(conn, id, now)?);
    }
    Ok(n)
}

/// Removes a job that nobody is doing. False where it is gone or being done.
pub fn discard(conn: &mut Conn, id: JobId) -> QueryResult<bool> {
    diesel::delete(
        jobs::table
            .filter(jobs::id.eq(id))
            .filter(jobs::state.ne(State::Running)),
    )
    .execute(conn)
    .map(|n| n == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::SECOND;
    use crate::db::dialect::claim;
    use crate::db::{DatabaseUrl, Db, migrate};
    use crate::jobs::{Context, Outcome};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Nothing;

    impl Job for Nothing {
        type Tools = ();
        const KIND: &'static str = "nothing";

        fn unique_key(&self) -> Option<String> {
            Some("nothing".to_owned())
        }

        async fn run(self, _context: Context) -> Outcome {
            Ok(())
        }
    }

    fn taken_by(conn: &mut Conn, worker: &str, now: Timestamp) -> Option<Claim> {
        let until = now.plus(SECOND);
        let claimed = claim::jobs(conn, worker, now, until, 5)
            .expect("claimed")
            .pop()?;
        Some(Claim {
            id: claimed.id,
            worker: worker.into(),
            attempts: claimed.attempts,
        })
    }

    #[test]
    fn who_lost_a_job_can_neither_finish_nor_bury_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("rapport.db"));
        migrate::run(&url).expect("migrated");
        let mut conn = Db::open(&url).and_then(|db| db.connect()).expect("open");
        let conn = &mut conn;
        let now = Timestamp::from_secs(1000);
        enqueue(conn, &Nothing, now).expect("queued");
        let sleeper = taken_by(conn, "sleeper", now).expect("a job");
        assert!(taken_by(conn, "heir", now).is_none());
        let later = now.plus(2 * SECOND);
        let heir = taken_by(conn, "heir", later).expect("its lock ran out");
        assert_eq!((heir.id, heir.attempts), (sleeper.id, 2));
        assert!(!finish(conn, &sleeper).expect("asked"));
        assert!(!bury(conn, &sleeper, "x").expect("asked"));
        assert!(!put_back(conn, &sleeper, "x", later, false).expect("asked"));
        // The same worker taking it again is another claim, too.
        assert!(
            !finish(
                conn,
                &Claim {
                    attempts: 1,
                    ..heir.clone()
                }
            )
            .expect("asked")
        );
        // A twin asked for meanwhile takes the place of what is put back.
        enqueue(conn, &Nothing, later).expect("queued");
        assert!(put_back(conn, &heir, "x", later, false).expect("asked"));
        assert_eq!(counts(conn).expect("counted").ready, 1);
    }
}
