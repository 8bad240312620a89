//! The worker: takes due jobs, does several at once, holds on to them while they run, and lets go in order.
//! It has a thread and a small runtime of its own, so that a slow job never holds up a page.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};

use super::attempt::Hands;
use super::{Kinds, Schedule, wake};
use crate::base::clock::{self, SECOND};
use crate::base::ids::JobId;
use crate::config::Config;
use crate::db::Db;

/// How a worker goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For how long a job is held without a sign of life.
    pub lock: Duration,
    /// How often jobs of other processes and of the schedule are looked for.
    pub poll: Duration,
    /// Jobs at the same time.
    pub at_once: usize,
    /// How long running jobs may take when the worker is told to stop.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            at_once: 8,
            patience: Duration::from_secs(20),
        }
    }
}

/// A worker that is at it.
pub struct Worker {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

/// When a worker last looked into the queue, for the readiness check.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicI64>);

impl Pulse {
    /// Whether it looked within the last ten seconds.
    pub fn is_alive(&self, now: clock::Timestamp) -> bool {
        now.0 - self.0.load(Ordering::Relaxed) < 10 * SECOND
    }

    fn beat(&self) {
        self.0.store(clock::now().0, Ordering::Relaxed);
    }
}

impl Worker {
    /// Starts one.
    pub fn start(
        db: Db,
        config: Arc<Config>,
        kinds: Kinds,
        schedule: Schedule,
        pace: Pace,
        pulse: Pulse,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("job")
            .enable_all()
            .build()?;
        let round = Round {
            hands: Hands::new(db, config, kinds, pace.lock),
            schedule,
            pace,
            pulse,
        };
        let thread = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || {
                runtime.block_on(round.work(stopped));
                runtime.shutdown_timeout(Duration::from_secs(1));
            })?;
        Ok(Self { stop, thread })
    }

    /// Takes no more jobs, waits for those that run, hands back those that take too long. Blocks until done.
    pub fn stop(self) {
        let _ = self.stop.send(true);
        if self.thread.join().is_err() {
            tracing::error!("the job worker ended in a panic");
        }
    }
}

struct Round {
    hands: Hands,
    schedule: Schedule,
    pace: Pace,
    pulse: Pulse,
}

/// Jobs in hand, by their task.
#[derive(Default)]
struct InHand {
    tasks: JoinSet<()>,
    ids: HashMap<Id, JobId>,
}

impl InHand {
    /// Waits for the next one to end.
    async fn ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(Ok((task, ()))) => self.ids.remove(&task),
            Some(Err(error)) => self.ids.remove(&error.id()),
            None => None,
        };
    }

    fn ids(&self) -> Vec<JobId> {
        self.ids.values().copied().collect()
    }
}

impl Round {
    async fn work(self, mut stopped: watch::Receiver<bool>) {
        let mut bell = wake::listen();
        let mut in_hand = InHand::default();
        let mut beat = interval(self.pace.lock / 3);
        let mut poll = interval(self.pace.poll);
        for ticks in [&mut beat, &mut poll] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        let mut is_start = true;
        loop {
            let is_full = in_hand.tasks.len() >= self.pace.at_once;
            tokio::select! {
                biased;
                _ = stopped.changed() => break,
                () = in_hand.ended(), if !in_hand.tasks.is_empty() => {}
                _ = beat.tick() => self.hands.hold(in_hand.ids()).await,
                _ = poll.tick() => {
                    self.hands.plan(&self.schedule, is_start).await;
                    is_start = false;
                }
                changed = bell.changed(), if !is_full => if changed.is_err() { sleep(self.pace.poll).await },
            }
            self.pulse.beat();
            self.take(&mut in_hand).await;
        }
        self.let_go(in_hand).await;
    }

    async fn take(&self, in_hand: &mut InHand) {
        let free = self.pace.at_once.saturating_sub(in_hand.tasks.len());
        for job in self.hands.claim(free).await {
            let id = job.id;
            let task = in_hand.tasks.spawn(self.hands.clone().attempt(job));
            in_hand.ids.insert(task.id(), id);
        }
    }

    async fn let_go(&self, mut in_hand: InHand) {
        let end = Instant::now() + self.pace.patience;
        let mut beat = interval(self.pace.lock / 3);
        while !in_hand.tasks.is_empty() {
            let next = async {
                tokio::select! {
                    () = in_hand.ended() => false,
                    _ = beat.tick() => true,
                }
            };
            match timeout_at(end, next).await {
                Ok(true) => self.hands.hold(in_hand.ids()).await,
                Ok(false) => {}
                Err(_) => break,
            }
        }
        let left = in_hand.ids();
        in_hand.tasks.shutdown().await;
        self.hands.hand_back(left).await;
    }
}
