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

/// The domain of an address, as the index has it.
fn part(conn: &Conn) -> &'static str {
    if conn.is_sqlite() {
        "substr(email, instr(email, '@') + 1)"
    } else {
        "split_part(email, '@', 2)"
    }
}

/// Known contacts at these domains who belong to no company, at most `limit`.
pub fn strays(conn: &mut Conn, domains: &[&str], limit: i64) -> QueryResult<Vec<i64>> {
    let part = part(conn);
    let mut found = Vec::new();
    for domain in domains {
        let rows: Vec<At> = prepared(format!(
            "SELECT id, {part} AS domain FROM contacts WHERE email IS NOT NULL AND deleted_at IS NULL AND {part} = $1 \
             AND is_known AND company_id IS NULL ORDER BY id LIMIT $2"
        ))
        .bind::<Text, _>(domain)
        .bind::<BigInt, _>(limit - found.len() as i64)
        .load(conn)?;
        found.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(found)
}

/// Contacts whose domains come after one, at most `limit`.
pub fn after(conn: &mut Conn, domain: &str, limit: i64) -> QueryResult<Vec<At>> {
    let part = part(conn);
    prepared(format!(
        "SELECT id, {part} AS domain FROM contacts WHERE email IS NOT NULL AND deleted_at IS NULL AND {part} > $1 \
         ORDER BY {part}, id LIMIT $2"
    ))
    .bind::<Text, _>(domain)
    .bind::<BigInt, _>(limit)
    .load(conn)
}
