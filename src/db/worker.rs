//! A thread that owns a connection and answers jobs with it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel::r2d2::R2D2Connection;

use super::connect::connect;
use super::{Conn, DatabaseUrl, DbError, commit};

/// A connection that was used a moment ago is believed in; one that rested longer is asked first.
const FRESH: Duration = Duration::from_secs(1);

/// What is done with a connection, or with the reason why there is none.
pub(super) type Job = Box<dyn FnOnce(Result<&mut Conn, &str>) -> Health + Send>;

/// What a job tells the thread about its connection.
pub(super) enum Health {
    Fine,
    Suspect,
}

/// A connection that died is seldom alone: who finds one tells the others, and each asks its own before it is used.
#[derive(Clone, Default)]
pub(super) struct Alarm(Arc<AtomicU64>);

/// One thread.
pub(super) struct Worker {
    url: DatabaseUrl,
    jobs: Receiver<Job>,
    conn: Option<Conn>,
    alarm: Alarm,
    heard: u64,
    used: Instant,
}

impl Worker {
    pub(super) fn new(
        url: DatabaseUrl,
        jobs: Receiver<Job>,
        conn: Option<Conn>,
        alarm: Alarm,
    ) -> Self {
        let heard = alarm.0.load(Ordering::Acquire);
        Self {
            url,
            jobs,
            conn,
            alarm,
            heard,
            used: Instant::now(),
        }
    }

    pub(super) fn spawn(mut self, name: &str) -> Result<(), DbError> {
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Ok(job) = self.jobs.recv() {
                    self.answer(job);
                }
            })
            .map(|_| ())
            .map_err(|error| DbError::Io("database thread".to_owned(), error))
    }

    fn answer(&mut self, job: Job) {
        self.doubt();
        if self.conn.is_none() {
            match connect(&self.url) {
                Ok(fresh) => self.conn = Some(fresh),
                Err(error) => {
                    tracing::error!(%error, "no database connection");
                    let _ = job(Err(&error.to_string()));
                    return;
                }
            }
        }
        let Some(open) = self.conn.as_mut() else {
            return;
        };
        // A closure that panics takes its connection with it, but not the thread that everybody waits for.
        match std::panic::catch_unwind(AssertUnwindSafe(|| job(Ok(open)))) {
            Ok(Health::Fine) => {}
            Ok(Health::Suspect) => {
                if open.is_broken() || open.ping().is_err() {
                    self.conn = None;
                    self.alarm.0.fetch_add(1, Ordering::AcqRel);
                }
            }
            Err(_) => {
                commit::close(false);
                self.conn = None;
            }
        }
        self.used = Instant::now();
    }

    /// Lets go of a connection that ended while it rested, so that no request meets it. A file does not end.
    fn doubt(&mut self) {
        let alarm = self.alarm.0.load(Ordering::Acquire);
        let is_trusted = alarm == self.heard && self.used.elapsed() < FRESH;
        self.heard = alarm;
        if let Some(Conn::Pg(conn)) = &mut self.conn
            && !is_trusted
            && conn.ping().is_err()
        {
            self.conn = None;
        }
    }
}
