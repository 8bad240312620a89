//! Who is shown what: rights, the trash, keys.

use rapport::accounts::Role;
use serde_json::json;

use super::{ALL, contact, found, people, program};
use crate::support::TestApp;

#[actix_web::test]
async fn every_kind_is_found_by_whom_it_is_open_to() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    people(&program(&app, ALL).await).await;
    ada.post(
        "/deals",
        &[
            ("title", "Nordfjord: forty gliders"),
            ("company", "Nordfjord Robotics"),
        ],
    )
    .await
    .is(303);
    let mailbox = [("address", "help@tidewater.example"), ("name", "Support")];
    ada.post("/settings/mailboxes", &mailbox).await.is(303);
    let ticket = [
        ("email", "ingrid@nordfjord.example"),
        ("subject", "Nordfjord buoy 14 is silent"),
        ("text", "Where is it?"),
        ("direction", "in"),
        ("mailbox", "1"),
    ];
    ada.post("/tickets", &ticket).await.is(303);
    ada.post("/campaigns", &[("name", "Nordfjord in spring")])
        .await
        .is(303);
    let all = [
        "Ingrid Sæther",
        "Nordfjord Robotics",
        "forty gliders",
        "buoy 14",
        "Nordfjord in spring",
    ];
    let page = ada.get("/search?q=nordfjord").await.is(200);
    let page = all.iter().fold(page, |page, words| page.says(words));
    let body = page.body();
    assert!(body.contains("href=\"/search\"") || body.contains("action=\"/search\""));
    // Marketing has no tickets, support no campaigns.
    let mia = app.agent("mia", Role::Marketing).await;
    mia.get("/search/hits?q=nordfjord")
        .await
        .is(200)
        .says("Nordfjord in spring")
        .never_says("buoy 14");
    let sam = app.agent("sam", Role::Support).await;
    sam.get("/search/hits?q=nordfjord")
        .await
        .is(200)
        .says("buoy 14")
        .never_says("Nordfjord in spring");
    let opening = sam.get("/search/palette").await.is(200);
    opening
        .says("New ticket")
        .says("Tickets")
        .never_says("New campaign")
        .never_says("Audit");
}

#[actix_web::test]
async fn the_trash_and_visitors_are_not_found() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let key = program(&app, ALL).await;
    let id = contact(
        &key,
        json!({ "name": "Bo Quark", "email": "bo@quark.example" }),
    )
    .await;
    assert_eq!(found(&key, "quark").await, ["contact Bo Quark"]);
    ada.post(&format!("/contacts/{id}/delete"), &[])
        .await
        .is(303);
    for typed in ["quark", "bo@quark.example", "qaurk"] {
        assert!(found(&key, typed).await.is_empty(), "{typed}");
    }
    ada.post(&format!("/contacts/{id}/restore"), &[])
        .await
        .is(303);
    assert_eq!(found(&key, "quark").await, ["contact Bo Quark"]);
}

#[actix_web::test]
async fn a_key_searches_what_it_may_read() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    people(&program(&app, ALL).await).await;
    ada.post("/deals", &[("title", "Acme pilot")]).await.is(303);
    let deals = program(&app, "deals:read").await;
    assert_eq!(found(&deals, "acme").await, ["deal Acme pilot"]);
    let refused = deals
        .get("/api/v1/search?q=acme&kinds=contact")
        .await
        .is(403);
    assert!(
        refused.text().contains("contacts:read"),
        "{}",
        refused.text()
    );
    let unknown = deals.get("/api/v1/search?q=acme&kinds=dragon").await;
    assert!(unknown.status.is_client_error());
    assert!(
        deals
            .get("/api/v1/search?q=+")
            .await
            .status
            .is_client_error()
    );
    assert!(
        deals
            .get("/api/v1/search?q=a&limit=0")
            .await
            .status
            .is_client_error()
    );
    let mail = program(&app, "mail:in").await;
    mail.get("/api/v1/search?q=acme").await.is(403);
    let contacts = program(&app, "contacts:read deals:read").await;
    let some = contacts
        .get("/api/v1/search?q=acme&kinds=company,deal")
        .await
        .is(200)
        .json();
    let kinds: Vec<_> = some["hits"]
        .as_array()
        .expect("hits")
        .iter()
        .map(|hit| hit["kind"].clone())
        .collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}
