//! Queries of mails as they came in.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::{InboundMail, State};
use crate::base::ids::InboundId;
use crate::db::Conn;
use crate::db::schema::inbound_mails;

/// A mail.
pub fn find(conn: &mut Conn, id: InboundId) -> QueryResult<Option<InboundMail>> {
    InboundMail::query()
        .filter(inbound_mails::id.eq(id))
        .first(conn)
        .optional()
}

/// The newest mails in a state, below `before`.
pub fn in_state(
    conn: &mut Conn,
    state: State,
    before: InboundId,
    limit: i64,
) -> QueryResult<Vec<InboundMail>> {
    InboundMail::query()
        .filter(is(state))
        .filter(inbound_mails::id.lt(before))
        .order(inbound_mails::id.desc())
        .limit(limit)
        .load(conn)
}

/// How many mails are in a state, counted up to `most`.
pub fn count(conn: &mut Conn, state: State, most: i64) -> QueryResult<usize> {
    let ids: Vec<InboundId> = inbound_mails::table
        .filter(is(state))
        .order(inbound_mails::id.desc())
        .limit(most)
        .select(inbound_mails::id)
        .load(conn)?;
    Ok(ids.len())
}

/// A state as a word, not as a value: only so do the databases know the indexes that hold no other rows.
fn is(state: State) -> diesel::expression::SqlLiteral<Bool> {
    match state {
        State::Waiting => sql::<Bool>("state = 'waiting'"),
        State::Filed => sql::<Bool>("state = 'filed'"),
        State::Aside => sql::<Bool>("state = 'aside'"),
        State::Quarantined => sql::<Bool>("state = 'quarantined'"),
    }
}
