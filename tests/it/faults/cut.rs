//! PostgreSQL goes away under load and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::ends_well;
use super::sender::{self, Events};
use crate::support::Place;

#[test]
fn connections_that_end_under_load_lose_nothing_and_need_no_restart() {
    let place = Place::on_either();
    if place.cut() == 0 && !place.database_url().starts_with("postgres") {
        println!("skipped: a file has no connections to end");
        return;
    }
    let key = place.has_website();
    let events = Arc::new(Events::default());
    let server = place.serve();
    let stop = Arc::new(AtomicBool::new(false));
    let senders = sender::start(&server.address, &key, &events, &stop);
    let mut ended = 0;
    for pause in [400, 700, 150, 1_100] {
        std::thread::sleep(Duration::from_millis(pause));
        ended += place.cut();
    }
    std::thread::sleep(Duration::from_secs(1));
    stop.store(true, Ordering::SeqCst);
    let known = sender::join(senders);
    assert!(ended >= 4, "only {ended} connections were there to end");
    let page = sender::page(&server.address, "/readyz");
    assert_eq!(page, Some(200), "it found its way back by itself");
    ends_well(&place, server, &key, known);
}
