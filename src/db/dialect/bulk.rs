//! Filling an empty database quickly: without secondary indexes, which are built at the end from rows that are all
//! there, and without waiting for the disk. A load that breaks off leaves a database to be thrown away.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Conn;

/// Inserts all rows of a slice into a table that has none with their keys: COPY on PostgreSQL, a prepared statement on
/// SQLite.
#[macro_export]
macro_rules! load_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        use diesel::{ExecuteCopyFromDsl, RunQueryDsl};
        match $conn {
            $crate::db::Conn::Pg(c) => {
                if !$rows.is_empty() {
                    diesel::copy_from($table)
                        .from_insertable($rows.as_slice())
                        .execute(c)?;
                }
            }
            $crate::db::Conn::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(c)?;
                }
            }
        }
    }};
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    statement: String,
}

/// A load that has begun: the statements that make its indexes again.
#[derive(Debug)]
pub struct Loading {
    indexes: Vec<String>,
}

/// Takes the secondary indexes away. Those that a constraint needs stay.
pub fn begin(conn: &mut Conn) -> QueryResult<Loading> {
    let list = match conn {
        Conn::Sqlite(c) => {
            c.batch_execute(
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
                 PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536;",
            )?;
            "SELECT name, sql AS statement FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        }
        Conn::Pg(c) => {
            c.batch_execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB';")?;
            "SELECT indexname::text AS name, indexdef AS statement FROM pg_indexes WHERE schemaname = current_schema() \
             AND tablename NOT LIKE '\\_\\_diesel%' AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname"
        }
    };
    let indexes: Vec<Index> = diesel::sql_query(list).load(conn)?;
    for index in &indexes {
        conn.batch_execute(&format!("DROP INDEX \"{}\"", index.name))?;
    }
    Ok(Loading {
        indexes: indexes.into_iter().map(|index| index.statement).collect(),
    })
}

impl Loading {
    /// How many indexes are to be built.
    pub fn len(&self) -> usize {
        self.indexes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.indexes.is_empty()
    }

    /// Builds the indexes, lets every sequence go on after the highest id, and counts for the planner.
    pub fn finish(self, conn: &mut Conn) -> QueryResult<()> {
        for statement in &self.indexes {
            conn.batch_execute(statement)?;
        }
        match conn {
            // AUTOINCREMENT remembers by itself; the other tables go on after their highest id.
            Conn::Sqlite(c) => c.batch_execute(
                "ANALYZE; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; SELECT 1 FROM settings;",
            ),
            Conn::Pg(c) => {
                let tables: Vec<Index> = diesel::sql_query(
                    "SELECT table_name::text AS name, '' AS statement FROM information_schema.columns \
                     WHERE table_schema = current_schema() AND column_name = 'id' AND is_identity = 'YES'",
                )
                .load(c)?;
                for table in tables {
                    let name = table.name;
                    c.batch_execute(&format!(
                        "SELECT setval(pg_get_serial_sequence('{name}', 'id'), GREATEST((SELECT MAX(id) FROM \"{name}\"), 1), \
                         EXISTS (SELECT 1 FROM \"{name}\"))"
                    ))?;
                }
                c.batch_execute("ANALYZE")
            }
        }
    }
}
