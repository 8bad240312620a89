//! One event: looked at, repaired, replayed, dropped.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::base::Timestamp;
use rapport::db::schema::{event_names, events, quarantine};
use rapport::events::quarantine::State;
use rapport::events::sources::SourceKind;

use crate::sources::HOSTILE;
use crate::support::TestApp;

async fn stored(app: &TestApp) -> Vec<(String, Timestamp, Timestamp)> {
    app.read(|conn| {
        events::table
            .inner_join(event_names::table.on(event_names::id.eq(events::name_id)))
            .order(events::id)
            .select((event_names::name, events::at, events::received_at))
            .load(conn)
    })
    .await
}

#[actix_web::test]
async fn the_sidebar_counts_what_waits() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let figure = async || {
        let page = ada.get("/settings/account").await.is(200).text();
        let (_, rest) = page.split_once("Quarantine ").expect("the entry");
        rest.split("Mail Topics")
            .next()
            .map(|figure| figure.trim().to_owned())
    };
    assert_eq!(figure().await.as_deref(), Some(""), "nothing waits");
    app.set_aside(source.id, "no_event_name", "{}").await;
    assert_eq!(figure().await.as_deref(), Some("1 due"));
    let bodies = vec!["{}".to_owned(); 1_000];
    app.set_aside_many(source.id, "no_event_name", bodies).await;
    assert_eq!(figure().await.as_deref(), Some("1,000+ due"));
    let bo = app.agent("bo", Role::Sales).await;
    bo.get("/settings/account").await.never_says("Quarantine");
}

#[actix_web::test]
async fn a_repaired_event_lands_at_its_true_time() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let sent = format!("/v1/batch?writeKey={}", source.write_key);
    let bad = r#"{"batch":[{"type":"track","messageId":"m1","userId":"u1"}]}"#;
    app.browser()
        .post_body(&sent, "text/plain", bad)
        .await
        .is(200);
    app.enrich().await;

    let list = ada
        .get("/settings/quarantine")
        .await
        .is(200)
        .says("1 event")
        .says("Website");
    list.says("A track event without a name");
    ada.get("/settings/sources").await.says("1");
    let (id, received): (i64, Timestamp) = app
        .read(|conn| {
            quarantine::table
                .select((quarantine::id, quarantine::received_at))
                .first(conn)
        })
        .await;
    let path = format!("/settings/quarantine/{id}");
    let page = ada
        .get(&path)
        .await
        .is(200)
        .says("A track event without a name");
    page.says("Add what happened as event")
        .says("\"messageId\": \"m1\"");

    let wrong = ada
        .post(&format!("{path}/replay"), &[("body", "{\"event\":")])
        .await
        .is(200);
    wrong.says("This is no JSON").says("{\"event\":");
    ada.post(&format!("{path}/replay"), &[("body", "[1]")])
        .await
        .is(200)
        .says("no object");

    let repaired = r#"{"type":"track","messageId":"m1","userId":"u1","event":"Repaired"}"#;
    for _ in 0..2 {
        ada.post(&format!("{path}/replay"), &[("body", repaired)])
            .await
            .leads_to("/settings/quarantine");
    }
    ada.get("/settings/quarantine")
        .await
        .says("It was replayed already")
        .says("Nothing waits here");
    app.enrich().await;
    let stored = stored(&app).await;
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert_eq!((stored[0].0.as_str(), stored[0].2), ("Repaired", received));
    assert!(stored[0].1 <= received, "not the time of the repair");
    ada.get(&path)
        .await
        .is(200)
        .says("Replayed")
        .says("by Ada Lovelace")
        .never_says("Back to the list");
    ada.get("/settings/quarantine?state=replayed")
        .await
        .says("track u1 A track")
        .says("1 event");
}

#[actix_web::test]
async fn an_event_without_message_id_is_stored_once_however_often_it_is_sent() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let body = r#"{"type":"track","userId":"u1","event":"Twice"}"#;
    let id = app.set_aside(source.id, "internal", body).await;
    for _ in 0..2 {
        ada.post(&format!("/settings/quarantine/{id}/replay"), &[])
            .await
            .is(303);
        // As if the process had been killed between the inbox and the mark.
        app.write(move |conn| {
            diesel::update(quarantine::table.filter(quarantine::id.eq(id)))
                .set(quarantine::state.eq("open"))
                .execute(conn)
        })
        .await;
    }
    app.enrich().await;
    assert_eq!(stored(&app).await.len(), 1);
}

#[actix_web::test]
async fn what_still_cannot_be_read_comes_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let id = app
        .set_aside(source.id, "no_identity", r#"{"type":"track","event":"A"}"#)
        .await;
    ada.post(&format!("/settings/quarantine/{id}/replay"), &[])
        .await
        .is(303);
    app.enrich().await;
    assert_eq!(app.set_aside_now(id).await.state, State::Replayed);
    ada.get("/settings/quarantine")
        .await
        .says("1 event")
        .says("It does not say whose it is");
    assert!(stored(&app).await.is_empty());
}

#[actix_web::test]
async fn a_dropped_event_can_be_opened_again() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let id = app.set_aside(source.id, "not_json", "{\"cut").await;
    let drop = format!("/settings/quarantine/{id}/drop");
    ada.post(&drop, &[]).await.leads_to("/settings/quarantine");
    assert_eq!(app.set_aside_now(id).await.state, State::Dropped);
    let page = ada
        .get("/settings/quarantine")
        .await
        .says("1 event dropped")
        .says("Undo");
    let body = page.body();
    let undo = body
        .split("action=\"")
        .find(|part| part.starts_with("/settings/quarantine/reopen"));
    let undo = undo
        .and_then(|part| part.split('"').next())
        .expect("Undo leads somewhere")
        .to_owned();

    let grace = app.agent("grace", Role::Manager).await;
    grace.post(&undo, &[]).await.is(303);
    assert_eq!(
        app.set_aside_now(id).await.state,
        State::Dropped,
        "not hers to take back"
    );
    ada.post(&undo, &[]).await.leads_to("/settings/quarantine");
    assert_eq!(app.set_aside_now(id).await.state, State::Open);
    ada.post(&drop, &[]).await.is(303);
    ada.post(&drop, &[]).await.is(303);
    ada.get("/settings/quarantine")
        .await
        .says("Somebody was quicker");
}

#[actix_web::test]
async fn bodies_and_details_are_never_markup() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let body = format!("</textarea>{HOSTILE}");
    let id = app.set_aside(source.id, "not_json", &body).await;
    for page in [
        "/settings/quarantine".to_owned(),
        format!("/settings/quarantine/{id}"),
    ] {
        let answer = ada.get(&page).await.is(200);
        assert!(
            !answer.body().contains("<script>alert")
                && !answer.body().contains("</textarea><script"),
            "{page}"
        );
        answer.says("<script>alert(1)</script>");
    }
}

#[actix_web::test]
async fn a_long_body_is_shown_cut_and_replayed_whole() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let body = serde_json::json!({ "type": "track", "userId": "u1", "event": "Long", "properties": { "text": "å".repeat(200_000) } });
    let id = app
        .set_aside(source.id, "internal", &body.to_string())
        .await;
    let path = format!("/settings/quarantine/{id}");
    let page = ada
        .get(&path)
        .await
        .is(200)
        .says("too long to be edited")
        .says("Replay as it came");
    assert!(page.bytes.len() < 80_000);
    ada.post(&format!("{path}/replay"), &[]).await.is(303);
    app.enrich().await;
    assert_eq!(stored(&app).await.len(), 1);
}

#[actix_web::test]
async fn who_may_not_repair_may_still_look() {
    let app = TestApp::new().await;
    let source = app.source("Website", SourceKind::Web).await;
    let id = app.set_aside(source.id, "not_json", "{").await;
    let path = format!("/settings/quarantine/{id}");
    let grace = app.agent("grace", Role::Support).await;
    grace
        .get("/settings/quarantine")
        .await
        .is(200)
        .says("It is no JSON")
        .never_says("Replay all");
    let page = grace
        .get(&path)
        .await
        .is(200)
        .says("It is no JSON")
        .never_says("Replay");
    assert!(page.body().contains("readonly"));
    for act in [
        format!("{path}/replay"),
        format!("{path}/drop"),
        "/settings/quarantine/reopen?at=1".into(),
    ] {
        grace.post(&act, &[("body", "{}")]).await.is(403);
    }
    for act in ["picked", "all"] {
        let form = [("act", "drop"), ("until", "999"), ("id", "1")];
        grace
            .post(&format!("/settings/quarantine/{act}"), &form)
            .await
            .is(403);
    }
    assert_eq!(app.set_aside_now(id).await.state, State::Open);

    let ada = app.admin().await;
    for id in ["0", "999999", "abc"] {
        ada.get(&format!("/settings/quarantine/{id}")).await.is(404);
        ada.post(&format!("/settings/quarantine/{id}/replay"), &[])
            .await
            .is(404);
        ada.post(&format!("/settings/quarantine/{id}/drop"), &[])
            .await
            .is(404);
    }
}
