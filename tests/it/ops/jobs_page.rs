//! Settings, Jobs: dead letters are seen, tried again and discarded, by administrators.

use rapport::accounts::Role;
use rapport::base::clock;
use rapport::jobs::{self, State};

use crate::jobs::{Fails, Tally, drain, tally};
use crate::support::TestApp;

async fn with_a_dead_letter() -> TestApp {
    let app = TestApp::new().await;
    app.write(|conn| jobs::enqueue(conn, &Fails::Never, clock::now()))
        .await;
    drain(&app).await;
    app
}

#[actix_web::test]
async fn a_dead_letter_shows_its_reason_and_can_be_tried_again() {
    let app = with_a_dead_letter().await;
    let ada = app.admin().await;
    let page = ada
        .get("/settings/jobs")
        .await
        .is(200)
        .says("test.fails")
        .says("there is no moon");
    assert!(page.text().contains("1 of 3"));
    let id = app
        .read(|conn| jobs::in_state(conn, State::Dead, None, 1))
        .await[0]
        .id;
    ada.post(&format!("/settings/jobs/{id}/retry"), &[])
        .await
        .leads_to("/settings/jobs");
    ada.get("/settings/jobs").await.says("Nothing was given up");
    ada.get("/settings/jobs?state=ready")
        .await
        .says("test.fails");
    ada.post(&format!("/settings/jobs/{id}/discard"), &[])
        .await
        .leads_to("/settings/jobs");
    ada.get("/settings/jobs?state=ready")
        .await
        .says("Nothing waits")
        .says("Job discarded");
    ada.post(&format!("/settings/jobs/{id}/discard"), &[])
        .await
        .leads_to("/settings/jobs");
    ada.get("/settings/jobs").await.says("gone or being done");
}

#[actix_web::test]
async fn the_sidebar_counts_what_was_given_up() {
    let app = with_a_dead_letter().await;
    app.admin()
        .await
        .get("/settings/account")
        .await
        .says("Jobs 1 due");
    let bo = app.agent("bo", Role::Sales).await;
    bo.get("/settings/account").await.never_says("Jobs");
}

#[actix_web::test]
async fn all_dead_letters_can_be_tried_again_at_once() {
    let app = with_a_dead_letter().await;
    let ada = app.admin().await;
    app.write(|conn| jobs::enqueue(conn, &Tally::of("a"), clock::now()))
        .await;
    ada.post("/settings/jobs/retry", &[])
        .await
        .leads_to("/settings/jobs");
    assert_eq!(drain(&app).await, 2);
    assert_eq!(tally(&app, "a").await, 1);
}

#[actix_web::test]
async fn a_long_list_goes_on() {
    let app = TestApp::new().await;
    app.write(|conn| {
        (0..60).try_for_each(|n| jobs::enqueue(conn, &Tally::of(&n.to_string()), clock::now()))
    })
    .await;
    let ada = app.admin().await;
    let first = ada.get("/settings/jobs?state=ready").await.is(200).body();
    assert_eq!(first.matches("/discard").count(), 50);
    let next = first
        .split("rel=\"next\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let next = next
        .expect("a next page")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert_eq!(
        ada.get(&next)
            .await
            .is(200)
            .body()
            .matches("/discard")
            .count(),
        10
    );
}

#[actix_web::test]
async fn jobs_are_for_administrators() {
    let app = with_a_dead_letter().await;
    let grace = app.agent("grace", Role::Manager).await;
    grace.get("/settings/jobs").await.is(403);
    grace.post("/settings/jobs/retry", &[]).await.is(403);
    assert_eq!(app.read(jobs::counts).await.dead, 1);
}
