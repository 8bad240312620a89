//! The job queue: what is asked for is done, once where it counts, whoever dies meanwhile.

mod dying;
mod mail;
mod queue;
mod worker;

use diesel::prelude::*;
use rapport::base::Timestamp;
use rapport::db::schema::throttles;
use rapport::db::{Conn, PortableExt};
use rapport::jobs::{self, Context, Fault, Job, Outcome};
use serde::{Deserialize, Serialize};

use crate::support::TestApp;

/// Adds one to a tally, as its only effect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    pub name: String,
}

impl Tally {
    pub fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

impl Job for Tally {
    type Tools = ();
    const KIND: &'static str = "test.tally";

    async fn run(self, context: Context) -> Outcome {
        context.finish(move |conn| add(conn, &self.name)).await
    }
}

/// As [`Tally`], under a unique key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Only(pub String);

impl Job for Only {
    type Tools = ();
    const KIND: &'static str = "test.only";

    fn unique_key(&self) -> Option<String> {
        Some(format!("only:{}", self.0))
    }

    async fn run(self, context: Context) -> Outcome {
        context.finish(move |conn| add(conn, &self.0)).await
    }
}

/// Fails in the way its name says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Fails {
    Later,
    Never,
    Panics,
}

impl Job for Fails {
    type Tools = ();
    const KIND: &'static str = "test.fails";
    const MAX_ATTEMPTS: i64 = 3;

    async fn run(self, _context: Context) -> Outcome {
        match self {
            Self::Later => Err(Fault::Later("the moon is full".to_owned())),
            Self::Never => Err(Fault::Never("there is no moon".to_owned())),
            Self::Panics => panic!("the moon fell down"),
        }
    }
}

/// Every job of these stories.
pub fn kinds() -> jobs::Kinds {
    jobs::Kinds::new()
        .with::<Tally>(())
        .with::<Only>(())
        .with::<Fails>(())
        .with::<dying::Stalls>(())
        .with::<worker::Takes>(())
}

/// Adds one to a tally.
pub fn add(conn: &mut Conn, name: &str) -> QueryResult<()> {
    diesel::insert_into(throttles::table)
        .values((
            throttles::key.eq(name),
            throttles::window_start.eq(Timestamp::ZERO),
            throttles::n.eq(1),
        ))
        .on_conflict(throttles::key)
        .do_update()
        .set(throttles::n.eq(throttles::n + 1))
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// How far a tally has come.
pub async fn tally(app: &TestApp, name: &str) -> i64 {
    let name = name.to_owned();
    app.read(move |conn| {
        throttles::table
            .filter(throttles::key.eq(name))
            .select(throttles::n)
            .first(conn)
            .optional()
    })
    .await
    .unwrap_or(0)
}

/// Does all that is due.
pub async fn drain(app: &TestApp) -> usize {
    jobs::drain(&app.house.db, &app.house.config, &kinds()).await
}

/// Waits until `check` holds, for a while.
pub async fn until(what: &str, mut check: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if check().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("waited in vain: {what}");
}
