//! Queries of sources.

use diesel::prelude::*;

use super::{Source, SourceKind, SourceSettings};
use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::Conn;
use crate::db::schema::sources;

/// More sources than this nobody looks through; making more is refused.
pub const MOST: i64 = 500;

/// The sources people made, by name.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Source>> {
    Source::query()
        .filter(sources::kind.ne(SourceKind::Crm))
        .order((sources::name, sources::id))
        .limit(MOST)
        .load(conn)
}

/// One source, the built-in one included.
pub fn by_id(conn: &mut Conn, id: SourceId) -> QueryResult<Option<Source>> {
    Source::query()
        .filter(sources::id.eq(id))
        .first(conn)
        .optional()
}

/// One source that people made.
pub fn made_by_people(conn: &mut Conn, id: SourceId) -> QueryResult<Option<Source>> {
    Source::query()
        .filter(sources::id.eq(id))
        .filter(sources::kind.ne(SourceKind::Crm))
        .first(conn)
        .optional()
}

/// The source that sends with `key`, the key before included while it works. Paused ones too: the answer to
/// them is another one.
pub fn by_write_key(conn: &mut Conn, key: &str, now: Timestamp) -> QueryResult<Option<Source>> {
    let is_current = sources::write_key.eq(key);
    let is_old = sources::old_write_key
        .eq(key)
        .and(sources::old_key_until.gt(now));
    Source::query()
        .filter(sources::kind.ne(SourceKind::Crm))
        .filter(is_current.or(is_old.assume_not_null()))
        .first(conn)
        .optional()
}

/// How many people made.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    sources::table
        .filter(sources::kind.ne(SourceKind::Crm))
        .count()
        .get_result(conn)
}

/// The settings of every source, for the worker.
pub fn settings_of_all(conn: &mut Conn) -> QueryResult<Vec<(SourceId, SourceSettings)>> {
    sources::table
        .select((sources::id, sources::settings))
        .load(conn)
}
