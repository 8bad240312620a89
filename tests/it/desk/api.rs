//! Tickets for programs.

use actix_web::http::Method;
use serde_json::json;

use super::{arrives, buoy, with_mailbox};
use crate::support::TestApp;

#[actix_web::test]
async fn a_program_opens_reads_and_answers_tickets() {
    let app = TestApp::new().await;
    with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    let program = app.browser();
    let key = app.key("tickets:read tickets:write").await;
    program.sends("authorization", &format!("Bearer {key}"));
    let list = program.get("/api/v1/tickets").await.is(200).json();
    assert_eq!(list["tickets"][0]["subject"], "Buoy 14 reports 0 degrees");
    assert!(list["next_cursor"].is_null());
    let one = program.get("/api/v1/tickets/1").await.is(200).json();
    assert_eq!(
        one["messages"][0]["from"]["address"],
        "ingrid@nordfjord.example"
    );
    let new = json!({ "email": "li@harbour.example", "subject": "Valve 3", "text": "It leaks.", "priority": "urgent" });
    let made = program
        .json(Method::POST, "/api/v1/tickets", &new)
        .await
        .is(201)
        .json();
    assert_eq!(
        (made["id"].clone(), made["channel"].clone()),
        (json!(2), json!("api"))
    );
    for (body, field) in [
        (
            json!({ "email": "li@harbour.example", "text": "x" }),
            "subject",
        ),
        (json!({ "subject": "x", "text": "x" }), "email"),
        (
            json!({ "subject": "x", "text": "x", "email": "a@b.example", "mailbox": "no@where.example" }),
            "mailbox",
        ),
    ] {
        let refused = program
            .json(Method::POST, "/api/v1/tickets", &body)
            .await
            .is(422)
            .json();
        assert_eq!(refused["field"], field);
    }
    let path = "/api/v1/tickets/1/messages";
    let reply = json!({ "kind": "reply", "text": "Restart it.", "status": "solved", "last_seen_message_id": 1 });
    let answered = program
        .json(Method::POST, path, &reply)
        .await
        .is(201)
        .json();
    assert_eq!(answered["status"], "solved");
    assert_eq!(app.mails().await.len(), 1);
    let late = json!({ "kind": "reply", "text": "Again.", "last_seen_message_id": 0 });
    program.json(Method::POST, path, &late).await.is(409);
    let wrong = json!({ "kind": "shout", "text": "Again." });
    program.json(Method::POST, path, &wrong).await.is(422);
    program
        .json(Method::POST, path, &json!("no object"))
        .await
        .is(400);
    let solved = program
        .get("/api/v1/tickets?status=solved&assignee=ada@rapport.example")
        .await
        .json();
    assert_eq!(solved["tickets"].as_array().map(Vec::len), Some(1));
    let theirs = program
        .get("/api/v1/tickets?contact=2&limit=1")
        .await
        .json();
    assert_eq!(theirs["tickets"][0]["id"], 2);
    program.get("/api/v1/tickets?status=lost").await.is(422);
    program.get("/api/v1/tickets/99").await.is(404);
    let reader = app.browser();
    let key = app.key("tickets:read").await;
    reader.sends("authorization", &format!("Bearer {key}"));
    reader.json(Method::POST, path, &reply).await.is(403);
}
