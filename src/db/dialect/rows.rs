//! Whole tables as JSON, one array per row: how data leave one database and enter another. Integers and text are
//! themselves, bytes are `\x` and hex digits, and a real number may be text, so that it keeps every digit.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::catalog::{Kind, Table};
use super::search::blocks;
use crate::db::Conn;

/// As much of a table as one statement takes.
#[derive(Debug, Default)]
pub struct Chunk {
    /// How many rows.
    pub rows: usize,
    /// A JSON array of them.
    pub json: String,
}

const CHUNK_ROWS: usize = 2_000;
const CHUNK_BYTES: usize = 2 << 20;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Figure {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Hands over every row in chunks, in the order of the key. Rows are streamed; inside a transaction they are
/// those of one moment.
pub fn read<E: From<diesel::result::Error>>(
    conn: &mut Conn,
    table: &Table,
    mut take: impl FnMut(Chunk) -> Result<(), E>,
) -> Result<(), E> {
    let statement = select(conn, table);
    let mut chunk = Chunk::default();
    let mut add = |line: Line| {
        chunk
            .json
            .push_str(if chunk.rows == 0 { "[\n" } else { ",\n" });
        chunk.json.push_str(&line.line);
        chunk.rows += 1;
        if chunk.rows >= CHUNK_ROWS || chunk.json.len() >= CHUNK_BYTES {
            chunk.json.push_str("\n]");
            take(std::mem::take(&mut chunk))?;
        }
        Ok::<_, E>(())
    };
    let query = diesel::sql_query(statement);
    match conn {
        Conn::Pg(c) => {
            for line in query.load_iter::<Line, PgRowByRowLoadingMode>(c)? {
                add(line?)?;
            }
        }
        Conn::Sqlite(c) => {
            for line in query.load_iter::<Line, DefaultLoadingMode>(c)? {
                add(line?)?;
            }
        }
    }
    if chunk.rows > 0 {
        chunk.json.push_str("\n]");
        take(chunk)?;
    }
    Ok(())
}

/// Writes a chunk whose rows hold the table's columns in order.
pub fn write(conn: &mut Conn, table: &Table, json: &str) -> QueryResult<()> {
    let values: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(n, column)| match (&*conn, column.kind) {
            (Conn::Sqlite(_), Kind::Bytes) => format!("unhex(substr(value ->> {n}, 3))"),
            (Conn::Sqlite(_), _) => format!("value ->> {n}"),
            (Conn::Pg(_), kind) => match kind {
                Kind::Lexemes => blocks::stored("(row ->> 0)::bigint", &format!("row ->> {n}")),
                kind => format!("(row ->> {n})::{}", kind.postgres()),
            },
        })
        .collect();
    let from = match conn {
        Conn::Sqlite(_) => "json_each($1)",
        Conn::Pg(_) => "json_array_elements($1::json) AS row",
    };
    let statement = format!(
        "INSERT INTO \"{}\" ({}) SELECT {} FROM {from}",
        table.name,
        table.column_list(),
        values.join(", ")
    );
    diesel::sql_query(statement)
        .bind::<Text, _>(json)
        .execute(conn)
        .map(|_| ())
}

/// How many rows a table has.
pub fn count(conn: &mut Conn, table: &Table) -> QueryResult<i64> {
    // The words of a contentless index cannot be scanned; their lengths can.
    let name = match conn {
        Conn::Sqlite(_) if table.is_index() => "search_words_docsize",
        _ => table.name.as_str(),
    };
    figure(conn, &format!("SELECT count(*) AS n FROM \"{name}\""))
}

/// The highest id the table has ever given out.
pub fn sequence(conn: &mut Conn, table: &Table) -> QueryResult<i64> {
    let name = &table.name;
    let highest = format!("COALESCE((SELECT max(id) FROM \"{name}\"), 0)");
    match conn {
        Conn::Sqlite(_) => figure(
            conn,
            &format!(
                "SELECT max({highest}, COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{name}'), 0)) AS n"
            ),
        ),
        Conn::Pg(_) => {
            let line: Line = diesel::sql_query("SELECT pg_get_serial_sequence($1, 'id') AS line")
                .bind::<Text, _>(format!("\"{name}\""))
                .get_result(conn)?;
            figure(
                conn,
                &format!(
                    "SELECT GREATEST({highest}, (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {})) AS n",
                    line.line
                ),
            )
        }
    }
}

/// Sees to it that ids up to `highest` are not given out again.
pub fn set_sequence(conn: &mut Conn, table: &Table, highest: i64) -> QueryResult<()> {
    let highest = highest.max(sequence(conn, table)?);
    if highest == 0 {
        return Ok(());
    }
    let name = &table.name;
    let statements = match conn {
        Conn::Pg(_) => vec![format!(
            "SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {highest})"
        )],
        Conn::Sqlite(_) => vec![
            format!("DELETE FROM sqlite_sequence WHERE name = '{name}'"),
            format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, {highest} FROM sqlite_master \
                 WHERE name = '{name}' AND sql LIKE '%AUTOINCREMENT%'"
            ),
        ],
    };
    for statement in statements {
        diesel::sql_query(statement).execute(conn)?;
    }
    Ok(())
}

fn figure(conn: &mut Conn, statement: &str) -> QueryResult<i64> {
    let figure: Figure = diesel::sql_query(statement).get_result(conn)?;
    Ok(figure.n)
}

fn select(conn: &Conn, table: &Table) -> String {
    let is_sqlite = matches!(conn, Conn::Sqlite(_));
    if is_sqlite && table.is_index() {
        // The index keeps no text; what it was made of is read back from its terms.
        return "SELECT json_array(doc, group_concat(term, ' ')) AS line FROM temp.search_terms GROUP BY doc ORDER BY doc"
            .to_owned();
    }
    let values: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let name = format!("\"{}\"", column.name);
            match (is_sqlite, column.kind) {
                (true, Kind::Bytes) => format!("'\\x' || hex({name})"),
                (true, Kind::Real) => {
                    format!("CASE WHEN {name} IS NULL THEN NULL ELSE printf('%!.17g', {name}) END")
                }
                (false, Kind::Lexemes) => blocks::shown(&name),
                _ => name,
            }
        })
        .collect();
    let values = values.join(", ");
    let array = if is_sqlite {
        format!("json_array({values})")
    } else {
        format!("json_build_array({values})::text")
    };
    format!(
        "SELECT {array} AS line FROM \"{}\" ORDER BY {}",
        table.name,
        table.key_list()
    )
}
