//! Taking the next jobs so that no two workers get the same: PostgreSQL locks and skips, SQLite has one writer.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::Timestamp;
use crate::base::ids::JobId;
use crate::db::Conn;

/// Marks up to `limit` due jobs as running for `worker` until `until`, most urgent first.
/// A running job whose lock has run out counts as due: its worker is gone.
pub fn jobs(
    conn: &mut Conn,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> QueryResult<Vec<JobId>> {
    let skip = match conn {
        Conn::Pg(_) => "FOR UPDATE SKIP LOCKED",
        Conn::Sqlite(_) => "",
    };
    let statement = format!(
        "UPDATE jobs SET state = 'running', locked_by = $1, locked_until = $2, attempts = attempts + 1 \
         WHERE id IN (SELECT id FROM jobs WHERE (state = 'ready' AND run_at <= $3) OR (state = 'running' AND locked_until < $3) \
         ORDER BY priority, run_at, id LIMIT $4 {skip}) RETURNING id"
    );
    #[derive(QueryableByName)]
    struct Claimed {
        #[diesel(sql_type = BigInt)]
        id: JobId,
    }
    diesel::sql_query(statement)
        .bind::<Text, _>(worker)
        .bind::<BigInt, _>(until)
        .bind::<BigInt, _>(now)
        .bind::<BigInt, _>(limit)
        .load::<Claimed>(conn)
        .map(|rows| rows.into_iter().map(|row| row.id).collect())
}
