//! Traits by source, and the values that are shown.

use serde_json::json;

use super::Site;

#[actix_web::test]
async fn the_latest_value_is_shown_whatever_order_they_come_in() {
    let site = Site::new().await;
    let identify = |plan: &str, day: i64| json!({"type": "identify", "userId": "u", "traits": {"plan": plan}, "timestamp": format!("2026-11-{day:02}T00:00:00Z")});
    site.send(json!([identify("second", 2), identify("third", 3)]))
        .await;
    site.send(json!([identify("first", 1)])).await;
    assert_eq!(site.text("SELECT value FROM traits").await, "\"third\"");
    site.send(json!([identify("", 9)])).await;
    assert_eq!(
        site.text("SELECT value FROM traits").await,
        "\"third\"",
        "empty says nothing"
    );
}

#[actix_web::test]
async fn columns_follow_traits_and_the_contact_can_be_found() {
    let site = Site::new().await;
    site.send(json!([{"type": "identify", "userId": "u", "context": {"timezone": "Europe/Oslo", "traits": {"firstName": "Ingrid", "lastName": "Sæther Løvås"}},
        "traits": {"email": "ingrid@nordfjord.example", "phone": "+47 57 85 12 04", "title": "Head of Water Quality", "address": {"city": "Måløy"}}}]))
    .await;
    assert_eq!(
        site.text("SELECT name || '|' || email || '|' || phone || '|' || job_title || '|' || city || '|' || time_zone FROM contacts").await,
        "Ingrid Sæther Løvås|ingrid@nordfjord.example|+4757851204|Head of Water Quality|Måløy|Europe/Oslo"
    );
    let found = site
        .app
        .read(|conn| {
            rapport::db::dialect::search::find(
                conn,
                rapport::db::dialect::search::Kind::Contact,
                "sæth løv",
                None,
                10,
            )
        })
        .await;
    assert_eq!(found.len(), 1);
}

#[actix_web::test]
async fn what_a_person_entered_is_never_replaced_by_an_event() {
    let site = Site::new().await;
    site.send(json!([{"type": "identify", "userId": "u", "traits": {"plan": "pro"}}]))
        .await;
    site.app
        .write(|conn| {
            use diesel::prelude::*;
            diesel::sql_query("UPDATE traits SET source_id = 1, value = '\"by hand\"'")
                .execute(conn)
        })
        .await;
    site.send(json!([{"type": "identify", "userId": "u", "traits": {"plan": "free"}}]))
        .await;
    assert_eq!(site.text("SELECT value FROM traits").await, "\"by hand\"");
    assert_eq!(
        site.text("SELECT value FROM trait_values").await,
        "\"free\"",
        "the claim is kept all the same"
    );
}
