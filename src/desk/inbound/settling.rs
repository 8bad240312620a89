//! What is written on the row of a mail that is looked at.

use diesel::prelude::*;

use super::model::State;
use crate::base::ids::{InboundId, TicketId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::inbound_mails;

/// Settles a mail that is not to be a message, or cannot be one.
pub fn settle(
    conn: &mut Conn,
    id: InboundId,
    state: State,
    cause: &str,
    ticket: Option<TicketId>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(inbound_mails::table.filter(inbound_mails::id.eq(id)))
        .set((
            inbound_mails::state.eq(state),
            inbound_mails::cause.eq(text::line(cause, 500)),
            inbound_mails::ticket_id.eq(ticket),
            inbound_mails::tries.eq(inbound_mails::tries + 1),
            inbound_mails::settled_at.eq(Some(now)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Writes down what could be read of it, for the list of those that wait for a person.
pub fn describe(conn: &mut Conn, id: InboundId, from: &str, subject: &str) -> QueryResult<()> {
    diesel::update(inbound_mails::table.filter(inbound_mails::id.eq(id)))
        .set((
            inbound_mails::from_shown.eq(text::line(from, 300)),
            inbound_mails::subject.eq(text::line(subject, 300)),
        ))
        .execute(conn)
        .map(|_| ())
}
