//! Fields and what sources say: which value is shown, who said it, and what a person chooses instead.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::fields::{declared, field_form};
use crate::events::Site;
use rapport::accounts::Role;
use rapport::accounts::audit::By;
use rapport::base::clock;
use rapport::base::ids::SourceId;
use rapport::contacts::fields::settling::Settle;
use rapport::contacts::survivorship::Rule;
use rapport::contacts::{rules, traits};
use rapport::events::sources::{NewSource, SourceKind, actions};

/// Another source; its key and its id.
async fn source(site: &Site, name: &str) -> (String, i64) {
    let new = NewSource {
        name: name.to_owned(),
        kind: SourceKind::Server,
    };
    let made = site
        .app
        .write(move |conn| actions::create(conn, &new, &By::house(), clock::now()))
        .await;
    (made.write_key, made.id.0)
}

async fn says(site: &Site, key: &str, user: &str, traits: Value, at: &str) {
    let event = json!({"type": "identify", "userId": user, "traits": traits, "timestamp": at});
    site.post(&json!({"writeKey": key, "batch": [event]})).await;
    site.settle();
}

/// The claim that a button of the record shows, by the words beside it.
fn claim(page: &str, words: &str) -> String {
    let label = format!("aria-label=\"Show {words}");
    let before = page.split(&label).next().unwrap_or_default();
    assert!(before.len() < page.len(), "no button shows {words}");
    let value = before.rsplit("name=\"claim\" value=\"").next();
    let value = value.and_then(|value| value.split('"').next());
    value.unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn a_value_says_who_claims_it_and_a_person_can_choose_another() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let (billing, _) = source(&site, "Billing").await;
    let web = site.key.clone();
    says(
        &site,
        &billing,
        "u",
        json!({"name": "Bo", "city": "Bergen", "plan": "pro"}),
        "2026-11-01T00:00:00Z",
    )
    .await;
    says(
        &site,
        &web,
        "u",
        json!({"city": "Oslo", "plan": "free"}),
        "2026-11-02T00:00:00Z",
    )
    .await;
    let page = ada.get("/contacts/1").await.is(200);
    let page = page.says("from Website").says("also seen: Bergen");
    let page = page.says("Oslo").says("also seen: pro");

    let chosen = claim(&page.body(), "Bergen · Billing");
    let pins = [("key", "city"), ("claim", chosen.as_str())];
    ada.post("/contacts/1/pins", &pins)
        .await
        .leads_to("/contacts/1");
    let page = ada.get("/contacts/1").await.is(200).says("Unpin");
    page.says("City changed from Oslo to Bergen by Ada Lovelace");
    assert_eq!(site.text("SELECT city FROM contacts").await, "Bergen");

    // Others may go on; what is pinned follows its own source.
    says(
        &site,
        &web,
        "u",
        json!({"city": "Moss"}),
        "2026-11-03T00:00:00Z",
    )
    .await;
    assert_eq!(site.text("SELECT city FROM contacts").await, "Bergen");
    says(
        &site,
        &billing,
        "u",
        json!({"city": "Bodø"}),
        "2026-11-04T00:00:00Z",
    )
    .await;
    assert_eq!(site.text("SELECT city FROM contacts").await, "Bodø");
    says(
        &site,
        &web,
        "u",
        json!({"city": "Hamar"}),
        "2026-11-05T00:00:00Z",
    )
    .await;
    assert_eq!(site.text("SELECT city FROM contacts").await, "Bodø");

    ada.post("/contacts/1/pins", &[("key", "city")])
        .await
        .leads_to("/contacts/1");
    assert_eq!(site.text("SELECT city FROM contacts").await, "Hamar");
    // What is typed goes before a pin.
    ada.post("/contacts/1/pins", &pins)
        .await
        .leads_to("/contacts/1");
    let typed = [("value", "Tromsø"), ("was", "Bodø")];
    ada.post("/contacts/1/fields/city", &typed)
        .await
        .leads_to("/contacts/1");
    assert_eq!(site.text("SELECT city FROM contacts").await, "Tromsø");
    let gone = [("key", "city"), ("claim", "77.99")];
    ada.post("/contacts/1/pins", &gone).await;
    ada.get("/contacts/1")
        .await
        .says("Nobody says that any more.");
    let reader = site.app.agent("ray", Role::ReadOnly).await;
    reader.post("/contacts/1/pins", &pins).await.is(403);
    reader
        .get("/contacts/1")
        .await
        .is(200)
        .never_says("Show this");
}

#[actix_web::test]
async fn rules_and_verified_sources_choose_anew_among_what_is_known() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let (billing, billing_id) = source(&site, "Billing").await;
    let web = site.key.clone();
    says(
        &site,
        &billing,
        "u",
        json!({"name": "Bo", "city": "Bergen", "tier": "gold"}),
        "2026-11-01T00:00:00Z",
    )
    .await;
    says(
        &site,
        &web,
        "u",
        json!({"city": "Oslo", "tier": "lead"}),
        "2026-11-02T00:00:00Z",
    )
    .await;
    let field = declared(&ada, "Tier", "text", &[("key", "tier")]).await;
    site.app.work().await;
    let shown = || {
        site.text(
            "SELECT t.value FROM traits t, trait_keys k WHERE k.id = t.key_id AND k.key = 'tier'",
        )
    };
    let listed = || site.text("SELECT v.text FROM field_values v");
    assert_eq!(
        (shown().await, listed().await),
        ("\"lead\"".into(), "lead".into())
    );

    let rule = format!("source:{billing_id}");
    ada.post(&field, &field_form("Tier", &[("rule", &rule)]))
        .await
        .is(303);
    site.app.work().await;
    assert_eq!(
        (shown().await, listed().await),
        ("\"gold\"".into(), "gold".into())
    );
    says(
        &site,
        &web,
        "u",
        json!({"tier": "tin"}),
        "2026-11-09T00:00:00Z",
    )
    .await;
    assert_eq!(listed().await, "gold");

    // What a person types stays a claim where a source goes first, and they are told.
    let typed = [("key", "tier"), ("value", "iron")];
    ada.post("/contacts/1/traits", &typed)
        .await
        .leads_to("/contacts/1");
    ada.get("/contacts/1").await.says("“gold” is shown");

    ada.post(&field, &field_form("Tier", &[("rule", "first")]))
        .await
        .is(303);
    site.app.work().await;
    assert_eq!(listed().await, "iron", "by hand, then the first");
    ada.post("/contacts/1/traits", &[("key", "tier"), ("value", "")])
        .await;
    assert_eq!(listed().await, "gold");
    says(
        &site,
        &web,
        "u",
        json!({"tier": "ore"}),
        "2026-10-01T00:00:00Z",
    )
    .await;
    assert_eq!(
        listed().await,
        "ore",
        "said before all others, though it came last"
    );
    says(
        &site,
        &web,
        "u",
        json!({"tier": "zinc"}),
        "2026-11-12T00:00:00Z",
    )
    .await;
    assert_eq!(listed().await, "ore");

    // Verified: details follow too.
    let settings = [
        ("name", "Billing"),
        ("is_verified", "true"),
        ("unknown_people", "create"),
    ];
    ada.post(&format!("/settings/sources/{billing_id}"), &settings)
        .await
        .is(303);
    assert_eq!(site.text("SELECT city FROM contacts").await, "Oslo");
    site.app.work().await;
    assert_eq!(site.text("SELECT city FROM contacts").await, "Bergen");
    ada.post("/settings/fields/rules", &[("rule_city", "newest")])
        .await
        .leads_to("/settings/fields");
    site.app.work().await;
    assert_eq!(site.text("SELECT city FROM contacts").await, "Oslo");
    ada.get("/contacts?q=Bo").await.is(200).says("Bo");
}

#[actix_web::test]
async fn what_sources_send_is_offered_and_its_type_changes_only_if_all_values_read() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    for (user, seats) in [("a", json!("12")), ("b", json!(40)), ("c", json!("many"))] {
        let event =
            json!([{"type": "identify", "userId": user, "traits": {"seats": seats, "name": user}}]);
        site.send(event).await;
    }
    let list = ada.get("/settings/fields").await.is(200);
    list.says("seats").says("many").never_says("given_name");
    let field = declared(&ada, "Seats", "text", &[("key", "seats")]).await;
    let list = ada.get("/settings/fields").await;
    list.never_says("Declare seats");
    site.app.work().await;
    assert_eq!(
        site.number("SELECT COUNT(*) FROM field_values WHERE text IS NOT NULL")
            .await,
        3
    );

    let kind = format!("{field}/type");
    ada.post(&kind, &[("kind", "number")])
        .await
        .leads_to(&field);
    ada.get(&field).await.says("Every value is being looked at");
    site.app.work().await;
    ada.get(&field)
        .await
        .says("1 values do not read as a number")
        .says("“many”");
    assert_eq!(site.text("SELECT kind FROM fields").await, "text");
    site.send(json!([{"type": "identify", "userId": "c", "traits": {"seats": 7}}]))
        .await;
    ada.post(&kind, &[("kind", "number")])
        .await
        .leads_to(&field);
    site.app.work().await;
    assert_eq!(site.text("SELECT kind FROM fields").await, "number");
    assert_eq!(
        site.number("SELECT SUM(number) FROM field_values").await,
        59
    );
    assert_eq!(
        site.number("SELECT COUNT(*) FROM fields WHERE filled_at IS NOT NULL")
            .await,
        1
    );

    // Unique only where nobody shares a value.
    site.send(json!([{"type": "identify", "userId": "a", "traits": {"seats": 40}}]))
        .await;
    let unique = field_form("Seats", &[("is_unique", "true")]);
    ada.post(&field, &unique)
        .await
        .is(422)
        .says("2 contacts have the same value.");
    site.send(json!([{"type": "identify", "userId": "a", "traits": {"seats": 41}}]))
        .await;
    ada.post(&field, &unique).await.is(303);
}

#[actix_web::test]
async fn a_field_out_of_use_is_shown_nowhere_and_comes_back_with_what_was_said_meanwhile() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    site.send(
        json!([{"type": "identify", "userId": "u", "traits": {"name": "Bo", "tier": "gold"}}]),
    )
    .await;
    let field = declared(&ada, "Tier", "text", &[("key", "tier")]).await;
    site.app.work().await;
    ada.get("/contacts/1").await.says("Tier").says("gold");
    ada.post(&format!("{field}/retire"), &[])
        .await
        .leads_to("/settings/fields?of=contact");
    ada.get("/settings/fields").await.says("Bring back");
    ada.get("/contacts/1").await.is(200).never_says("gold");
    ada.get("/contacts/1/edit").await.never_says("Tier");
    site.send(json!([{"type": "identify", "userId": "u", "traits": {"tier": "tin"}}]))
        .await;
    assert_eq!(site.text("SELECT text FROM field_values").await, "gold");
    ada.post(&format!("{field}/restore"), &[]).await.is(303);
    site.app.work().await;
    assert_eq!(site.text("SELECT text FROM field_values").await, "tin");
    ada.get("/contacts/1").await.says("tin");
}

#[actix_web::test]
async fn what_is_sensitive_is_seen_by_those_alone_who_may() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let bo = site.app.agent("bo", Role::Sales).await;
    site.send(
        json!([{"type": "identify", "userId": "u", "traits": {"name": "Bo Li", "salary": 4711}}]),
    )
    .await;
    let sensitive = [("key", "salary"), ("is_sensitive", "true")];
    declared(&ada, "Salary", "number", &sensitive).await;
    site.app.work().await;
    ada.post(
        "/contacts/1/traits",
        &[("key", "salary"), ("value", "5822")],
    )
    .await
    .leads_to("/contacts/1");
    ada.get("/contacts/1")
        .await
        .says("5,822")
        .says("from Website");
    for path in [
        "/contacts/1",
        "/contacts/1/edit",
        "/contacts/new",
        "/contacts/1?show=changes",
    ] {
        let page = bo.get(path).await.is(200);
        let body = page.body();
        for word in ["5,822", "5822", "4711", "4,711"] {
            assert!(!body.contains(word), "{path} shows {word}");
        }
    }
    let typed = [("key", "salary"), ("value", "1")];
    bo.post("/contacts/1/traits", &typed).await.is(404);
    bo.post("/contacts/1/pins", &[("key", "salary")])
        .await
        .is(404);
    bo.post(
        "/contacts/1/edit",
        &[
            ("name", "Bo"),
            ("field_1", "1"),
            ("field_2", "1"),
            ("field_3", "1"),
        ],
    )
    .await;
    assert_eq!(
        site.number("SELECT SUM(number) FROM field_values").await,
        5822
    );

    let bot = site.app.browser();
    let key = site.app.key_of("bo@rapport.example", "contacts:read").await;
    bot.sends("authorization", &format!("Bearer {key}"));
    let seen = bot.get("/api/v1/contacts/1").await.is(200).body();
    assert!(!seen.contains("salary"), "{seen}");
    assert!(
        !bot.get("/api/v1/contacts")
            .await
            .is(200)
            .body()
            .contains("5822")
    );
    let admin = site.app.browser();
    let key = site.app.key("contacts:read").await;
    admin.sends("authorization", &format!("Bearer {key}"));
    assert!(
        admin
            .get("/api/v1/contacts/1")
            .await
            .body()
            .contains("5822")
    );
}

/// What a contact shows does not depend on the order in which it was said, whatever the rules and pins: the worker, which looks
/// at one claim after the other, shows what choosing among all of them shows.
#[actix_web::test]
async fn whatever_the_rules_the_worker_shows_what_choosing_among_all_claims_shows() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let (billing, billing_id) = source(&site, "Billing").await;
    let (shop, shop_id) = source(&site, "Shop").await;
    let keys = [site.key.clone(), billing, shop];
    let names = ["usual", "newest", "first", "billed"];
    for name in names {
        declared(&ada, name, "number", &[]).await;
    }
    site.app
        .write(move |conn| {
            use diesel::prelude::*;
            let now = clock::now();
            for (name, rule) in [
                ("newest", Rule::Newest),
                ("first", Rule::First),
                ("billed", Rule::Source(SourceId(billing_id))),
            ] {
                let key = traits::key_id(conn, "contact", name, now)?;
                rules::set(conn, key, rule)?;
            }
            diesel::sql_query(format!(
                "UPDATE sources SET is_verified = TRUE WHERE id = {shop_id}"
            ))
            .execute(conn)
        })
        .await;
    let mut seed = 7_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    for round in 0..60 {
        let key = keys.get(next(3) as usize).cloned().unwrap_or_default();
        let events: Vec<Value> = (0..=next(4))
            .map(|_| {
                let name = names.get(next(4) as usize).copied().unwrap_or_default();
                let value = if next(6) == 0 { json!("") } else { json!(next(9)) };
                let user = format!("u{}", next(3));
                let at = format!("2026-11-{:02}T00:00:00Z", 1 + next(20));
                json!({"type": "identify", "userId": user, "traits": {name: value}, "timestamp": at})
            })
            .collect();
        site.post(&json!({"writeKey": key, "batch": events})).await;
        site.settle();
        if round % 15 == 7 {
            let contact = format!("/contacts/{}/traits", 1 + next(3));
            let value = next(9).to_string();
            let typed = [("key", "usual"), ("value", value.as_str())];
            ada.post(&contact, &typed).await;
        }
    }
    let all = || {
        site.texts(
            "SELECT t.contact_id || ' ' || k.key || ' ' || t.value || ' ' || t.source_id || ' ' || t.at || ' ' || COALESCE(v.number, -1) FROM \
             traits t JOIN trait_keys k ON k.id = t.key_id LEFT JOIN field_values v ON v.key_id = t.key_id AND v.record_id = t.contact_id \
             ORDER BY t.contact_id, t.key_id",
        )
    };
    let shown = all().await;
    assert!(shown.len() > 8, "{shown:?}");
    site.app
        .write(|conn| rapport::jobs::enqueue(conn, &Settle::of_contacts(), clock::now()))
        .await;
    site.app.work().await;
    assert_eq!(all().await, shown);
}

#[actix_web::test]
async fn companies_have_fields_alike() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let grouped = |traits: Value, at: &str| json!([{"type": "group", "userId": "u", "groupId": "g1", "traits": traits, "timestamp": at}]);
    site.send(grouped(
        json!({"name": "Nordfjord", "plan": "pro"}),
        "2026-11-02T00:00:00Z",
    ))
    .await;
    let form = [
        ("of", "company"),
        ("label", "Plan"),
        ("key", "plan"),
        ("kind", "text"),
        ("currency", "EUR"),
    ];
    ada.post("/settings/fields", &form)
        .await
        .leads_to("/settings/fields?of=company");
    let form = [
        ("of", "company"),
        ("label", "Regions"),
        ("kind", "multi_select"),
        ("options", "North\nSouth\nWest"),
        ("currency", "EUR"),
    ];
    ada.post("/settings/fields", &form).await.is(303);
    site.app.work().await;
    ada.get("/companies/1")
        .await
        .is(200)
        .says("pro")
        .says("from Website")
        .says("Regions");
    let several = [
        ("key", "regions"),
        ("value", ""),
        ("value", "West"),
        ("value", "North"),
    ];
    ada.post("/companies/1/traits", &several)
        .await
        .leads_to("/companies/1");
    assert_eq!(
        site.texts("SELECT v.text FROM field_values v ORDER BY v.key_id, v.part")
            .await,
        ["pro", "North", "West"]
    );
    ada.get("/companies/1")
        .await
        .says("Regions set to North, West");
    ada.post("/companies/1/traits", &[("key", "plan"), ("value", "free")])
        .await
        .leads_to("/companies/1");
    site.send(grouped(
        json!({"plan": "enterprise"}),
        "2026-11-09T00:00:00Z",
    ))
    .await;
    ada.get("/companies/1")
        .await
        .says("free")
        .never_says("enterprise");
    let edit = [
        ("name", "Nordfjord"),
        ("was_name", "Nordfjord"),
        ("field_0", "x"),
    ];
    ada.post("/companies/1/edit", &edit).await.is(303);
    ada.post("/companies/1/traits", &[("key", "nothing"), ("value", "x")])
        .await
        .is(404);
    // A new one is asked for what must be there.
    let form = [
        ("of", "company"),
        ("label", "VAT id"),
        ("kind", "text"),
        ("is_required", "true"),
        ("is_unique", "true"),
        ("currency", "EUR"),
    ];
    ada.post("/settings/fields", &form).await.is(303);
    let page = ada
        .post("/companies", &[("name", "Sørfjord")])
        .await
        .is(200);
    page.says("VAT id must be filled in.");
    let answer = ada.json(Method::GET, "/companies/new", &json!({})).await;
    assert!(answer.body().contains("VAT id"));
}
