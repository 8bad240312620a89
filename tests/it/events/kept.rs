//! What the worker keeps in memory from one batch to the next never shows: a worker that runs on comes to the same
//! contacts, visits and counters as one that begins anew at each batch, whoever else writes in between.

use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use rapport::base::clock::{self, MINUTE, Timestamp};
use serde_json::{Value, json};

use super::Site;

/// What all of it came to. Ids are left out where the two ways may hand them out differently.
const TOLD: &[&str] = &[
    "SELECT COUNT(*) || ' contacts, ' || SUM(CASE WHEN is_known THEN 1 ELSE 0 END) || ' known' FROM contacts WHERE merged_into IS NULL",
    "SELECT COUNT(*) || ' merges' FROM merges",
    "SELECT name || ' ' || stage || ' ' || last_seen_at FROM contacts WHERE merged_into IS NULL ORDER BY last_seen_at, name",
    "SELECT i.namespace || ' ' || i.value || ' ' || i.event_count || ' ' || i.page_count || ' ' || i.session_count || ' ' || i.first_seen_at \
     || ' ' || i.last_seen_at || ' ' || COALESCE(i.first_touch, '-') || ' ' || COALESCE(i.last_touch, '-') FROM identities i ORDER BY i.namespace, i.value",
    "SELECT i.value || ' ' || s.started_at || ' ' || s.ended_at || ' ' || s.event_count || ' ' || s.page_count FROM sessions s \
     JOIN identities i ON i.id = s.identity_id ORDER BY i.value, s.started_at",
    "SELECT i.value || ' ' || n.name || ' ' || d.day || ' ' || d.n FROM event_days d JOIN identities i ON i.id = d.identity_id \
     JOIN event_names n ON n.id = d.name_id ORDER BY i.value, n.name, d.day",
    "SELECT k.key || ' ' || t.value FROM traits t JOIN trait_keys k ON k.id = t.key_id ORDER BY k.key, t.value",
];

/// A stream in which people browse, say who they are, are joined, and come late.
fn stream(seed: u64, now: Timestamp) -> Vec<Value> {
    let mut state = seed;
    let mut dice = move |n: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    (0..80)
        .map(|n| {
            let device = format!("device-{}", dice(4));
            let user = format!("user-{}", dice(3));
            // Mostly in order, now and then hours late.
            let late = if dice(6) == 0 { dice(600) as i64 } else { 0 };
            let at = now.plus((i64::from(n) * 7 - late - 700) * MINUTE).rfc3339();
            let page = json!({ "path": format!("/p{}", dice(3)), "url": format!("https://a.example/?utm_source=s{}", dice(3)) });
            let event = match dice(8) {
                0 => json!({ "type": "identify", "userId": user, "anonymousId": device, "traits": { "name": user, "plan": dice(3) } }),
                1 => json!({ "type": "track", "event": "Bought", "userId": user }),
                2 => json!({ "type": "alias", "userId": user, "previousId": device }),
                3 => json!({ "type": "track", "event": "Looked", "anonymousId": device }),
                _ => json!({ "type": "page", "anonymousId": device, "properties": page }),
            };
            let mut event = event;
            event["messageId"] = json!(format!("m{n}"));
            event["timestamp"] = json!(at);
            event
        })
        .collect()
}

/// What somebody else changes of what the worker remembers: it has to go on from there.
async fn by_another_hand(site: &Site) {
    let newest = "(SELECT MAX(started_at) FROM sessions)";
    for statement in [
        format!("UPDATE sessions SET event_count = event_count + 100 WHERE started_at = {newest}"),
        "UPDATE contacts SET last_seen_at = last_seen_at + 300000000 WHERE name = 'user-1'"
            .to_owned(),
    ] {
        let changed = site
            .app
            .house
            .db
            .write(move |conn| diesel::sql_query(statement).execute(conn))
            .await;
        changed.expect("a change");
    }
}

/// Sends the stream one event a request, each done before the next, with a colleague at work beside it.
async fn told(seed: u64, now: Timestamp, runs_on: bool) -> Vec<String> {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    let worker = runs_on.then(|| site.app.house.enrich().start().expect("a thread"));
    for (n, event) in stream(seed, now).into_iter().enumerate() {
        site.post(&json!({ "writeKey": site.key, "batch": [event] }))
            .await;
        if worker.is_some() {
            done(&site, n as i64 + 1).await;
        } else {
            site.settle();
        }
        if n % 9 == 8 {
            ada.post("/contacts/1/notes", &[("body", "Called.")]).await;
        }
        if n % 9 == 4 {
            by_another_hand(&site).await;
        }
    }
    if let Some(worker) = worker {
        worker.stop();
    }
    let mut all = Vec::new();
    for sql in TOLD {
        all.extend(site.texts(sql).await);
    }
    all
}

async fn done(site: &Site, events: i64) {
    let since = Instant::now();
    while site
        .number("SELECT COALESCE(SUM(stored), 0) FROM source_minutes")
        .await
        < events
    {
        assert!(
            since.elapsed() < Duration::from_secs(10),
            "the worker is stuck"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[actix_web::test]
async fn a_worker_that_runs_on_comes_to_what_one_that_begins_anew_comes_to() {
    let now = clock::now();
    for seed in [1, 7, 2_026] {
        let anew = told(seed, now, false).await;
        assert!(anew.len() > 30, "the stream says too little");
        let on = told(seed, now, true).await;
        for (on, anew) in on.iter().zip(&anew) {
            assert_eq!(on, anew, "seed {seed}");
        }
        assert_eq!(on.len(), anew.len(), "seed {seed}");
    }
}
