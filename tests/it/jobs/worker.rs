//! Workers at it: many beside each other, woken at once, stopping in order.

use std::time::{Duration, Instant};

use rapport::base::clock;
use rapport::db::Db;
use rapport::jobs::{self, Context, Job, Outcome, Pace, Pulse, Schedule, State, Worker};
use serde::{Deserialize, Serialize};

use super::{Only, Tally, add, kinds, tally, until};
use crate::support::TestApp;

/// Takes so many milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Takes(pub u64);

impl Job for Takes {
    type Tools = ();
    const KIND: &'static str = "test.takes";

    async fn run(self, context: Context) -> Outcome {
        context.db.write(|conn| add(conn, "began")).await?;
        tokio::time::sleep(Duration::from_millis(self.0)).await;
        context.finish(|conn| add(conn, "ended")).await
    }
}

fn start(app: &TestApp, db: &Db, pace: Pace, schedule: Schedule) -> Worker {
    let config = app.house.config.clone();
    Worker::start(
        db.clone(),
        config,
        kinds(),
        schedule,
        pace,
        Pulse::default(),
    )
    .expect("a worker")
}

fn quick() -> Pace {
    Pace {
        poll: Duration::from_millis(50),
        ..Pace::default()
    }
}

#[actix_web::test]
async fn ten_workers_do_every_job_exactly_once() {
    let app = TestApp::empty().await;
    // Other instances have connections of their own; a SQLite file has one instance.
    let dbs: Vec<Db> = if app.house.db.url().is_sqlite() {
        vec![app.house.db.clone()]
    } else {
        (0..2)
            .map(|_| Db::open(app.house.db.url()).expect("a database"))
            .collect()
    };
    app.write(|conn| {
        for n in 0..400 {
            jobs::enqueue(conn, &Tally::of(&format!("job {n}")), clock::now())?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    let workers: Vec<Worker> = (0..10)
        .map(|n| start(&app, &dbs[n % dbs.len()], quick(), Schedule::new()))
        .collect();
    until("all are done", async || {
        app.read(jobs::counts).await == jobs::Counts::default()
    })
    .await;
    for n in 0..400 {
        assert_eq!(tally(&app, &format!("job {n}")).await, 1, "job {n}");
    }
    stop(workers).await;
}

#[actix_web::test]
async fn a_worker_is_woken_by_the_commit() {
    let app = TestApp::empty().await;
    let pace = Pace {
        poll: Duration::from_hours(1),
        ..Pace::default()
    };
    let worker = start(&app, &app.house.db, pace, Schedule::new());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    app.write(|conn| jobs::enqueue(conn, &Tally::of("a"), clock::now()))
        .await;
    until("it is done", async || tally(&app, "a").await == 1).await;
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    stop(vec![worker]).await;
}

#[actix_web::test]
async fn what_comes_back_is_planned_once_however_many_workers_there_are() {
    let app = TestApp::empty().await;
    let schedule = || Schedule::new().every(Duration::from_hours(1), Only("sweep".to_owned()));
    let workers: Vec<Worker> = (0..3)
        .map(|_| start(&app, &app.house.db, quick(), schedule()))
        .collect();
    until("it ran and is planned again", async || {
        tally(&app, "sweep").await >= 1 && app.read(jobs::counts).await.ready == 1
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop(workers).await;
    // One that starts after the first run was over cannot know of it and runs it once more.
    assert!(tally(&app, "sweep").await <= 3);
    let planned = app
        .read(|conn| jobs::in_state(conn, State::Ready, None, 9))
        .await;
    assert_eq!(planned.len(), 1);
    assert!(planned[0].run_at.since(clock::now()) > 3500 * clock::SECOND);
}

#[actix_web::test]
async fn a_stop_waits_for_what_runs_and_hands_back_what_takes_too_long() {
    let app = TestApp::empty().await;
    app.write(|conn| {
        jobs::enqueue(conn, &Takes(300), clock::now())?;
        jobs::enqueue(conn, &Takes(60_000), clock::now())
    })
    .await;
    let pace = Pace {
        patience: Duration::from_secs(1),
        ..quick()
    };
    let worker = start(&app, &app.house.db, pace, Schedule::new());
    until("both run", async || tally(&app, "began").await == 2).await;
    stop(vec![worker]).await;
    assert_eq!(tally(&app, "ended").await, 1);
    let left = app
        .read(|conn| jobs::in_state(conn, State::Ready, None, 9))
        .await;
    assert_eq!((left.len(), left[0].attempts), (1, 0));
    assert!(left[0].run_at <= clock::now());
}

#[actix_web::test]
async fn a_job_is_held_for_as_long_as_it_runs() {
    let app = TestApp::empty().await;
    app.write(|conn| jobs::enqueue(conn, &Takes(1500), clock::now()))
        .await;
    let pace = Pace {
        lock: Duration::from_millis(600),
        ..quick()
    };
    let workers = (0..3)
        .map(|_| start(&app, &app.house.db, pace, Schedule::new()))
        .collect();
    until("it is done", async || tally(&app, "ended").await == 1).await;
    assert_eq!(tally(&app, "began").await, 1);
    stop(workers).await;
}

/// Stopping blocks, and the stories share a thread with what answers them.
pub async fn stop(workers: Vec<Worker>) {
    tokio::task::spawn_blocking(move || workers.into_iter().for_each(Worker::stop))
        .await
        .expect("stopped");
}
