//! Visits in the story: the newest are told at once, the others when somebody opens them.

use serde_json::{Value, json};

use super::Site;

/// A page view on 20 November, at this minute of the day.
fn page(visitor: &str, minute: i64, second: i64, path: &str) -> Value {
    let (hour, minute) = (minute / 60, minute % 60);
    json!({
        "type": "page", "anonymousId": visitor, "messageId": format!("{visitor}{path}"),
        "timestamp": format!("2026-11-20T{hour:02}:{minute:02}:{second:02}Z"),
        "properties": {"path": path}
    })
}

async fn record_of(site: &Site, visitor: &str) -> i64 {
    let sql = format!("SELECT contact_id FROM identities WHERE value = '{visitor}'");
    site.number(&sql).await
}

async fn visit_with(site: &Site, path: &str) -> i64 {
    let sql = format!("SELECT id FROM sessions WHERE entry LIKE '%{path}'");
    site.number(&sql).await
}

#[actix_web::test]
async fn the_newest_visits_stand_open_and_the_others_lead_to_their_pages() {
    let site = Site::new().await;
    for visit in 0..5 {
        site.send(json!([
            page("ann", visit * 60, 0, &format!("/in-{visit}")),
            page("ann", visit * 60 + 1, 30, &format!("/on-{visit}")),
        ]))
        .await;
    }
    let ada = site.app.admin().await;
    let ann = record_of(&site, "ann").await;
    let record = ada.get(&format!("/contacts/{ann}")).await.is(200);
    let record = record.says("/in-4").says("/on-4").says("/on-2");
    let record = record.never_says("/in-1").never_says("/on-0");
    let first = visit_with(&site, "/in-0").await;
    let href = format!("/contacts/{ann}/visits/{first}");
    assert!(record.body().contains(&format!("href=\"{href}\"")));

    let visit = ada.get(&href).await.is(200);
    let visit = visit
        .says("/in-0")
        .says("/on-0")
        .says("2 pages")
        .says("1:30");
    visit.never_says("/in-1");
}

#[actix_web::test]
async fn a_visit_on_which_everything_was_done_under_a_name_is_told() {
    let site = Site::new().await;
    site.send(json!([
        { "type": "identify", "userId": "u1", "anonymousId": "ann", "traits": { "name": "Ann" } },
        { "type": "track", "userId": "u1", "anonymousId": "ann", "event": "Cart Filled" },
    ]))
    .await;
    let ada = site.app.admin().await;
    let ann = record_of(&site, "u1").await;
    let record = ada.get(&format!("/contacts/{ann}")).await.is(200);
    record.says("Cart Filled");
    // Of the device nothing was counted, and yet the visit is its own.
    let idle = "SELECT COUNT(*) FROM identities JOIN sessions ON identity_id = identities.id WHERE identities.event_count = 0";
    assert_eq!(site.number(idle).await, 1);
}

#[actix_web::test]
async fn a_long_visit_is_read_page_by_page_and_nothing_of_it_is_lost() {
    let site = Site::new().await;
    let views: Vec<Value> = (0..450)
        .map(|n| page("bo", 600 + n / 60, n % 60, &format!("/p-{n};")))
        .collect();
    for part in views.chunks(150) {
        site.send(json!(part)).await;
    }
    let ada = site.app.admin().await;
    let bo = record_of(&site, "bo").await;
    let record = ada.get(&format!("/contacts/{bo}")).await.is(200);
    let record = record.says("/p-59;").never_says("/p-60;").says("390 more");
    let mut next = link(&record.body());
    let mut seen = 60;
    while let Some(href) = next {
        let body = ada.get(&href).await.is(200).body();
        for n in seen..450.min(seen + 200) {
            assert!(body.contains(&format!("/p-{n};")), "view {n} is on {href}");
        }
        assert!(!body.contains(&format!("/p-{};", seen - 1)));
        seen = 450.min(seen + 200);
        next = link(&body);
    }
    assert_eq!(seen, 450);
}

#[actix_web::test]
async fn a_single_act_tells_its_facts_however_old_it_is() {
    let site = Site::new().await;
    let ordered = |n: i64| {
        json!({"type": "track", "event": "Order Paid", "anonymousId": "cy", "messageId": n.to_string(),
        "timestamp": format!("2026-11-{:02}T08:00:00Z", n + 1), "properties": {"total": 100 + n}})
    };
    site.send((0..6).map(ordered).collect()).await;
    let ada = site.app.admin().await;
    let cy = record_of(&site, "cy").await;
    let record = ada.get(&format!("/contacts/{cy}")).await.is(200);
    (0..6).fold(record, |record, n| {
        record.says(&format!("total {}", 100 + n))
    });
}

#[actix_web::test]
async fn a_visit_is_found_on_its_own_contact_only() {
    let site = Site::new().await;
    site.send(json!([
        page("dee", 60, 0, "/dee"),
        page("eve", 60, 0, "/eve")
    ]))
    .await;
    let ada = site.app.admin().await;
    let dee = record_of(&site, "dee").await;
    let eve = visit_with(&site, "/eve").await;
    ada.get(&format!("/contacts/{dee}/visits/{eve}"))
        .await
        .is(404);
    ada.get(&format!("/contacts/{dee}/visits/x")).await.is(404);
    let own = visit_with(&site, "/dee").await;
    let own = format!("/contacts/{dee}/visits/{own}");
    ada.get(&format!("{own}?after=nonsense"))
        .await
        .is(200)
        .says("/dee");
    site.app.browser().get(&own).await.is(303);
}

/// Where the rest of a visit is.
fn link(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<p class=\"later\"")?;
    let (_, rest) = rest.split_once("href=\"")?;
    let (href, _) = rest.split_once('"')?;
    Some(href.to_owned())
}

#[actix_web::test]
async fn a_visit_of_a_contact_that_was_merged_is_found_where_it_lives_on() {
    let site = Site::new().await;
    site.send(json!([page("ann", 0, 0, "/in-0")])).await;
    site.send(json!([page("bo", 0, 0, "/in-1")])).await;
    let (ann, bo) = (record_of(&site, "ann").await, record_of(&site, "bo").await);
    let visit = visit_with(&site, "/in-1").await;
    site.app
        .write(move |conn| {
            use rapport::base::clock;
            use rapport::base::ids::ContactId;
            use rapport::contacts::merge::{Followers, merge};
            let (winner, loser) = (ContactId(ann), ContactId(bo));
            let none = Followers::default();
            merge(
                conn,
                winner,
                loser,
                "by hand",
                "{}",
                None,
                clock::now(),
                none,
            )
        })
        .await;
    let ada = site.app.admin().await;
    let there = format!("/contacts/{ann}/visits/{visit}");
    ada.get(&format!("/contacts/{bo}/visits/{visit}"))
        .await
        .leads_to(&there);
    ada.get(&there).await.is(200).says("/in-1");
}
