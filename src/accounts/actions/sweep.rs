//! Cleaning up.

use diesel::QueryResult;

use crate::accounts::store;
use crate::base::Timestamp;
use crate::base::clock::DAY;
use crate::db::Conn;

/// Forgets what has run out: sessions a day ago, links a month ago, counts that have not moved for two days.
pub fn sweep(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    store::delete_old_sessions(conn, now.plus(-DAY))?;
    store::delete_old_links(conn, now.plus(-30 * DAY))?;
    store::forget_counts(conn, now.plus(-2 * DAY))?;
    Ok(())
}
