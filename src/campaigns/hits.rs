//! Openings and clicks as they come in. Each is on disk before it is answered, and is understood a moment later, together
//! with what came before and after it; where the database is away, it waits in memory and nobody waits for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::prelude::*;

use super::events::{self, Hit};
use super::machines::Sign;
use crate::base::clock::SECOND;
use crate::base::ids::RecipientId;
use crate::base::{Timestamp, token};
use crate::db::schema::campaign_hits;
use crate::db::{Conn, Db, PortableExt};

/// More than this wait only when the database is away; then the oldest are kept.
const MOST_WAITING: usize = 100_000;
/// Understood in one transaction.
const AT_ONCE: i64 = 500;
/// Whoever follows a link waits no longer than this for our disk.
const PATIENCE: Duration = Duration::from_millis(500);
/// A burst lies within this time, so nothing younger is understood.
pub const SETTLES: i64 = 3 * SECOND;

/// What could not be written down at once. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hits(Arc<Mutex<Vec<Row>>>);

#[derive(Debug, Clone, HasQuery, Insertable)]
#[diesel(table_name = campaign_hits, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    recipient_id: RecipientId,
    position: Option<i64>,
    url: String,
    sign: Sign,
    at: Timestamp,
}

impl From<Hit> for Row {
    fn from(hit: Hit) -> Self {
        let (position, url) = hit.link.unzip();
        Self {
            id: i64::from_be_bytes(token::random_bytes()) & i64::MAX,
            recipient_id: hit.recipient,
            position,
            url: url.unwrap_or_default(),
            sign: hit.sign,
            at: hit.at,
        }
    }
}

impl From<Row> for Hit {
    fn from(row: Row) -> Self {
        Self {
            recipient: row.recipient_id,
            link: row.position.map(|position| (position, row.url)),
            at: row.at,
            sign: row.sign,
        }
    }
}

impl Hits {
    /// Notes one; it is on disk when this returns, or the database is away.
    pub async fn note(&self, db: &Db, hit: Hit) {
        let row = Row::from(hit);
        let kept = row.clone();
        let written = db.write(move |conn| keep(conn, &[row]));
        let written: Result<QueryResult<()>, _> = tokio::time::timeout(PATIENCE, written).await;
        if !matches!(written, Ok(Ok(()))) {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() < MOST_WAITING {
                waiting.push(kept);
            }
        }
    }

    /// Writes down what waits, and makes openings and clicks of what came before `until`.
    pub async fn flush(&self, db: &Db, until: Timestamp, now: Timestamp) {
        let flushed = self.settle(db, until, now).await;
        if let Err(error) = flushed {
            tracing::warn!(%error, "cannot write down openings and clicks; they wait");
        }
    }

    async fn settle(&self, db: &Db, until: Timestamp, now: Timestamp) -> QueryResult<()> {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for chunk in waiting.chunks(AT_ONCE as usize) {
            let rows = chunk.to_vec();
            let written: QueryResult<()> = db.write(move |conn| keep(conn, &rows)).await;
            if written.is_err() {
                let mut later = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                // What was written before is known by its id.
                later.splice(0..0, waiting);
                return written;
            }
        }
        loop {
            let due: Vec<RecipientId> = db.read(move |conn| due(conn, until)).await?;
            if due.is_empty() {
                return Ok(());
            }
            db.write(move |conn| {
                let hits = take(conn, due)?;
                events::write_down(conn, &hits, now)
            })
            .await?;
        }
    }
}

/// Writes rows down; one that is there already is left as it is.
fn keep(conn: &mut Conn, rows: &[Row]) -> QueryResult<()> {
    for row in rows {
        diesel::insert_into(campaign_hits::table)
            .values(row)
            .on_conflict(campaign_hits::id)
            .do_nothing()
            .portable()
            .execute(conn)?;
    }
    Ok(())
}

fn due(conn: &mut Conn, until: Timestamp) -> QueryResult<Vec<RecipientId>> {
    let mut ids: Vec<RecipientId> = campaign_hits::table
        .filter(campaign_hits::at.le(until))
        .order((campaign_hits::at, campaign_hits::id))
        .limit(AT_ONCE)
        .select(campaign_hits::recipient_id)
        .load(conn)?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Takes everything of some recipients away, in order of time; of two instances one gets each.
fn take(conn: &mut Conn, ids: Vec<RecipientId>) -> QueryResult<Vec<Hit>> {
    let rows = diesel::delete(campaign_hits::table.filter(campaign_hits::recipient_id.eq_any(ids)))
        .returning((
            campaign_hits::id,
            campaign_hits::recipient_id,
            campaign_hits::position,
            campaign_hits::url,
            campaign_hits::sign,
            campaign_hits::at,
        ))
        .get_results::<(i64, RecipientId, Option<i64>, String, Sign, Timestamp)>(conn)?;
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(id, recipient_id, position, url, sign, at)| Row {
            id,
            recipient_id,
            position,
            url,
            sign,
            at,
        })
        .collect();
    rows.sort_by_key(|row| (row.at, row.id));
    Ok(rows.into_iter().map(Hit::from).collect())
}
