//! kill -9 in the middle of an import: it goes on where it was, and nobody is there twice.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::prelude::*;
use rapport::app::House;
use rapport::config::Config;
use rapport::db::schema::{contacts, import_rows, imports};
use rapport::jobs::{Pace, Pulse, Schedule, Worker};

use super::{handed_in, started};
use crate::support::TestApp;

const DATABASE: &str = "RAPPORT_TEST_DYING_IMPORT";
const FOLDER: &str = "RAPPORT_TEST_DYING_FOLDER";
const PEOPLE: i64 = 4_000;

async fn position(app: &TestApp) -> i64 {
    app.read(|conn| imports::table.select(imports::position).first(conn))
        .await
}

#[actix_web::test]
async fn killed_in_the_middle_it_goes_on_and_doubles_nobody() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let rows: String = (0..PEOPLE)
        .map(|n| format!("Person {n},p{n}@example.org,Firm {}\n", n % 50))
        .collect();
    let file = format!("Name,Email,Company\n{rows}");
    let place = handed_in(&ada, "many.csv", file.as_bytes()).await;
    started(&ada, &place, &[]).await;
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "contacts::import::killed::the_victim",
            "--ignored",
            "--nocapture",
        ])
        .env(DATABASE, app.house.config.database_url())
        .env(FOLDER, app.folder())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let mut reached = 0;
    for _ in 0..3_000 {
        reached = position(&app).await;
        if reached > 100 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    victim.kill().expect("SIGKILL");
    victim.wait().expect("dead");
    let reached = reached.max(position(&app).await);
    assert!((100..PEOPLE).contains(&reached), "killed at {reached}");
    // Its lock runs out.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    app.work().await;
    ada.get(&place).await.says("Done").says("Created 4,000");
    let (people, rows) = app
        .read(|conn| {
            let people: i64 = contacts::table.count().get_result(conn)?;
            let rows: i64 = import_rows::table.count().get_result(conn)?;
            Ok::<_, diesel::result::Error>((people, rows))
        })
        .await;
    assert_eq!((people, rows), (PEOPLE, PEOPLE));
}

/// Not a story: the process that the story above kills.
#[test]
#[ignore = "run by killed_in_the_middle_it_goes_on_and_doubles_nobody"]
fn the_victim() {
    let (Ok(database), Ok(folder)) = (std::env::var(DATABASE), std::env::var(FOLDER)) else {
        return;
    };
    let config = Config {
        data: PathBuf::from(folder),
        database,
        ..Config::default()
    };
    let house = House::build(config).expect("a house");
    let _worker = Worker::start(
        house.db.clone(),
        house.config.clone(),
        house.kinds(),
        Schedule::new(),
        Pace {
            lock: Duration::from_secs(1),
            poll: Duration::from_millis(50),
            ..Pace::default()
        },
        Pulse::default(),
    );
    std::thread::park_timeout(Duration::from_mins(1));
}
