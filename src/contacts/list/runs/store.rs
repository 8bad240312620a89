//! Runs and what they changed.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::{BulkRunId, ContactId, UserId};
use crate::contacts::list::ask::Ask;
use crate::contacts::list::bulk::Kind;
use crate::contacts::list::query;
use crate::db::schema::{bulk_changes, bulk_runs, contacts};
use crate::db::{Cached, Conn};
use crate::filters::Reader;
use crate::text_enum;

text_enum!(
    /// How far a run is.
    State {
        /// At work.
        Running => "running",
        /// Through.
        Done => "done",
        /// Somebody stopped it; what it changed stays changed.
        Stopped => "stopped",
        /// It could not go on.
        Failed => "failed",
        /// What it changed is being taken back.
        Undoing => "undoing",
        /// Taken back.
        Undone => "undone",
    }
);

/// A run.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = bulk_runs)]
pub struct Run {
    /// Id.
    pub id: BulkRunId,
    /// Who started it.
    pub user_id: UserId,
    /// What is done.
    pub act: Kind,
    /// With which value.
    pub value: String,
    /// To whom: the query of the list.
    pub query: String,
    /// How far it is.
    pub state: State,
    /// The contact it did last.
    pub after_id: ContactId,
    /// The newest contact when it began.
    pub last_id: ContactId,
    /// Contacts changed; while it is taken back, those that still are.
    pub changed: i64,
    /// Contacts left as they were.
    pub kept: i64,
    /// Why it could not go on.
    pub error: String,
}

/// Begins a run.
pub fn begin(
    conn: &mut Conn,
    act: Kind,
    value: &str,
    query: &str,
    user: UserId,
    now: Timestamp,
) -> QueryResult<BulkRunId> {
    let newest: Option<ContactId> = contacts::table
        .order(contacts::id.desc())
        .select(contacts::id)
        .first(conn)
        .optional()?;
    diesel::insert_into(bulk_runs::table)
        .values((
            bulk_runs::user_id.eq(user),
            bulk_runs::act.eq(act),
            bulk_runs::value.eq(value),
            bulk_runs::query.eq(query),
            bulk_runs::state.eq(State::Running),
            bulk_runs::after_id.eq(0_i64),
            bulk_runs::last_id.eq(newest.unwrap_or(ContactId(0))),
            bulk_runs::changed.eq(0_i64),
            bulk_runs::kept.eq(0_i64),
            bulk_runs::error.eq(""),
            bulk_runs::started_at.eq(now),
        ))
        .returning(bulk_runs::id)
        .get_result(conn)
}

/// One.
pub fn find(conn: &mut Conn, id: BulkRunId) -> QueryResult<Option<Run>> {
    Run::query()
        .filter(bulk_runs::id.eq(id))
        .first(conn)
        .optional()
}

/// Moves a run from one state to another. False: it is in another one meanwhile.
pub fn turn(
    conn: &mut Conn,
    id: BulkRunId,
    from: &[State],
    to: State,
    at: Option<Timestamp>,
) -> QueryResult<bool> {
    let turned = diesel::update(bulk_runs::table.filter(bulk_runs::id.eq(id)))
        .filter(bulk_runs::state.eq_any(from))
        .set((bulk_runs::state.eq(to), bulk_runs::finished_at.eq(at)))
        .execute(conn)?;
    Ok(turned > 0)
}

/// Writes down that it cannot go on.
pub fn fail(conn: &mut Conn, id: BulkRunId, error: &str, now: Timestamp) -> QueryResult<usize> {
    diesel::update(bulk_runs::table.filter(bulk_runs::id.eq(id)))
        .set((
            bulk_runs::state.eq(State::Failed),
            bulk_runs::error.eq(error),
            bulk_runs::finished_at.eq(now),
        ))
        .execute(conn)
}

/// The next contacts of a view behind one, by id.
pub fn next(
    conn: &mut Conn,
    run: &Run,
    reader: &Reader,
    limit: i64,
) -> QueryResult<Vec<ContactId>> {
    query::everybody(conn, &Ask::read(&run.query), reader)?
        .filter(contacts::id.gt(run.after_id))
        .filter(contacts::id.le(run.last_id))
        .order(contacts::id.asc())
        .limit(limit)
        .select(contacts::id)
        .load(conn)
}

/// How many a view has.
pub fn count(conn: &mut Conn, query: &str, reader: &Reader) -> QueryResult<i64> {
    query::everybody(conn, &Ask::read(query), reader)?
        .count()
        .get_result(conn)
}

/// Moves a run on: it did everybody up to a contact, and these were changed.
pub fn advance(
    conn: &mut Conn,
    run: &Run,
    last: ContactId,
    changed: &[(String, ContactId)],
    kept: i64,
) -> QueryResult<bool> {
    // Only from where it was read: two workers never do a piece twice.
    let moved = diesel::update(bulk_runs::table.filter(bulk_runs::id.eq(run.id)))
        .filter(bulk_runs::after_id.eq(run.after_id))
        .filter(bulk_runs::state.eq(State::Running))
        .set((
            bulk_runs::after_id.eq(last),
            bulk_runs::changed.eq(bulk_runs::changed + changed.len() as i64),
            bulk_runs::kept.eq(bulk_runs::kept + kept),
        ))
        .execute(conn)?;
    if moved == 0 {
        return Ok(false);
    }
    for (was, contact) in changed {
        let insert = diesel::insert_into(bulk_changes::table).values((
            bulk_changes::run_id.eq(run.id),
            bulk_changes::contact_id.eq(contact),
            bulk_changes::was.eq(was),
        ));
        Cached(insert).execute(conn)?;
    }
    Ok(true)
}

/// What is still to be taken back.
pub fn changes(
    conn: &mut Conn,
    id: BulkRunId,
    limit: i64,
) -> QueryResult<Vec<(String, ContactId)>> {
    bulk_changes::table
        .filter(bulk_changes::run_id.eq(id))
        .order(bulk_changes::contact_id)
        .limit(limit)
        .select((bulk_changes::was, bulk_changes::contact_id))
        .load(conn)
}

/// These are taken back, or were changed by somebody else since.
pub fn taken_back(conn: &mut Conn, id: BulkRunId, ids: &[ContactId], kept: i64) -> QueryResult<()> {
    let gone = diesel::delete(bulk_changes::table)
        .filter(bulk_changes::run_id.eq(id))
        .filter(bulk_changes::contact_id.eq_any(ids))
        .execute(conn)?;
    diesel::update(bulk_runs::table.filter(bulk_runs::id.eq(id)))
        .set((
            bulk_runs::changed.eq(bulk_runs::changed - gone as i64),
            bulk_runs::kept.eq(bulk_runs::kept + kept),
        ))
        .execute(conn)
        .map(|_| ())
}
