//! Shuffling the stream gives the same contacts.

use serde_json::{Value, json};

use super::Site;

/// Who belongs together, as sets of identifiers; ids of rows do not matter.
async fn partition(site: &Site) -> Vec<Vec<String>> {
    use diesel::prelude::*;
    use rapport::db::schema::identities;
    let rows: Vec<(i64, String, String)> = site
        .app
        .read(|conn| {
            identities::table
                .select((
                    identities::contact_id,
                    identities::namespace,
                    identities::value,
                ))
                .load(conn)
        })
        .await;
    let mut groups: std::collections::BTreeMap<i64, Vec<String>> =
        std::collections::BTreeMap::new();
    for (contact, namespace, value) in rows {
        groups
            .entry(contact)
            .or_default()
            .push(format!("{namespace}:{value}"));
    }
    let mut groups: Vec<Vec<String>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort();
    }
    groups.sort();
    groups
}

fn stream() -> Vec<Value> {
    let mut events = Vec::new();
    for person in 0..6 {
        for device in 0..3 {
            events.push(json!({"type": "page", "anonymousId": format!("a{person}-{device}")}));
            events.push(json!({"type": "identify", "anonymousId": format!("a{person}-{device}"), "userId": format!("u{person}"),
                "traits": {"email": format!("p{person}@example.com"), "n": device}}));
        }
        events.push(json!({"type": "identify", "anonymousId": format!("mail{person}"), "traits": {"email": format!("p{person}@example.com")}}));
        events.push(json!({"type": "alias", "previousId": format!("old{person}"), "userId": format!("u{person}")}));
        events.push(json!({"type": "page", "anonymousId": format!("old{person}")}));
    }
    for (n, event) in events.iter_mut().enumerate() {
        event["messageId"] = json!(format!("m{n}"));
        event["timestamp"] = json!(format!("2026-11-01T00:{:02}:00Z", n % 60));
    }
    events
}

#[actix_web::test]
async fn shuffled_streams_give_the_same_contacts_and_the_same_values() {
    let mut seen: Option<(Vec<Vec<String>>, String)> = None;
    for seed in [0_u64, 1, 2, 3, 4, 5] {
        let site = Site::new().await;
        let mut events = stream();
        let mut state = seed;
        for i in (1..events.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            if seed > 0 {
                events.swap(i, (state >> 33) as usize % (i + 1));
            }
        }
        for chunk in events.chunks(if seed % 2 == 0 { 7 } else { 100 }) {
            site.send(json!(chunk)).await;
        }
        let values = site
            .text("SELECT MIN(t.value) || MAX(t.value) || COUNT(*) FROM traits t JOIN trait_keys k ON k.id = t.key_id WHERE k.key = 'n'")
            .await;
        let outcome = (partition(&site).await, values);
        match &seen {
            None => {
                assert_eq!(outcome.0.len(), 6);
                seen = Some(outcome);
            }
            Some(first) => assert_eq!(&outcome, first, "seed {seed}"),
        }
    }
}
