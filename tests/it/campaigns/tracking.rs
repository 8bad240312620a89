//! What comes back: openings, clicks, people who leave.

use super::*;

#[actix_web::test]
async fn openings_and_clicks_are_counted_told_and_lead_only_where_they_were_signed_to() {
    let Mailing {
        app,
        ada,
        grace,
        id,
        ..
    } = Mailing::sent().await;
    let mail = readable(&app.mails().await[0].text);
    let mail = html_of(&mail);
    a_minute_later(&app).await;
    let base = between(&mail, "<img src=\"", "/mail/o/");
    let pixel = format!("/mail/o/{}", between(&mail, "/mail/o/", "\""));
    let click = format!("/mail/c/{}", between(&mail, "/mail/c/", "\""));
    assert!(base.starts_with("http"), "{base}");
    let reader = reader(&app);
    let picture = reader.get(&pixel).await.is(200);
    assert_eq!(picture.header("content-type"), "image/gif");
    reader.get(&pixel).await.is(200);
    assert_eq!(
        reader.get(&click).await.is(302).location(),
        "https://shop.example/new?a=1&b=2"
    );
    // One letter changed, and it leads nowhere.
    let bent = click.replacen("/mail/c/", "/mail/c/x", 1);
    reader.get(&bent).await.is(404);
    send(&app).await;
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("Opened 100%")
        .says("Clicked 100%")
        .says("shop.example/new 1");
    app.work().await;
    app.enrich().await;
    ada.get(&format!("/contacts/{grace}"))
        .await
        .says("Got a mail Spring news clicked");
    let names: Vec<String> = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::event_names;
            event_names::table
                .filter(event_names::name.like("Email%"))
                .order(event_names::name)
                .select(event_names::name)
                .load(conn)
        })
        .await;
    assert_eq!(names, ["Email Clicked", "Email Opened"]);
    ada.get("/contacts?did=Email+Clicked")
        .await
        .says("Grace Hopper");
}

#[actix_web::test]
async fn one_click_unsubscribes_by_post_alone_and_the_preference_page_brings_back() {
    let Mailing {
        app,
        ada,
        topic,
        grace,
        id,
    } = Mailing::sent().await;
    let mail = readable(&app.mails().await[0].text);
    let leave = format!("/mail/u/{}", between(&mail, "/mail/u/", ">"));
    let choose = format!(
        "/preferences/{}",
        between(&html_of(&mail), "/preferences/", "\"")
    );
    let reader = app.browser();
    // A scanner follows links; that changes nothing.
    reader.get(&leave).await.is(200).says("Unsubscribe?");
    ada.get(&format!("/contacts/{grace}")).await.says("Allowed");
    // What a mail program sends: no cookie, nothing but these words.
    let answer = reader
        .post_body(
            &leave,
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click",
        )
        .await
        .is(200);
    assert_eq!(answer.body(), "Unsubscribed\n");
    reader
        .post(&leave, &[("List-Unsubscribe", "One-Click")])
        .await
        .is(200);
    reader.get(&leave).await.says("You are unsubscribed");
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("Unsubscribed 100% 1 person");
    ada.get(&format!("/contacts/{grace}/consents"))
        .await
        .says("Withdrawn")
        .says("unsubscribe button of a mail")
        .says("List-Unsubscribe=One-Click")
        .says("Said so");
    let wanted = [("topic", &*topic.to_string())];
    reader.get(&choose).await.is(200).says("g…@navy.example");
    reader.post(&choose, &wanted).await.leads_to(&choose);
    ada.get(&format!("/contacts/{grace}/consents"))
        .await
        .says("on their preference page");
    reader
        .post(&choose, &[("all", "true")])
        .await
        .leads_to(&choose);
    reader.get(&choose).await.says("You get no mail from us");
    ada.get("/settings/suppressed?email=grace@navy.example")
        .await
        .says("is suppressed: Unsubscribed from everything");
    reader.get(&format!("{choose}x")).await.is(404);
}

#[actix_web::test]
async fn what_machines_do_is_counted_apart_and_told_to_nobody_as_a_persons() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    allows(&ada, grace, topic).await;
    let body = BODY.replace(
        "<p>Hello",
        "<p><a href=\"https://shop.example/other\">other</a></p><p>Hello",
    );
    let id = draft(&ada, topic, &body).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    send(&app).await;
    let mail = html_of(&readable(&app.mails().await[0].text));
    let pixel = format!("/mail/o/{}", between(&mail, "/mail/o/", "\""));
    let links: Vec<String> = mail
        .split("/mail/c/")
        .skip(1)
        .map(|rest| format!("/mail/c/{}", rest.split('"').next().expect("a link")))
        .collect();
    assert_eq!(links.len(), 2);
    let person = reader(&app);
    // The picture within a second of the delivery, whatever it says of itself.
    person.get(&pixel).await.is(200);
    send(&app).await;
    a_minute_later(&app).await;
    // A scanner follows every link at once; another only asks about them; a proxy says its name.
    for link in &links {
        person.get(link).await.is(302);
    }
    send(&app).await;
    person.head(&links[0]).await.is(302);
    let apple = app.browser();
    apple.sends("user-agent", "Mozilla/5.0");
    apple.get(&pixel).await.is(200);
    send(&app).await;
    let page = ada.get(&format!("/campaigns/{id}")).await.is(200);
    page.says("Opened 0%")
        .says("Clicked 0%")
        .says("Besides, machines opened 1 mail and followed links in 1 mail")
        .says("Nobody has followed a link yet.");
    ada.get(&format!("/campaigns/{id}/recipients"))
        .await
        .says("machine");
    app.work().await;
    app.enrich().await;
    ada.get("/contacts?did=Email+Clicked")
        .await
        .never_says("Grace Hopper");
    // Then she reads it herself.
    a_minute_later(&app).await;
    person.get(&links[1]).await.is(302);
    send(&app).await;
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("Opened 100%")
        .says("Clicked 100%")
        .says("Besides, machines opened 1 mail");
}

#[actix_web::test]
async fn a_click_is_on_disk_before_it_is_answered_and_understood_once() {
    let Mailing { app, ada, id, .. } = Mailing::sent().await;
    a_minute_later(&app).await;
    let mail = html_of(&readable(&app.mails().await[0].text));
    let click = format!("/mail/c/{}", between(&mail, "/mail/c/", "\""));
    reader(&app).get(&click).await.is(302);
    let waiting = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::campaign_hits;
            campaign_hits::table.count().get_result::<i64>(conn)
        })
        .await;
    assert_eq!(waiting, 1, "whoever kills the program now loses nothing");
    // Another instance finds it, and does what is to be done with it once.
    let (one, other) = (app.house.sending(), app.house.sending());
    tokio::join!(sender::drain(&one), sender::drain(&other));
    ada.get(&format!("/campaigns/{id}"))
        .await
        .says("Clicked 100% 1 person")
        .says("shop.example/new 1");
}
