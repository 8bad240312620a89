//! Settings of the workspace, by key.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::db::schema::settings;
use crate::db::{Conn, PortableExt};

/// A setting of the workspace.
pub fn setting(conn: &mut Conn, key: &str) -> QueryResult<Option<String>> {
    settings::table
        .filter(settings::key.eq(key))
        .select(settings::value)
        .first(conn)
        .optional()
}

/// Keeps a setting.
pub fn put_setting(conn: &mut Conn, key: &str, value: &str, now: Timestamp) -> QueryResult<()> {
    diesel::insert_into(settings::table)
        .values((
            settings::key.eq(key),
            settings::value.eq(value),
            settings::updated_at.eq(now),
        ))
        .on_conflict(settings::key)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(now)))
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// Keeps a setting that nobody has made yet; whether it was us.
pub fn claim_setting(conn: &mut Conn, key: &str, value: &str, now: Timestamp) -> QueryResult<bool> {
    diesel::insert_into(settings::table)
        .values((
            settings::key.eq(key),
            settings::value.eq(value),
            settings::updated_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .portable()
        .execute(conn)
        .map(|rows| rows == 1)
}
