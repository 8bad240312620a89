//! What SDKs are told: exactly what makes each of them keep, retry or drop.

use std::io::Write;

use actix_web::http::Method;
use serde_json::json;

use super::Site;

const EVENT: &str = r#"{"type":"track","event":"Seen","userId":"u1"}"#;

#[actix_web::test]
async fn every_route_takes_an_event_and_says_so_in_json() {
    let site = Site::new().await;
    site.sdk
        .sends("authorization", &basic(&format!("{}:", site.key)));
    let mut sent = 0;
    for call in [
        "track", "t", "page", "p", "identify", "i", "screen", "s", "group", "g", "alias", "a",
    ] {
        for path in [
            format!("/v1/{call}"),
            format!("/v1/{call}/"),
            format!("/{call}"),
        ] {
            let body = json!({"event": "Seen", "userId": "u1", "groupId": "g", "previousId": "p"});
            let answer = site.sdk.json(Method::POST, &path, &body).await.is(200);
            assert_eq!(answer.json(), json!({"success": true}), "{path}");
            sent += 1;
        }
    }
    for path in ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/", "/batch"] {
        let body =
            json!({"batch": [serde_json::from_str::<serde_json::Value>(EVENT).expect("JSON")]});
        site.sdk.json(Method::POST, path, &body).await.is(200);
        sent += 1;
    }
    site.settle();
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, sent);
}

#[actix_web::test]
async fn a_key_may_be_shown_in_four_ways() {
    let site = Site::new().await;
    let plain = site.app.browser();
    plain
        .post_body(
            &format!("/v1/track?writeKey={}", site.key),
            "text/plain",
            EVENT,
        )
        .await
        .is(200);
    let body = EVENT.replace('{', &format!("{{\"writeKey\":\"{}\",", site.key));
    plain
        .post_body("/v1/track", "text/plain", body)
        .await
        .is(200);
    let named = site.app.browser();
    named.sends("x-write-key", &format!("{}:secret", site.key));
    named
        .post_body("/api/s/track", "application/json", EVENT)
        .await
        .is(200);
    let basic_key = site.app.browser();
    basic_key.sends("authorization", &basic(&site.key));
    basic_key
        .post_body("/v1/track", "application/x-www-form-urlencoded", EVENT)
        .await
        .is(200);
    let none = site
        .app
        .browser()
        .post_body("/v1/track", "text/plain", EVENT)
        .await
        .is(401);
    assert_eq!(none.json()["code"], "unauthorized");
}

#[actix_web::test]
async fn gzip_is_taken_with_and_without_its_header() {
    let site = Site::new().await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(format!("{{\"batch\":[{EVENT}]}}").as_bytes())
        .expect("memory");
    let body = encoder.finish().expect("memory");
    let path = format!("/v1/batch?writeKey={}", site.key);
    site.sdk
        .post_body(&path, "application/x-www-form-urlencoded", body.clone())
        .await
        .is(200);
    site.sdk.sends("content-encoding", "gzip");
    site.sdk
        .post_body(&path, "application/json", body)
        .await
        .is(200);
    site.settle();
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 2);
}

#[actix_web::test]
async fn cors_is_on_every_answer_errors_too() {
    let site = Site::new().await;
    site.sdk.sends("origin", "https://shop.example");
    for (path, body, status) in [
        (format!("/v1/t?writeKey={}", site.key), EVENT, 200),
        ("/v1/t?writeKey=wrong".to_owned(), EVENT, 401),
        (format!("/v1/t?writeKey={}", site.key), "{", 400),
    ] {
        let answer = site
            .sdk
            .post_body(&path, "text/plain", body)
            .await
            .is(status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://shop.example",
            "{path}"
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("Retry-After")
        );
    }
    let settings = site
        .sdk
        .get(&format!("/v1/projects/{}/settings", site.key))
        .await
        .is(200);
    assert_eq!(
        settings.header("access-control-allow-origin"),
        "https://shop.example"
    );
}

#[actix_web::test]
async fn a_preflight_is_answered_before_any_key() {
    let site = Site::new().await;
    site.sdk.sends("origin", "https://shop.example");
    site.sdk.sends(
        "access-control-request-headers",
        "authorization,anonymousid",
    );
    for path in [
        "/v1/t",
        "/v1/batch",
        "/sourceConfig/",
        "/v1/projects/x/settings",
    ] {
        let answer = site
            .sdk
            .json(Method::OPTIONS, path, &json!(null))
            .await
            .is(204);
        assert_eq!(
            answer.header("access-control-allow-headers"),
            "authorization,anonymousid"
        );
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains("POST")
        );
        assert!(!answer.header("access-control-max-age").is_empty());
    }
}

#[actix_web::test]
async fn browser_sdks_get_the_settings_they_wait_for() {
    let site = Site::new().await;
    let settings = site
        .sdk
        .get(&format!("/v1/projects/{}/settings", site.key))
        .await
        .is(200)
        .json();
    assert_eq!(settings["integrations"]["Segment.io"]["apiKey"], site.key);
    assert!(
        settings["integrations"]["Segment.io"]["apiHost"]
            .as_str()
            .is_some_and(|host| host.ends_with("/v1"))
    );
    site.sdk.get("/v1/projects/wrong/settings").await.is(404);
    let config = site
        .sdk
        .get(&format!("/sourceConfig/?p=npm&writeKey={}", site.key))
        .await
        .is(200)
        .json();
    assert_eq!(config["source"]["enabled"], true);
    assert!(config["source"]["destinations"].is_array() && config["source"]["config"].is_object());
    site.sdk.get("/sourceConfig?writeKey=wrong").await.is(400);
}

#[actix_web::test]
async fn a_paused_source_and_a_foreign_page_are_turned_away() {
    let site = Site::new().await;
    let source = site.source;
    site.app
        .write(move |conn| {
            use diesel::prelude::*;
            diesel::sql_query(r#"UPDATE sources SET settings = '{"allowed_origins":["https://shop.example"]}' WHERE id = $1"#)
                .bind::<diesel::sql_types::BigInt, _>(source)
                .execute(conn)
        })
        .await;
    let path = format!("/v1/t?writeKey={}", site.key);
    site.sdk.post_body(&path, "text/plain", EVENT).await.is(200);
    site.sdk.sends("origin", "https://evil.example");
    assert_eq!(
        site.sdk
            .post_body(&path, "text/plain", EVENT)
            .await
            .is(403)
            .json()["code"],
        "origin_not_allowed"
    );
    site.settle();
    assert_eq!(
        site.number("SELECT SUM(n) FROM source_rejections WHERE reason = 'origin_not_allowed'")
            .await,
        1
    );
}

#[actix_web::test]
async fn the_pixel_is_a_picture_whatever_happens() {
    let site = Site::new().await;
    for key in [site.key.as_str(), "wrong"] {
        let answer = site
            .sdk
            .get(&format!(
                "/pixel/v1/track?writeKey={key}&event=Opened&userId=u1"
            ))
            .await
            .is(200);
        assert_eq!(answer.header("content-type"), "image/gif");
    }
    for form in ["/pixel/v1/track", "/v1/pixel/track"] {
        let path = format!("{form}?writeKey={}&event=Opened&userId=u1", site.key);
        site.sdk.head(&path).await.is(405);
    }
    site.settle();
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 1);
}

fn basic(words: &str) -> String {
    use base64::Engine;
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(words)
    )
}
