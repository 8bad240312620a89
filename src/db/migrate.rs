//! Bringing a database to this version's schema: embedded migrations, run at start, SQLite copied aside first.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::connect;
use super::{Conn, DatabaseUrl, DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Names of the migrations that were applied.
    pub applied: Vec<String>,
    /// Where the SQLite file was copied before.
    pub backup: Option<PathBuf>,
}

/// Applies what is missing. A database newer than this program is refused.
pub fn run(url: &DatabaseUrl) -> Result<Migrated, DbError> {
    if let DatabaseUrl::Sqlite(path) = url
        && let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| DbError::Io(folder.display().to_string(), error))?;
    }
    let mut conn = connect(url)?;
    refuse_newer(&mut conn)?;
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| DbError::Migration(error.to_string());
    match &mut conn {
        Conn::Sqlite(c) => {
            let pending = c.pending_migrations(SQLITE).map_err(failed)?;
            let backup = match url {
                DatabaseUrl::Sqlite(path) if !pending.is_empty() => copy_aside(c, path)?,
                _ => None,
            };
            let applied = c.run_pending_migrations(SQLITE).map_err(failed)?;
            Ok(Migrated {
                applied: applied.iter().map(ToString::to_string).collect(),
                backup,
            })
        }
        Conn::Pg(c) => {
            // Two instances starting together: one migrates, the other waits and finds nothing to do.
            c.batch_execute("SELECT pg_advisory_lock(7205759403)")?;
            let applied = c.run_pending_migrations(POSTGRES).map_err(failed)?;
            let applied = applied.iter().map(ToString::to_string).collect();
            c.batch_execute("SELECT pg_advisory_unlock(7205759403)")?;
            Ok(Migrated {
                applied,
                backup: None,
            })
        }
    }
}

/// Brings an empty database to the schema that exactly these migrations make, for data that are of it.
pub fn run_as(url: &DatabaseUrl, wanted: &[String]) -> Result<(), DbError> {
    let known = known()?;
    if let Some(newer) = wanted.iter().find(|version| !known.contains(version)) {
        return Err(DbError::Newer(newer.clone()));
    }
    let mut conn = connect(url)?;
    if applied(&mut conn)?
        .iter()
        .any(|version| !wanted.contains(version))
    {
        return Err(DbError::Transfer(format!(
            "{url} has a newer schema than these data; give an empty database that nothing was started with"
        )));
    }
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| DbError::Migration(error.to_string());
    let is_wanted = |version: String| wanted.contains(&version);
    match &mut conn {
        Conn::Sqlite(c) => {
            for migration in c.pending_migrations(SQLITE).map_err(failed)? {
                if is_wanted(migration.name().version().to_string()) {
                    c.run_migration(&migration).map_err(failed)?;
                }
            }
        }
        Conn::Pg(c) => {
            for migration in c.pending_migrations(POSTGRES).map_err(failed)? {
                if is_wanted(migration.name().version().to_string()) {
                    c.run_migration(&migration).map_err(failed)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a database that holds something already lacks a migration of this program.
pub fn is_pending(url: &DatabaseUrl) -> Result<bool, DbError> {
    if matches!(url, DatabaseUrl::Sqlite(path) if !path.exists()) {
        return Ok(false);
    }
    let applied = applied(&mut connect(url)?)?;
    Ok(!applied.is_empty() && applied.len() < known()?.len())
}

/// The migrations a database has had, newest first.
pub fn applied(conn: &mut Conn) -> Result<Vec<String>, DbError> {
    let applied = match conn {
        Conn::Sqlite(c) => MigrationHarness::<Sqlite>::applied_migrations(c),
        Conn::Pg(c) => MigrationHarness::<Pg>::applied_migrations(c),
    };
    let applied = applied.map_err(|error| DbError::Migration(error.to_string()))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// The migrations this program knows, oldest first.
pub fn known() -> Result<Vec<String>, DbError> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| DbError::Migration(error.to_string());
    let all = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(failed)?;
    let mut names: Vec<String> = all.iter().map(|m| m.name().version().to_string()).collect();
    names.sort();
    debug_assert_eq!(
        names.len(),
        MigrationSource::<Pg>::migrations(&POSTGRES).map_or(0, |m| m.len()),
        "both databases have the same migrations"
    );
    Ok(names)
}

fn refuse_newer(conn: &mut Conn) -> Result<(), DbError> {
    let known = known()?;
    match applied(conn)?
        .into_iter()
        .find(|version| !known.contains(version))
    {
        Some(version) => Err(DbError::Newer(version)),
        None => Ok(()),
    }
}

/// Copies a database that already holds something to `name-before-<last migration>.db`. It has that name only once it is
/// whole: a copy that was cut off is begun anew.
fn copy_aside(conn: &mut SqliteConnection, path: &Path) -> Result<Option<PathBuf>, DbError> {
    let applied = MigrationHarness::<Sqlite>::applied_migrations(conn)
        .map_err(|error| DbError::Migration(error.to_string()))?;
    let Some(last) = applied.first().map(ToString::to_string) else {
        return Ok(None);
    };
    let copy = super::url::beside(path, &format!("-before-{last}"));
    if copy.exists() {
        return Ok(Some(copy));
    }
    let part = super::url::beside(path, "-before.part");
    let failed = |error| DbError::Io(part.display().to_string(), error);
    let mut journal = part.clone().into_os_string();
    journal.push("-journal");
    for left in [&part, &PathBuf::from(journal)] {
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    diesel::sql_query("VACUUM INTO $1")
        .bind::<diesel::sql_types::Text, _>(part.to_string_lossy().into_owned())
        .execute(conn)?;
    std::fs::rename(&part, &copy).map_err(failed)?;
    Ok(Some(copy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_was_cut_off_is_begun_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("rapport.db");
        let url = DatabaseUrl::Sqlite(file.clone());
        run(&url).expect("migrations");
        let mut conn = SqliteConnection::establish(&file.display().to_string()).expect("a file");
        conn.revert_last_migration(SQLITE).expect("the way back");
        drop(conn);
        let part = folder.path().join("rapport-before.part.db");
        std::fs::write(&part, "half of a datab").expect("a file");
        std::fs::write(folder.path().join("rapport-before.part.db-journal"), "x").expect("a file");

        let copy = run(&url).expect("migrations").backup.expect("a copy");
        assert!(!part.exists());
        let mut conn = SqliteConnection::establish(&copy.display().to_string()).expect("a copy");
        let applied = MigrationHarness::<Sqlite>::applied_migrations(&mut conn).expect("its rows");
        let now = run(&url).expect("nothing to do");
        assert!(now.applied.is_empty() && now.backup.is_none() && !applied.is_empty());
    }
}
