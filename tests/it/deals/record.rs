//! The record: made from anywhere, edited in place, its people, its story on other pages, the trash.

use super::{made, stage, total};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn a_deal_made_from_a_contact_tells_its_story_there() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let fields = [
        ("name", "Ingrid Sæther Løvås"),
        ("email", "ingrid@nordfjord.example"),
        ("company", "Nordfjord Havbruk AS"),
    ];
    let contact = ada
        .post("/contacts", &fields)
        .await
        .is(303)
        .location()
        .to_owned();
    let id = contact.trim_start_matches("/contacts/");
    let form = ada.get(&format!("/deals/new?contact={id}")).await.is(200);
    let body = form.body();
    assert!(body.contains("Ingrid Sæther Løvås &#60;ingrid@nordfjord.example&#62;"));
    assert!(body.contains("value=\"Nordfjord Havbruk AS\""));
    let fields = [
        ("title", "Fjord monitoring"),
        ("amount", "184,500"),
        ("company", "Nordfjord Havbruk AS"),
        ("contact", "Ingrid Sæther Løvås <ingrid@nordfjord.example>"),
        ("role", "Champion"),
    ];
    let deal = made(&ada, &fields).await;
    let page = ada.get(&deal).await.is(200).says("Champion");
    page.says("Deal created at €184,500 by Ada Lovelace");
    let page = ada.get(&contact).await.is(200);
    page.says("Deal Fjord monitoring created at €184,500")
        .says("1 open");
    let company = ada.get("/companies/1").await.is(200);
    company.says("Deal Fjord monitoring created").says("Lead");

    let won = stage(&app, "Won").await;
    ada.post(&format!("{deal}/move"), &[("to", &won)])
        .await
        .is(303);
    ada.get(&contact)
        .await
        .says("Deal Fjord monitoring won at €184,500");
    // The same enters the stream of what Ingrid's segment can speak of.
    app.work().await;
    app.enrich().await;
    let names = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::event_names;
            event_names::table
                .order(event_names::name)
                .select(event_names::name)
                .load::<String>(conn)
        })
        .await;
    assert_eq!(names, ["Deal Created", "Deal Won"]);
}

#[actix_web::test]
async fn a_form_that_fails_comes_back_filled_in() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let fields = [
        ("title", ""),
        ("amount", "12.345,6.7"),
        ("closes_on", "2026-02-30"),
        ("company", "Nordfjord"),
        ("source", "Trade fair"),
    ];
    let page = ada.post("/deals", &fields).await.is(200);
    let page = page
        .says("A deal needs a title.")
        .says("Write an amount such as");
    let page = page.says("Write a date as 2026-06-12.");
    let body = page.body();
    for typed in ["12.345,6.7", "2026-02-30", "Nordfjord", "Trade fair"] {
        assert!(body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    let fields = [("title", "Lagoon"), ("contact", "Somebody New")];
    ada.post("/deals", &fields)
        .await
        .is(200)
        .says("Nobody is called that.");
    let fields = [("title", "Lagoon"), ("stage", "4711")];
    ada.post("/deals", &fields)
        .await
        .is(200)
        .says("Choose an open stage.");
    // An amount that no sum could hold exactly is refused, and what there is stays.
    for _ in 0..40 {
        made(&ada, &[("title", "Moon"), ("amount", "1000000000000000")]).await;
    }
    let lead = stage(&app, "Lead").await;
    let held = total(&app, &lead, "EUR").await;
    assert_eq!(held.1, 40 * 100_000_000_000_000_000);
    for _ in 0..6 {
        made(&ada, &[("title", "Moon"), ("amount", "1000000000000000")]).await;
    }
    let fields = [("title", "Moon"), ("amount", "1000000000000000")];
    ada.post("/deals", &fields)
        .await
        .is(200)
        .says("could not be kept exact");
}

#[actix_web::test]
async fn facts_are_edited_in_place_and_two_editors_see_each_other() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon"), ("amount", "1,000")]).await;
    let lead = stage(&app, "Lead").await;
    let at = |field: &str| format!("{deal}/fields/{field}");
    let amount = [("value", "KWD 1.5"), ("was", "1000.00 EUR")];
    ada.post(&at("amount"), &amount).await.leads_to(&deal);
    ada.get(&deal)
        .await
        .says("Amount changed from €1,000 to KWD 1.500");
    assert_eq!(total(&app, &lead, "EUR").await.0, 0);
    assert_eq!(total(&app, &lead, "KWD").await, (1, 1_500, 150));
    let again = ada.post(&at("amount"), &amount).await;
    again.leads_to(&deal);
    let late = [("value", "2,000"), ("was", "1000.00 EUR")];
    let answer = ada.post(&at("amount"), &late).await.is(200);
    let answer = answer
        .says("Amount is now “1.500 KWD”")
        .says("Saving again keeps yours.");
    assert!(answer.body().contains("value=\"2,000\""));
    ada.post(&at("probability"), &[("value", "80"), ("was", "")])
        .await
        .leads_to(&deal);
    assert_eq!(total(&app, &lead, "KWD").await, (1, 1_500, 1_200));
    // What a person said is not overwritten by a stage.
    let proposal = stage(&app, "Proposal").await;
    ada.post(&format!("{deal}/move"), &[("to", &proposal)])
        .await
        .is(303);
    assert_eq!(total(&app, &proposal, "KWD").await, (1, 1_500, 1_200));
    ada.get(&deal).await.says("80%").says("set by hand");
    let wrong = [("value", "soon"), ("was", "")];
    let answer = ada.post(&at("closes_on"), &wrong).await.is(200);
    answer.says("Write a date as 2026-06-12.");
    ada.post(
        &at("company"),
        &[("value", "Consorzio Venezia"), ("was", "")],
    )
    .await
    .leads_to(&deal);
    ada.get(&deal).await.says("Consorzio Venezia");
    ada.post(&at("owner_id"), &wrong).await.is(404);
    ada.post(&format!("{deal}/notes"), &[("body", "They like it.")])
        .await
        .leads_to(&deal);
    ada.get(&deal).await.says("They like it.");
}

#[actix_web::test]
async fn people_join_and_leave_a_deal_and_follow_a_merge() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon")]).await;
    let add = |who: &'static str, role: &'static str| [("contact", who), ("role", role)];
    let people = format!("{deal}/people");
    ada.post(&people, &add("bo@venezia.example", "Buyer"))
        .await
        .leads_to(&deal);
    ada.post(&people, &add("nobody at all", ""))
        .await
        .is(200)
        .says("Nobody is called that.");
    ada.post(&people, &add("bo@", ""))
        .await
        .is(200)
        .says("This is no e-mail address.");
    ada.get(&deal)
        .await
        .says("bo@venezia.example")
        .says("Buyer");
    ada.get("/contacts/1")
        .await
        .says("Added to the deal Lagoon as Buyer");
    ada.post(&format!("{people}/1"), &[("role", "Decision maker")])
        .await
        .leads_to(&deal);
    ada.get(&deal).await.says("Decision maker");
    ada.post(&format!("{people}/1/remove"), &[])
        .await
        .leads_to(&deal);
    ada.get(&deal).await.says("Taken off the deal");
    ada.post(&format!("{people}/1?role=Buyer"), &[])
        .await
        .leads_to(&deal);
    ada.get(&deal).await.says("joined as Buyer");

    ada.post("/contacts", &[("name", "Bo Li")]).await.is(303);
    app.write(|conn| {
        use rapport::base::clock;
        use rapport::base::ids::ContactId;
        use rapport::contacts::merge::{Followers, merge};
        let followers = Followers(&[&rapport::deals::related::FOLLOWER]);
        merge(
            conn,
            ContactId(2),
            ContactId(1),
            "test",
            "{}",
            None,
            clock::now(),
            followers,
        )
    })
    .await;
    ada.get(&deal).await.says("Bo Li").says("Buyer");
    ada.get("/contacts/2").await.says("Lagoon");
}

#[actix_web::test]
async fn a_deal_in_the_trash_counts_nowhere_until_it_is_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon"), ("amount", "100")]).await;
    let lead = stage(&app, "Lead").await;
    ada.post(&format!("{deal}/delete"), &[])
        .await
        .leads_to("/deals");
    let board = ada.get("/deals").await;
    board.says("Lagoon moved to the trash");
    assert_eq!(total(&app, &lead, "EUR").await, (0, 0, 0));
    ada.get(&deal).await.is(404);
    ada.post(&format!("{deal}/move"), &[("to", &lead)])
        .await
        .is(404);
    ada.post(&format!("{deal}/restore"), &[])
        .await
        .leads_to(&deal);
    assert_eq!(total(&app, &lead, "EUR").await, (1, 10_000, 1_000));
    ada.get("/deals?q=lagoon").await.says("Lagoon");
    let omar = app.agent("omar", Role::Marketing).await;
    omar.post(&format!("{deal}/restore"), &[]).await.is(403);
}
