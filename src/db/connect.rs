//! Opening a connection.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{Conn, DatabaseUrl, DbError, dialect};

/// Opens one connection and sets it up for the house.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, DbError> {
    let failed = |cause: String| DbError::Connect {
        url: url.to_string(),
        cause,
    };
    match url {
        DatabaseUrl::Sqlite(path) => {
            let path = path
                .to_str()
                .ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
            let mut conn = SqliteConnection::establish(path).map_err(|e| failed(e.to_string()))?;
            conn.batch_execute(SQLITE_SETUP)
                .map_err(|e| failed(e.to_string()))?;
            dialect::address::teach(&mut conn).map_err(|e| failed(e.to_string()))?;
            dialect::fold::teach(&mut conn).map_err(|e| failed(e.to_string()))?;
            Ok(Conn::Sqlite(conn))
        }
        DatabaseUrl::Postgres(text) => {
            let address = super::tls::address(text)?;
            let mut conn = PgConnection::establish(&address)
                .map_err(|e| failed(super::tls::in_words(&e.to_string())))?;
            conn.batch_execute(POSTGRES_SETUP)
                .map_err(|e| failed(e.to_string()))?;
            Ok(Conn::Pg(conn))
        }
    }
}

/// `busy_timeout` first: the pragmas after it may have to wait. FULL: an answered request survives power loss.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; \
     PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000;";

/// Compiling a plan costs more than these queries run.
const POSTGRES_SETUP: &str = "SET jit = off; SET client_min_messages = warning;";
