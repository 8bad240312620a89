//! Words of records: FTS5 on SQLite, tsvector on PostgreSQL (`blocks`), behind a few functions. Both are given words that
//! `base::terms` has folded and cut, each with the letter of its kind in front, so that a search for deals never walks over
//! the contacts with the same word; FTS5 keeps the beginnings of words as lists of their own, so that a word that half of all
//! contacts share costs no more than a rare one. How words are spelled is kept apart (`spelling`).

pub(super) mod blocks;
pub mod spelling;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::prepared::prepared;
use crate::base::terms::{self, Asked};
use crate::db::Conn;

/// What is indexed. Each kind has a range of row ids to itself in the one index. Numbers are stored: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Contact,
        Self::Company,
        Self::Deal,
        Self::Ticket,
        Self::Campaign,
    ];

    /// As it is stored beside an id.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The kind of a number.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    fn first(self) -> i64 {
        (self as i64) << ID_BITS
    }

    fn beyond(self) -> i64 {
        self.first() + (1 << ID_BITS) - 1
    }

    fn rowid(self, id: i64) -> i64 {
        self.first() + id
    }

    /// In front of its words.
    fn letter(self) -> char {
        match self {
            Self::Contact => 'c',
            Self::Company => 'o',
            Self::Deal => 'd',
            Self::Ticket => 't',
            Self::Campaign => 'm',
        }
    }

    /// The words of a record as both indexes store them.
    fn indexed(self, text: &str) -> String {
        let letter = self.letter();
        let words = terms::indexed(text);
        let words: Vec<String> = words.iter().map(|word| format!("{letter}{word}")).collect();
        words.join(" ")
    }
}

/// Replaces the words of one record; empty words remove it.
pub fn put(conn: &mut Conn, kind: Kind, id: i64, words: &str) -> QueryResult<()> {
    let rowid = kind.rowid(id);
    prepared("DELETE FROM search_words WHERE rowid = $1")
        .bind::<BigInt, _>(rowid)
        .execute(conn)?;
    let words = kind.indexed(words);
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
        .map(|(id, words)| (kind.rowid(*id), kind.indexed(words)))
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

/// Replaces the words of many records.
pub fn renew(conn: &mut Conn, kind: Kind, records: &[(i64, String)]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => {
            for (id, _) in records {
                prepared("DELETE FROM search_words WHERE rowid = $1")
                    .bind::<BigInt, _>(kind.rowid(*id))
                    .execute(conn)?;
            }
        }
        Conn::Pg(c) => {
            let rowids = records.iter().map(|(id, _)| kind.rowid(*id)).collect();
            blocks::remove_all(c, rowids)?;
        }
    }
    put_all(conn, kind, records)
}

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = BigInt)]
    rowid: i64,
}

/// Whether a word is found by its beginning or only as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Words that begin so.
    Beginning,
    /// These words.
    Whole,
}

/// The newest record of each kind, where an index has to know it.
#[derive(Debug, Clone, Default)]
pub struct Newest(Vec<Option<i64>>);

/// Asks for it once, for a search over several kinds.
pub fn newest(conn: &mut Conn) -> QueryResult<Newest> {
    match conn {
        Conn::Sqlite(_) => Ok(Newest::default()),
        Conn::Pg(c) => {
            let bounds = Kind::ALL.map(|kind| (kind.first(), kind.beyond()));
            blocks::newest(c, &bounds).map(Newest)
        }
    }
}

/// Ids whose words begin with every word typed, newest id first, below `before`, at most `limit`.
pub fn find(
    conn: &mut Conn,
    kind: Kind,
    typed: &str,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let asked = Asked::read(typed);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let below = before.map_or_else(|| kind.beyond(), |before| kind.rowid(before));
    match conn {
        Conn::Sqlite(_) => walk(conn, kind, &asked, Fit::Beginning, below, limit),
        Conn::Pg(c) => match blocks::newest(c, &[(kind.first(), below)])?.as_slice() {
            [Some(newest)] => walk(conn, kind, &asked, Fit::Beginning, newest + 1, limit),
            _ => Ok(Vec::new()),
        },
    }
}

/// Ids of a kind that answer a question, newest first.
pub fn ask(
    conn: &mut Conn,
    newest: &Newest,
    kind: Kind,
    asked: &Asked,
    fit: Fit,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let below = match newest.0.get(kind as usize) {
        _ if asked.is_empty() => return Ok(Vec::new()),
        Some(None) => return Ok(Vec::new()),
        Some(Some(newest)) => newest + 1,
        None => kind.beyond(),
    };
    walk(conn, kind, asked, fit, below, limit)
}

fn walk(
    conn: &mut Conn,
    kind: Kind,
    asked: &Asked,
    fit: Fit,
    below: i64,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let letter = kind.letter();
    let rowids = match conn {
        Conn::Pg(c) => {
            let star = if fit == Fit::Whole { "" } else { ":*" };
            let query = |label: &str| {
                expression(asked, [" & ", " | "], |word| {
                    format!("'{label}{letter}{word}'{star}")
                })
            };
            blocks::find(c, query, kind.first(), below - 1, limit)?
        }
        Conn::Sqlite(_) => {
            let star = if fit == Fit::Whole { "" } else { "*" };
            let query = expression(asked, [" AND ", " OR "], |word| {
                format!("\"{letter}{word}\"{star}")
            });
            let hits: Vec<Hit> = prepared(
                "SELECT rowid FROM search_words WHERE search_words MATCH $1 AND rowid < $2 AND rowid > $3 ORDER BY rowid DESC LIMIT $4",
            )
            .bind::<Text, _>(query)
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

/// A question in the language of an index. Words hold letters, digits and marks only, so nothing in them is read as a sign.
fn expression(asked: &Asked, [and, or]: [&str; 2], term: impl Fn(&str) -> String) -> String {
    let way = |way: &Vec<String>| {
        let terms: Vec<String> = way.iter().map(|word| term(word)).collect();
        format!("({})", terms.join(and))
    };
    let groups: Vec<String> = asked
        .groups
        .iter()
        .map(|group| {
            let ways: Vec<String> = group.ways.iter().map(way).collect();
            format!("({})", ways.join(or))
        })
        .collect();
    groups.join(and)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_carry_the_letter_of_their_kind() {
        assert_eq!(
            Kind::Contact.indexed("Ada ada@example.com"),
            "cada ccom cexample"
        );
        assert_eq!(Kind::Ticket.indexed("\"*\""), "");
    }

    #[test]
    fn a_question_is_written_in_the_language_of_the_index() {
        let asked = Asked::read("0171 234 \"Ada\" NEAR*");
        assert_eq!(
            expression(&asked, [" AND ", " OR "], |word| format!("\"{word}\"*")),
            "((\"171234\"*) OR (\"0171\"* AND \"234\"*)) AND ((\"ada\"*)) AND ((\"near\"*))"
        );
    }
}
