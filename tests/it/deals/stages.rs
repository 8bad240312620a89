//! Stages of the pipeline: changed by who may, with the deals in them following.

use super::{made, stage, total};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn a_stage_is_added_changed_moved_and_removed() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/settings/pipeline")
        .await
        .is(200)
        .says("Negotiation")
        .says("75%");
    let wrong = [("name", "Demo"), ("kind", "open"), ("probability", "140")];
    let page = ada.post("/settings/pipeline", &wrong).await.is(200);
    let page = page.says("Write a whole number from 0 to 100.");
    assert!(page.body().contains("value=\"Demo\""));
    let same = [("name", "lead"), ("kind", "open"), ("probability", "40")];
    ada.post("/settings/pipeline", &same)
        .await
        .is(200)
        .says("Another stage is called that.");
    let demo = [("name", "Demo"), ("kind", "open"), ("probability", "40")];
    ada.post("/settings/pipeline", &demo)
        .await
        .leads_to("/settings/pipeline");
    let page = ada.get("/settings/pipeline").await.text();
    assert!(page.find("Negotiation") < page.find("Demo") && page.find("Demo") < page.rfind("Won"));
    let id = stage(&app, "Demo").await;
    ada.post(&format!("/settings/pipeline/{id}/up"), &[])
        .await
        .leads_to("/settings/pipeline");
    let page = ada.get("/settings/pipeline").await.text();
    assert!(page.find("Demo") < page.find("Negotiation"));

    let deal = made(
        &ada,
        &[("title", "Lagoon"), ("amount", "1,000"), ("stage", &id)],
    )
    .await;
    let by_hand = made(
        &ada,
        &[("title", "Oyster"), ("amount", "1,000"), ("stage", &id)],
    )
    .await;
    ada.post(
        &format!("{by_hand}/fields/probability"),
        &[("value", "90"), ("was", "")],
    )
    .await
    .is(303);
    assert_eq!(total(&app, &id, "EUR").await, (2, 200_000, 40_000 + 90_000));
    let to = [
        ("name", "Trial"),
        ("probability", "50"),
        ("rotting_days", "14"),
    ];
    ada.post(&format!("/settings/pipeline/{id}"), &to)
        .await
        .leads_to("/settings/pipeline");
    assert_eq!(total(&app, &id, "EUR").await, (2, 200_000, 50_000 + 90_000));

    // Where its deals go must be said, and what is told of them stays.
    let remove = format!("/settings/pipeline/{id}/remove");
    ada.get(&remove).await.is(200).says("Where its deals go");
    ada.post(&remove, &[])
        .await
        .is(200)
        .says("Choose where its deals go.");
    let (proposal, won) = (stage(&app, "Proposal").await, stage(&app, "Won").await);
    ada.post(&remove, &[("to", &won)])
        .await
        .is(200)
        .says("Choose where its deals go.");
    ada.post(&remove, &[("to", &proposal)])
        .await
        .leads_to("/settings/pipeline");
    assert_eq!(total(&app, &id, "EUR").await, (0, 0, 0));
    assert_eq!(
        total(&app, &proposal, "EUR").await,
        (2, 200_000, 50_000 + 90_000)
    );
    ada.get("/deals").await.never_says("Trial").says("Lagoon");
    // Somebody still drags to it.
    ada.post(&format!("{deal}/move"), &[("to", &id)])
        .await
        .leads_to(&deal);
    ada.get(&deal).await.says("That stage is no longer there.");
    let lost = stage(&app, "Lost").await;
    ada.post(&format!("/settings/pipeline/{lost}/remove"), &[])
        .await
        .is(200)
        .says("It is the last of its kind.");
    ada.post(&remove, &[]).await.is(404);
}

#[actix_web::test]
async fn the_pipeline_is_the_managers() {
    let app = TestApp::new().await;
    let grace = app.agent("grace", Role::Sales).await;
    grace.get("/settings/pipeline").await.is(403);
    grace.post("/settings/pipeline/1/up", &[]).await.is(403);
    let marit = app.agent("marit", Role::Manager).await;
    let chf = [("currency", "chf")];
    marit
        .post("/settings/pipeline/currency", &chf)
        .await
        .leads_to("/settings/pipeline");
    let deal = made(&marit, &[("title", "Lagoon"), ("amount", "1’250")]).await;
    marit.get(&deal).await.says("CHF 1,250");
    let wrong = [("currency", "moon")];
    marit
        .post("/settings/pipeline/currency", &wrong)
        .await
        .is(303);
    marit
        .get("/settings/pipeline")
        .await
        .says("There is no such currency");
}
