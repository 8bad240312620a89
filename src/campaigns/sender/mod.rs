//! The way out of mailings. One thread per process looks for campaigns that are going out and drives each: it claims a batch,
//! fills in the letters, and hands them to a few open lines. A line announces a letter, has its row marked as being sent,
//! gives the body away, and reports. Marks and reports of all lines are committed together by the ledger, so what is
//! uncertain after any death is at most one letter a line.

mod drive;
mod ledger;
mod line;

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::accounts::keyring::Keyring;
use crate::base::ids::CampaignId;
use crate::base::{clock, token};
use crate::campaigns::hits::{Hits, SETTLES};
use crate::campaigns::store::claims::{self, Added, Left};
use crate::campaigns::{actions, store};
use crate::db::{Conn, Db};
use crate::mail::Mailer;

/// How the sender goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Lines of one campaign.
    pub lines: usize,
    /// Letters claimed at once.
    pub batch: i64,
    /// For how long claimed rows are held without a sign of life.
    pub lease: Duration,
    /// How often something new is looked for.
    pub poll: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lines: 8,
            batch: 100,
            lease: Duration::from_mins(1),
            poll: Duration::from_millis(500),
        }
    }
}

/// What sending needs.
#[derive(Clone)]
pub struct Ground {
    /// The database.
    pub db: Db,
    /// The way out.
    pub mailer: Mailer,
    /// Keys that sign links.
    pub keys: Keyring,
    /// Openings and clicks that wait to be written down.
    pub hits: Hits,
    /// How it is done.
    pub pace: Pace,
}

/// A sender that is at it.
pub struct Sender {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Sender {
    /// Starts one.
    pub fn start(ground: Ground) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("send")
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("sender".to_owned())
            .spawn(move || {
                runtime.block_on(Round::new(ground).work(stopped));
                runtime.shutdown_timeout(Duration::from_secs(1));
            })?;
        Ok(Self { stop, thread })
    }

    /// Gives nothing more away, waits for what is over the line, and hands the rest back. Blocks until done.
    pub fn stop(self) {
        let _ = self.stop.send(true);
        if self.thread.join().is_err() {
            tracing::error!("the sender ended in a panic");
        }
    }
}

/// Sends everything that is due now, and writes down what was opened and clicked: for tests.
pub async fn drain(ground: &Ground) {
    let round = Round::new(ground.clone());
    let (_stop, stopped) = watch::channel(false);
    let now = clock::now();
    ground.hits.flush(&ground.db, now, now).await;
    round.look_after().await;
    for id in round.going_out().await {
        drive::drive(&round.ground, &round.name, id, stopped.clone()).await;
    }
}

struct Round {
    ground: Ground,
    name: Arc<str>,
}

impl Round {
    fn new(ground: Ground) -> Self {
        Self {
            ground,
            name: token::readable(12).into(),
        }
    }

    async fn work(self, mut stopped: watch::Receiver<bool>) {
        let mut tasks: JoinSet<CampaignId> = JoinSet::new();
        let mut running: HashSet<CampaignId> = HashSet::new();
        let mut poll = interval(self.ground.pace.poll);
        let mut beat = interval(self.ground.pace.lease / 3);
        for ticks in [&mut poll, &mut beat] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            tokio::select! {
                biased;
                _ = stopped.changed() => break,
                Some(ended) = tasks.join_next(), if !tasks.is_empty() => match ended {
                    Ok(id) => { running.remove(&id); }
                    // A panic is in the log already; the campaign is taken up again.
                    Err(_) => { running.clear(); }
                },
                _ = beat.tick() => self.hold().await,
                _ = poll.tick() => {
                    self.look_after().await;
                    for id in self.going_out().await {
                        if running.insert(id) {
                            let (ground, name) = (self.ground.clone(), self.name.clone());
                            let stopped = stopped.clone();
                            tasks.spawn(async move {
                                drive::drive(&ground, &name, id, stopped).await;
                                id
                            });
                        }
                    }
                }
            }
        }
        let letting_go = async { while tasks.join_next().await.is_some() {} };
        if timeout(Duration::from_secs(20), letting_go).await.is_err() {
            tracing::warn!("letters were still over the line when the sender had to end");
        }
        let now = clock::now();
        self.ground.hits.flush(&self.ground.db, now, now).await;
    }

    /// What comes around: openings and clicks, planned launches, rows of workers that died.
    async fn look_after(&self) {
        let now = clock::now();
        let settled = now.plus(-SETTLES);
        self.ground.hits.flush(&self.ground.db, settled, now).await;
        let due = self.ground.db.read(move |conn| store::due(conn, now)).await;
        for id in due.unwrap_or_else(|error: diesel::result::Error| unread(&error)) {
            let launched = self
                .ground
                .db
                .write(move |conn| actions::launch_due(conn, id, now));
            if let Err(error) = launched.await {
                tracing::warn!(campaign = %id, %error, "cannot launch a planned campaign");
            }
        }
        let lost = self.ground.db.read(move |conn| claims::has_lost(conn, now));
        if lost.await.unwrap_or_else(|error| {
            unread::<()>(&error);
            false
        }) && let Err(error) = self.ground.db.write(move |conn| reap(conn, now)).await
        {
            tracing::warn!(%error, "cannot take back what a dead worker held");
        }
    }

    /// Campaigns with somebody due, or that are to be closed.
    async fn going_out(&self) -> Vec<CampaignId> {
        let now = clock::now();
        let found = self.ground.db.read(move |conn| {
            let mut going = Vec::new();
            for id in store::sending(conn)? {
                if claims::left(conn, id, now)? != Left::Later {
                    going.push(id);
                }
            }
            Ok(going)
        });
        found
            .await
            .unwrap_or_else(|error: diesel::result::Error| unread(&error))
    }

    async fn hold(&self) {
        let lease = i64::try_from(self.ground.pace.lease.as_micros()).unwrap_or(i64::MAX);
        let (name, until) = (self.name.clone(), clock::now().plus(lease));
        let held = self
            .ground
            .db
            .write(move |conn| claims::hold(conn, &name, until));
        if let Err(error) = held.await {
            let error: diesel::result::Error = error;
            tracing::warn!(%error, "cannot hold on to what is being sent");
        }
    }
}

fn unread<T>(error: &diesel::result::Error) -> Vec<T> {
    tracing::warn!(%error, "cannot look for mailings");
    Vec::new()
}

fn reap(conn: &mut Conn, now: clock::Timestamp) -> Result<(), diesel::result::Error> {
    for id in claims::reap(conn, now)? {
        let added = Added {
            in_doubt: 1,
            ..Added::default()
        };
        claims::add(conn, id, added)?;
    }
    Ok(())
}
