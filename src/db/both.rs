//! The types of both databases at once: backend, rows, values, how a statement is printed. Alone in its file: the derive
//! is touchy about neighbours.

use diesel::prelude::*;

/// Only what is derived from it is used.
#[expect(dead_code, reason = "only what is derived from it is used")]
#[derive(diesel::MultiConnection)]
pub enum Either {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}
