//! Whose event it is: anonymous history, logins, aliases, shared devices, companies.

use serde_json::json;

use super::Site;

#[actix_web::test]
async fn identify_stitches_the_anonymous_history() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "page", "anonymousId": "a1", "properties": {"path": "/"}},
        {"type": "page", "anonymousId": "a1", "properties": {"path": "/pricing"}},
    ]))
    .await;
    assert_eq!(
        site.number("SELECT COUNT(*) FROM contacts WHERE is_known = (1 = 0) AND stage = 'visitor'")
            .await,
        1
    );
    site.send(json!([{"type": "identify", "anonymousId": "a1", "userId": "u1", "traits": {"email": "Ada@Example.com"}}])).await;
    let ada = site.contact("user_id", "u1").await;
    assert_eq!(site.contact("anonymous_id", "a1").await, ada);
    assert_eq!(site.contact("email", "ada@example.com").await, ada);
    assert_eq!(
        site.number("SELECT COUNT(*) FROM contacts WHERE is_known = (1 = 1) AND stage = 'lead'")
            .await,
        1
    );
    assert_eq!(
        site.number("SELECT SUM(event_count) FROM identities").await,
        3
    );
}

#[actix_web::test]
async fn a_visitor_on_a_second_device_is_merged_when_they_sign_in_and_the_merge_is_journaled() {
    let site = Site::new().await;
    site.send(json!([{"type": "identify", "anonymousId": "laptop", "userId": "u1", "traits": {"email": "ada@example.com"}}])).await;
    site.send(json!([{"type": "page", "anonymousId": "phone"}]))
        .await;
    let visitor = site.contact("anonymous_id", "phone").await;
    site.send(json!([{"type": "identify", "anonymousId": "phone", "userId": "u1"}]))
        .await;
    let ada = site.contact("user_id", "u1").await;
    assert_ne!(visitor, ada);
    assert_eq!(site.contact("anonymous_id", "phone").await, ada);
    assert_eq!(
        site.number(&format!(
            "SELECT COUNT(*) FROM merges WHERE winner_id = {ada} AND loser_id = {visitor}"
        ))
        .await,
        1
    );
    assert_eq!(
        site.number("SELECT COUNT(*) FROM merge_moves WHERE table_name = 'identities'")
            .await,
        1
    );
    assert_eq!(
        site.number(&format!(
            "SELECT merged_into FROM contacts WHERE id = {visitor}"
        ))
        .await,
        ada
    );
}

#[actix_web::test]
async fn a_second_user_on_one_device_is_a_second_contact() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "identify", "anonymousId": "kiosk", "userId": "first"},
        {"type": "identify", "anonymousId": "kiosk", "userId": "second"},
        {"type": "track", "event": "E", "anonymousId": "kiosk", "userId": "second"},
    ]))
    .await;
    let (first, second) = (
        site.contact("user_id", "first").await,
        site.contact("user_id", "second").await,
    );
    assert_ne!(first, second);
    assert_eq!(site.contact("anonymous_id", "kiosk").await, first);
    assert_eq!(
        site.number("SELECT COUNT(*) FROM events e JOIN identities i ON i.id = e.identity_id WHERE i.value = 'second'").await,
        2
    );
}

#[actix_web::test]
async fn absent_null_and_empty_ids_are_the_same_and_fillers_are_nobody() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "page", "anonymousId": "a1"},
        {"type": "page", "anonymousId": "a1", "userId": null},
        {"type": "page", "anonymousId": "a1", "userId": ""},
        {"type": "page", "anonymousId": "a1", "userId": "null"},
        {"type": "page", "anonymousId": "a2", "userId": "00000000-0000-0000-0000-000000000000"},
        {"type": "page", "anonymousId": "a2", "userId": 42},
    ]))
    .await;
    assert_eq!(site.number("SELECT COUNT(*) FROM contacts").await, 2);
    assert_eq!(
        site.contact("user_id", "42").await,
        site.contact("anonymous_id", "a2").await
    );
}

#[actix_web::test]
async fn an_alias_links_the_id_before_and_repeating_it_does_nothing() {
    let site = Site::new().await;
    site.send(json!([{"type": "page", "anonymousId": "a1"}]))
        .await;
    for _ in 0..2 {
        site.send(json!([{"type": "alias", "previousId": "a1", "userId": "u1"}]))
            .await;
    }
    assert_eq!(
        site.contact("anonymous_id", "a1").await,
        site.contact("user_id", "u1").await
    );
    site.send(json!([{"type": "alias", "previousId": "u1", "userId": "u2"}]))
        .await;
    assert_eq!(
        site.contact("user_id", "u1").await,
        site.contact("user_id", "u2").await
    );
    assert_eq!(
        site.number("SELECT COUNT(*) FROM contacts WHERE merged_into IS NULL")
            .await,
        1
    );
}

#[actix_web::test]
async fn an_office_address_is_a_trait_and_identifies_nobody() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "identify", "userId": "u1", "traits": {"email": "info@example.com"}},
        {"type": "identify", "userId": "u2", "traits": {"email": "info@example.com"}},
    ]))
    .await;
    assert_eq!(site.number("SELECT COUNT(*) FROM contacts").await, 2);
    assert_eq!(site.contact("email", "info@example.com").await, 0);
}

#[actix_web::test]
async fn a_group_is_a_company_with_people() {
    let site = Site::new().await;
    site.send(json!([
        {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"name": "Nordfjord Havbruk AS", "website": "https://www.nordfjord.example/", "employees": 340}},
        {"type": "group", "userId": "u2", "groupId": "g1"},
    ]))
    .await;
    assert_eq!(
        site.text("SELECT name FROM companies").await,
        "Nordfjord Havbruk AS"
    );
    assert_eq!(
        site.text("SELECT domain FROM company_domains").await,
        "nordfjord.example"
    );
    assert_eq!(site.number("SELECT COUNT(*) FROM company_people").await, 2);
    assert_eq!(
        site.number("SELECT COUNT(*) FROM contacts WHERE company_id IS NOT NULL")
            .await,
        2
    );
}

#[actix_web::test]
async fn a_group_finds_the_company_that_people_wrote_down() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    for (name, domain) in [
        ("Nordfjord Havbruk", "nordfjord.example"),
        ("Kelp & Sons", ""),
        ("Twin", ""),
        ("Twin", ""),
        ("Fjordlaks", "fjordlaks.example"),
    ] {
        let form = [("name", name), ("domain", domain), ("anyway", "true")];
        ada.post("/companies", &form).await.is(303);
    }
    let group = |id: &str, traits: serde_json::Value| json!({"type": "group", "userId": format!("u-{id}"), "groupId": id, "traits": traits});
    site.send(json!([
        group(
            "g1",
            json!({"name": "Nordfjord AS", "website": "https://www.nordfjord.example/om"})
        ),
        group("g2", json!({"name": "kelp & sons"})),
        group("g3", json!({"name": "Twin"})),
        group(
            "g4",
            json!({"name": "Fjordlaks", "domain": "other.example"})
        ),
        group("g5", json!({"name": "Gmail", "domain": "gmail.com"})),
    ]))
    .await;
    let of = async |id: &str| {
        let sql = format!("SELECT name FROM companies WHERE external_id = '{id}'");
        site.text(&sql).await
    };
    assert_eq!(of("g1").await, "Nordfjord Havbruk", "by its domain");
    assert_eq!(of("g2").await, "Kelp & Sons", "by its name");
    assert_eq!(
        site.number("SELECT COUNT(*) FROM companies WHERE name = 'Twin'")
            .await,
        3,
        "two of that name are no answer"
    );
    assert_eq!(
        site.number("SELECT COUNT(*) FROM companies WHERE name = 'Fjordlaks'")
            .await,
        2,
        "another domain, another company"
    );
    assert_eq!(
        site.number("SELECT COUNT(*) FROM company_domains WHERE domain = 'gmail.com'")
            .await,
        0
    );
    site.send(json!([
        group("g1", json!({"website": "nordfjord.example"})),
        group("g2", json!({"name": "Kelp & Sons"})),
        group("g3", json!({"name": "Twin"})),
    ]))
    .await;
    assert_eq!(
        site.number("SELECT COUNT(*) FROM companies").await,
        8,
        "nothing twice"
    );
}

#[actix_web::test]
async fn visits_end_after_thirty_minutes_and_late_events_join_theirs() {
    let site = Site::new().await;
    let page = |id: &str, time: &str| json!({"type": "page", "anonymousId": "a", "messageId": id, "timestamp": format!("2026-11-20T{time}Z"), "properties": {"path": "/"}});
    site.send(json!([
        page("1", "10:00:00"),
        page("2", "10:29:00"),
        page("3", "11:30:00")
    ]))
    .await;
    site.send(json!([page("4", "10:10:00")])).await;
    assert_eq!(site.number("SELECT COUNT(*) FROM sessions").await, 2);
    assert_eq!(site.number("SELECT MAX(page_count) FROM sessions").await, 3);
    assert_eq!(site.number("SELECT session_count FROM identities").await, 2);
}
