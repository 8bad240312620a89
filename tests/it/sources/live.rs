//! The live debugger: with script as a stream, without it as a page.

use std::time::Duration;

use rapport::accounts::Role;
use rapport::base::clock;
use rapport::base::ids::{ContactId, SourceId};
use rapport::events::live::{Live, LiveEvent};
use rapport::events::sources::{Source, SourceKind};

use super::HOSTILE;
use crate::support::TestApp;

fn event(source: SourceId, name: &str) -> LiveEvent {
    LiveEvent {
        source_id: source,
        at: clock::now(),
        kind: "track".into(),
        name: name.into(),
        message_id: format!("m-{name}"),
        contact_id: Some(ContactId(7)),
        person: "Ingrid Sæther Løvås".into(),
        did: vec!["2 traits".into()],
        latency_ms: 12,
        raw: serde_json::json!({ "type": "track", "event": name, "total": 184_500 }).to_string(),
        is_bad: false,
    }
}

async fn website(app: &TestApp) -> (Source, String) {
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    (source, path)
}

#[actix_web::test]
async fn what_an_sdk_sends_is_seen_as_it_was_received_and_what_it_did() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    ada.get(&path).await.says("Nothing yet");
    let body = r#"{"batch":[{"type":"identify","messageId":"m1","userId":"u1","traits":{"name":"Ingrid Sæther Løvås","big":9007199254740993}},
        {"type":"track","messageId":"m2","userId":"u1","event":"Quote Viewed"},
        {"type":"track","messageId":"m3","userId":"u1"}]}"#;
    let sent = format!("/v1/batch?writeKey={}", source.write_key);
    app.browser()
        .post_body(&sent, "application/json", body)
        .await
        .is(200);
    app.enrich().await;

    let page = ada.get(&path).await.is(200).says("Receiving, last event");
    let page = page
        .says("Quote Viewed")
        .says("now known")
        .says("quarantine:");
    let body = page.body();
    let link = body
        .split("href=\"")
        .find(|part| part.contains("?event=") && part.contains("identify"))
        .and_then(|part| part.split('#').next())
        .expect("a link to the event")
        .replace("&#38;", "&");
    let picked = ada.get(&link).await.is(200);
    assert!(picked.body().contains("aria-current=\"true\""));
    picked.says("9007199254740993");
    let gone = format!("{path}?event=0000000000000000");
    ada.get(&gone)
        .await
        .is(200)
        .says("not among the last 100 any more");
}

#[actix_web::test]
async fn the_filter_works_without_script() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    app.house.live.tell(vec![
        event(source.id, "Quote Viewed"),
        event(source.id, "Cart Filled"),
    ]);
    ada.get(&format!("{path}?q=cart"))
        .await
        .is(200)
        .says("Cart Filled")
        .never_says("track Quote Viewed");
    let none = ada.get(&format!("{path}?q=%3Cb%3Enothing")).await.is(200);
    assert!(!none.body().contains("<b>nothing"));
    none.says("None of the last 100 events holds “<b>nothing”");
}

#[actix_web::test]
async fn names_and_bodies_of_events_are_never_markup() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let hostile = LiveEvent {
        person: HOSTILE.into(),
        did: vec![HOSTILE.into()],
        ..event(source.id, HOSTILE)
    };
    let mut stream = ada.open(&format!("{path}/live")).await;
    assert!(stream.next().await.is_some(), "the stream is open");
    app.house.live.tell(vec![hostile]);
    let page = ada.get(&path).await.is(200);
    assert!(!page.body().contains("<script>alert"));
    page.says("<script>alert(1)</script>");
    assert!(!stream.event().await.contains("<script>alert"));
}

#[actix_web::test]
async fn an_open_page_gets_the_events_of_its_source_as_they_arrive() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let other = app.source("Shop", SourceKind::Server).await;
    let mut stream = ada.open(&format!("{path}/live?q=viewed")).await;
    assert_eq!(stream.status, 200);
    let header = |name: &str| {
        stream
            .headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    assert!(header("content-type").starts_with("text/event-stream"));
    assert_eq!(
        (header("cache-control"), header("content-encoding")),
        ("no-store", "identity")
    );

    assert!(
        stream.next().await.is_some(),
        "it says at once that it is open"
    );
    app.house.live.tell(vec![
        event(other.id, "Other Viewed"),
        event(source.id, "Cart Filled"),
        event(source.id, "Quote Viewed"),
        event(source.id, "Page\nViewed"),
    ]);
    let piece = stream.event().await;
    assert!(
        piece.starts_with("event: prepend\ndata: ") && piece.ends_with("\n\n"),
        "{piece}"
    );
    assert!(piece.contains("Quote Viewed") && piece.contains("Page Viewed"));
    assert!(
        piece.find("Page Viewed") < piece.find("Quote Viewed"),
        "the newest stands first"
    );
    assert!(!piece.contains("Other") && !piece.contains("Cart"));
    assert!(
        piece.lines().all(|line| line.is_empty()
            || line.starts_with("data: ")
            || line.starts_with("event: "))
    );
}

#[actix_web::test]
async fn what_another_instance_stored_is_read_from_the_tables() {
    let app = TestApp::new().await;
    let (source, _) = website(&app).await;
    let (other, _) = website(&app).await;
    for (key, event) in [
        (&source.write_key, "First"),
        (&source.write_key, "Second"),
        (&other.write_key, "Elsewhere"),
    ] {
        let body = format!(r#"{{"userId":"u1","event":"{event}","properties":{{"total":5}}}}"#);
        let sent = format!("/v1/track?writeKey={key}");
        app.browser()
            .post_body(&sent, "application/json", body)
            .await
            .is(200);
        app.enrich().await;
    }
    let id = source.id;
    let stored = app
        .read(move |conn| rapport::events::debugger::store::stored(conn, id, 100))
        .await;
    let names: Vec<&str> = stored.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["Second", "First"]);
    assert!(stored[0].raw.contains("\"total\":5") && stored[0].contact_id.is_some());
}

#[actix_web::test]
async fn an_open_page_gets_what_another_instance_enriches_and_nothing_twice() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let mut other = app.house.clone();
    other.live = Live::default();
    let mut stream = ada.open(&format!("{path}/live")).await;
    stream.next().await.expect("open");
    let sent = format!("/v1/track?writeKey={}", source.write_key);
    // By turns here and there, each as soon as the one before is seen.
    for (n, house) in [&other, &app.house, &other, &app.house, &other]
        .into_iter()
        .enumerate()
    {
        let body = format!(r#"{{"userId":"u1","event":"Turn {n}.","messageId":"turn-{n}"}}"#);
        app.browser()
            .post_body(&sent, "application/json", body)
            .await
            .is(200);
        let worker = house.enrich();
        let done = std::thread::spawn(move || rapport::events::enrich::process_waiting(&worker));
        done.join().expect("the worker").expect("its work");
        let piece = stream.event().await;
        assert!(piece.contains(&format!("Turn {n}.")), "{piece}");
        assert_eq!(piece.matches("<time").count(), 1, "{piece}");
    }
}

#[actix_web::test]
async fn a_flood_stays_readable() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let mut stream = ada.open(&format!("{path}/live")).await;
    stream.next().await.expect("open");
    app.house.live.tell(
        (0..300)
            .map(|n| event(source.id, &format!("Event {n}.")))
            .collect(),
    );
    let piece = stream.event().await;
    assert_eq!(piece.matches("<time").count(), 40);
    assert!(
        piece.contains("Event 299.") && piece.contains("260 more at the same time"),
        "{piece}"
    );
}

#[actix_web::test]
async fn a_new_stream_takes_the_place_of_the_persons_oldest() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Marketing).await;
    let (_, path) = website(&app).await;
    let live = format!("{path}/live");
    let mut graces = grace.open(&live).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut stream = ada.open(&live).await;
        assert_eq!(stream.status, 200, "nobody is refused for clicking");
        assert!(stream.next().await.is_some(), "it is open");
        held.push(stream);
    }
    assert_eq!(
        held[0].next().await.as_deref(),
        Some("event: rest\ndata: displaced\n\n"),
        "a page that is still open is told not to hurry back"
    );
    assert_eq!(held[0].next().await, None);
    assert!(graces.next().await.is_some(), "another person keeps theirs");
    assert!(held[1].is_silent().await && graces.is_silent().await);
}

#[actix_web::test]
async fn streams_end_at_once_when_the_instance_stops() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (_, path) = website(&app).await;
    let live = format!("{path}/live");
    let mut stream = ada.open(&live).await;
    assert!(stream.next().await.is_some(), "it is open");
    app.house.streams.close();
    assert_eq!(stream.next().await, None);
    let mut late = ada.open(&live).await;
    while let Some(piece) = late.next().await {
        assert_eq!(piece, ": here\n\n");
    }
}

#[actix_web::test]
async fn a_name_is_shown_from_the_event_that_tells_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let body = r#"{"batch":[{"type":"track","messageId":"m1","userId":"u-4711","event":"Quote Viewed"},
        {"type":"identify","messageId":"m2","userId":"u-4711","traits":{"firstName":"Ingrid","lastName":"Løvås"}}]}"#;
    app.browser()
        .post_body(
            &format!("/v1/batch?writeKey={}", source.write_key),
            "application/json",
            body,
        )
        .await
        .is(200);
    app.enrich().await;
    let told = app.house.live.recent(source.id);
    let people: Vec<&str> = told.iter().map(|event| event.person.as_str()).collect();
    assert_eq!(people, ["Ingrid Løvås", "Ingrid Løvås"]);
    ada.get(&path).await.is(200).says("Ingrid Løvås");
}

#[actix_web::test]
async fn a_stream_ends_with_its_session() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (source, path) = website(&app).await;
    let mut stream = ada.open(&format!("{path}/live")).await;
    ada.post("/sign-out", &[]).await.is(303);
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.next()).await;
    assert_eq!(
        ended.expect("an answer"),
        None,
        "asked before the first sign of life"
    );
    drop(source);
}
