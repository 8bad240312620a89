//! Acts on many, filters, pages.

use diesel::prelude::*;
use rapport::db::schema::{events, quarantine};
use rapport::events::quarantine::State;
use rapport::events::sources::SourceKind;

use crate::support::TestApp;

fn bodies(n: usize) -> Vec<String> {
    (0..n)
        .map(|n| format!(r#"{{"type":"track","userId":"u{n}","event":"Event {n}."}}"#))
        .collect()
}

async fn in_state(app: &TestApp, state: State) -> i64 {
    app.read(move |conn| {
        quarantine::table
            .filter(quarantine::state.eq(state))
            .count()
            .get_result(conn)
    })
    .await
}

async fn stored(app: &TestApp) -> i64 {
    app.read(|conn| events::table.count().get_result(conn))
        .await
}

#[actix_web::test]
async fn picked_events_are_replayed_and_the_rest_stays() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let a = app
        .set_aside(source.id, "internal", &bodies(1)[0])
        .await
        .to_string();
    let b = app
        .set_aside(source.id, "not_json", "{\"cut")
        .await
        .to_string();
    app.set_aside(source.id, "internal", &bodies(2)[1]).await;

    let picked = "/settings/quarantine/picked";
    ada.post(picked, &[("act", "replay")])
        .await
        .leads_to("/settings/quarantine");
    ada.get("/settings/quarantine")
        .await
        .says("Pick at least one event first");
    ada.post(picked, &[("act", "burn"), ("id", &a)])
        .await
        .is(400);
    ada.post(
        picked,
        &[("act", "replay"), ("id", &a), ("id", &b), ("id", "99999")],
    )
    .await
    .is(303);
    ada.get("/settings/quarantine")
        .await
        .says("1 event replayed; 1 is still no JSON object")
        .says("2 events");
    assert_eq!(
        (
            in_state(&app, State::Open).await,
            in_state(&app, State::Replayed).await
        ),
        (2, 1)
    );
    ada.post(picked, &[("act", "replay"), ("id", &a)])
        .await
        .is(303);
    ada.get("/settings/quarantine")
        .await
        .says("Nothing was open any more");
    ada.post(picked, &[("act", "replay"), ("id", &b)])
        .await
        .is(303);
    ada.get("/settings/quarantine")
        .await
        .says("Nothing was replayed: 1 is still no JSON object");
    app.enrich().await;
    assert_eq!(stored(&app).await, 1);
}

#[actix_web::test]
async fn all_that_match_are_meant_and_no_others() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let website = app.source("Website", SourceKind::Web).await;
    let shop = app.source("Shop", SourceKind::Server).await;
    app.set_aside_many(website.id, "internal", bodies(3)).await;
    app.set_aside_many(website.id, "bad_timestamp", bodies(2))
        .await;
    app.set_aside_many(shop.id, "internal", bodies(4)).await;
    let (source, until) = (website.id.to_string(), "999999");

    let list = format!("/settings/quarantine?source={source}&reason=internal");
    let page = ada
        .get(&list)
        .await
        .is(200)
        .says("3 events match")
        .never_says("Event 3.");
    assert!(
        page.body()
            .contains(&format!("name=\"source\" value=\"{source}\""))
    );
    let form = [
        ("act", "drop"),
        ("source", source.as_str()),
        ("reason", "internal"),
        ("until", until),
    ];
    ada.post("/settings/quarantine/all", &form)
        .await
        .leads_to(&list);
    ada.get(&list)
        .await
        .says("3 events dropped")
        .says("Nothing matches");
    assert_eq!(in_state(&app, State::Open).await, 6);

    // What arrived after somebody looked is not meant.
    let newest: i64 = app
        .read(|conn| {
            quarantine::table
                .select(diesel::dsl::max(quarantine::id))
                .first::<Option<i64>>(conn)
        })
        .await
        .expect("some");
    app.set_aside_many(shop.id, "internal", bodies(1)).await;
    let until = newest.to_string();
    ada.post(
        "/settings/quarantine/all",
        &[("act", "replay"), ("until", &until)],
    )
    .await
    .is(303);
    assert_eq!(in_state(&app, State::Open).await, 1);
    app.enrich().await;
    // Two sources, the same people: every event is one of its own source.
    assert_eq!(stored(&app).await, 6);
}

#[actix_web::test]
async fn more_than_a_person_waits_for_is_done_in_the_background() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    app.set_aside_many(source.id, "internal", bodies(230)).await;
    app.set_aside(source.id, "not_json", "{").await;
    ada.post(
        "/settings/quarantine/all",
        &[("act", "replay"), ("until", "999999")],
    )
    .await
    .is(303);
    ada.get("/settings/quarantine")
        .await
        .says("231 events are being replayed");
    assert_eq!(app.work().await, 1);
    assert_eq!(
        in_state(&app, State::Open).await,
        1,
        "what is no JSON stays"
    );
    app.enrich().await;
    assert_eq!(stored(&app).await, 230);
}

#[actix_web::test]
async fn the_list_is_paged_and_forgives_nonsense() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    app.set_aside_many(source.id, "from_tomorrow", bodies(60))
        .await;
    let first = ada
        .get("/settings/quarantine")
        .await
        .is(200)
        .says("60 events");
    let first = first
        .says("Event 59.")
        .says("Event 10.")
        .never_says("Event 9.")
        .says("It could not be understood");
    let body = first.body();
    let next = body
        .split("href=\"")
        .find(|part| part.contains("before="))
        .and_then(|part| part.split('"').next());
    let next = next.expect("an older page").replace("&#38;", "&");
    ada.get(&next)
        .await
        .is(200)
        .says("Event 9.")
        .says("Event 0.")
        .never_says("Event 10.");
    for query in [
        "before=%00",
        "source=x",
        "state=gone",
        "reason=%27%22",
        "before=MTIz",
        "source=-1",
    ] {
        ada.get(&format!("/settings/quarantine?{query}"))
            .await
            .is(200);
    }
}
