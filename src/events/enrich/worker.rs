//! The thread that empties the inbox: reads in order, understands outside the transaction, applies inside it; while one
//! batch is applied by the database's thread, this one understands the next. A batch
//! commits only if nobody else did the same requests: on SQLite the cursor must stand where it was read, on PostgreSQL
//! the rows must still be there. A lease keeps several instances from working on the same rows in vain.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::prelude::*;

use super::super::health::{Health, Rejected};
use super::super::inbox::{self, Inbox, Waiting};
use super::super::live::{Live, LiveEvent};
use super::super::sources::{self, SourceSettings};
use super::batch::Batch;
use super::memory::Memory;
use super::read::{self, Refusal};
use super::turn::{CURSOR, Trouble, Turn, consume, position};
use crate::base::clock;
use crate::base::ids::SourceId;
use crate::base::token;
use crate::contacts::merge::Followers;
use crate::db::schema::leases;
use crate::db::{Conn, Db, DbError, Later, is_passing};

/// Requests and bytes of one batch at the most: bounds memory and how long other writes wait. The more events a batch
/// has, the less each costs: a person's row is read and written once a batch. On PostgreSQL what is written is held
/// once more, as the messages that carry it.
const MOST_ROWS: i64 = 16_000;
const MOST_BYTES: usize = 16 << 20;
const MOST_BYTES_POSTGRES: usize = 10 << 20;
/// Rounds after which a late request with a low id is looked for.
const EVERY_SO_OFTEN: u64 = 16;
/// When so many requests come at a time, the next batch is let grow for a moment, the longer the more they are: each batch
/// writes its pages anew, and nobody sees the difference.
const BUSY: usize = 50;
const GATHERED_IN_A_MILLISECOND: usize = 8;
const LONGEST_GATHER: u64 = 100;
/// Rounds of nothing to do, half a second each, after which people are forgotten.
const QUIET: u32 = 20;

/// What the worker works with.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    inbox: Inbox,
    live: Live,
    health: Health,
    followers: Followers,
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

impl Worker {
    /// A worker over one database and its inbox. `followers`: what else moves when two contacts become one.
    pub fn new(db: Db, inbox: Inbox, live: Live, health: Health, followers: Followers) -> Self {
        Self {
            db,
            inbox,
            live,
            health,
            followers,
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
                Ok(None) => self.inbox.wait(Duration::from_millis(500)),
                Ok(Some(_)) => pause = Duration::from_millis(50),
                Err(trouble) => {
                    self.begin_anew(&mut state);
                    if matches!(trouble, Trouble::NotMine) {
                        self.rest(Duration::from_millis(500));
                    } else {
                        tracing::warn!(%trouble, "events wait: a batch could not be applied, trying again");
                        self.rest(pause);
                        pause = (pause * 2).min(Duration::from_secs(5));
                    }
                }
            }
        }
        self.begin_anew(&mut state);
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

    /// Ends the batch under way and begins the next one, which is read and understood meanwhile. Returns how many
    /// requests were done; `None` when nothing is left to do.
    fn step(&self, state: &mut State) -> Result<Option<usize>, Trouble> {
        state.spent = None;
        let next = self.prepare(state)?;
        let under_way = state.under_way.take();
        if next.is_none() && under_way.is_none() {
            state.rests();
            return Ok(None);
        }
        state.idle = 0;
        let done = match under_way {
            Some(under_way) => self.finish(state, under_way)?,
            None => 0,
        };
        if let Some(next) = next {
            self.begin(state, next);
        }
        Ok(Some(done))
    }

    /// Waits for the batch under way, if there is one, and forgets everything else.
    fn begin_anew(&self, state: &mut State) {
        if let Some(under_way) = state.under_way.take()
            && let Err(trouble) = self.finish(state, under_way)
        {
            tracing::debug!(%trouble, "the batch under way failed too");
        }
        *state = State::default();
    }

    /// Reads and understands what waits behind the batch under way.
    fn prepare(&self, state: &mut State) -> Result<Option<Prepared>, Trouble> {
        if state.last >= BUSY {
            let time = (state.last / GATHERED_IN_A_MILLISECOND) as u64;
            let time = Duration::from_millis(time.min(LONGEST_GATHER));
            // Not by the inbox: every request would wake it.
            let _ = crossbeam_channel::never::<()>().recv_timeout(time);
        }
        if state.reader.is_none() {
            state.reader = Some(self.inbox.reader()?);
            state.position = self.db.read_now(position)?;
        }
        let Some(after) = state.after(self.db.url().is_sqlite()) else {
            return Ok(None);
        };
        let most_bytes = if self.db.url().is_sqlite() {
            MOST_BYTES
        } else {
            MOST_BYTES_POSTGRES
        };
        let waiting = match &mut state.reader {
            Some(reader) => inbox::after(reader, after, MOST_ROWS, most_bytes)?,
            None => Vec::new(),
        };
        state.last = waiting.len();
        let rejected = self.health.take();
        if waiting.is_empty() && rejected.is_empty() {
            return Ok(None);
        }
        let sources = self.sources()?;
        let batch = understand(&waiting, &sources, self.live.wanted());
        Ok(Some(Prepared {
            positions: waiting.iter().map(|request| request.id).collect(),
            sources,
            batch,
            rejected,
        }))
    }

    fn begin(&self, state: &mut State, next: Prepared) {
        let applied = self.apply(state, next.batch, next.positions.clone(), next.rejected);
        state.under_way = Some(UnderWay {
            positions: next.positions,
            sources: next.sources,
            applied,
        });
    }

    /// Waits until a batch is committed. If something in it cannot be stored, goes on request by request.
    fn finish(&self, state: &mut State, under_way: UnderWay) -> Result<usize, Trouble> {
        let positions = under_way.positions;
        match under_way.applied.wait() {
            Ok(applied) => self.accept(state, applied),
            Err(error @ (Trouble::NotMine | Trouble::Db(_))) => return Err(error),
            Err(Trouble::Query(error)) if is_passing(&error) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, requests = positions.len(), "a batch failed, going on request by request");
                for position in &positions {
                    self.alone(state, *position, &under_way.sources)?;
                }
            }
        }
        if let Some(last) = positions.last() {
            self.inbox.forget(*last, positions.len());
        }
        Ok(positions.len())
    }

    fn accept(&self, state: &mut State, applied: Applied) {
        state.memory = applied.memory;
        state.spent = Some(applied.spent);
        state.position = applied.position;
        state.epoch = applied.epoch;
        self.live.tell(applied.events);
    }

    /// Applies one request by itself; if that fails for good, its bytes go to the quarantine.
    fn alone(&self, state: &mut State, position: i64, sources: &Known) -> Result<(), Trouble> {
        // Read again: a batch under way keeps no bytes, there may be many.
        let found = match &mut state.reader {
            Some(reader) => inbox::after(reader, position - 1, 1, 0)?,
            None => Vec::new(),
        };
        let Some(request) = found.first().filter(|request| request.id == position) else {
            return Err(Trouble::NotMine);
        };
        let batch = understand(&found, sources, 0);
        let applied = self
            .apply(state, batch, vec![request.id], Vec::new())
            .wait();
        let applied = match applied {
            Err(Trouble::Query(error)) if !is_passing(&error) => {
                tracing::error!(%error, request = request.id, "a request could not be stored and went to the quarantine");
                let mut batch = Batch::default();
                batch
                    .refusals
                    .push(Refusal::whole(request, &error.to_string()));
                self.apply(state, batch, vec![request.id], Vec::new())
                    .wait()
            }
            other => other,
        };
        self.accept(state, applied?);
        Ok(())
    }

    fn sources(&self) -> Result<Known, Trouble> {
        let all = self.db.read_now(sources::store::settings_of_all)?;
        Ok(all.into_iter().collect())
    }

    /// Starts the transaction of a batch. What is remembered goes with it and comes back only if it succeeds.
    fn apply(
        &self,
        state: &mut State,
        mut batch: Batch,
        positions: Vec<i64>,
        rejected: Vec<Rejected>,
    ) -> Later<Applied, Trouble> {
        let mut memory = std::mem::take(&mut state.memory);
        let me = self.me.clone();
        batch.followers = self.followers;
        let told = self.live.wanted();
        let (from, epoch) = (state.position, state.epoch);
        let position = positions.last().copied().unwrap_or(from);
        self.db.write_later(move |conn| {
            let now = clock::now();
            memory.refresh(conn)?;
            let epoch = match consume(conn, &me, from, epoch, &positions, now)? {
                Turn::Mine(epoch) => epoch,
                Turn::TakenOver(epoch) => {
                    memory = Memory::default();
                    Some(epoch)
                }
            };
            let events = batch.apply(conn, &mut memory, &rejected, now, told)?;
            memory.seal(conn)?;
            Ok(Applied {
                events,
                spent: batch,
                memory,
                position,
                epoch,
            })
        })
    }
}

type Known = HashMap<SourceId, SourceSettings>;

#[derive(Default)]
struct State {
    reader: Option<Conn>,
    /// Up to where the inbox is done, without the batch under way.
    position: i64,
    /// Of the lease as this worker last renewed it.
    epoch: Option<i64>,
    memory: Memory,
    spent: Option<Batch>,
    under_way: Option<UnderWay>,
    rounds: u64,
    /// Requests of the batch read last.
    last: usize,
    /// Rounds in a row in which nothing waited.
    idle: u32,
}

/// Requests and what they say, ready for a transaction.
struct Prepared {
    positions: Vec<i64>,
    sources: Known,
    batch: Batch,
    rejected: Vec<Rejected>,
}

/// A batch whose transaction runs.
struct UnderWay {
    positions: Vec<i64>,
    sources: Known,
    applied: Later<Applied, Trouble>,
}

/// What a committed batch leaves behind.
struct Applied {
    events: Vec<LiveEvent>,
    /// Freed by this thread while the next batch is applied: the writer has better things to do.
    spent: Batch,
    memory: Memory,
    position: i64,
    epoch: Option<i64>,
}

impl State {
    /// After some seconds of quiet, people are not worth their memory.
    fn rests(&mut self) {
        self.idle = self.idle.saturating_add(1);
        if self.idle == QUIET {
            self.memory.forget_people();
        }
    }

    /// Behind which request to read on; `None`: not now.
    fn after(&mut self, is_sqlite: bool) -> Option<i64> {
        self.rounds += 1;
        let under_way = self.under_way.as_ref();
        match under_way.and_then(|batch| batch.positions.last().copied()) {
            None if is_sqlite => Some(self.position),
            None => Some(0),
            // On PostgreSQL requests are removed as they are done, and a lower id may be committed after a higher one.
            // While a batch is under way only higher ones can be told from it; every so often it is let finish first.
            Some(_) if !is_sqlite && self.rounds.is_multiple_of(EVERY_SO_OFTEN) => None,
            last => last,
        }
    }
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

/// Works until nothing waits: for tests, for the demo world, for commands that bring their own events.
pub fn process_waiting(worker: &Worker) -> Result<usize, DbError> {
    let mut state = State::default();
    let mut done = 0;
    loop {
        match worker.step(&mut state) {
            Ok(Some(n)) => done += n,
            Ok(None) => {
                worker.release();
                return Ok(done);
            }
            Err(trouble) => {
                worker.begin_anew(&mut state);
                return Err(match trouble {
                    Trouble::Query(error) => error.into(),
                    Trouble::Db(error) => error,
                    Trouble::NotMine => DbError::InUse("the enrichment worker's lease".to_owned()),
                });
            }
        }
    }
}
