//! People in the order of their e-mail domains, along an index over that part of the address.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::db::Conn;

/// A contact and the domain of its address.
#[derive(Debug, Clone, QueryableByName)]
pub struct At {
    /// The contact.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// The domain.
    #[diesel(sql_type = Text)]
    pub domain: String,
}

/// Contacts whose domains come after one, at most `limit`.
pub fn after(conn: &mut Conn, domain: &str, limit: i64) -> QueryResult<Vec<At>> {
    let part = if conn.is_sqlite() {
        "substr(email, instr(email, '@') + 1)"
    } else {
        "split_part(email, '@', 2)"
    };
    prepared(format!(
        "SELECT id, {part} AS domain FROM contacts WHERE email IS NOT NULL AND deleted_at IS NULL AND {part} > $1 \
         ORDER BY {part}, id LIMIT $2"
    ))
    .bind::<Text, _>(domain)
    .bind::<BigInt, _>(limit)
    .load(conn)
}
