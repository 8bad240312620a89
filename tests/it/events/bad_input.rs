//! Whatever is sent: the right answer, the rest of the batch stored, the bad part kept with its reason.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::Site;

async fn reasons(site: &Site) -> Vec<String> {
    use diesel::prelude::*;
    use rapport::db::schema::quarantine;
    site.app
        .read(|conn| {
            quarantine::table
                .order(quarantine::id)
                .select(quarantine::reason)
                .load::<String>(conn)
        })
        .await
}

#[actix_web::test]
async fn one_bad_event_never_fails_its_batch() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "track", "event": "Good", "userId": "u1"},
        {"type": "track", "userId": "u1"},
        {"type": "dance", "userId": "u1"},
        {"userId": "u1"},
        {"type": "track", "event": "x"},
        {"type": "group", "userId": "u1"},
        {"type": "alias", "userId": "u1"},
        {"type": "track", "event": "x", "userId": {"a": 1}},
        {"type": "track", "event": "x", "userId": "u".repeat(10_000)},
        {"type": "track", "event": "x", "userId": "u1", "timestamp": "soon"},
        "text",
        7,
        null,
        {"type": "track", "event": "Also good", "userId": "u1"},
    ]))
    .await;
    assert_eq!(
        reasons(&site).await,
        [
            "no_event_name",
            "unknown_type",
            "no_type",
            "no_identity",
            "no_group_id",
            "no_previous_id",
            "bad_user_id",
            "bad_user_id",
            "bad_timestamp",
            "not_an_object",
            "not_an_object",
            "not_an_object",
        ]
    );
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 2);
}

#[actix_web::test]
async fn wrong_types_in_every_field_break_nothing() {
    let site = Site::new().await;
    for wrong in [
        json!(7),
        json!("x"),
        json!([1, [2]]),
        json!({"a": {"b": 1}}),
        json!(true),
        json!(1e300),
        Value::Null,
    ] {
        let mut event = json!({"type": "track", "event": "E", "userId": "u1"});
        for field in [
            "properties",
            "context",
            "traits",
            "integrations",
            "sentAt",
            "messageId",
            "name",
            "category",
        ] {
            event[field] = wrong.clone();
        }
        // The same messageId seven times would be one event.
        event["messageId"] = json!(format!("m-{wrong}"));
        let mut identify = event.clone();
        identify["type"] = json!("identify");
        identify["messageId"] = json!(format!("i-{wrong}"));
        identify["context"] = json!({"page": wrong, "campaign": wrong, "device": wrong, "externalIds": wrong,
            "consent": wrong, "consentManagement": wrong, "locale": wrong, "timezone": wrong, "userAgent": wrong, "traits": wrong});
        site.send(json!([event, identify])).await;
    }
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 14);
    assert_eq!(site.number("SELECT COUNT(*) FROM contacts").await, 1);
}

#[actix_web::test]
async fn what_can_never_be_right_is_told_so_and_what_is_too_large_too() {
    let site = Site::new().await;
    let path = format!("/v1/batch?writeKey={}", site.key);
    let post = |body: Vec<u8>| site.sdk.post_body(&path, "application/json", body);
    assert_eq!(
        post(b"{\"batch\": [{".to_vec()).await.is(400).json()["code"],
        "invalid_json"
    );
    assert_eq!(
        post(b"{\"batch\": [\"\xff\xfe\"]}".to_vec())
            .await
            .is(400)
            .json()["code"],
        "invalid_json"
    );
    assert_eq!(
        post(vec![b' '; 5 << 20]).await.is(413).json()["code"],
        "too_large"
    );
    let bomb = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b' '; 64 << 20]).expect("memory");
        encoder.finish().expect("memory")
    };
    assert_eq!(post(bomb).await.is(413).json()["code"], "too_large");
    let many = json!({"batch": vec![json!({"type": "track", "event": "E", "userId": "u"}); 2_501]});
    let answer = site.sdk.json(Method::POST, &path, &many).await.is(413);
    assert_eq!(answer.json()["code"], "too_many_events");
    site.settle();
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 0);
}

#[actix_web::test]
async fn deep_and_enormous_events_go_to_the_quarantine() {
    let site = Site::new().await;
    let deep = format!(
        r#"{{"type":"track","event":"E","userId":"u","properties":{{"a":{}{}}}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let long = format!(
        r#"{{"type":"track","event":"E","userId":"u","properties":{{"a":"{}"}}}}"#,
        "x".repeat(3_900_000)
    );
    for body in [deep, long] {
        site.sdk
            .post_body(
                &format!("/v1/track?writeKey={}", site.key),
                "text/plain",
                body,
            )
            .await
            .is(200);
    }
    site.settle();
    assert_eq!(reasons(&site).await, ["too_deep", "too_large"]);
}

#[actix_web::test]
async fn times_from_1601_to_9999_are_received_today() {
    let site = Site::new().await;
    for (n, year) in ["1601", "1970", "9999"].iter().enumerate() {
        let time = format!("{year}-01-01T00:00:00.000Z");
        site.send(json!([{"type": "track", "event": "E", "userId": "u", "messageId": n.to_string(), "timestamp": time}])).await;
    }
    assert_eq!(
        site.number("SELECT COUNT(*) FROM events WHERE at = received_at")
            .await,
        3
    );
}

#[actix_web::test]
async fn names_in_every_script_and_the_strangest_keys_are_kept_verbatim() {
    let site = Site::new().await;
    let properties = json!({"": 1, "$dollar": 2, "dotted.key": 3, "line": "\u{2028}", "null": null, "big": 9_007_199_254_740_993_i64, "bell": "\u{1}"});
    site.send(json!([
        {"type": "track", "event": "注文 🎉 \u{202e}abc", "userId": "ユーザー", "properties": properties},
        {"type": "identify", "userId": "ユーザー", "traits": {"name": "ليلى\u{0} الحداد", "emoji": "🦀\u{0}"}},
    ]))
    .await;
    let stored = site
        .text("SELECT properties FROM events WHERE properties <> '{}'")
        .await;
    assert_eq!(
        serde_json::from_str::<Value>(&stored).expect("JSON"),
        properties
    );
    assert!(stored.contains("9007199254740993"));
    assert_eq!(site.text("SELECT name FROM contacts").await, "ليلى الحداد");
}

#[actix_web::test]
async fn consent_refused_is_consent_refused() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "track", "event": "No", "userId": "u", "context": {"consent": {"categoryPreferences": {"analytics": false}}}},
        {"type": "track", "event": "Yes", "userId": "u", "context": {"consent": {"categoryPreferences": {"analytics": true}}}},
    ]))
    .await;
    assert_eq!(
        site.text("SELECT n.name FROM events e JOIN event_names n ON n.id = e.name_id")
            .await,
        "Yes"
    );
    let ada = site.app.admin().await;
    ada.get(&format!("/settings/sources/{}", site.source))
        .await
        .says("The person refused this kind of tracking");
    assert_eq!(
        site.text("SELECT reason || ' ' || n FROM source_rejections")
            .await,
        "consent 1"
    );
    assert_eq!(
        site.number("SELECT SUM(rejected) FROM source_minutes")
            .await,
        1
    );
}

#[actix_web::test]
async fn the_context_of_an_envelope_lies_under_each_events_own() {
    let site = Site::new().await;
    site.post(&json!({"writeKey": site.key, "context": {"locale": "nb-NO", "timezone": "Europe/Oslo", "app": {"name": "Till"}}, "batch": [
        {"type": "identify", "userId": "u"},
        {"type": "identify", "userId": "v", "context": {"timezone": "Asia/Tokyo"}},
    ]}))
    .await;
    site.settle();
    let said = |user: &'static str, of: &'static str| {
        format!(
            "SELECT {of} FROM contacts c JOIN identities i ON i.contact_id = c.id WHERE i.value = '{user}'"
        )
    };
    assert_eq!(site.text(&said("u", "time_zone")).await, "Europe/Oslo");
    assert_eq!(site.text(&said("v", "time_zone")).await, "Asia/Tokyo");
    assert_eq!(
        site.number("SELECT COUNT(*) FROM events WHERE context LIKE '%\"Till\"%'")
            .await,
        2
    );
}
