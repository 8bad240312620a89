//! Mail as it comes in: once, whole, and never lost.

use super::{arrives, buoy, mail, with_mailbox};
use crate::support::TestApp;

#[actix_web::test]
async fn one_mail_is_one_message_however_often_it_is_delivered() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    assert_eq!(arrives(&app, &buoy()).await, "stored");
    assert_eq!(arrives(&app, &buoy()).await, "known");
    // The same mail by another way has another head.
    let again = format!("Received: from elsewhere\n{}", buoy());
    assert_eq!(arrives(&app, &again).await, "stored");
    ada.get("/tickets/2").await.is(404);
    ada.get("/tickets/quarantine?state=aside")
        .await
        .says("The same mail is in ticket #1 already.");
    // Another mail that only looks like it is another mail.
    let next_day = buoy()
        .replace("23 May", "24 May")
        .replace("first@", "next@");
    arrives(&app, &next_day).await;
    ada.get("/tickets/2").await.says("Buoy 14");
}

#[actix_web::test]
async fn what_cannot_be_a_ticket_lies_in_the_quarantine_and_is_tried_again() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    arrives(&app, &buoy()).await;
    ada.get("/tickets/quarantine")
        .await
        .says("There is no mailbox yet.")
        .says("Buoy 14 reports 0 degrees");
    with_mailbox(&app).await;
    arrives(&app, "no head at all").await;
    ada.get("/tickets/quarantine").await.says("it has no head");
    let source = ada.get("/tickets/quarantine/2/source").await.is(200);
    assert_eq!(source.body().trim(), "no head at all");
    assert!(
        source
            .header("content-disposition")
            .starts_with("attachment")
    );
    ada.post("/tickets/quarantine/1/retry", &[]).await.is(303);
    app.work().await;
    ada.get("/tickets/1").await.says("Buoy 14 reports");
    ada.post("/tickets/quarantine/1/retry", &[]).await.is(404);
}

#[actix_web::test]
async fn our_own_mail_and_strange_reports_are_set_aside_and_can_be_taken_back() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    let own = mail(
        &[
            ("From", "support@tidewater.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Hello"),
        ],
        "Myself.",
    );
    arrives(&app, &own).await;
    let report = mail(
        &[
            ("From", "MAILER-DAEMON@mx.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Undelivered Mail Returned to Sender"),
            ("Return-Path", "<>"),
        ],
        "550 user unknown",
    );
    arrives(&app, &report).await;
    ada.get("/tickets/quarantine?state=aside")
        .await
        .says("It comes from our own address")
        .says("A delivery report about a mail that no ticket sent.");
    ada.get("/tickets/1").await.is(404);
    ada.post("/tickets/quarantine/2/file", &[]).await.is(303);
    app.work().await;
    ada.get("/tickets/1").await.says("550 user unknown");
}

#[actix_web::test]
async fn a_report_is_told_on_the_mail_it_speaks_of_and_moves_nothing() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    let reply = [
        ("mode", "reply"),
        ("to", "ingrid@nordfjord.example"),
        ("text", "Hi"),
        ("seen", "1"),
        ("then", "solved"),
    ];
    ada.post("/tickets/1/messages", &reply).await.is(303);
    let sent = app.mails().await;
    let id = sent[0].exchange.clone().expect("its head").message_id;
    let report = format!(
        "From: MAILER-DAEMON@mx.example\nTo: support@tidewater.example\nSubject: Undelivered\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n\
         --x\nContent-Type: text/plain\n\nIt failed.\n--x\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ingrid@nordfjord.example\nAction: failed\n\
         Status: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\
         --x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{id}>\nSubject: Re: Buoy\n\n--x--\n"
    );
    arrives(&app, &report).await;
    ada.get("/tickets/1")
        .await
        .says("Came back")
        .says("550 no such user")
        .says("Delivery report")
        .says("Solved")
        .never_says("by an answer");
}

#[actix_web::test]
async fn attachments_are_saved_and_html_is_shown_in_a_frame_that_runs_nothing() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    let whole = "From: a@b.example\nTo: support@tidewater.example\nSubject: Files\n\
        Content-Type: multipart/mixed; boundary=x\n\n\
        --x\nContent-Type: text/html\n\n<p>See <img src=\"https://spy.example/p.png\"><script>alert(1)</script> below</p>\n\
        --x\nContent-Type: text/html; name=\"../evil.html\"\nContent-Disposition: attachment; filename=\"../evil.html\"\n\n\
        <script>alert(1)</script>\n--x--\n";
    arrives(&app, whole).await;
    let page = ada
        .get("/tickets/1")
        .await
        .says("evil.html")
        .says("without its remote images");
    assert!(!page.body().contains("<script>alert"));
    let file = ada.get("/tickets/1/files/1").await.is(200);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(file.header("content-disposition").contains("evil.html"));
    assert!(!file.header("content-disposition").contains(".."));
    ada.get("/tickets/2/files/1").await.is(404);
    let frame = ada.get("/tickets/1/messages/1/formatted").await.is(200);
    assert!(!frame.body().contains("alert"));
    let policy = frame.header("content-security-policy").to_owned();
    assert!(
        policy.contains("sandbox") && !policy.contains("https:"),
        "{policy}"
    );
    let shown = ada.get("/tickets/1/messages/1/formatted?images=1").await;
    assert!(shown.header("content-security-policy").contains("https:"));
}

#[actix_web::test]
async fn the_door_for_mail_servers_asks_for_a_key_and_a_mailbox_that_exists() {
    let app = TestApp::new().await;
    with_mailbox(&app).await;
    let server = app.browser();
    let path = "/api/v1/mail-in";
    server
        .post_body(path, "message/rfc822", buoy())
        .await
        .is(401);
    let key = app.key("tickets:read").await;
    server.sends("authorization", &format!("Bearer {key}"));
    server
        .post_body(path, "message/rfc822", buoy())
        .await
        .is(403);
    let key = app.key("mail:in").await;
    server.sends("authorization", &format!("Bearer {key}"));
    server.post_body(path, "message/rfc822", "").await.is(400);
    let unknown = "/api/v1/mail-in?mailbox=nobody@tidewater.example";
    server
        .post_body(unknown, "message/rfc822", buoy())
        .await
        .is(422);
    let known = "/api/v1/mail-in?mailbox=support%2Bx@tidewater.example";
    server
        .post_body(known, "message/rfc822", buoy())
        .await
        .is(202);
    // Larger than the application's forms may be.
    let large = format!("{}{}", buoy(), "a long line\n".repeat(300_000));
    server
        .post_body(path, "message/rfc822", large)
        .await
        .is(202);
    app.work().await;
}
