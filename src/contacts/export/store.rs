//! Queries of exports.

use diesel::prelude::*;

use super::model::{Export, ExportAsk, State};
use crate::base::ids::{ExportId, UserId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::exports;

/// Exports on a page.
const PAGE: i64 = 50;

/// An export.
pub fn find(conn: &mut Conn, id: ExportId) -> QueryResult<Option<Export>> {
    Export::query()
        .filter(exports::id.eq(id))
        .first(conn)
        .optional()
}

/// The newest exports of a user.
pub fn of(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Export>> {
    Export::query()
        .filter(exports::user_id.eq(user))
        .order(exports::id.desc())
        .limit(PAGE)
        .load(conn)
}

/// Keeps a new one.
pub fn insert(
    conn: &mut Conn,
    ask: &ExportAsk,
    words: &str,
    user: UserId,
    now: Timestamp,
) -> QueryResult<ExportId> {
    diesel::insert_into(exports::table)
        .values((
            exports::user_id.eq(user),
            exports::name.eq(text::line(&ask.name, 120)),
            exports::format.eq(ask.format),
            exports::ask.eq(words),
            exports::state.eq(State::Running),
            exports::written.eq(0),
            exports::file_key.eq(""),
            exports::size.eq(0),
            exports::trouble.eq(""),
            exports::created_at.eq(now),
        ))
        .returning(exports::id)
        .get_result(conn)
}

/// Says how far it is.
pub fn progress(conn: &mut Conn, id: ExportId, written: i64) -> QueryResult<()> {
    diesel::update(exports::table.filter(exports::id.eq(id)))
        .set(exports::written.eq(written))
        .execute(conn)
        .map(|_| ())
}

/// The file is there.
pub fn ready(
    conn: &mut Conn,
    id: ExportId,
    written: i64,
    key: &str,
    size: i64,
    now: Timestamp,
    until: Timestamp,
) -> QueryResult<()> {
    diesel::update(exports::table.filter(exports::id.eq(id)))
        .set((
            exports::state.eq(State::Done),
            exports::written.eq(written),
            exports::file_key.eq(key),
            exports::size.eq(size),
            exports::finished_at.eq(Some(now)),
            exports::expires_at.eq(Some(until)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// It could not be written.
pub fn failed(conn: &mut Conn, id: ExportId, why: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(exports::table.filter(exports::id.eq(id)))
        .set((
            exports::state.eq(State::Failed),
            exports::trouble.eq(why),
            exports::finished_at.eq(Some(now)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Exports whose files are to go.
pub fn expired(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<(ExportId, String)>> {
    exports::table
        .filter(exports::state.eq(State::Done))
        .filter(exports::expires_at.lt(Some(now)))
        .order(exports::id)
        .select((exports::id, exports::file_key))
        .limit(500)
        .load(conn)
}

/// Their files are gone.
pub fn expire(conn: &mut Conn, ids: &[ExportId]) -> QueryResult<()> {
    diesel::update(exports::table.filter(exports::id.eq_any(ids.to_vec())))
        .set((exports::state.eq(State::Expired), exports::file_key.eq("")))
        .execute(conn)
        .map(|_| ())
}
