//! No door opens to whom it should not, and none gives way to sheer weight.

use actix_web::http::Method;
use rapport::accounts::Role;

use super::{Door, doors};
use crate::support::{Agent, Answer, TestApp};

/// Open to everybody: what they change is protected by a token, a password or a signature.
const PUBLIC: &[&str] = &[
    "/forgot-password",
    "/healthz",
    "/invitation/{token}",
    "/mail/c/{token}",
    "/mail/o/{token}",
    "/mail/u/{token}",
    "/metrics",
    "/pixel/v1/{call}",
    "/preferences/{token}",
    "/rapport.js",
    "/readyz",
    "/reset-password/{token}",
    "/setup",
    "/sign-in",
    "/sign-in/code",
    "/static/{hash}/{path:.*}",
    "/v1/pixel/{call}",
];

/// Open to whoever is signed in: their own account, and which views stand above their own list.
const OWN: &[&str] = &[
    "/contacts/views/{id}/pin",
    "/contacts/views/{id}/unpin",
    "/settings/account",
    "/settings/keys",
    "/sign-out",
];

fn is_own(door: &Door) -> bool {
    OWN.iter().any(|own| door.pattern.starts_with(own))
}

/// What some form somewhere cannot do without: a right is asked for before what is typed is looked at, but not before it
/// can be read at all.
const TYPED: &[(&str, &str)] = &[
    ("act", "replay"),
    ("companies", "1"),
    ("company", "1"),
    ("contacts", "1"),
    ("field", "x"),
    ("ids", "1"),
    ("key", "x"),
    ("name", "x"),
    ("namespace", "email"),
    ("owner", "1"),
    ("tag", "x"),
    ("until", "1"),
    ("value", "x"),
    ("verb", "x"),
    ("was", "x"),
];

async fn tried(agent: &Agent, door: &Door) -> Answer {
    let path = door.path();
    let nothing = serde_json::json!({});
    match door.method.as_str() {
        "get" => agent.get(&path).await,
        "patch" => agent.json(Method::PATCH, &path, &nothing).await,
        _ if path.starts_with("/api/") => agent.json(Method::POST, &path, &nothing).await,
        _ => {
            let path = format!("{path}?what=tag&was=x&ids=1&at=1");
            agent.post(&path, TYPED).await
        }
    }
}

#[actix_web::test]
async fn nobody_comes_in_without_signing_in() {
    let app = TestApp::new().await;
    app.admin().await;
    let doors = doors();
    assert!(doors.len() > 250, "only {} doors", doors.len());
    let mut open = Vec::new();
    for door in &doors {
        if PUBLIC.contains(&door.pattern.as_str()) {
            continue;
        }
        let answer = tried(&app.browser(), door).await;
        let is_shut = if door.pattern.starts_with("/api/") {
            answer.status == 401
        } else {
            answer.status == 303 && answer.location().starts_with("/sign-in")
        };
        if !is_shut {
            open.push(format!("{door:?} {}", answer.status));
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

#[actix_web::test]
async fn whoever_may_only_read_changes_nothing() {
    let app = TestApp::new().await;
    app.admin().await;
    let reader = app.agent("rita", Role::ReadOnly).await;
    let mut open = Vec::new();
    for door in doors() {
        let is_public = PUBLIC.contains(&door.pattern.as_str());
        let is_api = door.pattern.starts_with("/api/");
        if door.method == "get" || is_public || is_api || is_own(&door) {
            continue;
        }
        let answer = tried(&reader, &door).await;
        if answer.status != 403 {
            let said = answer.text();
            open.push(format!("{door:?} {} {said}", answer.status));
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

#[actix_web::test]
async fn a_key_without_scopes_opens_nothing() {
    let app = TestApp::new().await;
    app.admin().await;
    let program = app.browser();
    let key = app.key("sources:read").await;
    program.sends("authorization", &format!("Bearer {key}"));
    for door in doors()
        .iter()
        .filter(|door| door.pattern.starts_with("/api/"))
    {
        let answer = tried(&program, door).await;
        assert_eq!(answer.status, 403, "{door:?}");
    }
}

#[actix_web::test]
async fn a_body_too_large_breaks_no_door() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let heavy = format!("name={}", "x".repeat((1 << 20) + 1));
    for door in doors().iter().filter(|door| door.method == "post") {
        // Signing out would shut the others.
        if door.pattern == "/sign-out" {
            continue;
        }
        let form = "application/x-www-form-urlencoded";
        let answer = ada.post_body(&door.path(), form, heavy.clone()).await;
        assert!(answer.status.as_u16() < 500, "{door:?} {}", answer.status);
    }
    app.browser().get("/healthz").await.is(200);
}
