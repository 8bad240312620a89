//! A database for one test: a copy of a SQLite file migrated once, or a schema of its own in PostgreSQL.

use std::path::Path;
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use rapport::base::token;
use rapport::db::{DatabaseUrl, migrate};
use tempfile::TempDir;

/// A fresh database, migrated; gone with this value.
pub struct Database {
    folder: TempDir,
    schema: Option<(String, String)>,
}

impl Database {
    pub fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = std::env::var("TEST_DATABASE_URL")
            .ok()
            .filter(|url| !url.is_empty())
            .map(|server| {
                let name = format!("t_{}", token::readable(16));
                run(&server, &format!("CREATE SCHEMA {name}"));
                (server, name)
            });
        if schema.is_none() {
            std::fs::write(folder.path().join("rapport.db"), migrated()).expect("a file");
        }
        Self { folder, schema }
    }

    /// Where the files of the instance go.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// For the configuration; empty means SQLite in the folder.
    pub fn url(&self) -> String {
        self.schema
            .as_ref()
            .map_or_else(String::new, |(server, name)| {
                let joint = if server.contains('?') { '&' } else { '?' };
                format!("{server}{joint}options=-csearch_path%3D{name}&application_name={name}")
            })
    }

    /// Ends every connection to it, as a server does that goes down; how many there were. On PostgreSQL only.
    pub fn cut(&self) -> usize {
        let Some((server, name)) = &self.schema else {
            return 0;
        };
        let mut conn = connect(server);
        diesel::sql_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        )
        .bind::<diesel::sql_types::Text, _>(name)
        .execute(&mut conn)
        .expect("they end")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.schema {
            run(server, &format!("DROP SCHEMA {name} CASCADE"));
        }
    }
}

/// The bytes of an empty, migrated SQLite database: migrating takes longer than most stories.
fn migrated() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("template.db");
        migrate::run(&DatabaseUrl::Sqlite(file.clone())).expect("migrations");
        std::fs::read(file).expect("a file")
    })
}

fn run(server: &str, statement: &str) {
    connect(server).batch_execute(statement).expect(statement);
}

fn connect(server: &str) -> PgConnection {
    PgConnection::establish(server).expect("TEST_DATABASE_URL leads to PostgreSQL")
}
