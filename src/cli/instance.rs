//! Opening the instance a command works on: the database of the settings, brought up to this version.

use super::Failure;
use crate::base::clock;
use crate::config::Config;
use crate::db::{Conn, DatabaseUrl, Db, DbError, lock, migrate};
use crate::events::sources;

/// A connection to the instance, made and migrated where that is needed. Other commands may run, and the server.
pub(super) fn open(config: &Config) -> Result<Conn, Failure> {
    let url = DatabaseUrl::parse(&config.database_url())?;
    up_to_date(&url)?;
    let mut conn = Db::connect_to(&url)?;
    sources::actions::ensure_builtin(&mut conn, clock::now())?;
    Ok(conn)
}

/// Makes the folder of a SQLite file.
pub(super) fn make_folder(url: &DatabaseUrl) -> Result<(), Failure> {
    if let DatabaseUrl::Sqlite(path) = url
        && let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

/// As [`up_to_date`], by whoever holds the lock.
pub(super) fn up_to_date_unheld(url: &DatabaseUrl) -> Result<(), DbError> {
    if migrate::is_pending(url)? {
        migrate::run(url)?;
    }
    Ok(())
}

/// Migrates, unless a server of the old version is at work in the file.
pub(super) fn up_to_date(url: &DatabaseUrl) -> Result<migrate::Migrated, DbError> {
    if migrate::is_pending(url)? && lock::is_held(url) {
        return Err(DbError::Migration(format!(
            "{url} is served by an older Rapport; stop it first, or use its own program"
        )));
    }
    migrate::run(url)
}
