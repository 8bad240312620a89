//! The thread that empties the inbox: reads in order, understands outside the transaction, applies inside it. A batch
//! commits only if nobody else did the same requests: on SQLite the cursor must stand where it was read, on PostgreSQL
//! the rows must still be there. A lease keeps several instances from working on the same rows in vain.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::prelude::*;

use super::super::health::Health;
use super::super::inbox::{self, Inbox, Waiting};
use super::super::live::{Live, LiveEvent};
use super::super::sources::{self, SourceSettings};
use super::batch::Batch;
use super::names::Names;
use super::read::{self, Refusal};
use crate::base::clock::{self, SECOND, Timestamp};
use crate::base::ids::SourceId;
use crate::base::token;
use crate::db::schema::{cursors, inbox as inbox_table, leases};
use crate::db::{Conn, Db, DbError, PortableExt, is_passing};

/// Requests and bytes of one batch at the most: bounds memory and how long other writes wait.
const MOST_ROWS: i64 = 4_000;
const MOST_BYTES: usize = 4 << 20;
/// How long a lease holds without a batch.
const LEASE: i64 = 5 * SECOND;
const CURSOR: &str = "inbox";

/// What the worker works with.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    inbox: Inbox,
    live: Live,
    health: Health,
    stop: Arc<AtomicBool>,
    me: Arc<str>,
}

/// The running thread.
pub struct Running {
    worker: Worker,
    thread: JoinHandle<()>,
}

impl Running {
    /// Finishes the batch at hand and ends.
    pub fn stop(self) {
        self.worker.stop.store(true, Ordering::SeqCst);
        self.worker.inbox.wake();
        if self.thread.join().is_err() {
            tracing::error!("the enrichment worker had panicked");
        }
    }
}

/// What keeps a batch from being applied.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("another instance is at work")]
    NotMine,
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Worker {
    /// A worker over one database and its inbox.
    pub fn new(db: Db, inbox: Inbox, live: Live, health: Health) -> Self {
        Self {
            db,
            inbox,
            live,
            health,
            stop: Arc::default(),
            me: token::readable(12).into(),
        }
    }

    /// Starts the thread.
    pub fn start(self) -> std::io::Result<Running> {
        let worker = self.clone();
        let thread = std::thread::Builder::new()
            .name("enrich".to_owned())
            .spawn(move || self.run())?;
        Ok(Running { worker, thread })
    }

    fn run(self) {
        let mut state = State::default();
        let mut pause = Duration::from_millis(50);
        while !self.stop.load(Ordering::SeqCst) {
            match self.step(&mut state) {
                Ok(0) => self.inbox.wait(Duration::from_millis(500)),
                Ok(_) => pause = Duration::from_millis(50),
                Err(Trouble::NotMine) => {
                    state = State::default();
                    self.rest(Duration::from_millis(500));
                }
                Err(error) => {
                    tracing::warn!(%error, "events wait: a batch could not be applied, trying again");
                    state = State::default();
                    self.rest(pause);
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
            }
        }
        self.release();
    }

    /// Lets another instance begin at once.
    fn release(&self) {
        let me = self.me.clone();
        let released = self.db.write_now(move |conn| {
            let mine = leases::table
                .filter(leases::name.eq(CURSOR))
                .filter(leases::holder.eq(&*me));
            diesel::delete(mine).execute(conn)
        });
        if let Err(error) = released {
            tracing::debug!(%error, "the lease was not released; it runs out by itself");
        }
    }

    fn rest(&self, time: Duration) {
        let until = std::time::Instant::now() + time;
        while !self.stop.load(Ordering::SeqCst) && std::time::Instant::now() < until {
            self.inbox.wait(Duration::from_millis(50));
        }
    }

    /// One batch; the number of requests done.
    fn step(&self, state: &mut State) -> Result<usize, Trouble> {
        let waiting = self.waiting(state)?;
        let rejected = self.health.take();
        if waiting.is_empty() && rejected.is_empty() {
            return Ok(0);
        }
        let done = waiting.len();
        let sources = self.sources()?;
        let batch = understand(&waiting, &sources, self.live.wanted());
        let positions: Vec<i64> = waiting.iter().map(|request| request.id).collect();
        match self.apply(state, batch, positions.clone(), rejected) {
            Ok(events) => self.live.tell(events),
            Err(error @ (Trouble::NotMine | Trouble::Db(_))) => return Err(error),
            Err(Trouble::Query(error)) if is_passing(&error) => return Err(error.into()),
            // Something in this batch cannot be stored: find it, one request at a time, and set it aside.
            Err(error) if waiting.len() > 1 => {
                tracing::warn!(%error, requests = waiting.len(), "a batch failed, going on request by request");
                for request in &waiting {
                    self.alone(state, request, &sources)?;
                }
            }
            Err(_) => {
                for request in &waiting {
                    self.alone(state, request, &sources)?;
                }
            }
        }
        if let Some(last) = positions.last() {
            self.inbox.forget(*last, done);
        }
        Ok(done)
    }

    /// Applies one request by itself; if that fails for good, its bytes go to the quarantine.
    fn alone(&self, state: &mut State, request: &Waiting, sources: &Known) -> Result<(), Trouble> {
        let batch = understand(std::slice::from_ref(request), sources, 0);
        match self.apply(state, batch, vec![request.id], Vec::new()) {
            Ok(events) => {
                self.live.tell(events);
                Ok(())
            }
            Err(Trouble::Query(error)) if !is_passing(&error) => {
                tracing::error!(%error, request = request.id, "a request could not be stored and went to the quarantine");
                let mut batch = Batch::default();
                batch
                    .refusals
                    .push(Refusal::whole(request, &error.to_string()));
                self.apply(state, batch, vec![request.id], Vec::new())
                    .map(|events| self.live.tell(events))
            }
            Err(error) => Err(error),
        }
    }

    fn waiting(&self, state: &mut State) -> Result<Vec<Waiting>, Trouble> {
        if state.reader.is_none() {
            state.reader = Some(self.inbox.reader()?);
            state.position = self.db.read_now(position)?;
        }
        // On PostgreSQL rows are removed as they are done, and a lower id may be committed after a higher one.
        let after = if self.db.url().is_sqlite() {
            state.position
        } else {
            0
        };
        match &mut state.reader {
            Some(reader) => Ok(inbox::after(reader, after, MOST_ROWS, MOST_BYTES)?),
            None => Ok(Vec::new()),
        }
    }

    fn sources(&self) -> Result<Known, Trouble> {
        let all = self.db.read_now(sources::store::settings_of_all)?;
        Ok(all.into_iter().collect())
    }

    fn apply(
        &self,
        state: &mut State,
        mut batch: Batch,
        positions: Vec<i64>,
        rejected: Vec<super::super::health::Rejected>,
    ) -> Result<Vec<LiveEvent>, Trouble> {
        let mut names = state.names.clone();
        let me = self.me.clone();
        let told = self.live.wanted();
        let from = state.position;
        let last = positions.last().copied();
        let (events, names) = self.db.write_now(move |conn| {
            let now = clock::now();
            consume(conn, &me, from, &positions, now)?;
            let events = batch.apply(conn, &mut names, &rejected, now, told)?;
            Ok::<_, Trouble>((events, names))
        })?;
        state.names = names;
        state.position = last.unwrap_or(state.position);
        Ok(events)
    }
}

type Known = HashMap<SourceId, SourceSettings>;

#[derive(Default)]
struct State {
    reader: Option<Conn>,
    position: i64,
    names: Names,
}

fn understand(waiting: &[Waiting], sources: &Known, wanted: usize) -> Batch {
    let mut batch = Batch::default();
    let fallback = SourceSettings::default();
    // Only the end of a flood is ever shown, so only its bytes are kept.
    let shown_from = waiting.len().saturating_sub(wanted);
    for (n, request) in waiting.iter().enumerate() {
        let settings = sources.get(&request.source_id).unwrap_or(&fallback);
        if !settings.create_contacts {
            batch.closed.insert(request.source_id);
        }
        batch.has_replays |= request.kind == "replay";
        let reading = read::read(request, settings, n >= shown_from);
        batch.add(request.source_id, request.received_at, reading);
    }
    batch
}

/// The position up to which the inbox is done.
fn position(conn: &mut Conn) -> QueryResult<i64> {
    let found = cursors::table
        .filter(cursors::name.eq(CURSOR))
        .select(cursors::position)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Marks requests as done, in the transaction of their effects; refuses if somebody else did them.
fn consume(
    conn: &mut Conn,
    me: &str,
    from: i64,
    positions: &[i64],
    now: Timestamp,
) -> Result<(), Trouble> {
    let Some(last) = positions.last() else {
        return Ok(());
    };
    let done = if conn.is_sqlite() {
        advance(conn, from, *last)?
    } else {
        renew(conn, me, now)?;
        let removed = diesel::delete(inbox_table::table.filter(inbox_table::id.eq_any(positions)))
            .execute(conn)?;
        removed == positions.len()
    };
    if done { Ok(()) } else { Err(Trouble::NotMine) }
}

/// Moves the cursor on, if it stands where it was read.
fn advance(conn: &mut Conn, from: i64, to: i64) -> QueryResult<bool> {
    let here = cursors::table
        .filter(cursors::name.eq(CURSOR))
        .filter(cursors::position.eq(from));
    if diesel::update(here)
        .set(cursors::position.eq(to))
        .execute(conn)?
        == 1
    {
        return Ok(true);
    }
    let made = diesel::insert_into(cursors::table)
        .values((cursors::name.eq(CURSOR), cursors::position.eq(to)))
        .on_conflict(cursors::name)
        .do_nothing()
        .portable()
        .execute(conn)?;
    Ok(made == 1)
}

/// Takes or renews the lease; its row stays locked until the batch is committed.
fn renew(conn: &mut Conn, me: &str, now: Timestamp) -> Result<(), Trouble> {
    let until = now.plus(LEASE);
    let mine = leases::table
        .filter(leases::name.eq(CURSOR))
        .filter(leases::holder.eq(me).or(leases::expires_at.lt(now)));
    let renewed = diesel::update(mine)
        .set((
            leases::holder.eq(me),
            leases::expires_at.eq(until),
            leases::epoch.eq(leases::epoch + 1),
        ))
        .execute(conn)?;
    if renewed == 1 {
        return Ok(());
    }
    let made = diesel::insert_into(leases::table)
        .values((
            leases::name.eq(CURSOR),
            leases::holder.eq(me),
            leases::epoch.eq(1_i64),
            leases::expires_at.eq(until),
        ))
        .on_conflict(leases::name)
        .do_nothing()
        .portable()
        .execute(conn)?;
    if made == 1 {
        Ok(())
    } else {
        Err(Trouble::NotMine)
    }
}

/// Works until nothing waits: for tests, for the demo world, for commands that bring their own events.
pub fn process_waiting(worker: &Worker) -> Result<usize, DbError> {
    let mut state = State::default();
    let mut done = 0;
    loop {
        match worker.step(&mut state) {
            Ok(0) => {
                worker.release();
                return Ok(done);
            }
            Ok(n) => done += n,
            Err(Trouble::Query(error)) => return Err(error.into()),
            Err(Trouble::Db(error)) => return Err(error),
            Err(Trouble::NotMine) => {
                return Err(DbError::InUse("the enrichment worker's lease".to_owned()));
            }
        }
    }
}
