//! What an administrator does to jobs, on the record.

use diesel::QueryResult;

use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::JobId;
use crate::db::Conn;
use crate::jobs;

/// How many dead letters are put back at once.
pub const AT_ONCE: i64 = 1000;

/// Gives a job another chance; false where it is gone.
pub fn retry(conn: &mut Conn, id: JobId, by: &By, now: Timestamp) -> QueryResult<bool> {
    let is_done = jobs::retry(conn, id, now)?;
    if is_done {
        audit::record(conn, by, "job.retried", Some(("job", id.0)), "", now)?;
    }
    Ok(is_done)
}

/// Gives every dead letter another chance; how many.
pub fn retry_all(conn: &mut Conn, by: &By, now: Timestamp) -> QueryResult<usize> {
    let n = jobs::retry_all(conn, AT_ONCE, now)?;
    if n > 0 {
        audit::record(
            conn,
            by,
            "job.retried",
            None,
            &format!("{n} dead letters"),
            now,
        )?;
    }
    Ok(n)
}

/// Removes a job; false where it is gone or being done.
pub fn discard(conn: &mut Conn, id: JobId, by: &By, now: Timestamp) -> QueryResult<bool> {
    let is_done = jobs::discard(conn, id)?;
    if is_done {
        audit::record(conn, by, "job.discarded", Some(("job", id.0)), "", now)?;
    }
    Ok(is_done)
}
