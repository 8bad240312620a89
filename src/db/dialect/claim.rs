//! Taking the next jobs, or recipients of a mailing, so that no two workers get the same: PostgreSQL locks and skips, SQLite
//! has one writer.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, ContactId, JobId, RecipientId};
use crate::db::Conn;

/// A job that is now the asking worker's.
#[derive(Debug, Clone, QueryableByName)]
pub struct Claimed {
    /// Id.
    #[diesel(sql_type = BigInt)]
    pub id: JobId,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Payload, as JSON.
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// Which attempt this is; 1 for the first.
    #[diesel(sql_type = BigInt)]
    pub attempts: i64,
    /// How many it may have.
    #[diesel(sql_type = BigInt)]
    pub max_attempts: i64,
}

/// Marks up to `limit` jobs as running for `worker` until `until`: first those whose worker is gone (their lock
/// has run out), then those that are due, most urgent first.
pub fn jobs(
    conn: &mut Conn,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Claimed>> {
    // Two statements, so that each walks its own partial index and stops at the limit.
    let abandoned = "state = 'running' AND locked_until < $1 ORDER BY locked_until, id";
    let due = "state = 'ready' AND run_at <= $1 ORDER BY priority, run_at, id";
    let mut claimed = take(conn, abandoned, worker, now, until, limit)?;
    let free = limit - claimed.len() as i64;
    if free > 0 {
        claimed.extend(take(conn, due, worker, now, until, free)?);
    }
    Ok(claimed)
}

fn take(
    conn: &mut Conn,
    which: &str,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Claimed>> {
    let lock = match conn {
        Conn::Pg(_) => "FOR UPDATE SKIP LOCKED",
        Conn::Sqlite(_) => "",
    };
    // MATERIALIZED: a plan that ran the inner query twice would lock more rows than the limit.
    let statement = format!(
        "WITH next AS MATERIALIZED (SELECT id FROM jobs WHERE {which} LIMIT $2 {lock}) \
         UPDATE jobs SET state = 'running', locked_by = $3, locked_until = $4, attempts = attempts + 1 \
         WHERE id IN (SELECT id FROM next) RETURNING id, kind, payload, attempts, max_attempts"
    );
    prepared(statement)
        .bind::<BigInt, _>(now)
        .bind::<BigInt, _>(limit)
        .bind::<Text, _>(worker)
        .bind::<BigInt, _>(until)
        .load(conn)
}

/// An address of a mailing that is now the asking worker's.
#[derive(Debug, Clone, QueryableByName)]
pub struct Addressee {
    /// Id.
    #[diesel(sql_type = BigInt)]
    pub id: RecipientId,
    /// Who.
    #[diesel(sql_type = BigInt)]
    pub contact_id: ContactId,
    /// Where.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// Tries before this one.
    #[diesel(sql_type = BigInt)]
    pub attempts: i64,
}

/// Marks up to `limit` recipients of a campaign that are due as `token`'s until `until`.
pub fn recipients(
    conn: &mut Conn,
    campaign: CampaignId,
    token: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Addressee>> {
    let lock = match conn {
        Conn::Pg(_) => "FOR UPDATE SKIP LOCKED",
        Conn::Sqlite(_) => "",
    };
    let statement = format!(
        "WITH next AS MATERIALIZED (SELECT id FROM recipients WHERE campaign_id = $1 AND state IN ('pending', 'deferred') \
         AND next_attempt_at <= $2 ORDER BY next_attempt_at, id LIMIT $3 {lock}) \
         UPDATE recipients SET state = 'claimed', claimed_by = $4, claimed_until = $5 \
         WHERE id IN (SELECT id FROM next) RETURNING id, contact_id, address, attempts"
    );
    prepared(statement)
        .bind::<BigInt, _>(campaign)
        .bind::<BigInt, _>(now)
        .bind::<BigInt, _>(limit)
        .bind::<Text, _>(token)
        .bind::<BigInt, _>(until)
        .load(conn)
}
