//! What somebody opened lately.

use serde_json::json;

use super::{ALL, contact, program};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn the_palette_opens_with_what_one_opened_oneself_the_last_first() {
    let app = TestApp::new().await;
    let key = program(&app, ALL).await;
    let bo = contact(&key, json!({ "name": "Bo Li" })).await;
    let una = contact(&key, json!({ "name": "Una Zell" })).await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Sales).await;
    for id in [bo, una, bo, una, una] {
        ada.get(&format!("/contacts/{id}")).await.is(200);
    }
    ada.get("/contacts/999999").await.is(404);
    let order = |text: String| {
        let at = |name: &str| text.find(name);
        (at("Una Zell"), at("Bo Li"))
    };
    for is_written in [false, true] {
        if is_written {
            app.house.recent.flush(&app.house.db).await;
        }
        let text = ada.get("/search/palette").await.is(200).text();
        let (una, bo) = order(text);
        assert!(una.is_some() && una < bo, "written: {is_written}");
    }
    ada.get(&format!("/contacts/{bo}")).await.is(200);
    let (una_at, bo_at) = order(ada.get("/search").await.is(200).text());
    assert!(bo_at < una_at, "what waits stands before what is written");
    grace.get("/search/palette").await.never_says("Bo Li");
    ada.post(&format!("/contacts/{una}/delete"), &[])
        .await
        .is(303);
    ada.get("/search/palette")
        .await
        .says("Bo Li")
        .never_says("Una Zell");
}

#[actix_web::test]
async fn no_more_are_kept_than_are_shown() {
    let app = TestApp::new().await;
    let key = program(&app, ALL).await;
    let ada = app.admin().await;
    for n in 0..25 {
        let id = contact(&key, json!({ "name": format!("Person {n}") })).await;
        ada.get(&format!("/contacts/{id}")).await.is(200);
        if n == 22 {
            app.house.recent.flush(&app.house.db).await;
        }
    }
    app.house.recent.flush(&app.house.db).await;
    let kept: i64 = app
        .read(|conn| {
            use diesel::prelude::*;
            rapport::db::schema::recent_records::table
                .count()
                .get_result(conn)
        })
        .await;
    assert_eq!(kept, 20);
}
