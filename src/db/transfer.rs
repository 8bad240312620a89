//! Carrying a whole instance from one database to another, or into a file and back. The source is read as of
//! one moment, while others write to it. The target appears whole or not at all: on PostgreSQL it is one
//! transaction, on SQLite a file that takes its name at the end.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::connect::connect;
use super::dialect::catalog::{self, Table};
use super::dialect::rows::{self, Chunk};
use super::lock::{self, Hold};
use super::schema::{cursors, leases};
use super::{Conn, DatabaseUrl, DbError, migrate};
use crate::base::Timestamp;
use crate::base::ids::CRM_SOURCE;

/// A table of the source and what is to be known of it elsewhere.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The table.
    pub table: Table,
    /// The highest id it has given out.
    pub highest: i64,
}

/// Where data come from.
pub struct Source {
    main: Conn,
    inbox: Conn,
    /// The migrations its data are of, newest first.
    pub migrations: Vec<String>,
    /// The inbox first: what it held a moment before the rest is processed or still there.
    pub sheets: Vec<Sheet>,
}

impl Source {
    /// Opens a database and holds on to this moment.
    pub fn open(url: &DatabaseUrl) -> Result<Self, DbError> {
        if let DatabaseUrl::Sqlite(path) = url
            && !path.exists()
        {
            return Err(DbError::Transfer(format!("there is nothing at {url}")));
        }
        let mut inbox = inbox_of(url)?;
        begin_reading(&mut inbox)?;
        let table = catalog::inbox(&mut inbox)?;
        let mut sheets = vec![Sheet {
            highest: rows::sequence(&mut inbox, &table)?,
            table,
        }];
        let mut main = connect(url)?;
        // Asked before, because the harness makes its table where it is missing.
        let migrations = migrate::applied(&mut main)?;
        begin_reading(&mut main)?;
        for table in catalog::tables(&mut main)? {
            let highest = if table.gives_ids {
                rows::sequence(&mut main, &table)?
            } else {
                0
            };
            sheets.push(Sheet { table, highest });
        }
        // A position that was processed must never be given out again, or its request would be passed over.
        let processed: Option<i64> = cursors::table
            .select(diesel::dsl::max(cursors::position))
            .first(&mut main)?;
        if let Some(sheet) = sheets.first_mut() {
            sheet.highest = sheet.highest.max(processed.unwrap_or(0));
        }
        Ok(Self {
            main,
            inbox,
            migrations,
            sheets,
        })
    }

    /// Hands over the rows of a sheet.
    pub fn read<E: From<diesel::result::Error>>(
        &mut self,
        sheet: &Sheet,
        take: impl FnMut(Chunk) -> Result<(), E>,
    ) -> Result<(), E> {
        let conn = if sheet.table.name == "inbox" {
            &mut self.inbox
        } else {
            &mut self.main
        };
        rows::read(conn, &sheet.table, take)
    }
}

/// Where data go.
pub struct Target {
    url: DatabaseUrl,
    main: Conn,
    inbox: Conn,
    tables: Vec<Table>,
    /// The unfinished SQLite file, and the right to put it in place.
    unfinished: Option<(PathBuf, Hold)>,
}

/// What is done with data that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// Nothing is changed then.
    Refuse,
    /// They make way.
    Replace,
}

impl Target {
    /// Prepares a target of the schema that `migrations` (newest first) make.
    pub fn open(
        url: &DatabaseUrl,
        migrations: &[String],
        present: Present,
    ) -> Result<Self, DbError> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::open_file(url, path, migrations, present),
            DatabaseUrl::Postgres(_) => Self::open_server(url, migrations, present),
        }
    }

    fn open_file(
        url: &DatabaseUrl,
        path: &Path,
        migrations: &[String],
        present: Present,
    ) -> Result<Self, DbError> {
        let hold = lock::hold(url)?;
        if present == Present::Refuse && path.exists() && has_data(&mut connect(url)?)? {
            return Err(refusal(url));
        }
        let unfinished = with_suffix(path, ".unfinished");
        let draft = DatabaseUrl::Sqlite(unfinished.clone());
        remove_database(&draft)?;
        migrate::run_as(&draft, migrations)?;
        let mut main = connect(&draft)?;
        let mut inbox = inbox_of(&draft)?;
        for conn in [&mut main, &mut inbox] {
            // Nobody sees the file before it is finished, so it needs no journal and no waiting for the disk.
            conn.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN")?;
        }
        Ok(Self {
            url: url.clone(),
            tables: catalog::tables(&mut main)?,
            main,
            inbox,
            unfinished: Some((unfinished, hold)),
        })
    }

    fn open_server(
        url: &DatabaseUrl,
        migrations: &[String],
        present: Present,
    ) -> Result<Self, DbError> {
        migrate::run_as(url, migrations)?;
        let mut main = connect(url)?;
        main.batch_execute("BEGIN")?;
        let served: i64 = leases::table
            .filter(leases::expires_at.gt(crate::base::clock::now()))
            .count()
            .get_result(&mut main)?;
        if served > 0 {
            return Err(DbError::Transfer(format!(
                "an instance is at work on {url}; stop it and wait half a minute"
            )));
        }
        if present == Present::Refuse && has_data(&mut main)? {
            return Err(refusal(url));
        }
        let tables = catalog::tables(&mut main)?;
        let mut names: Vec<String> = tables.iter().map(|t| format!("\"{}\"", t.name)).collect();
        names.push("inbox".to_owned());
        main.batch_execute(&format!("TRUNCATE {} RESTART IDENTITY", names.join(", ")))?;
        let mut inbox = connect(url)?;
        inbox.batch_execute("BEGIN")?;
        Ok(Self {
            url: url.clone(),
            tables,
            main,
            inbox,
            unfinished: None,
        })
    }

    /// The table of this name, with its columns in the order of the rows that will come.
    pub fn table(&mut self, name: &str, columns: &[String]) -> Result<Table, DbError> {
        let found = if name == "inbox" {
            Some(catalog::inbox(self.inbox_conn())?)
        } else {
            self.tables.iter().find(|table| table.name == name).cloned()
        };
        found
            .and_then(|table| table.in_order_of(columns))
            .ok_or_else(|| DbError::Transfer(format!("{name} is not the same table on both sides")))
    }

    /// Writes rows.
    pub fn write(&mut self, table: &Table, json: &str) -> Result<(), DbError> {
        Ok(rows::write(self.conn(table), table, json)?)
    }

    /// After the last row of a table: carries on its ids, and counts.
    pub fn close(&mut self, table: &Table, highest: i64) -> Result<i64, DbError> {
        let conn = self.conn(table);
        if table.gives_ids {
            rows::set_sequence(conn, table, highest)?;
        }
        Ok(rows::count(conn, table)?)
    }

    fn conn(&mut self, table: &Table) -> &mut Conn {
        if table.name == "inbox" {
            self.inbox_conn()
        } else {
            &mut self.main
        }
    }

    /// On PostgreSQL the inbox is part of the one transaction.
    fn inbox_conn(&mut self) -> &mut Conn {
        match self.url {
            DatabaseUrl::Sqlite(_) => &mut self.inbox,
            DatabaseUrl::Postgres(_) => &mut self.main,
        }
    }

    /// Makes it the database. What was there before on SQLite is kept beside it; its name is returned.
    pub fn finish(mut self) -> Result<Option<PathBuf>, DbError> {
        for conn in [&mut self.main, &mut self.inbox] {
            conn.batch_execute("COMMIT")?;
        }
        drop((self.main, self.inbox));
        let mut kept = None;
        if let (DatabaseUrl::Sqlite(path), Some((unfinished, _held))) =
            (&self.url, &self.unfinished)
        {
            kept = put_in_place(path, unfinished)?;
        }
        migrate::run(&self.url)?;
        Ok(kept)
    }
}

fn refusal(url: &DatabaseUrl) -> DbError {
    DbError::NotEmpty(url.to_string())
}

fn inbox_of(url: &DatabaseUrl) -> Result<Conn, DbError> {
    let Some(file) = url.inbox_file() else {
        return connect(url);
    };
    let mut conn = connect(&DatabaseUrl::Sqlite(file))?;
    conn.batch_execute(super::INBOX_TABLE)?;
    Ok(conn)
}

fn begin_reading(conn: &mut Conn) -> Result<(), DbError> {
    match conn {
        Conn::Pg(c) => c.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?,
        Conn::Sqlite(c) => {
            // Grouping the index's terms may need more room than memory should give.
            c.batch_execute("PRAGMA temp_store = FILE; BEGIN")?;
            // The snapshot is taken by the first look, not by BEGIN.
            c.batch_execute("SELECT count(*) FROM sqlite_master")?;
            let has_index: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
                "EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'search_words')",
            ))
            .get_result(c)?;
            if has_index == 1 {
                c.batch_execute(
                    "CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, search_words, instance)",
                )?;
            }
        }
    }
    Ok(())
}

/// Whether there is anything but what every new instance has: the built-in source and what runs by itself.
fn has_data(conn: &mut Conn) -> Result<bool, DbError> {
    const OWN: [&str; 5] = ["jobs", "leases", "cursors", "throttles", "settings"];
    for table in catalog::tables(conn)? {
        let n = rows::count(conn, &table)?;
        let own = match table.name.as_str() {
            "sources" => i64::from(has_builtin(conn)?),
            name if OWN.contains(&name) => n,
            _ => 0,
        };
        if n > own {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_builtin(conn: &mut Conn) -> QueryResult<bool> {
    use super::schema::sources;
    let found: i64 = sources::table
        .filter(sources::id.eq(CRM_SOURCE))
        .count()
        .get_result(conn)?;
    Ok(found == 1)
}

/// Gives the finished files their names. The main file last: with it the instance is there.
fn put_in_place(path: &Path, unfinished: &Path) -> Result<Option<PathBuf>, DbError> {
    let failed = |error| DbError::Io(path.display().to_string(), error);
    let now = Timestamp::utc(crate::base::clock::now()).format("%Y%m%dT%H%M%S");
    let old = super::url::beside(path, &format!("-replaced-{now}"));
    let kept = path.exists().then(|| old.clone());
    for (from, to) in pairs(path, &old)
        .into_iter()
        .chain(pairs(unfinished, path).into_iter().rev())
    {
        if from.exists() {
            std::fs::File::open(&from)
                .and_then(|file| file.sync_all())
                .map_err(failed)?;
            std::fs::rename(&from, &to).map_err(failed)?;
        }
    }
    Ok(kept)
}

/// A database's files and what they are called under another name.
fn pairs(from: &Path, to: &Path) -> Vec<(PathBuf, PathBuf)> {
    let inbox = |path: &Path| super::url::beside(path, "-inbox");
    let mut pairs = Vec::new();
    for (from, to) in [(from.to_owned(), to.to_owned()), (inbox(from), inbox(to))] {
        for suffix in ["", "-wal", "-shm"] {
            pairs.push((with_suffix(&from, suffix), with_suffix(&to, suffix)));
        }
    }
    pairs
}

fn remove_database(url: &DatabaseUrl) -> Result<(), DbError> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(());
    };
    for (file, _) in pairs(path, path) {
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(DbError::Io(file.display().to_string(), error)),
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
