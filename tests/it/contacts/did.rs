//! The filter by behaviour: who did something, how often, within how many days.

use rapport::base::clock::{self, DAY};
use serde_json::{Value, json};

use crate::events::Site;

fn page(who: &str, path: &str, days_ago: i64, n: usize) -> Value {
    json!({
        "type": "page", "userId": who, "messageId": format!("{who}{path}{days_ago}{n}"),
        "timestamp": clock::now().plus(-days_ago * DAY).rfc3339(),
        "properties": { "path": path },
    })
}

/// Ingrid read about prices three times, Mio once, and Sade forty days ago.
async fn readers() -> Site {
    let site = Site::new().await;
    let people = ["Ingrid", "Mio", "Sade"]
        .map(|name| json!({ "type": "identify", "userId": name, "traits": { "name": name } }));
    let mut events = Vec::from(people);
    events.extend((0..3).map(|n| page("Ingrid", "/pricing", 1, n)));
    events.push(page("Mio", "/pricing", 2, 0));
    events.push(page("Sade", "/pricing", 40, 0));
    site.send(json!(events)).await;
    site
}

#[actix_web::test]
async fn a_page_without_a_name_is_asked_for_by_its_path() {
    let site = readers().await;
    let ada = site.app.admin().await;
    let within = ada.get("/contacts?did=%2Fpricing&days=30").await.is(200);
    within
        .says("Ingrid")
        .says("Mio")
        .says("/pricing, the last 30 days")
        .never_says("Sade");
    let ever = ada.get("/contacts?did=%2Fpricing&days=0").await;
    ever.says("Ingrid").says("Mio").says("Sade");
    let often = ada.get("/contacts?did=%2Fpricing&times=3").await;
    often.says("Ingrid").never_says("Mio").never_says("Sade");
}

#[actix_web::test]
async fn what_nobody_did_is_said_so_and_can_be_dropped() {
    let site = readers().await;
    let ada = site.app.admin().await;
    let page = ada.get("/contacts?did=%2Fcareers&q=Ingrid").await.is(200);
    page.says("Nobody fits").says("/careers");
}

#[actix_web::test]
async fn the_form_offers_what_people_do_and_keeps_the_other_filters() {
    let site = readers().await;
    let ada = site.app.admin().await;
    let page = ada.get("/contacts?stage=lead").await.is(200).body();
    for part in [
        "<option value=\"/pricing\">",
        "<input type=\"hidden\" name=\"stage\" value=\"lead\">",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[actix_web::test]
async fn pages_of_ten_thousand_orders_are_one_kind_of_page() {
    let site = readers().await;
    let orders = [
        page("Mio", "/orders/12345/invoice", 0, 0),
        page("Mio", "/orders/777/invoice", 0, 1),
        page("Mio", "/files/7f3a0000-1111-2222-3333-44445555c91e", 0, 0),
    ];
    site.send(json!(orders)).await;
    let named = "SELECT COUNT(*) FROM event_names WHERE name IN ('/orders/*/invoice', '/files/*')";
    assert_eq!(site.number(named).await, 2);
    let ada = site.app.admin().await;
    let page = ada
        .get("/contacts?did=%2Forders%2F*%2Finvoice&times=2")
        .await;
    page.says("Mio").never_says("Ingrid");
}

#[actix_web::test]
async fn what_many_did_is_checked_along_the_list() {
    let site = readers().await;
    // More days than are looked up beforehand, of a visitor who is not Ingrid.
    let many = "INSERT INTO event_days (identity_id, day, name_id, n, sum) \
                WITH RECURSIVE days (day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM days WHERE day < 5100) \
                SELECT 999, day, (SELECT id FROM event_names WHERE name = '/pricing'), 1, 0 FROM days";
    site.app
        .write(move |conn| {
            use diesel::RunQueryDsl;
            diesel::sql_query(many).execute(conn)
        })
        .await;
    let ada = site.app.admin().await;
    let page = ada.get("/contacts?did=%2Fpricing&times=3&days=0").await;
    page.is(200).says("Ingrid").never_says("Mio");
}
