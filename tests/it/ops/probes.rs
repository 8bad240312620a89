//! Probes and figures, and who may ask for them.

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use rapport::config::Secret;

use crate::jobs::until;
use crate::support::TestApp;

#[actix_web::test]
async fn a_process_is_alive_before_it_is_ready() {
    let app = TestApp::empty().await;
    let probe = app.browser();
    probe.get("/healthz").await.is(200).says("alive");
    // Nothing works off the queue yet.
    let answer = probe
        .get("/readyz")
        .await
        .is(503)
        .says("jobs: the worker does not answer");
    assert!(answer.body().contains("database: ready"));
    let background = app.house.start().expect("a worker");
    until("it is ready", async || {
        probe.get("/readyz").await.status == 200
    })
    .await;
    tokio::task::spawn_blocking(|| background.stop())
        .await
        .expect("stopped");
}

#[actix_web::test]
async fn figures_are_for_this_machine_or_for_the_key() {
    let app = TestApp::with(|config| config.metrics_key = Secret("k3y".to_owned())).await;
    let here = app.browser();
    let body = here.get("/metrics").await.is(200).body();
    for name in [
        "rapport_http_requests_total{status=\"2xx\"}",
        "rapport_http_request_seconds_bucket{le=\"+Inf\"}",
        "rapport_jobs{state=\"dead\"} 0",
        "rapport_inbox_waiting 0",
        "rapport_db_writes_waiting",
    ] {
        assert!(body.contains(name), "{name} in {body}");
    }
    let elsewhere = app.browser();
    elsewhere.moves_to([203, 0, 113, 9]);
    elsewhere.get("/metrics").await.is(403);
    elsewhere.sends("authorization", "Bearer wrong");
    elsewhere.get("/metrics").await.is(403);
    elsewhere.sends("authorization", "Bearer k3y");
    elsewhere.get("/metrics").await.is(200);
    // A proxy on this machine speaks for everybody.
    let proxied = app.browser();
    proxied.sends("x-forwarded-for", "203.0.113.9");
    proxied.get("/metrics").await.is(403);
}

#[actix_web::test]
async fn head_is_answered_as_get_without_a_body() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let made = ada.post("/contacts", &[("name", "Ingrid")]).await.is(303);
    let live = format!("{}/live", made.location());
    for path in [
        "/",
        "/contacts",
        "/settings/sources",
        "/healthz",
        "/rapport.js",
        live.as_str(),
        "/no-such-page",
    ] {
        let asked = ada.head(path).await;
        assert!(asked.bytes.is_empty(), "{path}");
        let mut got = ada.open(path).await;
        assert!(got.next().await.is_some(), "GET has a body: {path}");
        assert_eq!(asked.status, got.status, "{path}");
        let media_type = got.headers.get("content-type").map(HeaderValue::as_bytes);
        assert_eq!(Some(asked.header("content-type").as_bytes()), media_type);
    }
    let signed_out = app.browser().head("/contacts").await.is(303);
    assert!(signed_out.location().starts_with("/sign-in"));
    ada.head("/sign-out").await.is(405);
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for (path, right) in [
        ("/sign-out", "POST"),
        ("/settings/jobs/retry", "POST"),
        ("/contacts/1/delete", "POST"),
    ] {
        let answer = ada.get(path).await.is(405);
        assert_eq!(answer.header("allow"), right, "{path}");
    }
    let answer = ada.post("/settings/audit", &[]).await.is(405);
    assert!(answer.header("allow").starts_with("GET, HEAD"));
    let answer = ada
        .json(Method::DELETE, "/api/v1/contacts/1", &serde_json::json!({}))
        .await
        .is(405);
    assert_eq!(answer.header("allow"), "GET, HEAD, PATCH");
    assert_eq!(answer.json()["code"], "method_not_allowed");
    let answer = ada
        .json(Method::PUT, "/v1/batch", &serde_json::json!({}))
        .await
        .is(405);
    assert_eq!(answer.header("allow"), "OPTIONS, POST");
    ada.get("/nowhere").await.is(404);
    // An address whose question makes no sense is refused with a page, too.
    let page = ada.post("/contacts/restore", &[]).await.is(400);
    assert!(page.body().contains("<html"));
}
