//! Counts of tries, by key.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::db::schema::throttles;
use crate::db::{Conn, PortableExt};

/// The count under a key and when it began or last moved. The row is made if it is missing, and no other
/// transaction can move it before this one ends.
pub fn hold_count(conn: &mut Conn, key: &str, now: Timestamp) -> QueryResult<(i64, Timestamp)> {
    diesel::insert_into(throttles::table)
        .values((
            throttles::key.eq(key),
            throttles::window_start.eq(now),
            throttles::n.eq(0_i64),
        ))
        .on_conflict(throttles::key)
        .do_update()
        .set(throttles::n.eq(throttles::n))
        .returning((throttles::n, throttles::window_start))
        .portable()
        .get_result(conn)
}

/// Sets the count under a key.
pub fn set_count(conn: &mut Conn, key: &str, n: i64, at: Timestamp) -> QueryResult<()> {
    diesel::update(throttles::table.filter(throttles::key.eq(key)))
        .set((throttles::n.eq(n), throttles::window_start.eq(at)))
        .execute(conn)
        .map(|_| ())
}

/// Forgets a count.
pub fn forget_count(conn: &mut Conn, key: &str) -> QueryResult<()> {
    diesel::delete(throttles::table.filter(throttles::key.eq(key)))
        .execute(conn)
        .map(|_| ())
}

/// Forgets counts that have not moved since `before`.
pub fn forget_counts(conn: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(throttles::table.filter(throttles::window_start.lt(before))).execute(conn)
}
