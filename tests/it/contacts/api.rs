//! Contacts for programs.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{Agent, TestApp};

async fn program(app: &TestApp, scopes: &str) -> Agent {
    let key = app.key(scopes).await;
    let program = app.browser();
    program.sends("authorization", &format!("Bearer {key}"));
    program
}

#[actix_web::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::new().await;
    let program = program(&app, "contacts:read contacts:write").await;
    let body = json!({ "name": "Ingrid" });
    program
        .json(Method::POST, "/api/v1/contacts", &body)
        .await
        .is(201);
    let first = program.get("/api/v1/contacts/1").await.is(200);
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let tag = first.header("etag").to_owned();
    program.sends("if-none-match", &format!("\"other\", {tag}"));
    let again = program.get("/api/v1/contacts/1").await.is(304);
    assert!(again.bytes.is_empty());
    assert_eq!(again.header("etag"), tag);
    let change = json!({ "city": "Måløy" });
    program
        .json(Method::PATCH, "/api/v1/contacts/1", &change)
        .await
        .is(200);
    program
        .get("/api/v1/contacts/1")
        .await
        .is(200)
        .says("Måløy");
}

#[actix_web::test]
async fn a_program_makes_finds_and_changes_a_contact() {
    let app = TestApp::new().await;
    let program = program(&app, "contacts:read contacts:write").await;
    let body = json!({
        "name": "Ingrid Sæther Løvås", "email": "Ingrid@Nordfjord.example", "stage": "customer",
        "owner": "ada@rapport.example", "company": "Nordfjord", "city": "Måløy",
        "traits": { "plan": "pro", "seats": 40, "beta": true },
    });
    let made = program
        .json(Method::POST, "/api/v1/contacts", &body)
        .await
        .is(201);
    assert_eq!(made.header("location"), "/api/v1/contacts/1");
    let made = made.json();
    assert_eq!(made["email"], "ingrid@nordfjord.example");
    assert_eq!(made["company"], "Nordfjord");
    assert_eq!(
        made["counters"],
        json!({"events": 0, "page_views": 0, "sessions": 0, "by_name": {}})
    );
    let traits = made["traits"].as_array().expect("traits");
    let plan = traits.iter().find(|t| t["key"] == "plan").expect("plan");
    assert_eq!(
        (&plan["value"], &plan["source"]),
        (&json!("pro"), &json!("Rapport"))
    );
    assert!(
        traits
            .iter()
            .any(|t| t["key"] == "seats" && t["value"] == 40)
    );

    let found = program
        .get("/api/v1/contacts?email=INGRID@nordfjord.example")
        .await
        .json();
    assert_eq!(found["contacts"][0]["id"], 1);
    assert_eq!(found["next_cursor"], json!(null));
    let none = program.get("/api/v1/contacts?user_id=u_1").await.json();
    assert_eq!(none["contacts"], json!([]));

    let change = json!({ "phone": "+4757851204", "traits": { "plan": null }, "city": null });
    let changed = program
        .json(Method::PATCH, "/api/v1/contacts/1", &change)
        .await
        .is(200)
        .json();
    assert_eq!(changed["phone"], "+4757851204");
    assert_eq!(changed["city"], "");
    assert_eq!(changed["name"], "Ingrid Sæther Løvås");
    assert!(!changed["traits"].to_string().contains("plan"));
    let ada = app.admin().await;
    ada.get("/contacts/1")
        .await
        .says("Phone added +4757851204 by Ada Lovelace");
}

#[actix_web::test]
async fn pages_of_contacts_follow_a_cursor() {
    let app = TestApp::new().await;
    let program = program(&app, "contacts:read contacts:write").await;
    for n in 0..5 {
        let body = json!({ "name": format!("Person {n}") });
        program
            .json(Method::POST, "/api/v1/contacts", &body)
            .await
            .is(201);
    }
    let mut path = "/api/v1/contacts?limit=2".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = program.get(&path).await.is(200).json();
        let contacts = page["contacts"].as_array().expect("contacts").clone();
        ids.extend(contacts.iter().map(|c| c["id"].as_i64()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/contacts?limit=2&cursor={cursor}");
    }
    assert_eq!(ids, (1..=5).map(Some).collect::<Vec<_>>());
    for path in [
        "/api/v1/contacts?limit=0",
        "/api/v1/contacts?limit=x",
        "/api/v1/contacts?cursor=%21",
    ] {
        program.get(path).await.is(422);
    }
}

#[actix_web::test]
async fn what_a_program_sends_wrongly_is_named() {
    let app = TestApp::new().await;
    let program = program(&app, "contacts:read contacts:write").await;
    program
        .json(
            Method::POST,
            "/api/v1/contacts",
            &json!({"email": "a@b.example"}),
        )
        .await
        .is(201);
    for (body, status, field) in [
        (json!({"name": 7}), 422, "name"),
        (json!({"email": "nobody"}), 422, "email"),
        (json!({"phone": "12"}), 422, "phone"),
        (json!({"stage": "visitor"}), 422, "stage"),
        (json!({"owner": "x@y.example"}), 422, "owner"),
        (json!({"time_zone": "Mars"}), 422, "time_zone"),
        (json!({"nickname": "Bo"}), 422, "nickname"),
        (json!({"traits": []}), 422, "traits"),
        (json!({}), 422, "name"),
        (json!({"email": "A@B.example"}), 409, "email"),
    ] {
        let answer = program
            .json(Method::POST, "/api/v1/contacts", &body)
            .await
            .is(status);
        assert_eq!(answer.json()["field"], field, "{body}");
    }
    let answer = program
        .post_body("/api/v1/contacts", "application/json", "{\"name\":")
        .await;
    assert_eq!(answer.is(400).json()["code"], "invalid_json");
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20));
    program
        .post_body("/api/v1/contacts", "application/json", huge)
        .await
        .is(413);
    for path in ["/api/v1/contacts/999", "/api/v1/contacts/x"] {
        let answer = program.get(path).await.is(404);
        assert_eq!(answer.json()["code"], "not_found");
        program
            .json(Method::PATCH, path, &json!({"name": "x"}))
            .await
            .is(404);
    }
}

#[actix_web::test]
async fn a_key_does_what_its_scopes_say() {
    let app = TestApp::new().await;
    let reader = program(&app, "contacts:read").await;
    reader.get("/api/v1/contacts").await.is(200);
    let body = json!({"name": "x"});
    reader
        .json(Method::POST, "/api/v1/contacts", &body)
        .await
        .is(403);
    let other = program(&app, "sources:read").await;
    other.get("/api/v1/contacts").await.is(403);
    app.browser().get("/api/v1/contacts").await.is(401);
}
