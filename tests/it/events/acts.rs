//! What is done in the house enters the stream: counted on the contact, part of no visit, once whatever is killed.

use rapport::base::clock::{self, DAY};
use rapport::base::ids::ContactId;
use rapport::events::acts::{self, Act};
use serde_json::json;

use super::Site;

fn act(contact: i64, key: &str, by_contact: bool, days_ago: i64) -> Act {
    Act {
        contact: ContactId(contact),
        name: "Deal Won",
        properties: json!({ "deal": 7, "value": 1200 }),
        at: clock::now().plus(-days_ago * DAY),
        key: key.to_owned(),
        by_contact,
    }
}

async fn recorded(site: &Site, acts: Vec<Act>) {
    site.app
        .write(move |conn| acts::record(conn, &acts, clock::now()))
        .await;
    site.app.work().await;
    site.settle();
}

async fn with_ingrid() -> Site {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    ada.post("/contacts", &[("name", "Ingrid Sæther")])
        .await
        .is(303);
    site
}

#[actix_web::test]
async fn an_act_is_an_event_of_the_contact_and_no_visit() {
    let site = with_ingrid().await;
    recorded(&site, vec![act(1, "deal:7:won", false, 0)]).await;
    let counted = "SELECT COUNT(*) FROM events JOIN identities ON identities.id = events.identity_id \
                   WHERE identities.contact_id = 1 AND events.source_id = 1 AND session_id IS NULL";
    assert_eq!(site.number(counted).await, 1);
    assert_eq!(site.number("SELECT COUNT(*) FROM contacts").await, 1);
    assert_eq!(site.number("SELECT COUNT(*) FROM sessions").await, 0);
    let key = site.app.key("contacts:read").await;
    let program = site.app.browser();
    program.sends("authorization", &format!("Bearer {key}"));
    let answer = program.get("/api/v1/contacts/1").await.is(200);
    answer.says("Deal Won");
}

#[actix_web::test]
async fn the_same_act_counts_once() {
    let site = with_ingrid().await;
    recorded(&site, vec![act(1, "deal:7:won", false, 0)]).await;
    let again = vec![
        act(1, "deal:7:won", false, 0),
        act(1, "deal:8:won", false, 0),
    ];
    recorded(&site, again).await;
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 2);
    let sum = "SELECT SUM(n) FROM event_days";
    assert_eq!(site.number(sum).await, 2);
}

#[actix_web::test]
async fn only_what_the_contact_did_says_that_they_were_seen() {
    let site = with_ingrid().await;
    let seen = "SELECT last_seen_at FROM contacts WHERE id = 1";
    site.app
        .write(|conn| {
            use diesel::RunQueryDsl;
            diesel::sql_query("UPDATE contacts SET last_seen_at = 1000000").execute(conn)
        })
        .await;
    recorded(&site, vec![act(1, "deal:7:won", false, 0)]).await;
    assert_eq!(site.number(seen).await, 1_000_000);
    recorded(&site, vec![act(1, "mail:7:clicked", true, 2)]).await;
    let two_days_ago = clock::now().plus(-2 * DAY).0;
    assert!((site.number(seen).await - two_days_ago).abs() < 60_000_000);
}

#[actix_web::test]
async fn no_source_outside_can_speak_for_a_record() {
    let site = with_ingrid().await;
    let forged =
        json!([{ "type": "track", "event": "Deal Won", "record": "1", "anonymousId": "a-1" }]);
    site.send(forged).await;
    let of_ingrid = "SELECT COUNT(*) FROM events JOIN identities ON identities.id = events.identity_id \
                     WHERE identities.contact_id = 1";
    assert_eq!(site.number(of_ingrid).await, 0);
}
