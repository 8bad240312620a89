//! A question, its answer, and the answer to that: one ticket.

use super::{arrives, buoy, mail, with_mailbox};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn an_answer_to_an_answer_lands_in_the_same_ticket() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    ada.get("/tickets")
        .await
        .says("Ingrid Sæther")
        .says("Buoy 14 reports 0 degrees")
        .says("Unassigned");
    let page = ada.get("/tickets/1").await.is(200);
    let page = page
        .says("since the update, buoy 14 sends")
        .says("Hakon Brekke")
        .says("It answers no mail that is known here");
    assert!(
        page.body()
            .contains("value=\"ingrid@nordfjord.example\" checked")
    );
    let reply = [
        ("mode", "reply"),
        ("to", "ingrid@nordfjord.example"),
        ("cc", "hakon@nordfjord.example"),
        ("text", "Hold the magnet to the ring for ten seconds."),
        ("seen", "1"),
        ("then", "waiting"),
    ];
    ada.post("/tickets/1/messages", &reply)
        .await
        .leads_to("/tickets/1#m2");
    ada.get("/tickets/1")
        .await
        .says("Waits for the mail server");
    let sent = app.mails().await;
    let sent = sent.last().expect("a mail");
    let head = sent.exchange.as_ref().expect("its head");
    assert_eq!(sent.subject, "Re: Buoy 14 reports 0 degrees");
    assert_eq!(head.from, "Tidewater Support <support@tidewater.example>");
    assert!(head.cc[0].contains("hakon@nordfjord.example"));
    assert_eq!(head.in_reply_to, "first@nordfjord.example");
    assert_eq!(head.references, ["first@nordfjord.example"]);
    assert!(head.reply_to.contains("support+t1-"));
    assert!(sent.text.contains("-- \nTidewater, Ålesund"));
    assert!(sent.text.contains("> since the update"));
    ada.get("/tickets/1").await.says("Sent").says("Waiting");
    ada.get("/tickets?status=waiting&view=mine")
        .await
        .says("Buoy 14");

    // Hakon answers from another address, with nothing but our Message-ID to go by, and another subject.
    let by_id = mail(
        &[
            ("From", "Hakon <hakon@private.example>"),
            ("To", "support@tidewater.example"),
            ("Subject", "still broken"),
            ("Message-ID", "<second@private.example>"),
            ("In-Reply-To", &format!("<{}>", head.message_id)),
        ],
        "It is still 0.0.",
    );
    arrives(&app, &by_id).await;
    // Ingrid's program drops every id; the address is enough.
    let plus = head.reply_to.rsplit('<').next().expect("an address");
    let by_address = mail(
        &[
            ("From", "ingrid@nordfjord.example"),
            ("To", plus.trim_end_matches('>')),
            ("Subject", "AW: whatever"),
        ],
        "Can someone call me?",
    );
    arrives(&app, &by_address).await;
    // A third one answers Hakon, whose mail never named ours in References.
    let by_reference = mail(
        &[
            ("From", "boss@nordfjord.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Re: still broken"),
            ("References", "<second@private.example>"),
            ("Message-ID", "<third@nordfjord.example>"),
        ],
        "We have an audit on 1 July.",
    );
    arrives(&app, &by_reference).await;
    ada.get("/tickets/1")
        .await
        .says("It is still 0.0.")
        .says("It answers a mail that was sent from here.")
        .says("Can someone call me?")
        .says("It was sent to this ticket’s own address.")
        .says("We have an audit on 1 July.")
        .says("It refers to a mail of this conversation.")
        .says("Open again, by an answer");
    ada.get("/tickets/2").await.is(404);
    // A subject alone is nothing.
    let same_subject = mail(
        &[
            ("From", "stranger@elsewhere.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Re: Buoy 14 reports 0 degrees [#1]"),
        ],
        "Mine too.",
    );
    arrives(&app, &same_subject).await;
    ada.get("/tickets/2").await.says("Mine too.");
}

#[actix_web::test]
async fn solved_tickets_open_again_and_closed_ones_go_on_in_a_new_one() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    ada.post("/tickets/1/status", &[("to", "solved")])
        .await
        .leads_to("/tickets/1");
    let thanks = |id: &str| {
        mail(
            &[
                ("From", "ingrid@nordfjord.example"),
                ("To", "support@tidewater.example"),
                ("Subject", "Re: Buoy 14"),
                ("Message-ID", &format!("<{id}@nordfjord.example>")),
                ("In-Reply-To", "<first@nordfjord.example>"),
            ],
            &format!("It is back, {id}."),
        )
    };
    let away = mail(
        &[
            ("From", "ingrid@nordfjord.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Automatic reply: Buoy 14"),
            ("Auto-Submitted", "auto-replied"),
            ("In-Reply-To", "<first@nordfjord.example>"),
        ],
        "I am at sea until Monday.",
    );
    arrives(&app, &away).await;
    ada.get("/tickets/1")
        .await
        .says("I am at sea")
        .says("Automatic reply")
        .says("Open again")
        .never_says("by an answer");
    arrives(&app, &thanks("a")).await;
    ada.get("/tickets/1").await.says("Open again, by an answer");
    ada.post("/tickets/1/status", &[("to", "closed")])
        .await
        .is(303);
    arrives(&app, &thanks("b")).await;
    ada.get("/tickets/2")
        .await
        .says("It is back, b.")
        .says("goes on from #1");
    ada.get("/tickets/1")
        .await
        .says("Closed")
        .never_says("id=\"m4\"");
    // Undo is a POST with the status in its address.
    ada.post("/tickets/1/status?to=open", &[]).await.is(303);
    ada.get("/tickets?q=buoy").await.says("Buoy 14");
}

#[actix_web::test]
async fn an_answer_to_an_older_conversation_is_stopped_and_kept() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    let grace = app.agent("grace", Role::Support).await;
    arrives(&app, &buoy()).await;
    ada.post(
        "/tickets/1/messages",
        &[("mode", "note"), ("text", "Batch 2219 again.")],
    )
    .await
    .leads_to("/tickets/1#m2");
    let reply = |seen: &'static str| {
        [
            ("mode", "reply"),
            ("to", "ingrid@nordfjord.example"),
            ("text", "Please restart the probe."),
            ("seen", seen),
            ("then", "solved"),
        ]
    };
    let stopped = grace
        .post("/tickets/1/messages", &reply("1"))
        .await
        .is(200)
        .says("Something came in while you wrote")
        .says("Please restart the probe.")
        .says("Batch 2219 again.");
    assert!(stopped.body().contains("name=\"seen\" value=\"2\""));
    assert!(app.mails().await.is_empty());
    grace.post("/tickets/1/messages", &reply("2")).await.is(303);
    assert_eq!(app.mails().await.len(), 1);
    ada.get("/tickets/1")
        .await
        .says("Solved")
        .says("Grace Hopper took it");
    // What cannot be sent comes back filled in.
    let nobody = [
        ("mode", "reply"),
        ("add", "not an address"),
        ("to", "a@b.example"),
        ("text", "Hello"),
        ("seen", "3"),
    ];
    ada.post("/tickets/1/messages", &nobody)
        .await
        .is(200)
        .says("not an address is no e-mail address.")
        .says("Hello");
    ada.post(
        "/tickets/1/messages",
        &[
            ("mode", "reply"),
            ("to", "support@tidewater.example"),
            ("text", "Hi"),
            ("seen", "3"),
        ],
    )
    .await
    .says("would come back as a ticket");
    let reader = app.agent("omar", Role::ReadOnly).await;
    reader
        .get("/tickets/1")
        .await
        .is(200)
        .never_says("Save note");
    reader
        .post("/tickets/1/messages", &reply("3"))
        .await
        .is(403);
    reader
        .post("/tickets/1/status", &[("to", "open")])
        .await
        .is(403);
    let marketing = app.agent("yuki", Role::Marketing).await;
    marketing.get("/tickets/1").await.is(403);
    marketing.get("/tickets/1/messages/1/source").await.is(403);
}

#[actix_web::test]
async fn a_ticket_by_hand_is_a_conversation_like_any_other() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    ada.post(
        "/tickets",
        &[("subject", ""), ("text", "They called."), ("email", "x")],
    )
    .await
    .is(200)
    .says("Say in a few words what it is about.")
    .says("They called.");
    let form = [
        ("email", "leila@harbour.example"),
        ("name", "ليلى الحداد"),
        ("subject", "Warranty of sensors"),
        ("text", "Dear Leila, your warranty ends in June."),
        ("direction", "out"),
        ("mailbox", "1"),
        ("assignee", "1"),
        ("priority", "high"),
    ];
    ada.post("/tickets", &form).await.leads_to("/tickets/1");
    let sent = app.mails().await;
    let head = sent[0].exchange.clone().expect("its head");
    let answer = mail(
        &[
            ("From", "leila@harbour.example"),
            ("To", "support@tidewater.example"),
            ("Subject", "Re: Warranty of sensors"),
            ("In-Reply-To", &format!("<{}>", head.message_id)),
        ],
        "Can we extend it?",
    );
    arrives(&app, &answer).await;
    ada.get("/tickets/1")
        .await
        .says("Can we extend it?")
        .says("ليلى الحداد");
    app.enrich().await;
    ada.get("/contacts/1").await.says("ليلى الحداد");
}

#[actix_web::test]
async fn files_go_along_with_an_answer_and_are_not_lost_when_the_form_comes_back() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    let page = ada.get("/tickets/1").await.is(200);
    assert!(page.body().contains("enctype=\"multipart/form-data\""));
    let wrong = [
        ("mode", "reply"),
        ("to", "ingrid@nordfjord.example"),
        ("text", ""),
    ];
    let pdf: &[u8] = b"%PDF-1.7 \x00\xff reading";
    let file = ("file", "C:\\plans\\Målinger 14.pdf", pdf);
    let back = ada
        .post_form("/tickets/1/messages", &wrong, file)
        .await
        .is(200)
        .says("Write what you want to say.")
        .says("Målinger 14.pdf");
    let body = back.body();
    let kept = body.split("name=\"kept\" value=\"").nth(1).expect("a file");
    let kept = kept.split('"').next().expect("its name").to_owned();
    // Bent, it names nothing; another ticket's it is not either.
    let bent = [
        ("mode", "note"),
        ("text", "Only for us"),
        ("kept", &kept.replacen('e', "f", 1)),
    ];
    ada.post("/tickets/1/messages", &bent).await.is(303);
    ada.get("/tickets/1").await.never_says("Målinger");
    let right = [
        ("mode", "reply"),
        ("to", "ingrid@nordfjord.example"),
        ("text", "See the readings."),
        ("kept", kept.as_str()),
        ("then", "solved"),
    ];
    let second: (&str, &str, &[u8]) = ("file", "log.txt", b"0.0\n");
    ada.post_form("/tickets/1/messages", &right, second)
        .await
        .is(303);
    let sent = app.mails().await;
    let mail = sent.last().expect("the answer");
    let names: Vec<&str> = mail
        .attached
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["Målinger 14.pdf", "log.txt"]);
    assert_eq!(mail.attached[0].bytes, pdf);
    assert_eq!(mail.attached[0].media_type, "application/pdf");
    ada.get("/tickets/1")
        .await
        .says("Målinger 14.pdf")
        .says("log.txt");
    let file = ada.get("/tickets/1/files/1").await.is(200);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(file.header("content-disposition").starts_with("attachment"));
    let large = vec![b'x'; 26 << 20];
    let form = [("mode", "reply"), ("text", "Too much")];
    ada.post_form("/tickets/1/messages", &form, ("file", "big.bin", &large))
        .await
        .is(200)
        .says("More than 25 MB do not fit into one mail");
}
