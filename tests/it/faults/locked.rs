//! Somebody else holds the database: a backup tool, a console left open in a transaction.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use rapport::db::{Conn, DatabaseUrl, Db};

use super::ledger::Ledger;
use super::sender::{self, Events, Known};
use crate::support::Place;

/// Holds the write lock of a SQLite file until it is dropped.
struct Holder {
    conn: Conn,
}

impl Holder {
    fn of(file: &Path) -> Self {
        let mut conn = Db::connect_to(&DatabaseUrl::Sqlite(file.to_owned())).expect("a connection");
        conn.batch_execute("BEGIN IMMEDIATE").expect("the lock");
        Self { conn }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.conn.batch_execute("ROLLBACK");
    }
}

#[test]
fn events_are_taken_while_the_database_is_held_and_refused_while_the_inbox_is() {
    let place = Place::on_either();
    if place.database_url().starts_with("postgres") {
        println!("skipped: rows of PostgreSQL are not held file by file");
        return;
    }
    place.has_ada();
    let key = place.has_website();
    let server = place.serve();
    let mut known = Known::default();
    let mut send = |n: u32| {
        let id = format!("m{n}");
        let status = sender::send(&server.address, &key, &[Events::again(&id)]);
        if status == Some(200) {
            known.answered.insert(id);
        } else {
            known.in_doubt.insert(id);
        }
        status
    };
    assert_eq!(send(1), Some(200));

    let data = place.path().join("data");
    let holder = Holder::of(&data.join("rapport.db"));
    for n in 2..20 {
        let began = Instant::now();
        assert_eq!(send(n), Some(200), "the inbox has a file of its own");
        let waited = began.elapsed();
        assert!(
            waited < Duration::from_secs(4),
            "it waited {waited:?} for the lock"
        );
    }
    assert_eq!(
        sender::page(&server.address, "/sign-in"),
        Some(200),
        "readers wait for nobody"
    );
    // Longer than the program waits for a lock: the batch fails and must be taken up again.
    std::thread::sleep(Duration::from_secs(7));
    drop(holder);

    let holder = Holder::of(&data.join("rapport-inbox.db"));
    assert_eq!(send(20), Some(503), "not on disk, so not answered with 200");
    drop(holder);
    assert_eq!(send(21), Some(200));

    let mut ledger = Ledger::open(&place);
    ledger.wait_for(known.answered.len());
    server.stops();
    ledger.agrees_with(&known);
}
