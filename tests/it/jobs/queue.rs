//! Asking for jobs, failing, giving up, and being given another chance.

use diesel::prelude::*;
use rapport::base::clock::{self, SECOND, Timestamp};
use rapport::db::schema::jobs as table;
use rapport::jobs::{self, State};

use super::{Fails, Only, Tally, drain, tally};
use crate::support::TestApp;

/// As if the pause were over.
async fn time_passes(app: &TestApp) {
    app.write(|conn| {
        diesel::update(table::table)
            .set(table::run_at.eq(Timestamp::ZERO))
            .execute(conn)
    })
    .await;
}

async fn rows(app: &TestApp, state: State) -> Vec<jobs::JobRow> {
    app.read(move |conn| jobs::in_state(conn, state, None, 100))
        .await
}

#[actix_web::test]
async fn a_job_is_done_once_and_gone() {
    let app = TestApp::empty().await;
    app.write(|conn| jobs::enqueue(conn, &Tally::of("a"), clock::now()))
        .await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(tally(&app, "a").await, 1);
    assert_eq!(app.read(jobs::counts).await, jobs::Counts::default());
}

#[actix_web::test]
async fn what_is_rolled_back_is_not_asked_for() {
    let app = TestApp::empty().await;
    let failed: QueryResult<()> = app
        .house
        .db
        .write(|conn| {
            jobs::enqueue(conn, &Tally::of("a"), clock::now())?;
            Err(diesel::result::Error::RollbackTransaction)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(drain(&app).await, 0);
}

#[actix_web::test]
async fn a_later_time_is_kept() {
    let app = TestApp::empty().await;
    let now = clock::now();
    app.write(move |conn| jobs::enqueue_at(conn, &Tally::of("a"), now.plus(60 * SECOND), now))
        .await;
    assert_eq!(drain(&app).await, 0);
    time_passes(&app).await;
    assert_eq!(drain(&app).await, 1);
}

#[actix_web::test]
async fn one_of_a_kind_waits_only_once() {
    let app = TestApp::empty().await;
    for _ in 0..3 {
        app.write(|conn| jobs::enqueue(conn, &Only("x".to_owned()), clock::now()))
            .await;
    }
    app.write(|conn| jobs::enqueue(conn, &Only("y".to_owned()), clock::now()))
        .await;
    assert_eq!(drain(&app).await, 2);
    assert_eq!((tally(&app, "x").await, tally(&app, "y").await), (1, 1));
    app.write(|conn| jobs::enqueue(conn, &Only("x".to_owned()), clock::now()))
        .await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(tally(&app, "x").await, 2);
}

#[actix_web::test]
async fn a_failure_is_tried_again_later_and_in_the_end_kept() {
    let app = TestApp::empty().await;
    for fails in [Fails::Later, Fails::Panics] {
        app.write(move |conn| jobs::enqueue(conn, &fails, clock::now()))
            .await;
    }
    assert_eq!(drain(&app).await, 2);
    let waiting = rows(&app, State::Ready).await;
    for row in &waiting {
        let pause = row.run_at.since(clock::now()) / SECOND;
        assert!((8..20).contains(&pause), "{pause} s");
        assert_eq!(row.attempts, 1);
    }
    assert_eq!(waiting[1].last_error.as_deref(), Some("the moon is full"));
    assert!(
        waiting[0]
            .last_error
            .as_deref()
            .unwrap_or_default()
            .contains("panicked")
    );
    for _ in 0..2 {
        time_passes(&app).await;
        assert_eq!(drain(&app).await, 2);
    }
    let dead = rows(&app, State::Dead).await;
    assert_eq!((dead.len(), dead[0].attempts), (2, 3));
    time_passes(&app).await;
    assert_eq!(drain(&app).await, 0);
}

#[actix_web::test]
async fn what_cannot_succeed_is_given_up_at_once_and_can_be_retried() {
    let app = TestApp::empty().await;
    app.write(|conn| jobs::enqueue(conn, &Fails::Never, clock::now()))
        .await;
    drain(&app).await;
    let dead = rows(&app, State::Dead).await;
    assert_eq!(dead[0].last_error.as_deref(), Some("there is no moon"));
    let id = dead[0].id;
    assert!(
        app.write(move |conn| jobs::retry(conn, id, clock::now()))
            .await
    );
    assert_eq!(drain(&app).await, 1);
    assert!(app.write(move |conn| jobs::discard(conn, id)).await);
    assert!(!app.write(move |conn| jobs::discard(conn, id)).await);
    assert!(
        !app.write(move |conn| jobs::retry(conn, id, clock::now()))
            .await
    );
}

#[actix_web::test]
async fn the_urgent_goes_first() {
    let app = TestApp::empty().await;
    app.write(|conn| {
        jobs::enqueue(conn, &Tally::of("late"), Timestamp(1))?;
        jobs::enqueue(conn, &Fails::Never, Timestamp(1))?;
        diesel::update(table::table.filter(table::kind.eq("test.fails")))
            .set(table::priority.eq(jobs::URGENT))
            .execute(conn)
    })
    .await;
    let first = app
        .write(|conn| {
            let now = clock::now();
            rapport::db::dialect::claim::jobs(conn, "me", now, now.plus(SECOND), 1)
        })
        .await;
    assert_eq!(first[0].kind, "test.fails");
}

#[actix_web::test]
async fn a_job_of_a_newer_version_waits_for_it() {
    let app = TestApp::empty().await;
    app.write(|conn| {
        jobs::enqueue(conn, &Tally::of("a"), clock::now())?;
        diesel::update(table::table)
            .set(table::kind.eq("from.tomorrow"))
            .execute(conn)
    })
    .await;
    drain(&app).await;
    let waiting = rows(&app, State::Ready).await;
    assert!(
        waiting[0]
            .last_error
            .as_deref()
            .unwrap_or_default()
            .contains("from.tomorrow")
    );
}
