//! The page on which records become one, and the same for programs.

use actix_web::http::Method;
use rapport::accounts::Role;
use serde_json::json;

use crate::contacts::made;
use crate::support::TestApp;

/// The numbers that stand behind some words of a page.
fn behind(page: &str, words: &str) -> String {
    let rest = page.split(words).nth(1).unwrap_or_default();
    rest.chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect()
}

#[actix_web::test]
async fn three_records_become_one_field_by_field_and_three_again() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let mara = [
        ("name", "Mara Lindqvist"),
        ("email", "mara@lindqvist.example"),
        ("company", "Nordfjord"),
    ];
    made(&ada, &mara).await;
    let private = [
        ("name", "M. Lindqvist"),
        ("email", "mara@home.example"),
        ("job_title", "Skipper"),
    ];
    let second = made(&ada, &private).await;
    made(&ada, &[("name", "Mara"), ("phone", "+4757851204")]).await;
    for body in ["Called", "Called again"] {
        ada.post(&format!("{second}/notes"), &[("body", body)])
            .await
            .is(303);
    }
    let picked = [("id", "1"), ("id", "2"), ("id", "3"), ("act", "merge")];
    let page = "/contacts/merge?id=1&id=2&id=3";
    ada.post("/contacts/bulk", &picked).await.leads_to(page);
    let shown = ada.get(page).await.is(200);
    let shown = shown
        .says("M. Lindqvist")
        .says("Skipper")
        .says("2 notes and tasks")
        .says("2 identities");
    assert!(shown.body().contains("keep=2"), "another one can stay");
    // Looking at it changes nothing.
    ada.get("/contacts/2").await.is(200).says("Called again");

    let form = [
        ("id", "1"),
        ("id", "2"),
        ("id", "3"),
        ("keep", "1"),
        ("name", "2"),
        ("email", "2"),
    ];
    ada.post("/contacts/merge", &form)
        .await
        .leads_to("/contacts/1");
    let one = ada.get("/contacts/1").await.is(200);
    let one = one
        .says("3 records are one")
        .says("M. Lindqvist")
        .says("Skipper")
        .says("Called again")
        .says("+47 57 85 12 04")
        .says("Merged with");
    assert!(one.body().contains("mailto:mara@home.example"));
    // A preview takes numbers as the merge itself does, and not every database gives them back.
    let both = behind(&one.body(), "/contacts/merges/undo?ids=");
    let (later, earlier) = both.split_once('.').expect("two merges");
    ada.get("/contacts/2").await.leads_to("/contacts/1");
    ada.get("/contacts?q=home.example")
        .await
        .says("M. Lindqvist");
    // Somebody else had the page open: the records are gone, and they are told.
    ada.post("/contacts/merge", &form)
        .await
        .leads_to("/contacts/1");
    ada.get("/contacts/1")
        .await
        .says("merged into this one meanwhile");

    ada.post("/contacts/1/notes", &[("body", "Asked for a quote")])
        .await
        .is(303);
    ada.post(&format!("/contacts/merges/undo?ids={both}"), &[])
        .await
        .leads_to(&format!("/contacts/merges/{later}"));
    let asked = ada
        .get(&format!("/contacts/merges/{earlier}"))
        .await
        .is(200);
    let asked = asked
        .says("Asked for a quote")
        .says("Mark what belongs to M. Lindqvist");
    let note = format!("activities:{}", behind(&asked.body(), "\"activities:"));
    let goes = [("asked", "true"), ("goes", note.as_str())];
    ada.post(&format!("/contacts/merges/{earlier}/undo"), &goes)
        .await
        .leads_to("/contacts/2");
    ada.get("/contacts/2")
        .await
        .says("Asked for a quote")
        .says("Called again")
        .says("Skipper");
    ada.post(&format!("/contacts/merges/{later}/undo"), &[])
        .await
        .leads_to("/contacts/3");
    let first = ada.get("/contacts/1").await;
    let first = first.says("Mara Lindqvist").never_says("Skipper");
    assert!(first.body().contains("mailto:mara@lindqvist.example"));
    ada.get("/contacts?q=skipper")
        .await
        .never_says("Mara Lindqvist");
}

#[actix_web::test]
async fn what_cannot_be_merged_is_said_and_who_may_not_is_refused() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    made(&ada, &[("name", "Mara")]).await;
    made(&ada, &[("name", "Noor")]).await;
    ada.get("/contacts/merge?id=1")
        .await
        .is(200)
        .says("Find the record");
    ada.get("/contacts/merge?id=1&q=noor").await.says("Noor");
    ada.get("/contacts/merge?id=1&id=99").await.is(404);
    ada.get("/contacts/merge").await.leads_to("/contacts");
    ada.get("/companies/merge").await.leads_to("/companies");
    ada.post("/contacts/merge", &[("id", "1"), ("keep", "1")])
        .await
        .is(422);
    let strange = [("id", "1"), ("id", "2"), ("keep", "1"), ("name", "7")];
    ada.post("/contacts/merge", &strange)
        .await
        .is(422)
        .says("one of the merged records");
    ada.post("/contacts/bulk", &[("id", "1"), ("act", "merge")])
        .await
        .is(303);
    ada.get("/contacts").await.says("Pick two to ten contacts");
    let mia = app.agent("mia", Role::Marketing).await;
    let both = [("id", "1"), ("id", "2"), ("keep", "1"), ("act", "merge")];
    mia.get("/contacts/merge?id=1&id=2").await.is(403);
    mia.post("/contacts/merge", &both).await.is(403);
    mia.post("/contacts/bulk", &both).await.is(403);
    mia.get("/contacts/1").await.never_says("Merge with…");
    mia.get("/contacts/duplicates").await.is(403);
    let sam = app.agent("sam", Role::Sales).await;
    sam.post("/contacts/merge", &both)
        .await
        .leads_to("/contacts/1");
    mia.get("/contacts/1").await.says("Merged with");
    mia.post("/contacts/merges/1/undo", &[]).await.is(403);
}

#[actix_web::test]
async fn companies_become_one_with_their_people_and_domains() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for (name, domain) in [
        ("Nordfjord", "nordfjord.example"),
        ("Nordfjord Sjømat", "sjomat.example"),
    ] {
        ada.post(
            "/companies",
            &[("name", name), ("domain", domain), ("anyway", "true")],
        )
        .await
        .is(303);
    }
    for n in 1..=2 {
        let (name, email) = (format!("Person {n}"), format!("p{n}@sjomat.example"));
        made(&ada, &[("name", &name), ("email", &email)]).await;
    }
    let deal = [("title", "Lagoon"), ("company", "Nordfjord Sjømat")];
    ada.post("/deals", &deal).await.is(303);
    ada.get("/companies/merge?id=1&id=2")
        .await
        .is(200)
        .says("2 people")
        .says("1 domain")
        .says("1 deal");
    let form = [("id", "1"), ("id", "2"), ("keep", "1"), ("name", "2")];
    ada.post("/companies/merge", &form)
        .await
        .leads_to("/companies/1");
    let merged = ada.get("/companies/1").await;
    let merge = behind(&merged.body(), "/contacts/merges/");
    merged
        .says("Nordfjord Sjømat")
        .says("sjomat.example")
        .says("Person 2")
        .says("Lagoon")
        .says("Merged with");
    made(
        &ada,
        &[("name", "Person 3"), ("email", "p3@sjomat.example")],
    )
    .await;
    ada.get("/contacts/3").await.says("Nordfjord Sjømat");
    ada.post(&format!("/contacts/merges/{merge}/undo"), &[])
        .await
        .is(303);
    ada.get("/companies/1").await.never_says("Person 1");
    ada.get("/companies/2")
        .await
        .is(200)
        .says("Person 1")
        .says("Lagoon")
        .says("sjomat.example");
}

#[actix_web::test]
async fn programs_merge_and_undo_and_are_asked_what_was_made_since() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    made(&ada, &[("name", "Mara"), ("email", "mara@a.example")]).await;
    made(&ada, &[("name", "Marah"), ("email", "mara@b.example")]).await;
    let program = app.browser();
    let key = app.key("contacts:read contacts:write").await;
    program.sends("authorization", &format!("Bearer {key}"));
    let post =
        async |path: &str, body: serde_json::Value| program.json(Method::POST, path, &body).await;
    post("/api/v1/contacts/1/merge", json!({"others": [1]}))
        .await
        .is(422);
    post(
        "/api/v1/contacts/1/merge",
        json!({"others": [2], "fields": {"shoe": 2}}),
    )
    .await
    .is(422);
    post("/api/v1/contacts/1/merge", json!({"others": [9]}))
        .await
        .is(404);
    let done = post(
        "/api/v1/contacts/1/merge",
        json!({"others": [2], "fields": {"name": 2}}),
    )
    .await
    .is(200)
    .json();
    assert_eq!(done["merges"], json!([1]));
    ada.get("/contacts/1").await.says("Marah");
    ada.post("/contacts/1/notes", &[("body", "Since")])
        .await
        .is(303);
    let asked = post("/api/v1/merges/1/undo", json!({}))
        .await
        .is(409)
        .json();
    assert!(asked.to_string().contains("activities:1"), "{asked}");
    post("/api/v1/merges/1/undo", json!({"goes": ["activities:1"]}))
        .await
        .is(200);
    ada.get("/contacts/2").await.says("Since");
    post("/api/v1/merges/1/undo", json!({"goes": []}))
        .await
        .is(422);
    let reader = app.browser();
    let key = app.key("contacts:read").await;
    reader.sends("authorization", &format!("Bearer {key}"));
    reader
        .json(
            Method::POST,
            "/api/v1/contacts/1/merge",
            &json!({"others": [2]}),
        )
        .await
        .is(403);
}
