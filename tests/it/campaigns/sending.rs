//! A campaign goes out: to whom, to whom not, held, gone on with, stopped.

use rapport::accounts::Role;

use super::*;

#[actix_web::test]
async fn it_goes_to_those_who_allowed_it_once_and_says_who_was_held_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    customer(&ada, "Never Asked", "never@asked.example").await;
    let gone = customer(&ada, "Left Everything", "left@all.example").await;
    ada.post(
        "/contacts",
        &[("name", "No Address"), ("stage", "customer")],
    )
    .await
    .is(303);
    ada.post(
        "/contacts",
        &[("name", "A Lead"), ("email", "lead@x.example")],
    )
    .await
    .is(303);
    allows(&ada, grace, topic).await;
    allows(&ada, gone, topic).await;
    ada.post("/settings/suppressed", &[("email", "LEFT@all.example")])
        .await
        .is(303);
    let id = draft(&ada, topic, BODY).await;
    ada.get(&format!("/campaigns/{id}/audience"))
        .await
        .is(200)
        .says("Have no e-mail address 1")
        .says("Did not allow the topic 1")
        .says("Address is suppressed 1")
        .says("Will be sent 1");
    ada.get(&format!("/campaigns/{id}/review"))
        .await
        .is(200)
        .says("Send to 1 now");
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .leads_to(&format!("/campaigns/{id}"));
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("1 still to go");
    send(&app).await;
    send(&app).await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = readable(&mails[0].text);
    assert_eq!(mails[0].to, "grace@navy.example");
    for words in [
        "From: \"Ada at Rapport\" <news@rapport.example>",
        "Subject: News for Grace Hopper",
        "Hello Grace, <a href=\"http",
        "Hello Grace, look (http",
        "List-Unsubscribe: <http",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    ada.get(&format!("/campaigns/{id}"))
        .await
        .is(200)
        .says("Sent")
        .says("1 did not allow this topic")
        .says("1 suppressed address")
        .says("1 without an e-mail address");
    ada.get(&format!("/campaigns/{id}/recipients?state=skipped"))
        .await
        .says("Never Asked")
        .says("Left Everything");
    ada.get(&format!("/contacts/{grace}"))
        .await
        .says("Got a mail Spring news");
    // What went out does not change any more.
    write(&ada, &id.to_string(), "9", BODY).await.is(409);
}

#[actix_web::test]
async fn who_withdraws_after_the_launch_gets_nothing() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    let yuki = customer(&ada, "Yuki Ito", "yuki@x.example").await;
    for who in [grace, yuki] {
        allows(&ada, who, topic).await;
    }
    let id = draft(&ada, topic, BODY).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    let form = [
        ("topic", &*topic.to_string()),
        ("state", "withdrawn"),
        ("wording", "Called us"),
    ];
    ada.post(&format!("/contacts/{yuki}/consents"), &form)
        .await
        .is(303);
    send(&app).await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "grace@navy.example");
    ada.get(&format!("/campaigns/{id}/recipients?state=skipped"))
        .await
        .says("Yuki Ito")
        .says("did not allow this topic");
}

#[actix_web::test]
async fn a_pause_holds_everybody_and_cancelling_is_for_good() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    for n in 0..5 {
        let who = customer(&ada, "Some Body", &format!("s{n}@x.example")).await;
        allows(&ada, who, topic).await;
    }
    let id = draft(&ada, topic, BODY).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    // Twice is once.
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .leads_to(&format!("/campaigns/{id}"));
    ada.post(&format!("/campaigns/{id}/pause"), &[])
        .await
        .is(303);
    send(&app).await;
    assert_eq!(app.mails().await.len(), 0);
    ada.post(&format!("/campaigns/{id}/resume"), &[])
        .await
        .is(303);
    send(&app).await;
    assert_eq!(app.mails().await.len(), 5);
    let again = ada
        .post(&format!("/campaigns/{id}/copy"), &[])
        .await
        .is(303);
    let id = between(again.location(), "/campaigns/", "/");
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    ada.post(&format!("/campaigns/{id}/cancel"), &[])
        .await
        .is(303);
    send(&app).await;
    assert_eq!(app.mails().await.len(), 5);
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("Cancelled")
        .says("5 cancelled before their turn");
}

#[actix_web::test]
async fn a_planned_campaign_goes_out_at_its_time_and_not_much_later() {
    let Mailing { app, ada, id, .. } = Mailing::drafted().await;
    let plan = |at: &'static str| [("at", at)];
    ada.post(
        &format!("/campaigns/{id}/schedule"),
        &plan("2020-01-01T09:00"),
    )
    .await
    .leads_to(&format!("/campaigns/{id}/review"));
    ada.post(
        &format!("/campaigns/{id}/schedule"),
        &plan("2099-01-01T09:00"),
    )
    .await
    .leads_to(&format!("/campaigns/{id}"));
    ada.get("/campaigns?state=scheduled")
        .await
        .says("Spring news");
    send(&app).await;
    assert_eq!(app.mails().await.len(), 0);
    // As if Rapport had slept through it.
    app.write(move |conn| {
        use diesel::prelude::*;
        use rapport::db::schema::campaigns;
        diesel::update(campaigns::table)
            .set(campaigns::scheduled_at.eq(Some(rapport::base::Timestamp(1))))
            .execute(conn)
    })
    .await;
    send(&app).await;
    assert_eq!(app.mails().await.len(), 0);
    ada.get(&format!("/campaigns/{id}/review"))
        .await
        .is(200)
        .says("more than an hour ago");
}

#[actix_web::test]
async fn only_marketing_writes_and_sends_and_others_look() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let id = draft(&ada, topic, BODY).await;
    let omar = app.agent("omar", Role::Sales).await;
    omar.get("/campaigns").await.is(200).says("Spring news");
    for (path, form) in [
        ("/campaigns".to_owned(), [("name", "X")]),
        (format!("/campaigns/{id}/launch"), [("", "")]),
        (format!("/campaigns/{id}/audience"), [("view", "1")]),
        ("/settings/topics".to_owned(), [("name", "X")]),
        ("/campaigns/templates".to_owned(), [("name", "X")]),
    ] {
        omar.post(&path, &form).await.is(403);
    }
    let bo = app.agent("bo", Role::Support).await;
    bo.get("/campaigns").await.is(403);
    bo.get(&format!("/campaigns/{id}")).await.is(403);
}
