//! How a database feels: whether its structure is sound, and what time it thinks it is.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::Timestamp;
use crate::db::Conn;

/// What is damaged, if anything is. PostgreSQL looks after itself.
pub fn check(conn: &mut Conn) -> QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        quick_check: String,
    }
    match conn {
        Conn::Pg(_) => Ok(None),
        Conn::Sqlite(c) => {
            let line: Line = diesel::sql_query("PRAGMA quick_check(1)").get_result(c)?;
            Ok(Some(line.quick_check).filter(|word| word != "ok"))
        }
    }
}

/// The server's clock; a file has none.
pub fn clock(conn: &mut Conn) -> QueryResult<Option<Timestamp>> {
    #[derive(QueryableByName)]
    struct Clock {
        #[diesel(sql_type = BigInt)]
        at: Timestamp,
    }
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Pg(c) => {
            let statement =
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at";
            let clock: Clock = diesel::sql_query(statement).get_result(c)?;
            Ok(Some(clock.at))
        }
    }
}
