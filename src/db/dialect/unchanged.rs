//! Whether anybody else has written since: what lets a writer keep in memory what it has read.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::prepared::prepared;
use crate::db::Conn;

/// A moment in the life of a database, as the one who remembers it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Of a SQLite file.
    Sqlite {
        /// Rows this connection has ever changed.
        own: i64,
        /// Changes when another connection commits.
        others: i64,
    },
    /// On PostgreSQL triggers take down who else writes, and whoever looks begins the list anew.
    Postgres,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = BigInt)]
    own: i64,
    #[diesel(sql_type = BigInt)]
    others: i64,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Begins a transaction of the one who remembers: what it writes is not an outsider's doing. Says whether nobody else
/// has written contacts, identities or sessions since `sealed`. On PostgreSQL its commit need not wait for the disk: what a
/// crash of the server takes back, it takes back whole, the requests being in the inbox again.
pub fn begin(conn: &mut Conn, sealed: Option<Mark>) -> QueryResult<bool> {
    match conn {
        Conn::Sqlite(_) => Ok(sealed.is_some() && sealed == Some(mark(conn)?)),
        Conn::Pg(c) => {
            let taken: Taken = prepared(
                "WITH taken AS (DELETE FROM __outside_writes RETURNING 1), \
                 own AS (SELECT set_config('rapport.enriches', 'on', TRUE), set_config('synchronous_commit', 'off', TRUE)) \
                 SELECT (SELECT count(*) FROM taken) AS n FROM own",
            )
            .get_result(c)?;
            Ok(sealed.is_some() && taken.n == 0)
        }
    }
}

/// Where the database stands at the end of such a transaction. On SQLite the search index writes what it has gathered at a
/// commit, and a savepoint makes it do so now: else that would look like somebody else's writing.
pub fn mark(conn: &mut Conn) -> QueryResult<Mark> {
    let Conn::Sqlite(c) = conn else {
        return Ok(Mark::Postgres);
    };
    c.batch_execute("SAVEPOINT mark; RELEASE mark")?;
    let line: Line =
        prepared("SELECT total_changes() AS own, data_version AS others FROM pragma_data_version")
            .get_result(c)?;
    Ok(Mark::Sqlite {
        own: line.own,
        others: line.others,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::dialect::search;
    use crate::db::{DatabaseUrl, Db, migrate};

    #[test]
    fn whoever_writes_moves_the_mark() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("mark.db"));
        migrate::run(&url).expect("tables");
        let mut own = Db::connect_to(&url).expect("a connection");
        let mut other = Db::connect_to(&url).expect("a connection");
        let write = |conn: &mut Conn, name: &str| {
            diesel::sql_query(format!(
                "INSERT INTO cursors (name, position) VALUES ('{name}', 1)"
            ))
            .execute(conn)
            .expect("a row")
        };
        let first = mark(&mut own).expect("a mark");
        assert_eq!(first, mark(&mut own).expect("a mark"));
        write(&mut own, "a");
        let second = mark(&mut own).expect("a mark");
        assert_ne!(first, second);
        write(&mut other, "b");
        assert_ne!(second, mark(&mut own).expect("a mark"));
    }

    #[test]
    fn what_the_search_index_puts_off_counts_as_ones_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("mark.db"));
        migrate::run(&url).expect("tables");
        let mut conn = Db::connect_to(&url).expect("a connection");
        let sealed = conn.transaction(|conn| {
            for id in 1..50 {
                search::put(conn, search::Kind::Contact, id, "Ingrid Sæther")?;
            }
            mark(conn)
        });
        let after = conn.transaction(mark);
        assert_eq!(sealed.expect("a mark"), after.expect("a mark"));
    }
}
