//! Two contacts turn out to be one: mails, clicks and consents come along, and nobody gets a mail twice.

use diesel::prelude::*;
use rapport::app::FOLLOWERS;
use rapport::base::clock;
use rapport::contacts::merge;
use rapport::db::schema::merge_moves;

use super::*;

async fn merge(app: &TestApp, winner: ContactId, loser: ContactId) {
    app.write(move |conn| {
        let (evidence, now) = ("{}", clock::now());
        merge::merge(
            conn, winner, loser, "by_hand", evidence, None, now, FOLLOWERS,
        )
    })
    .await;
}

#[actix_web::test]
async fn what_the_other_record_got_said_and_clicked_stands_on_the_one_that_stays() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    let double = customer(&ada, "G. Hopper", "hopper@home.example").await;
    allows(&ada, double, topic).await;
    let id = draft(&ada, topic, BODY).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    send(&app).await;
    a_minute_later(&app).await;
    let mail = readable(&app.mails().await[0].text);
    let html = html_of(&mail);
    let click = format!("/mail/c/{}", between(&html, "/mail/c/", "\""));
    let choose = format!("/preferences/{}", between(&html, "/preferences/", "\""));
    let leave = format!("/mail/u/{}", between(&mail, "/mail/u/", ">"));
    merge(&app, grace, double).await;

    ada.get(&format!("/contacts/{grace}"))
        .await
        .says("Got a mail Spring news");
    ada.get(&format!("/contacts/{grace}/consents"))
        .await
        .says("Product news")
        .says("Said so");
    let people = ada.get(&format!("/campaigns/{id}/recipients")).await;
    assert!(people.body().contains(&format!("/contacts/{grace}")));
    // Links of the mail that went to the other record go on working, for the one that stays.
    let reader = reader(&app);
    reader.get(&click).await.is(302);
    send(&app).await;
    app.work().await;
    app.enrich().await;
    ada.get("/contacts?did=Email+Clicked")
        .await
        .says("Grace Hopper");
    reader.get(&choose).await.is(200).says("g…@navy.example");
    let out = [("List-Unsubscribe", "One-Click")];
    reader.post(&leave, &out).await.is(200);
    ada.get(&format!("/contacts/{grace}/consents"))
        .await
        .says("Withdrawn");
    let moved: Vec<String> = app
        .read(|conn| {
            merge_moves::table
                .filter(merge_moves::table_name.eq_any([
                    "recipients",
                    "consents",
                    "consent_entries",
                ]))
                .order(merge_moves::table_name)
                .select(merge_moves::table_name)
                .load(conn)
        })
        .await;
    assert_eq!(
        moved,
        ["consent_entries", "consents", "recipients"],
        "it can be undone"
    );
}

#[actix_web::test]
async fn the_stricter_word_holds_and_a_mail_that_waits_for_both_goes_out_once() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    let double = customer(&ada, "G. Hopper", "hopper@home.example").await;
    let hedy = customer(&ada, "Hedy Lamarr", "hedy@radio.example").await;
    let twin = customer(&ada, "H. Lamarr", "lamarr@radio.example").await;
    for contact in [grace, double, hedy, twin] {
        allows(&ada, contact, topic).await;
    }
    let id = draft(&ada, topic, BODY).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    // Before anything leaves: Grace is one person, and Hedy's other record has just said no.
    merge(&app, grace, double).await;
    let no = [
        ("topic", &*topic.to_string()),
        ("state", "withdrawn"),
        ("wording", "On the telephone"),
    ];
    ada.post(&format!("/contacts/{twin}/consents"), &no)
        .await
        .is(303);
    merge(&app, hedy, twin).await;
    send(&app).await;
    let sent = app.mails().await;
    let to: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["grace@navy.example"]);
    let page = ada
        .get(&format!("/campaigns/{id}/recipients?state=skipped"))
        .await;
    page.says("another address meanwhile")
        .says("did not allow this topic");
    ada.get(&format!("/contacts/{hedy}/consents"))
        .await
        .says("Another record of the same person had withdrawn it.");
}
