//! Words of records: FTS5 on SQLite, tsvector on PostgreSQL (`blocks`), behind two functions. Both are given folded text,
//! so that accents and case never matter.

pub(super) mod blocks;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::base::text;
use crate::db::Conn;

/// What is indexed. Each kind has a range of row ids to itself in the one index, so that a search for deals never walks
/// over the contacts with the same word. Numbers are stored: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A contact.
    Contact = 0,
    /// A company.
    Company = 1,
    /// A deal.
    Deal = 2,
    /// A ticket.
    Ticket = 3,
    /// A campaign.
    Campaign = 4,
}

/// Bits of a row id that hold the record's own id.
const ID_BITS: u32 = 48;

impl Kind {
    fn first(self) -> i64 {
        (self as i64) << ID_BITS
    }

    fn rowid(self, id: i64) -> i64 {
        self.first() + id
    }
}

/// Replaces the words of one record; empty words remove it.
pub fn put(conn: &mut Conn, kind: Kind, id: i64, words: &str) -> QueryResult<()> {
    let rowid = kind.rowid(id);
    prepared("DELETE FROM search_words WHERE rowid = $1")
        .bind::<BigInt, _>(rowid)
        .execute(conn)?;
    let words = indexed(words);
    if words.is_empty() {
        return Ok(());
    }
    match conn {
        Conn::Pg(c) => blocks::put_all(c, &[(rowid, words)]),
        Conn::Sqlite(_) => prepared("INSERT INTO search_words (rowid, words) VALUES ($1, $2)")
            .bind::<BigInt, _>(rowid)
            .bind::<Text, _>(words)
            .execute(conn)
            .map(|_| ()),
    }
}

/// Writes the words of many records that have none yet.
pub fn put_all(conn: &mut Conn, kind: Kind, records: &[(i64, String)]) -> QueryResult<()> {
    let rows: Vec<(i64, String)> = records
        .iter()
        .map(|(id, words)| (kind.rowid(*id), indexed(words)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    match conn {
        Conn::Sqlite(c) => {
            for (rowid, words) in &rows {
                prepared("INSERT INTO search_words (rowid, words) VALUES ($1, $2)")
                    .bind::<BigInt, _>(rowid)
                    .bind::<Text, _>(words)
                    .execute(c)?;
            }
        }
        Conn::Pg(c) => {
            for chunk in rows.chunks(5_000) {
                blocks::put_all(c, chunk)?;
            }
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = BigInt)]
    rowid: i64,
}

/// Ids whose words begin with every word asked for, newest id first, below `before`, at most `limit`.
pub fn find(
    conn: &mut Conn,
    kind: Kind,
    asked: &str,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let words = tokens(asked);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let below = kind.rowid(before.unwrap_or((1 << ID_BITS) - 1));
    let rowids = match conn {
        Conn::Pg(c) => blocks::find(c, &words, kind.first(), below, limit)?,
        Conn::Sqlite(_) => {
            let query: Vec<String> = words.iter().map(|w| format!("\"{w}\"*")).collect();
            let hits: Vec<Hit> = prepared(
                "SELECT rowid FROM search_words WHERE search_words MATCH $1 AND rowid < $2 AND rowid > $3 ORDER BY rowid DESC LIMIT $4",
            )
            .bind::<Text, _>(query.join(" "))
            .bind::<BigInt, _>(below)
            .bind::<BigInt, _>(kind.first())
            .bind::<BigInt, _>(limit)
            .load(conn)?;
            hits.into_iter().map(|hit| hit.rowid).collect()
        }
    };
    Ok(rowids
        .into_iter()
        .map(|rowid| rowid - kind.first())
        .collect())
}

/// The words of a record as both indexes store them: each once, bounded.
fn indexed(words: &str) -> String {
    let mut all = tokens_of(words, 64);
    all.sort();
    all.dedup();
    all.join(" ")
}

fn tokens(asked: &str) -> Vec<String> {
    tokens_of(asked, 8)
}

/// Folded runs of letters and digits: the same cut on both databases, for indexing and for asking.
fn tokens_of(text: &str, max: usize) -> Vec<String> {
    text::fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(max)
        .map(|word| text::cut(word, 60).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_alike_for_indexing_and_asking() {
        assert_eq!(tokens("Sæther-Løvås \"x\"*"), ["sæther", "løvas", "x"]);
        assert_eq!(indexed("Ada ada@example.com"), "ada com example");
    }
}
