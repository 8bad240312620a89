//! What the database says at the end, against what the senders know.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use rapport::db::{Conn, DatabaseUrl, Db};

use super::sender::Known;
use crate::support::Place;

/// A look into the database, from outside the program.
pub struct Ledger {
    pub conn: Conn,
}

#[derive(QueryableByName)]
struct Figure {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    t: String,
}

impl Ledger {
    pub fn open(place: &Place) -> Self {
        let url = DatabaseUrl::parse(&place.database_url()).expect("a database");
        Self {
            conn: Db::connect_to(&url).expect("a connection"),
        }
    }

    pub fn number(&mut self, sql: &str) -> i64 {
        let sql = format!("SELECT CAST(COALESCE(({sql}), 0) AS BIGINT) AS n");
        let row: Figure = diesel::sql_query(sql)
            .get_result(&mut self.conn)
            .expect("a number");
        row.n
    }

    pub fn texts(&mut self, sql: &str) -> Vec<String> {
        let rows: Vec<Line> = diesel::sql_query(sql).load(&mut self.conn).expect("rows");
        rows.into_iter().map(|row| row.t).collect()
    }

    /// Waits until `n` events are there; more or fewer fail later, with a reason.
    pub fn wait_for(&mut self, n: usize) {
        let until = Instant::now() + Duration::from_mins(1);
        while self.number("SELECT COUNT(*) FROM events") < n as i64 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Everything answered is there once and counted once, and nothing is there that nobody sent.
    pub fn agrees_with(&mut self, known: &Known) {
        let stored = self.texts("SELECT message_id AS t FROM events");
        let different: BTreeSet<String> = stored.iter().cloned().collect();
        assert_eq!(stored.len(), different.len(), "something is there twice");
        let lost: Vec<_> = known.answered.difference(&different).collect();
        assert!(
            lost.is_empty(),
            "{} were answered and lost: {lost:?}",
            lost.len()
        );
        let sent: BTreeSet<String> = known.answered.union(&known.in_doubt).cloned().collect();
        let invented: Vec<_> = different.difference(&sent).collect();
        assert!(invented.is_empty(), "nobody sent {invented:?}");
        let n = stored.len() as i64;
        for (what, sql) in [
            ("days", "SELECT SUM(n) FROM event_days"),
            ("identities", "SELECT SUM(event_count) FROM identities"),
            ("sources", "SELECT SUM(stored) FROM source_minutes"),
        ] {
            assert_eq!(self.number(sql), n, "the sum over {what}");
        }
        for (what, one, other) in [
            (
                "visits",
                "SELECT SUM(event_count) FROM sessions",
                "SELECT COUNT(*) FROM events WHERE session_id IS NOT NULL",
            ),
            (
                "revenue",
                "SELECT 2 * SUM(sum) FROM event_days",
                "SELECT 5 * COUNT(*) FROM events e JOIN event_names n ON n.id = e.name_id WHERE n.name = 'Bought'",
            ),
            (
                "records of devices and users",
                "SELECT COUNT(DISTINCT contact_id) FROM identities",
                "SELECT COUNT(*) FROM contacts WHERE merged_into IS NULL",
            ),
        ] {
            assert_eq!(self.number(one), self.number(other), "{what}");
        }
    }
}
