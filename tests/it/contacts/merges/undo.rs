//! Undoing a merge on the page of a contact.

use serde_json::json;

use crate::events::Site;

#[actix_web::test]
async fn what_the_worker_merged_is_two_again_and_stays_so() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    site.send(json!([
        {"type": "identify", "anonymousId": "laptop", "userId": "u1", "traits": {"email": "mara@example.com", "name": "Mara"}},
        {"type": "page", "anonymousId": "phone", "properties": {"path": "/"}},
    ]))
    .await;
    let visitor = site.contact("anonymous_id", "phone").await;
    site.send(json!([{"type": "identify", "anonymousId": "phone", "userId": "u1"}]))
        .await;
    let mara = site.contact("user_id", "u1").await;
    assert_eq!(site.contact("anonymous_id", "phone").await, mara);
    let page = ada.get(&format!("/contacts/{mara}")).await;
    let page = page.says("Merged with").says("by rule: same identifiers");
    assert!(page.body().contains("/contacts/merges/1/undo"));

    ada.post("/contacts/merges/1/undo", &[])
        .await
        .leads_to(&format!("/contacts/{visitor}"));
    assert_eq!(site.contact("anonymous_id", "phone").await, visitor);
    ada.get(&format!("/contacts/{visitor}"))
        .await
        .says("Merge undone");
    ada.get(&format!("/contacts/{mara}"))
        .await
        .says("Merge undone")
        .never_says("Merged with Visitor by rule");
    // The worker kept both in memory; it sees that they are two, and keeps them so although an event names both.
    site.send(json!([
        {"type": "page", "anonymousId": "phone", "properties": {"path": "/pricing"}},
        {"type": "track", "event": "Bought", "anonymousId": "laptop", "userId": "u1"},
        {"type": "track", "event": "Opened", "anonymousId": "phone", "userId": "u1"},
    ]))
    .await;
    assert_eq!(site.contact("anonymous_id", "phone").await, visitor);
    let events = |who: i64| {
        format!(
            "SELECT COUNT(*) FROM events e JOIN identities i ON i.id = e.identity_id WHERE i.contact_id = {who}"
        )
    };
    assert_eq!(site.number(&events(visitor)).await, 2);
    assert_eq!(site.number(&events(mara)).await, 4);
    ada.post("/contacts/merges/1/undo", &[])
        .await
        .leads_to(&format!("/contacts/{mara}"));
    ada.get(&format!("/contacts/{mara}"))
        .await
        .says("undone already");
}
