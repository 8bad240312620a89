//! Words that are written later: of records that were there before the index was begun anew, in short transactions, each of
//! which writes down how far it has come, so that a restart goes on from there; and of what is found by a company's name, when
//! that has changed.

use std::time::Duration;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::finder::Finders;
use crate::accounts::store;
use crate::base::Timestamp;
use crate::base::ids::CompanyId;
use crate::db::Conn;
use crate::jobs::{self, Context, Job, Outcome};

/// What the index is filled as; rises when words are cut or stored in another way.
const EDITION: &str = "1";
/// The setting that says so.
const FILLED: &str = "search.filled";
/// The setting that says how far it is: the word of a kind and an id.
const PLACE: &str = "search.filling";
/// Records of one transaction.
const BATCH: i64 = 250;
/// Left to others between two.
const PAUSE: Duration = Duration::from_millis(4);

/// Fills the index, where that was not done yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fill;

impl Job for Fill {
    type Tools = Finders;
    const KIND: &'static str = "search.fill";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context<Finders>) -> Outcome {
        let (finders, now) = (context.tools, context.now);
        loop {
            let has_more: QueryResult<bool> =
                context.db.write(move |conn| step(conn, finders, now)).await;
            if !has_more? {
                return context.finish(|_| Ok(())).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Writes the words of a company's people and deals anew: it has got another name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Follow {
    /// The company.
    pub company: CompanyId,
}

impl Job for Follow {
    type Tools = Finders;
    const KIND: &'static str = "search.follow";

    async fn run(self, context: Context<Finders>) -> Outcome {
        let (finders, company) = (context.tools, self.company);
        for refill in finders.0.iter().filter_map(|finder| finder.refill_company) {
            let mut next = Some(0);
            while let Some(after) = next {
                let last: QueryResult<Option<i64>> = context
                    .db
                    .write(move |conn| refill(conn, company, after, BATCH))
                    .await;
                next = last?;
                tokio::time::sleep(PAUSE).await;
            }
        }
        context.finish(|_| Ok(())).await
    }
}

/// Says that every record has its words: of an instance that was made with them.
pub fn mark_filled(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    store::put_setting(conn, FILLED, EDITION, now)
}

/// Whether records still wait for their words.
pub fn is_filling(conn: &mut Conn) -> QueryResult<bool> {
    Ok(store::setting(conn, PLACE)?.is_some_and(|place| !place.is_empty()))
}

/// Writes the words of the next records; whether there are more.
fn step(conn: &mut Conn, finders: Finders, now: Timestamp) -> QueryResult<bool> {
    if store::setting(conn, FILLED)?.as_deref() == Some(EDITION) {
        return Ok(false);
    }
    let place = store::setting(conn, PLACE)?.unwrap_or_default();
    let (word, after) = place.split_once(' ').unwrap_or_default();
    let at = finders.0.iter().position(|finder| finder.word == word);
    let at = at.unwrap_or(0);
    let Some(finder) = finders.0.get(at) else {
        mark_filled(conn, now)?;
        return Ok(false);
    };
    let last = (finder.refill)(conn, after.parse().unwrap_or(0), BATCH)?;
    let next = match (last, finders.0.get(at + 1)) {
        (Some(last), _) => format!("{} {last}", finder.word),
        (None, Some(next)) => format!("{} 0", next.word),
        (None, None) => String::new(),
    };
    if next.is_empty() {
        mark_filled(conn, now)?;
    }
    store::put_setting(conn, PLACE, &next, now)?;
    Ok(!next.is_empty())
}
