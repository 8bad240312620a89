//! Queries of mailboxes. There are few of them, so all are read at once.

use diesel::prelude::*;

use super::model::Mailbox;
use crate::base::ids::MailboxId;
use crate::db::Conn;
use crate::db::schema::mailboxes;
use crate::desk::inbound::signs;

/// Mailboxes of a workspace.
const MOST: i64 = 200;

/// All of them, by name.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Mailbox>> {
    Mailbox::query()
        .order((mailboxes::name, mailboxes::id))
        .limit(MOST)
        .load(conn)
}

/// One of them.
pub fn find(conn: &mut Conn, id: MailboxId) -> QueryResult<Option<Mailbox>> {
    Mailbox::query()
        .filter(mailboxes::id.eq(id))
        .first(conn)
        .optional()
}

/// The one with this address, plus part aside.
pub fn by_address(conn: &mut Conn, address: &str) -> QueryResult<Option<Mailbox>> {
    Mailbox::query()
        .filter(mailboxes::address.eq_any([address.to_lowercase(), signs::bare(address)]))
        .order(mailboxes::id)
        .first(conn)
        .optional()
}

/// The one that was made first: where a mail lands that names none.
pub fn first(conn: &mut Conn) -> QueryResult<Option<Mailbox>> {
    Mailbox::query().order(mailboxes::id).first(conn).optional()
}
