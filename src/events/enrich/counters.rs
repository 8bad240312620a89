//! What a batch adds up to: counters per identity, name and day, and each identity's own sums.

use diesel::prelude::*;
use foldhash::HashMap;

use super::super::model::EventKind;
use super::people::Owner;
use super::read::Draft;
use super::sessions::Joined;
use crate::db::Conn;
use crate::db::dialect::tally::{self, IdentityTally};
use crate::db::dialect::upsert::{self, EventDay};

/// Whether a device was there: what a server reports is grouped too, but nobody visited anything.
fn is_visit(draft: &Draft) -> bool {
    matches!(draft.kind, EventKind::Page | EventKind::Screen)
        || draft
            .ids
            .iter()
            .any(|id| matches!(&*id.namespace, "anonymous_id" | "device"))
}

/// Sums of one batch.
#[derive(Debug, Default)]
pub(super) struct Counters {
    days: HashMap<(i64, i64, i64), (i64, f64)>,
    identities: HashMap<i64, IdentityTally>,
}

impl Counters {
    /// Counts one stored event.
    pub fn add(&mut self, draft: &Draft, owner: Owner, name_id: i64, joined: &Joined) {
        let day = self
            .days
            .entry((owner.identity, name_id, draft.at.day()))
            .or_insert((0, 0.0));
        day.0 += 1;
        day.1 += draft.value;
        let sums = self
            .identities
            .entry(owner.identity)
            .or_insert_with(|| IdentityTally {
                id: owner.identity,
                first: draft.at.0,
                last: draft.at.0,
                ..IdentityTally::default()
            });
        sums.first = sums.first.min(draft.at.0);
        sums.last = sums.last.max(draft.at.0);
        sums.events += 1;
        sums.pages += i64::from(matches!(draft.kind, EventKind::Page | EventKind::Screen));
        sums.sessions += i64::from(joined.began && is_visit(draft));
        if let Some(touch) = &joined.touch {
            let json = serde_json::to_string(touch).ok();
            if !owner.has_first_touch && sums.first_touch.is_none() {
                sums.first_touch.clone_from(&json);
            }
            sums.last_touch = json;
        }
        if joined.device.is_some() {
            sums.device.clone_from(&joined.device);
        }
    }

    /// Adds the sums to the tables, in the order of their keys: neighbours share pages.
    pub fn write(self, conn: &mut Conn) -> QueryResult<()> {
        let mut days: Vec<EventDay> = self
            .days
            .into_iter()
            .map(|((identity_id, name_id, day), (n, sum))| EventDay {
                identity_id,
                day,
                name_id,
                n,
                sum,
            })
            .collect();
        days.sort_unstable_by_key(|row| (row.identity_id, row.day, row.name_id));
        upsert::event_days(conn, &days)?;
        let mut sums: Vec<IdentityTally> = self.identities.into_values().collect();
        sums.sort_unstable_by_key(|row| row.id);
        tally::identities(conn, &sums)
    }
}
