//! kill -9 in the middle of a job: another worker takes over, and the effect happens once.

use std::process::{Command, Stdio};
use std::time::Duration;

use rapport::app::House;
use rapport::base::clock;
use rapport::config::Config;
use rapport::jobs::{self, Context, Job, Outcome, Pace, Pulse, Schedule, Worker};
use serde::{Deserialize, Serialize};

use super::worker::stop;
use super::{add, kinds, tally, until};
use crate::support::TestApp;

const DATABASE: &str = "RAPPORT_TEST_DYING";

/// Stands still for ever in the process that is to be killed; ends at once in any other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stalls;

impl Job for Stalls {
    type Tools = ();
    const KIND: &'static str = "test.stalls";

    async fn run(self, context: Context) -> Outcome {
        context.db.write(|conn| add(conn, "began")).await?;
        if std::env::var(DATABASE).is_ok() {
            std::future::pending::<()>().await;
        }
        context.finish(|conn| add(conn, "ended")).await
    }
}

fn pace() -> Pace {
    Pace {
        lock: Duration::from_secs(1),
        poll: Duration::from_millis(50),
        ..Pace::default()
    }
}

#[actix_web::test]
async fn a_killed_worker_is_taken_over_and_nothing_happens_twice() {
    let app = TestApp::empty().await;
    app.write(|conn| jobs::enqueue(conn, &Stalls, clock::now()))
        .await;
    let url = app.house.config.database_url();
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "jobs::dying::the_victim",
            "--ignored",
            "--nocapture",
        ])
        .env(DATABASE, url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    until("the victim is at it", async || {
        tally(&app, "began").await == 1
    })
    .await;
    // It holds on for longer than its lock lasts, so nobody takes over while it lives.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let house = &app.house;
    let heir = Worker::start(
        house.db.clone(),
        house.config.clone(),
        kinds(),
        Schedule::new(),
        pace(),
        Pulse::default(),
    )
    .expect("a worker");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(tally(&app, "began").await, 1);
    victim.kill().expect("SIGKILL");
    victim.wait().expect("dead");
    until("the heir has done it", async || {
        tally(&app, "ended").await == 1
    })
    .await;
    assert_eq!(tally(&app, "began").await, 2);
    assert_eq!(app.read(jobs::counts).await, jobs::Counts::default());
    stop(vec![heir]).await;
}

/// Not a story: the process that the story above kills.
#[test]
#[ignore = "run by a_killed_worker_is_taken_over_and_nothing_happens_twice"]
fn the_victim() {
    let Ok(database) = std::env::var(DATABASE) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        data: folder.path().to_owned(),
        database,
        ..Config::default()
    };
    let house = House::build(config).expect("a house");
    let _worker = Worker::start(
        house.db.clone(),
        house.config.clone(),
        kinds(),
        Schedule::new(),
        pace(),
        Pulse::default(),
    );
    std::thread::park_timeout(Duration::from_mins(1));
}
