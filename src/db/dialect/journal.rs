//! Rows that change their owner when two records become one, and back: written down and moved in bulk, a statement for
//! all tables or one a table, whatever the number of rows. `merge_moves` is the book; what stands in it is JSON.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::db::Conn;

/// Rows of a table that belong to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The table.
    pub table: &'static str,
    /// The column that says whose a row is.
    pub owner: &'static str,
    /// What tells the rows of one owner apart.
    pub key: &'static str,
    /// Whether that is words.
    pub by_words: bool,
    /// What an owner may have but once.
    pub twin: Option<Twin>,
    /// Which of an owner's rows is the first one.
    pub primary: Option<Primary>,
}

/// What an owner may have but once: two that become one keep the winner's row.
#[derive(Debug, Clone, Copy)]
pub struct Twin {
    /// The column that makes two rows the same.
    pub column: &'static str,
    /// The table it leads to: a row whose other end is gone does not come back.
    pub to: &'static str,
    /// Every column, for taking a row away and putting it back.
    pub columns: &'static [&'static str],
}

/// One row of an owner is marked.
#[derive(Debug, Clone, Copy)]
pub struct Primary {
    /// The mark.
    pub column: &'static str,
    /// One mark for each value of this column; empty: one for all.
    pub within: &'static str,
}

impl Held {
    /// Rows of `table` with an id, whose owner stands in `owner`.
    pub const fn rows(table: &'static str, owner: &'static str) -> Self {
        Self {
            table,
            owner,
            key: "id",
            by_words: false,
            twin: None,
            primary: None,
        }
    }

    fn row_id(&self) -> String {
        if self.by_words {
            "0".to_owned()
        } else {
            format!("own.{}", self.key)
        }
    }

    fn row_key(&self) -> String {
        if self.by_words {
            format!("own.{}", self.key)
        } else {
            "''".to_owned()
        }
    }

    /// The column of the journal in which the key stands.
    fn place(&self) -> &'static str {
        if self.by_words { "row_key" } else { "row_id" }
    }

    /// What a moved row was, as JSON.
    fn moved(&self, is_sqlite: bool) -> String {
        let mut pairs = vec![format!("'{0}', own.{0}", self.owner)];
        pairs.extend(self.primary.map(|p| format!("'{0}', own.{0}", p.column)));
        object(is_sqlite, &pairs.join(", "))
    }

    /// A whole row as JSON.
    fn whole(twin: Twin, is_sqlite: bool) -> String {
        let pairs: Vec<String> = twin
            .columns
            .iter()
            .map(|column| format!("'{column}', own.{column}"))
            .collect();
        object(is_sqlite, &pairs.join(", "))
    }

    /// The lines of the journal: those that go away because the winner has the same, and those that move.
    fn lines(&self, is_sqlite: bool) -> String {
        let (table, owner) = (self.table, self.owner);
        let (id, key) = (self.row_id(), self.row_key());
        let line = |act: &str, before: &str, also: &str| {
            format!(
                "SELECT CAST($1 AS BIGINT), '{table}', {id}, {key}, '{act}', {before} FROM {table} AS own WHERE own.{owner} = $2{also}"
            )
        };
        let moved = self.moved(is_sqlite);
        let Some(twin) = self.twin else {
            return line("moved", &moved, "");
        };
        let same = format!(
            "EXISTS (SELECT 1 FROM {table} AS other WHERE other.{owner} = $3 AND other.{0} = own.{0})",
            twin.column
        );
        let whole = Self::whole(twin, is_sqlite);
        format!(
            "{} UNION ALL {}",
            line("deleted", &whole, &format!(" AND {same}")),
            line("moved", &moved, &format!(" AND NOT {same}"))
        )
    }
}

fn object(is_sqlite: bool, pairs: &str) -> String {
    if is_sqlite {
        format!("json_object({pairs})")
    } else {
        format!("json_build_object({pairs})::text")
    }
}

/// A value of a line's JSON.
fn value(is_sqlite: bool, column: &str, kind: &str) -> String {
    if is_sqlite {
        format!("json_extract(m.before, '$.{column}')")
    } else {
        format!("(m.before::json ->> '{column}')::{kind}")
    }
}

#[derive(QueryableByName)]
struct Noted {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    act: String,
}

/// Gives the loser's rows of all these tables to the winner, and writes down every one. What the winner has too is taken
/// away from the loser. Says how many rows of each table moved.
pub fn give(
    conn: &mut Conn,
    held: &[Held],
    merge: i64,
    winner: i64,
    loser: i64,
) -> QueryResult<Vec<usize>> {
    let is_sqlite = conn.is_sqlite();
    let lines: Vec<String> = held.iter().map(|held| held.lines(is_sqlite)).collect();
    let noted: Vec<Noted> = prepared(format!(
        "INSERT INTO merge_moves (merge_id, table_name, row_id, row_key, act, before) {} RETURNING table_name, act",
        lines.join(" UNION ALL ")
    ))
    .bind::<BigInt, _>(merge)
    .bind::<BigInt, _>(loser)
    .bind::<BigInt, _>(winner)
    .load(conn)?;
    let mut counts = Vec::with_capacity(held.len());
    for one in held {
        let of = |act: &str| {
            let same = |line: &&Noted| line.table_name == one.table && line.act == act;
            noted.iter().filter(same).count()
        };
        if of("deleted") > 0 {
            take_away(conn, one, winner, loser)?;
        }
        let moved = of("moved");
        if moved > 0 {
            hand_over(conn, one, winner, loser)?;
        }
        counts.push(moved);
    }
    Ok(counts)
}

fn take_away(conn: &mut Conn, held: &Held, winner: i64, loser: i64) -> QueryResult<usize> {
    let Some(twin) = held.twin else { return Ok(0) };
    let (table, owner, column) = (held.table, held.owner, twin.column);
    prepared(format!(
        "DELETE FROM {table} WHERE {owner} = $1 AND EXISTS \
         (SELECT 1 FROM {table} AS other WHERE other.{owner} = $2 AND other.{column} = {table}.{column})"
    ))
    .bind::<BigInt, _>(loser)
    .bind::<BigInt, _>(winner)
    .execute(conn)
}

/// A mark of the loser's stays only where the winner has none.
fn hand_over(conn: &mut Conn, held: &Held, winner: i64, loser: i64) -> QueryResult<usize> {
    let (table, owner) = (held.table, held.owner);
    let mark = held.primary.map_or_else(String::new, |primary| {
        let (column, within) = (primary.column, primary.within);
        let within = match within {
            "" => String::new(),
            within => format!(" AND other.{within} = {table}.{within}"),
        };
        format!(
            ", {column} = ({column} AND NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{owner} = $1 AND other.{column}{within}))"
        )
    });
    prepared(format!(
        "UPDATE {table} SET {owner} = $1{mark} WHERE {owner} = $2"
    ))
    .bind::<BigInt, _>(winner)
    .bind::<BigInt, _>(loser)
    .execute(conn)
}

/// A merge that is being undone, and where its rows lie now.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// The merge.
    pub merge: i64,
    /// Who has the rows now.
    pub holder: i64,
    /// Whose they were.
    pub loser: i64,
    /// Later merges by which the winner itself went on to the holder.
    pub way: &'a [i64],
}

/// Gives the rows of one table back, as they were, and those that were taken away. What somebody has moved elsewhere
/// meanwhile stays there. How many came back.
pub fn back(conn: &mut Conn, held: &Held, undo: &Back<'_>) -> QueryResult<usize> {
    let Back {
        merge,
        holder,
        loser,
        ..
    } = *undo;
    let (table, owner, key, place) = (held.table, held.owner, held.key, held.place());
    let own = format!(
        "EXISTS (SELECT 1 FROM merge_moves AS own WHERE own.merge_id = {merge} AND own.table_name = '{table}' \
         AND own.act = 'moved' AND own.row_id = m.row_id AND own.row_key = m.row_key)"
    );
    let mut n = 0;
    if !undo.way.is_empty() {
        // A later merge took the row away, because its winner had the same: it lies in that merge's lines.
        let way = format!("m.merge_id IN ({})", listed(undo.way));
        let lost = format!("{way} AND m.act = 'deleted' AND {own}");
        n += put_back(conn, held, &lost, loser)?;
        forget(conn, held, &lost)?;
    }
    let once = once(held, loser);
    n += run(
        conn,
        &format!(
            "UPDATE {table} SET {owner} = {loser} WHERE {owner} = {holder} AND {key} IN (SELECT m.{place} FROM merge_moves AS m \
             WHERE m.merge_id = {merge} AND m.table_name = '{table}' AND m.act = 'moved'){once}"
        ),
    )?;
    mark_again(conn, held, undo)?;
    if !undo.way.is_empty() {
        let way = format!("m.merge_id IN ({})", listed(undo.way));
        forget(conn, held, &format!("{way} AND m.act = 'moved' AND {own}"))?;
    }
    let taken = format!("m.merge_id = {merge} AND m.act = 'deleted'");
    n += put_back(conn, held, &taken, loser)?;
    run(
        conn,
        &format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT m.{place} FROM merge_moves AS m \
             WHERE m.merge_id = {merge} AND m.table_name = '{table}' AND m.act = 'made')"
        ),
    )?;
    Ok(n)
}

/// Only what `owner` does not have already.
fn once(held: &Held, owner: i64) -> String {
    held.twin.map_or_else(String::new, |twin| {
        format!(
            " AND NOT EXISTS (SELECT 1 FROM {0} AS other WHERE other.{1} = {owner} AND other.{2} = {0}.{2})",
            held.table, held.owner, twin.column
        )
    })
}

fn mark_again(conn: &mut Conn, held: &Held, undo: &Back<'_>) -> QueryResult<()> {
    let Some(primary) = held.primary else {
        return Ok(());
    };
    let (table, owner, key, place) = (held.table, held.owner, held.key, held.place());
    let was = value(conn.is_sqlite(), primary.column, "boolean");
    let line = format!(
        "FROM merge_moves AS m WHERE m.merge_id = {} AND m.table_name = '{table}' AND m.act = 'moved' AND m.{place} = {table}.{key}",
        undo.merge
    );
    let statement = format!(
        "UPDATE {table} SET {0} = COALESCE((SELECT {was} {line}), {0}) WHERE {owner} = {1} AND EXISTS (SELECT 1 {line})",
        primary.column, undo.loser
    );
    run(conn, &statement).map(|_| ())
}

/// Puts rows back that lines of the journal hold whole, for `owner`.
fn put_back(conn: &mut Conn, held: &Held, lines: &str, owner: i64) -> QueryResult<usize> {
    let Some(twin) = held.twin else { return Ok(0) };
    let is_sqlite = conn.is_sqlite();
    let columns = twin.columns.join(", ");
    let values: Vec<String> = twin
        .columns
        .iter()
        .map(|column| match (*column == held.owner, is_sqlite) {
            (true, _) => owner.to_string(),
            (false, true) => format!("json_extract(m.before, '$.{column}')"),
            (false, false) => format!("r.{column}"),
        })
        .collect();
    let from = if is_sqlite {
        "merge_moves AS m".to_owned()
    } else {
        format!(
            "merge_moves AS m CROSS JOIN LATERAL json_populate_record(NULL::{}, m.before::json) AS r",
            held.table
        )
    };
    let there = value(is_sqlite, twin.column, "bigint");
    run(
        conn,
        &format!(
            "INSERT INTO {0} ({columns}) SELECT {1} FROM {from} WHERE m.table_name = '{0}' AND {lines} \
             AND EXISTS (SELECT 1 FROM {2} AS there WHERE there.id = {there}) ON CONFLICT DO NOTHING",
            held.table,
            values.join(", "),
            twin.to
        ),
    )
}

fn forget(conn: &mut Conn, held: &Held, lines: &str) -> QueryResult<usize> {
    run(
        conn,
        &format!(
            "DELETE FROM merge_moves WHERE id IN (SELECT m.id FROM merge_moves AS m WHERE m.table_name = '{}' AND {lines})",
            held.table
        ),
    )
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Somebody left: what others brought and was taken away, because that one had the same, is `holder`'s again.
/// `merges`: those by which the others came; `on`: those by which it all went on from there to the holder.
pub fn refill(
    conn: &mut Conn,
    held: &Held,
    merges: &[i64],
    on: &[i64],
    holder: i64,
) -> QueryResult<()> {
    let Some(twin) = held.twin else { return Ok(()) };
    if merges.is_empty() {
        return Ok(());
    }
    let is_sqlite = conn.is_sqlite();
    let (table, owner) = (held.table, held.owner);
    let missing = format!(
        "NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{owner} = {holder} AND other.{} = {})",
        twin.column,
        value(is_sqlite, twin.column, "bigint")
    );
    let lines: Vec<Line> = diesel::sql_query(format!(
        "SELECT m.id AS id FROM merge_moves AS m WHERE m.merge_id IN ({}) AND m.table_name = '{table}' AND m.act = 'deleted' \
         AND {missing} ORDER BY m.id",
        listed(merges)
    ))
    .load(conn)?;
    for Line { id } in lines {
        if put_back(conn, held, &format!("m.id = {id} AND {missing}"), holder)? == 0 {
            continue;
        }
        let was = value(is_sqlite, owner, "bigint");
        let before = |who: &str| object(is_sqlite, &format!("'{owner}', {who}"));
        for step in on {
            run(
                conn,
                &format!(
                    "INSERT INTO merge_moves (merge_id, table_name, row_id, row_key, act, before) \
                     SELECT {step}, m.table_name, m.row_id, m.row_key, 'moved', {} FROM merge_moves AS m, merges AS g \
                     WHERE m.id = {id} AND g.id = {step}",
                    before("g.loser_id")
                ),
            )?;
        }
        run(
            conn,
            &format!(
                "UPDATE merge_moves SET act = 'moved', before = (SELECT {} FROM merge_moves AS m WHERE m.id = {id}) WHERE id = {id}",
                before(&was)
            ),
        )?;
    }
    Ok(())
}

/// Gives single rows to somebody else, if they are still where they are thought to be.
pub fn hand(conn: &mut Conn, held: &Held, rows: &[i64], from: i64, to: i64) -> QueryResult<usize> {
    if rows.is_empty() || held.by_words {
        return Ok(0);
    }
    let (table, owner, key) = (held.table, held.owner, held.key);
    let once = once(held, to);
    let statement = format!(
        "UPDATE {table} SET {owner} = {to} WHERE {owner} = {from} AND {key} IN ({}){once}",
        listed(rows)
    );
    run(conn, &statement)
}

fn listed(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

fn run(conn: &mut Conn, statement: &str) -> QueryResult<usize> {
    diesel::sql_query(statement).execute(conn)
}
