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

#[actix_web::test]
async fn a_program_sends_files_along_and_fetches_those_of_a_mail() {
    let app = TestApp::new().await;
    with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    let program = app.browser();
    let key = app.key("tickets:read tickets:write").await;
    program.sends("authorization", &format!("Bearer {key}"));
    let path = "/api/v1/tickets/1/messages";
    let log = b"12:00 0.0\r\n\r\n--12:10 0.0\r\n".as_slice();
    let reply = [
        ("kind", "reply"),
        ("text", "Your log is attached."),
        ("to", "ingrid@nordfjord.example"),
        ("cc", "li@harbour.example"),
        ("status", "waiting"),
    ];
    let file = ("file", "../лог; 14.csv", log);
    let made = program.post_form(path, &reply, file).await.is(201).json();
    assert_eq!(made["status"], "waiting");
    let files = &made["messages"][1]["files"];
    assert_eq!(
        (
            &files[0]["name"],
            &files[0]["media_type"],
            &files[0]["size"]
        ),
        (&json!("лог; 14.csv"), &json!("text/csv"), &json!(log.len()))
    );
    let href = files[0]["href"].as_str().expect("an address").to_owned();
    let got = program.get(&href).await.is(200);
    assert_eq!(got.body().as_bytes(), log);
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert!(got.header("content-disposition").starts_with("attachment"));
    let mail = &app.mails().await[0];
    assert_eq!(mail.attached[0].bytes, log);
    let head = mail.exchange.as_ref().expect("a conversation");
    assert!(head.cc[0].contains("li@harbour.example"));

    // Of another ticket, of nobody, with the wrong key, or too much of it: no.
    program.get("/api/v1/tickets/1/files/99").await.is(404);
    let other = json!({ "email": "li@harbour.example", "subject": "Valve 3", "text": "It leaks." });
    program
        .json(Method::POST, "/api/v1/tickets", &other)
        .await
        .is(201);
    program.get(&href.replace("/1/", "/2/")).await.is(404);
    app.browser().get(&href).await.is(401);
    let reader = app.browser();
    let key = app.key("contacts:read").await;
    reader.sends("authorization", &format!("Bearer {key}"));
    reader.get(&href).await.is(403);
    reader.post_form(path, &reply, file).await.is(403);
    let large = vec![b'x'; (25 << 20) + 1];
    let refused = program
        .post_form(path, &reply, ("file", "large.bin", &large))
        .await;
    assert_eq!(refused.is(422).json()["field"], "file");
    let wrong = [("kind", "reply"), ("text", "x"), ("status", "gone")];
    let refused = program.post_form(path, &wrong, file).await;
    assert_eq!(refused.is(422).json()["field"], "status");
    program
        .post_body(path, "multipart/form-data", "no seam")
        .await
        .is(400);
    let now = program.get("/api/v1/tickets/1").await.is(200).json();
    assert_eq!(now["message_count"], 2);
}
