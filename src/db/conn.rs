//! One connection, to either database. Alone in its file: the derive is touchy about neighbours.

use diesel::prelude::*;

/// A connection to the database in use.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl Conn {
    /// Whether this is SQLite, for the rare question that is not worth a file in `dialect`.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}
