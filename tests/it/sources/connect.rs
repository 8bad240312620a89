//! Making a source, its key, and what to paste.

use rapport::base::clock::{self, HOUR};
use rapport::events::sources::{SourceKind, store};

use super::HOSTILE;
use crate::support::TestApp;

#[actix_web::test]
async fn the_empty_list_leads_to_the_first_source_and_its_key() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let list = ada
        .get("/settings/sources")
        .await
        .is(200)
        .says("No source yet");
    assert!(list.body().contains("/settings/sources/new?kind=server"));
    let form = ada.get("/settings/sources/new?kind=server").await.is(200);
    assert!(form.body().contains("value=\"server\" checked"));

    let made = ada
        .post(
            "/settings/sources",
            &[("name", " Shop  server "), ("kind", "server")],
        )
        .await;
    let path = made.is(303).location().to_owned();
    let page = ada
        .get(&path)
        .await
        .is(200)
        .says("Shop server is ready to receive");
    let page = page.says("No event yet").says("@segment/analytics-node");
    let id = path
        .rsplit('/')
        .next()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let source = app
        .read(move |conn| store::by_id(conn, rapport::base::ids::SourceId(id)))
        .await
        .expect("the source");
    assert_eq!(
        (source.name.as_str(), source.kind),
        ("Shop server", SourceKind::Server)
    );
    let body = page.body();
    assert!(body.contains(&source.write_key));
    assert!(
        body.contains("http://rapport.example"),
        "the address people reach us at"
    );
    ada.get("/settings/sources")
        .await
        .is(200)
        .says("Shop server")
        .says("No event yet");
    ada.get("/settings/audit").await.says("Shop server");
}

#[actix_web::test]
async fn a_source_needs_a_name_and_a_kind_people_can_make() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let answer = ada
        .post("/settings/sources", &[("name", "  "), ("kind", "web")])
        .await;
    answer.is(200).says("Give it a name");
    let answer = ada
        .post("/settings/sources", &[("name", "Rapport"), ("kind", "crm")])
        .await;
    let body = answer.is(200).says("Choose what sends the events").body();
    assert!(body.contains("value=\"Rapport\""), "what was typed stays");
    ada.get("/settings/sources").await.says("No source yet");
}

#[actix_web::test]
async fn every_way_to_connect_has_its_listing() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    for (way, words) in [
        ("web", "rapport.js"),
        ("segment-web", "configUrl"),
        ("node", "dataPlaneUrl"),
        ("python", "segment.analytics"),
        ("curl", "/v1/batch"),
        ("pixel", "/pixel/v1/track"),
        ("nonsense", "rapport.js"),
    ] {
        let page = ada
            .get(&format!("/settings/sources/{}?connect={way}", source.id))
            .await;
        let page = page.is(200).says(words);
        assert!(page.body().contains(&source.write_key));
    }
}

#[actix_web::test]
async fn a_name_is_never_markup() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let made = ada
        .post("/settings/sources", &[("name", HOSTILE), ("kind", "web")])
        .await;
    let path = made.is(303).location().to_owned();
    for page in [
        &path,
        "/settings/sources",
        &format!("{path}/key"),
        "/settings/quarantine",
    ] {
        let answer = ada.get(page).await.is(200);
        assert!(!answer.body().contains("<script>alert"), "{page}");
        answer.says("<script>alert(1)</script>");
    }
}

#[actix_web::test]
async fn a_replaced_key_works_for_another_day() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    let key_path = format!("{path}/key");
    ada.get(&key_path)
        .await
        .is(200)
        .says("gets a new key")
        .never_says("stops at once");
    ada.post(&key_path, &[]).await.leads_to(&path);
    let page = ada.get(&path).await.is(200).says("works until");
    let now = app.source_now(&source).await;
    assert_ne!(now.write_key, source.write_key);
    assert!(page.body().contains(&now.write_key));
    page.says(&source.write_key);

    let at = clock::now();
    for (key, later, want) in [
        (&source.write_key, 0, true),
        (&source.write_key, 23 * HOUR, true),
        (&source.write_key, 25 * HOUR, false),
        (&now.write_key, 25 * HOUR, true),
    ] {
        let (key, at) = (key.clone(), at.plus(later));
        let found = app
            .read(move |conn| store::by_write_key(conn, &key, at))
            .await;
        assert_eq!(found.is_some(), want, "after {} hours", later / HOUR);
    }

    ada.get(&key_path).await.says("stops at once");
    ada.post(&key_path, &[]).await.leads_to(&path);
    let key = source.write_key.clone();
    let found = app
        .read(move |conn| store::by_write_key(conn, &key, at))
        .await;
    assert!(found.is_none(), "only one old key works");
}

#[actix_web::test]
async fn a_paused_source_takes_nothing_until_it_is_resumed() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    ada.post(&format!("{path}/pause"), &[])
        .await
        .leads_to(&path);
    ada.get(&path)
        .await
        .says("Website is paused")
        .says("Undo")
        .says("Resume");
    ada.get("/settings/sources").await.says("Paused");

    let sdk = app.browser();
    let sent = format!("/v1/track?writeKey={}", source.write_key);
    let event = r#"{"userId":"u1","event":"A"}"#;
    sdk.post_body(&sent, "text/plain", event).await.is(404);
    app.enrich().await;
    ada.get(&path).await.says("The source is paused");

    ada.post(&format!("{path}/resume"), &[])
        .await
        .leads_to(&path);
    ada.get(&path).await.says("takes events again");
    assert!(app.source_now(&source).await.is_enabled);
}
