//! kill -9 at any moment while events arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::ledger::Ledger;
use super::sender::{self, Events, Known};
use crate::support::Place;

/// How long each run lives, in milliseconds, drawn anew each time; on PostgreSQL some must outlive the lease of the
/// one that was killed before, or nothing but the inbox would ever be hit.
fn lives() -> Vec<u64> {
    let seed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970")
        .as_micros() as u64;
    let chance = |n: u64| (seed.wrapping_add(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let lives = if std::env::var("TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty()) {
        vec![
            chance(1) % 1_500,
            chance(2) % 300,
            5_500 + chance(3) % 1_500,
        ]
    } else {
        (0..6).map(|n| chance(n) % 1_200).collect()
    };
    println!("killed after {lives:?} ms");
    lives
}

#[test]
fn whatever_was_answered_is_there_once_after_any_number_of_kills() {
    let place = Place::on_either();
    let key = place.has_website();
    let events = Arc::new(Events::default());
    let mut known = Known::default();
    for life in lives() {
        let server = place.serve();
        let stop = Arc::new(AtomicBool::new(false));
        let senders = sender::start(&server.address, &key, &events, &stop);
        std::thread::sleep(Duration::from_millis(life));
        server.dies();
        stop.store(true, Ordering::SeqCst);
        known.add(sender::join(senders));
    }
    let server = place.serve();
    // As SDKs do: what was not answered is sent again, and so is some of what was.
    let again: Vec<String> = known
        .in_doubt
        .iter()
        .chain(known.answered.iter().take(100))
        .cloned()
        .collect();
    for chunk in again.chunks(50) {
        let batch: Vec<_> = chunk.iter().map(|id| Events::again(id)).collect();
        assert_eq!(sender::send(&server.address, &key, &batch), Some(200));
    }
    known.answered.append(&mut known.in_doubt);
    let mut ledger = Ledger::open(&place);
    ledger.wait_for(known.answered.len());
    server.stops();
    assert!(
        known.answered.len() > 100,
        "too little was sent to prove anything"
    );
    ledger.agrees_with(&known);
}
