//! The one query of the debugger: may this person still look?

use diesel::prelude::*;

use crate::accounts::Role;
use crate::base::Timestamp;
use crate::db::Conn;
use crate::db::schema::{user_sessions, users};

/// The role behind a session that still holds.
pub(super) fn role_of_session(
    conn: &mut Conn,
    session: i64,
    now: Timestamp,
) -> QueryResult<Option<Role>> {
    user_sessions::table
        .inner_join(users::table.on(users::id.eq(user_sessions::user_id)))
        .filter(user_sessions::id.eq(session))
        .filter(user_sessions::expires_at.gt(now))
        .filter(users::deactivated_at.is_null())
        .select(users::role)
        .first(conn)
        .optional()
}
