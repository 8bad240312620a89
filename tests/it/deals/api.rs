//! Deals for programs.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{Agent, TestApp};

async fn program(app: &TestApp, scopes: &str) -> Agent {
    let agent = app.browser();
    let key = app.key(scopes).await;
    agent.sends("authorization", &format!("Bearer {key}"));
    agent
}

#[actix_web::test]
async fn a_program_makes_moves_and_reads_deals() {
    let app = TestApp::new().await;
    let program = program(&app, "contacts:write deals:read deals:write").await;
    let ingrid = json!({ "email": "ingrid@nordfjord.example" });
    program
        .json(Method::POST, "/api/v1/contacts", &ingrid)
        .await
        .is(201);
    let deal = json!({
        "title": "Fjord monitoring", "amount": 184_500, "currency": "NOK", "company": "Nordfjord",
        "owner": "ada@rapport.example", "closes_on": "2031-06-12",
        "contacts": [{ "id": 1, "role": "Champion" }],
    });
    let made = program
        .json(Method::POST, "/api/v1/deals", &deal)
        .await
        .is(201);
    assert_eq!(made.header("location"), "/api/v1/deals/1");
    let made = made.json();
    assert_eq!(made["amount"], "184500.00");
    assert_eq!(made["currency"], "NOK");
    assert_eq!(made["stage"], "Lead");
    assert_eq!(made["contacts"][0]["role"], "Champion");
    let at = "/api/v1/deals/1";
    let seen = made["revision"].clone();
    let change =
        json!({ "stage": "proposal", "probability": 60, "amount": "1,000", "revision": seen });
    let changed = program
        .json(Method::PATCH, at, &change)
        .await
        .is(200)
        .json();
    assert_eq!(
        (&changed["stage"], &changed["probability"]),
        (&json!("Proposal"), &json!(60))
    );
    assert_eq!(changed["amount"], "1000.00");
    program.json(Method::PATCH, at, &change).await.is(409);
    let lost = json!({ "stage": "Lost" });
    let refused = program.json(Method::PATCH, at, &lost).await.is(422).json();
    assert_eq!(refused["field"], "lost_reason");
    let lost = json!({ "stage": "Lost", "lost_reason": "timing", "closes_on": null });
    let lost = program.json(Method::PATCH, at, &lost).await.is(200).json();
    assert_eq!(
        (&lost["state"], &lost["closes_on"]),
        (&json!("lost"), &json!(null))
    );
    let list = program
        .get("/api/v1/deals?contact=1&limit=1")
        .await
        .is(200)
        .json();
    assert_eq!(list["deals"][0]["title"], "Fjord monitoring");
    for (body, field) in [
        (json!({ "amount": 1 }), "title"),
        (json!({ "title": "A", "amount": true }), "amount"),
        (json!({ "title": "A", "stage": "Nowhere" }), "stage"),
        (
            json!({ "title": "A", "owner": "nobody@x.example" }),
            "owner",
        ),
        (json!({ "title": "A", "colour": "red" }), "colour"),
        (
            json!({ "title": "A", "contacts": [{ "id": 99 }] }),
            "contact",
        ),
    ] {
        let answer = program
            .json(Method::POST, "/api/v1/deals", &body)
            .await
            .is(422);
        assert_eq!(answer.json()["field"], field);
    }
    program.get("/api/v1/deals?cursor=%25").await.is(422);
    program.get("/api/v1/deals/77").await.is(404);
}

#[actix_web::test]
async fn a_key_does_what_its_scopes_say() {
    let app = TestApp::new().await;
    let reader = program(&app, "deals:read").await;
    reader.get("/api/v1/deals").await.is(200);
    let deal = json!({ "title": "Lagoon" });
    reader
        .json(Method::POST, "/api/v1/deals", &deal)
        .await
        .is(403);
    let other = program(&app, "contacts:read").await;
    other.get("/api/v1/deals").await.is(403);
    app.browser().get("/api/v1/deals").await.is(401);
}
