//! What can go wrong with a database before a statement even runs.

use diesel::result::DatabaseErrorKind;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The URL names no database we know.
    #[error("database URL: {0}")]
    Url(String),
    /// No connection.
    #[error("cannot reach the database {url}: {cause}")]
    Connect {
        /// Which one, without its password.
        url: String,
        /// What it said.
        cause: String,
    },
    /// Another instance has the SQLite file.
    #[error("{0} is in use by another Rapport; stop that one, or use PostgreSQL to run several")]
    InUse(String),
    /// The schema is from a later version.
    #[error(
        "this database was written by a newer Rapport (it has migration {0}, which this version does not know); \
         start the newer version, or restore the backup made before it"
    )]
    Newer(String),
    /// A migration failed; it was rolled back.
    #[error("migration failed: {0}")]
    Migration(String),
    /// Data would be mixed with others.
    #[error("{0} has data already; give an empty database")]
    NotEmpty(String),
    /// Data cannot be carried over.
    #[error("{0}")]
    Transfer(String),
    /// A statement failed.
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
    /// A file could not be read or written.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

/// What callers see while the database cannot be reached.
pub(super) fn unreachable(cause: &str) -> diesel::result::Error {
    diesel::result::Error::DatabaseError(
        DatabaseErrorKind::UnableToSendCommand,
        Box::new(format!("the database cannot be reached: {cause}")),
    )
}

/// Whether trying again later can help: the connection is gone, the file is locked, the disk is full.
pub fn is_passing(error: &diesel::result::Error) -> bool {
    match error {
        diesel::result::Error::DatabaseError(kind, info) => {
            matches!(
                kind,
                DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::SerializationFailure
            ) || [
                "locked",
                "full",
                "disk I/O",
                "terminating connection",
                "server closed",
                "shutting down",
                "starting up",
                "deadlock",
                "no connection",
            ]
            .iter()
            .any(|part| info.message().contains(part))
        }
        diesel::result::Error::BrokenTransactionManager => true,
        _ => false,
    }
}
