//! Once, however often it is sent and whatever is killed in between.

use serde_json::json;

use super::Site;

#[actix_web::test]
async fn the_same_message_is_stored_once_within_a_batch_and_over_batches_and_the_first_is_kept() {
    let site = Site::new().await;
    let event = |n: i64| json!({"type": "track", "event": "E", "userId": "u", "messageId": "m1", "properties": {"n": n}});
    site.send(json!([event(1), event(2)])).await;
    site.send(json!([event(3)])).await;
    assert_eq!(
        site.text("SELECT properties FROM events").await,
        r#"{"n":1}"#
    );
    assert_eq!(site.number("SELECT event_count FROM identities").await, 1);
    assert_eq!(site.number("SELECT SUM(n) FROM event_days").await, 1);
    assert_eq!(
        site.number("SELECT SUM(duplicates) FROM source_minutes")
            .await,
        2
    );
}

#[actix_web::test]
async fn a_bad_event_sent_again_lies_in_the_quarantine_once() {
    let site = Site::new().await;
    for _ in 0..3 {
        site.send(json!([{"type": "track", "userId": "u", "messageId": "bad"}]))
            .await;
    }
    assert_eq!(site.number("SELECT COUNT(*) FROM quarantine").await, 1);
}

#[actix_web::test]
async fn two_workers_on_one_inbox_store_every_event_once() {
    let site = Site::new().await;
    for n in 0..40 {
        let events: Vec<_> =
            (0..25).map(|m| json!({"type": "track", "event": "E", "userId": format!("u{m}"), "messageId": format!("{n}-{m}")})).collect();
        site.post(&json!({"writeKey": site.key, "batch": events}))
            .await;
    }
    // Both may be told that the other has the lease; together they finish.
    let workers = [site.app.house.enrich(), site.app.house.enrich()];
    let running: Vec<_> = workers
        .into_iter()
        .map(|worker| worker.start().expect("a thread"))
        .collect();
    for _ in 0..200 {
        if site.number("SELECT COUNT(*) FROM events").await == 1_000 {
            break;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    actix_web::rt::task::spawn_blocking(move || {
        running
            .into_iter()
            .for_each(rapport::events::enrich::Running::stop);
    })
    .await
    .expect("stopped");
    assert_eq!(site.number("SELECT COUNT(*) FROM events").await, 1_000);
    assert_eq!(site.number("SELECT SUM(n) FROM event_days").await, 1_000);
}
