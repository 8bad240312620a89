//! The hash of an e-mail address inside a statement: PostgreSQL has SHA-256, SQLite is taught it at every connection.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;

use crate::base::EmailAddress;
use crate::db::Conn;

diesel::define_sql_function! {
    /// As [`EmailAddress::hash_of`].
    fn address_hash(address: Text) -> Text;
}

/// Gives a connection the function.
pub(in crate::db) fn teach(conn: &mut SqliteConnection) -> QueryResult<()> {
    address_hash_utils::register_impl(conn, |address: String| EmailAddress::hash_of(&address))
}

/// The expression that hashes the normalised address in `column`.
pub fn hash_of(conn: &Conn, column: &str) -> String {
    match conn {
        Conn::Sqlite(_) => format!("address_hash({column})"),
        Conn::Pg(_) => format!("encode(sha256(convert_to({column}, 'UTF8')), 'hex')"),
    }
}
