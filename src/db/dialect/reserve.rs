//! Ids before their rows are written, so that rows that point at each other can be written in bulk.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::db::Conn;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// `n` ids of `table` that nobody else will get. Must run in the transaction that writes the rows: on SQLite it is
/// the one writer that keeps others out, on PostgreSQL a sequence does.
pub fn ids(conn: &mut Conn, table: &str, n: usize) -> QueryResult<Vec<i64>> {
    if n == 0 {
        return Ok(Vec::new());
    }
    match conn {
        Conn::Pg(c) => {
            // The sequence's name is looked up once, not for each id.
            let rows: Vec<Id> = prepared(
                "SELECT nextval(sequence) AS id FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS sequence OFFSET 0) s, \
                 generate_series(1, $2)",
            )
            .bind::<Text, _>(table)
            .bind::<BigInt, _>(n as i64)
            .load(c)?;
            Ok(rows.into_iter().map(|row| row.id).collect())
        }
        Conn::Sqlite(c) => {
            // The highest id ever used, where the table remembers it, else the highest there is.
            let used: Vec<Id> = prepared("SELECT seq AS id FROM sqlite_sequence WHERE name = $1")
                .bind::<Text, _>(table)
                .load(c)?;
            let last = if let Some(row) = used.first() {
                row.id
            } else {
                let highest: Vec<Id> =
                    prepared(format!("SELECT COALESCE(MAX(id), 0) AS id FROM {table}")).load(c)?;
                highest.first().map_or(0, |row| row.id)
            };
            Ok((last + 1..=last + n as i64).collect())
        }
    }
}

/// The first of `n` ids in a row, for a table that only the holder of a lease writes, in the transaction that has just
/// renewed it: two who asked at once would get in each other's way.
pub fn run(conn: &mut Conn, table: &str, n: usize) -> QueryResult<i64> {
    let Conn::Pg(c) = conn else {
        return Ok(ids(conn, table, n.min(1))?.first().copied().unwrap_or(0));
    };
    let first: Id = prepared(
        "SELECT setval(sequence, nextval(sequence) + $2 - 1) - $2 + 1 AS id \
         FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS sequence OFFSET 0) s",
    )
    .bind::<Text, _>(table)
    .bind::<BigInt, _>(n as i64)
    .get_result(c)?;
    Ok(first.id)
}
