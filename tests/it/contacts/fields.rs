//! Fields: declared in the settings, on records and in forms at once, read by their type, asked of people and programs alike.

use actix_web::http::Method;
use serde_json::json;

use super::made;
use crate::support::{Agent, TestApp};
use rapport::accounts::Role;

/// Declares a field of contacts; the address of its page.
pub(super) async fn declared(
    agent: &Agent,
    label: &str,
    kind: &str,
    more: &[(&str, &str)],
) -> String {
    let mut form = vec![("label", label), ("kind", kind), ("currency", "EUR")];
    form.extend_from_slice(more);
    agent
        .post("/settings/fields", &form)
        .await
        .leads_to("/settings/fields?of=contact");
    let list = agent.get("/settings/fields").await.is(200).says(label);
    let body = list.body();
    let before = body.split(&format!("<bdi>{label}</bdi>")).next();
    let at = before.and_then(|before| before.rsplit("href=\"").next());
    let href = at.and_then(|at| at.split('"').next()).unwrap_or_default();
    assert!(href.starts_with("/settings/fields/"), "{href}");
    href.to_owned()
}

/// What the form of a field posts.
pub(super) fn field_form<'a>(
    label: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("label", label), ("currency", "EUR"), ("group", "")];
    form.extend_from_slice(more);
    form
}

#[actix_web::test]
async fn a_declared_field_is_at_once_on_records_and_reads_what_people_type() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    declared(&ada, "Contract ends", "date", &[("group", "Contract")]).await;
    declared(&ada, "Yearly fee", "money", &[("group", "Contract")]).await;
    let levels = [("options", "Gold\nSilver\n")];
    declared(&ada, "Level", "select", &levels).await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let shown = ada.get(&page).await.is(200);
    let shown = shown.says("Contract").says("Yearly fee").says("Level");
    assert!(shown.body().contains("type=\"date\""));
    assert!(
        shown
            .body()
            .contains("<option value=\"Gold\">Gold</option>")
    );

    let traits = format!("{page}/traits");
    for (key, value) in [
        ("contract_ends", "31 Dec 2027"),
        ("yearly_fee", "1.250,50"),
        ("level", "silver"),
    ] {
        ada.post(&traits, &[("key", key), ("value", value)])
            .await
            .leads_to(&page);
    }
    let shown = ada.get(&page).await.says("31 December 2027");
    let shown = shown.says("€1,250.50").says("Silver");
    shown.says("Contract ends set to 31 December 2027 by Ada Lovelace");

    // What does not read comes back open, as it was typed.
    let wrong = [("key", "contract_ends"), ("value", "when the moon is full")];
    let answer = ada.post(&traits, &wrong).await.is(200);
    let answer = answer.says("Write a day such as 2026-03-09 or 9 March 2026.");
    assert!(answer.body().contains("value=\"when the moon is full\""));
    ada.get(&page).await.says("31 December 2027");

    // Somebody else was quicker.
    let late = [("key", "level"), ("was", ""), ("value", "Gold")];
    let answer = ada.post(&traits, &late).await.is(200);
    answer.says("Level is now “Silver”");
    let seen = [("key", "level"), ("was", "Silver"), ("value", "Gold")];
    ada.post(&traits, &seen).await.leads_to(&page);
    ada.get(&page)
        .await
        .says("Level changed from Silver to Gold");
}

#[actix_web::test]
async fn only_an_administrator_declares_and_a_wrong_form_comes_back_filled_in() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Manager).await;
    grace.get("/settings/fields").await.is(403);
    grace
        .post("/settings/fields", &[("label", "X"), ("kind", "text")])
        .await
        .is(403);
    let form = [("label", "Job title"), ("kind", "text"), ("group", "Work")];
    let answer = ada.post("/settings/fields", &form).await.is(422);
    let answer = answer.says("There is a detail of this name already.");
    assert!(answer.body().contains("value=\"Work\""));
    let form = [("label", "Level"), ("kind", "select"), ("options", "a\nA")];
    ada.post("/settings/fields", &form)
        .await
        .is(422)
        .says("“A” stands there twice.");
    ada.post("/settings/fields", &[("label", ""), ("kind", "spell")])
        .await
        .is(422)
        .says("Choose a type.");
    declared(&ada, "Level", "text", &[]).await;
    ada.post("/settings/fields", &[("label", "level"), ("kind", "text")])
        .await
        .is(422)
        .says("There is a field of this name already.");
}

#[actix_web::test]
async fn programs_get_typed_values_and_are_told_what_is_wrong_with_theirs() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    declared(&ada, "Seats", "number", &[("is_required", "true")]).await;
    declared(&ada, "Badge", "text", &[("is_unique", "true")]).await;
    let bot = app.browser();
    let key = app.key("contacts:read contacts:write").await;
    bot.sends("authorization", &format!("Bearer {key}"));
    let post = |body| {
        let bot = &bot;
        async move { bot.json(Method::POST, "/api/v1/contacts", &body).await }
    };
    let answer = post(json!({"name": "Bo"})).await.is(422);
    assert_eq!(answer.json()["field"], "traits.seats");
    let answer = post(json!({"name": "Bo", "traits": {"seats": "many"}})).await;
    assert_eq!(answer.is(422).json()["code"], "invalid");
    let made = post(json!({"name": "Bo", "traits": {"seats": "1 200", "badge": "A7", "odd": [1]}}));
    let bo = made.await.is(201).json();
    let of = |contact: &serde_json::Value, key: &str| {
        let traits = contact["traits"].as_array().cloned().unwrap_or_default();
        traits
            .into_iter()
            .find(|t| t["key"] == key)
            .unwrap_or_default()
    };
    assert_eq!(of(&bo, "seats")["value"], 1200);
    assert_eq!(of(&bo, "seats")["kind"], "number");
    assert_eq!(of(&bo, "odd").get("kind"), None);

    let twin = post(json!({"name": "Cy", "traits": {"seats": 1, "badge": "a7"}}))
        .await
        .is(409);
    assert_eq!(twin.json()["code"], "value_taken");
    assert_eq!(twin.json()["field"], "traits.badge");
    let path = format!("/api/v1/contacts/{}", bo["id"]);
    let emptied = bot
        .json(Method::PATCH, &path, &json!({"traits": {"seats": null}}))
        .await;
    emptied.is(422);
    let same = bot
        .json(Method::PATCH, &path, &json!({"traits": {"badge": "A7"}}))
        .await;
    assert_eq!(of(&same.is(200).json(), "badge")["value"], "A7");
}

#[actix_web::test]
async fn forms_ask_for_what_is_required_and_come_back_with_what_was_typed() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    declared(&ada, "Seats", "number", &[("is_required", "true")]).await;
    declared(
        &ada,
        "Talks",
        "multi_select",
        &[("options", "Sea\nIce\nAir")],
    )
    .await;
    let ids: Vec<String> = app
        .read(|conn| {
            rapport::contacts::fields::all(conn, rapport::contacts::fields::Object::Contact)
        })
        .await
        .iter()
        .map(rapport::contacts::fields::Field::input_name)
        .collect();
    let [seats, talks] = ids.as_slice() else {
        panic!("{ids:?}")
    };
    ada.get("/contacts/new")
        .await
        .is(200)
        .says("Seats")
        .says("Talks");
    let empty = [
        ("name", "Bo"),
        (seats.as_str(), " "),
        (talks.as_str(), "Ice"),
    ];
    let back = ada.post("/contacts", &empty).await.is(200);
    let back = back.says("Seats must be filled in.");
    assert!(back.body().contains("value=\"Ice\" checked"));
    let both = [
        (seats.as_str(), "12"),
        (talks, ""),
        (talks, "Air"),
        (talks, "Sea"),
    ];
    let mut form = vec![("name", "Bo")];
    form.extend_from_slice(&both);
    let page = made(&ada, &form).await;
    ada.get(&page).await.says("12").says("Sea").says("Air");

    // The whole form: both kinds of mistakes at once, and what others saved meanwhile is shown.
    let edit = format!("{page}/edit");
    let (was_seats, was_talks) = (format!("was_{seats}"), format!("was_{talks}"));
    let wrong = [
        ("time_zone", "Moon"),
        ("was_time_zone", ""),
        (seats, "some"),
        (&was_seats, "12"),
    ];
    let back = ada.post(&edit, &wrong).await.is(200);
    let back = back
        .says("Write a number such as")
        .says("Write a time zone such as");
    assert!(back.body().contains("value=\"some\""));
    let clash = [(seats.as_str(), "14"), (was_seats.as_str(), "11")];
    ada.post(&edit, &clash)
        .await
        .is(200)
        .says("Meanwhile somebody saved “12”.");
    let right = [
        (seats.as_str(), "14"),
        (was_seats.as_str(), "12"),
        (talks.as_str(), ""),
        (was_talks.as_str(), "Sea, Air"),
    ];
    ada.post(&edit, &right).await.leads_to(&page);
    ada.get(&page).await.says("14");
    ada.get(&page).await.says("Talks cleared, was Sea, Air");
}

#[actix_web::test]
async fn fields_stand_in_the_order_and_groups_they_were_given() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let first = declared(&ada, "Alpha", "text", &[("group", "Terms")]).await;
    let second = declared(
        &ada,
        "Beta",
        "select",
        &[("group", "Terms"), ("options", "a\nb")],
    )
    .await;
    let order = |body: String| (body.find("Alpha<"), body.find("Beta<"));
    ada.post(&format!("{second}/up"), &[]).await.is(303);
    let (alpha, beta) = order(ada.get("/settings/fields").await.body());
    assert!(beta < alpha && beta.is_some());
    ada.post(&format!("{first}/up"), &[]).await.is(303);
    let (alpha, beta) = order(ada.get("/settings/fields").await.body());
    assert!(alpha < beta && alpha.is_some());
    // Options keep what they stand for when they get another name, place and colour.
    let page = made(&ada, &[("name", "Bo")]).await;
    let traits = format!("{page}/traits");
    ada.post(&traits, &[("key", "beta"), ("value", "b")])
        .await
        .leads_to(&page);
    let rows = [
        ("option_place", "2"),
        ("option_value", "a"),
        ("option_label", "Amber"),
        ("option_tone", "amber"),
        ("option_place", "1"),
        ("option_value", "b"),
        ("option_label", "Blue"),
        ("option_tone", "accent"),
        ("option_place", ""),
        ("option_value", ""),
        ("option_label", ""),
        ("option_tone", ""),
        ("options", "Grey"),
    ];
    ada.post(&second, &field_form("Beta", &rows)).await.is(303);
    let shown = ada.get(&page).await.says("Blue");
    let body = shown.body();
    assert!(body.find(">Blue</option>") < body.find(">Amber</option>"));
    assert!(body.contains(">Grey</option>") && body.contains("tone-accent"));
}

#[actix_web::test]
async fn two_who_give_the_same_unique_value_at_once_are_told_apart() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    declared(&ada, "Badge", "text", &[("is_unique", "true")]).await;
    let (bo, cy) = (
        made(&ada, &[("name", "Bo")]).await,
        made(&ada, &[("name", "Cy")]).await,
    );
    let form = [("key", "badge"), ("value", "A7")];
    let (bo, cy) = (format!("{bo}/traits"), format!("{cy}/traits"));
    let (one, other) = futures_util::join!(ada.post(&bo, &form), ada.post(&cy, &form));
    let saved = [&one, &other].iter().filter(|a| a.status == 303).count();
    assert_eq!(saved, 1, "{} {}", one.status, other.status);
    let refused = if one.status == 303 { other } else { one };
    refused.says("has this Badge already. It may be given only once.");
}
