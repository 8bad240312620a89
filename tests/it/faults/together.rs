//! Two instances on one PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::ledger::Ledger;
use super::sender::{self, Events, Known};
use crate::support::Place;

#[test]
fn two_instances_store_every_event_once_and_one_takes_over_when_the_other_dies() {
    if std::env::var("TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty()) {
        two_instances();
    } else {
        println!("skipped: TEST_DATABASE_URL names no PostgreSQL");
    }
}

fn two_instances() {
    let place = Place::on_either();
    let key = place.has_website();
    let (first, second) = (place.serve(), place.serve());
    let events = Arc::new(Events::default());
    let stop = Arc::new(AtomicBool::new(false));
    let to_first = sender::start(&first.address, &key, &events, &stop);
    let to_second = sender::start(&second.address, &key, &events, &stop);
    std::thread::sleep(Duration::from_secs(2));
    // Whichever held the lease: the other one goes on.
    first.dies();
    std::thread::sleep(Duration::from_secs(1));
    stop.store(true, Ordering::SeqCst);
    let mut known = Known::default();
    known.add(sender::join(to_first));
    known.add(sender::join(to_second));
    let again: Vec<_> = known.in_doubt.iter().map(|id| Events::again(id)).collect();
    for batch in again.chunks(50) {
        assert_eq!(sender::send(&second.address, &key, batch), Some(200));
    }
    known.answered.append(&mut known.in_doubt);
    let mut ledger = Ledger::open(&place);
    ledger.wait_for(known.answered.len());
    second.stops();
    ledger.agrees_with(&known);
}
