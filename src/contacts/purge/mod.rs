//! The end of the trash: what has lain in it for ninety days goes for good, by a job, in small transactions. Each takes
//! something away or is the last one, so the work ends; whoever is killed goes on where the rows end.
//! A contact takes along its identities, traits, events, visits, notes, tasks and story. What others keep of it stays without
//! it: tickets and their words, letters that were sent, the ledger of consents.

mod company;
mod contact;
pub mod pages;
mod pairs;

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use company::companies;
pub use contact::contacts;

use crate::base::Timestamp;
use crate::base::clock::DAY;
use crate::base::ids::UserId;
use crate::contacts::store;
use crate::db::Conn;
use crate::db::schema::timeline_entries;
use crate::jobs::{self, Context, Job, Outcome};
use crate::timeline::{About, EntryKind};

/// For how long something can be restored.
pub const DAYS: i64 = 90;
/// Rows taken away in one transaction.
const ROWS: i64 = 1_000;
/// Entries read for one page of a trash.
const MOST_TOLD: i64 = 2_000;
/// Transactions of one turn; then it goes to the end of the queue.
const TURN: usize = 2_000;

/// What was deleted before this goes for good.
pub fn limit(now: Timestamp) -> Timestamp {
    now.plus(-DAYS * DAY)
}

/// Takes a bounded piece of what was deleted before a moment away for good. Gives how much it took; 0: nothing is left.
pub type Piece = fn(&mut Conn, Timestamp, Timestamp) -> QueryResult<usize>;

/// Every kind of record that has a trash.
#[derive(Debug, Clone)]
pub struct Pieces(pub Vec<Piece>);

/// Empties the trash of what is too old for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purge;

impl Job for Purge {
    type Tools = Pieces;
    const KIND: &'static str = "trash.purge";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context<Pieces>) -> Outcome {
        let now = context.now;
        let mut left = TURN;
        for piece in context.tools.0.clone() {
            loop {
                if left == 0 {
                    return context
                        .finish(move |conn| jobs::enqueue(conn, &Self, now))
                        .await;
                }
                left -= 1;
                let took: QueryResult<usize> = context
                    .db
                    .write(move |conn| piece(conn, limit(now), now))
                    .await;
                if took? == 0 {
                    break;
                }
            }
        }
        context.finish(|_| Ok(())).await
    }
}

/// Who moved which of some records to the trash, by name.
pub fn deleted_by(conn: &mut Conn, about: &[About]) -> QueryResult<HashMap<i64, String>> {
    type Row = (Option<i64>, Option<i64>, Option<i64>, Option<UserId>);
    use timeline_entries::{actor_id, company_id, contact_id, deal_id, kind};
    let mut query = timeline_entries::table
        .filter(kind.eq(EntryKind::Deleted))
        .order(timeline_entries::id)
        .limit(MOST_TOLD)
        .select((contact_id, company_id, deal_id, actor_id))
        .into_boxed();
    let ids: Vec<i64> = about.iter().map(|about| about.id()).collect();
    query = match about.first() {
        None => return Ok(HashMap::new()),
        Some(About::Contact(_)) => query.filter(contact_id.eq_any(ids)),
        Some(About::Company(_)) => query.filter(company_id.eq_any(ids)),
        Some(About::Deal(_)) => query.filter(deal_id.eq_any(ids)),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let names = store::user_names(conn, rows.iter().filter_map(|row| row.3))?;
    let mut found = HashMap::new();
    for (contact, company, deal, actor) in rows {
        let name = actor.and_then(|id| names.get(&id)).cloned();
        if let Some(id) = deal.or(contact).or(company) {
            found.insert(id, name.unwrap_or_default());
        }
    }
    Ok(found)
}

/// When something that was deleted then goes for good, in words.
pub fn left(deleted: Timestamp, now: Timestamp) -> String {
    let left = deleted.plus(DAYS * DAY).since(now);
    // A day that has begun counts.
    match (left + DAY - 1).div_euclid(DAY) {
        ..=0 => "today".to_owned(),
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_days_run_down_to_today() {
        let now = Timestamp(1_000 * DAY);
        let at = |days: i64| left(now.plus(-days * DAY), now);
        assert_eq!(
            [at(0), at(60), at(89), at(90), at(200)],
            ["in 90 days", "in 30 days", "in a day", "today", "today"]
        );
    }
}
