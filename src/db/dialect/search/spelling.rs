//! How words of names are spelled, for what no index of words finds: a part of a word ("cme" of Acme), and a word with a
//! mistake in it. Each word is kept once, with pieces of it: `=acme` that it is known, `+acme` that its ends are, `acme`,
//! `cme` its ends, and `~acm`, `~ace`, … its beginning with a letter left out. A mistyped word and the right one share one of
//! these, so that both questions are a few steps in one ordinary index, the same on both databases and with no extension.

use std::collections::{BTreeSet, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use crate::base::terms;
use crate::db::Conn;
use crate::db::dialect::prepared::{Cached, padded, prepared};
use crate::db::schema::search_pieces;

/// Letters of a word's beginning in which a mistake is made good.
const BEGINNING: usize = 6;
/// Letters of the shortest word in which one is looked for.
const SHORTEST: usize = 4;
/// Letters of the shortest part of a word.
const SHORTEST_PART: usize = 3;
/// Letters of the longest word that is kept.
const LONGEST: usize = 24;
/// Words looked up at a time.
const CHUNK: usize = 200;
/// Words that share a piece and are looked at.
const MOST: i64 = 200;

/// What is kept of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Its spelling.
    Spelling,
    /// Its spelling and its ends, so that a part of it finds it.
    Parts,
}

/// Keeps the words of names that are not known yet.
pub fn learn<'a>(
    conn: &mut Conn,
    keep: Keep,
    names: impl IntoIterator<Item = &'a str>,
) -> QueryResult<()> {
    let words: BTreeSet<String> = names
        .into_iter()
        .flat_map(terms::indexed)
        .filter(|word| is_kept(word))
        .collect();
    let words: Vec<String> = words.into_iter().collect();
    let mut pieces: Vec<(String, String)> = Vec::new();
    for chunk in words.chunks(CHUNK) {
        let asked: Vec<String> = chunk.iter().flat_map(|word| marks(word, keep)).collect();
        let query = search_pieces::table
            .filter(search_pieces::piece.eq_any(padded(asked)))
            .select(search_pieces::piece);
        let known: Vec<String> = Cached(query).load(conn)?;
        let known: HashSet<String> = known.into_iter().collect();
        for word in chunk {
            for mark in marks(word, keep).filter(|mark| !known.contains(mark)) {
                pieces.extend(pieces_of(word, &mark).map(|piece| (piece, word.clone())));
                pieces.push((mark, word.clone()));
            }
        }
    }
    insert(conn, &pieces)
}

/// What says that a word is kept so.
fn marks(word: &str, keep: Keep) -> impl Iterator<Item = String> {
    let parts = keep == Keep::Parts || is_dense(word);
    let spelled = (!is_dense(word)).then(|| format!("={word}"));
    spelled.into_iter().chain(parts.then(|| format!("+{word}")))
}

/// What a mark stands for.
fn pieces_of(word: &str, mark: &str) -> Box<dyn Iterator<Item = String>> {
    if mark.starts_with('+') {
        return Box::new(ends(word).into_iter());
    }
    if word.chars().count() < SHORTEST {
        return Box::new(std::iter::empty());
    }
    let beginning: Vec<char> = word.chars().take(BEGINNING).collect();
    Box::new(
        lacking(&beginning)
            .into_iter()
            .map(|piece| format!("~{piece}")),
    )
}

/// Words with digits have no spelling; very long ones are no words.
fn is_kept(word: &str) -> bool {
    let letters = word.chars().count();
    !word.chars().any(char::is_numeric)
        && letters <= LONGEST
        && letters >= if is_dense(word) { 2 } else { SHORTEST_PART }
}

/// Scripts that put no space between words: a name is one word, and each sign of it says much.
fn is_dense(word: &str) -> bool {
    let is_dense = |c: char| matches!(u32::from(c), 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0x20000..=0x3ffff);
    word.chars().any(is_dense)
}

/// A word from each of its letters on, as long as it is a part.
fn ends(word: &str) -> Vec<String> {
    let shortest = if is_dense(word) { 1 } else { SHORTEST_PART };
    let letters: Vec<char> = word.chars().collect();
    let last = letters.len().saturating_sub(shortest);
    (0..=last)
        .filter_map(|from| letters.get(from..).map(|end| end.iter().collect()))
        .collect()
}

/// The letters as they are, and with each of them left out.
fn lacking(letters: &[char]) -> BTreeSet<String> {
    let without = |at: usize| {
        let left = letters.iter().enumerate().filter(|(n, _)| *n != at);
        left.map(|(_, c)| *c).collect()
    };
    (0..letters.len())
        .map(without)
        .chain([letters.iter().collect()])
        .collect()
}

fn insert(conn: &mut Conn, pieces: &[(String, String)]) -> QueryResult<()> {
    if pieces.is_empty() {
        return Ok(());
    }
    match conn {
        Conn::Pg(c) => pieces
            .chunks(5_000)
            .try_for_each(|chunk| insert_many(c, chunk)),
        Conn::Sqlite(_) => pieces.iter().try_for_each(|(piece, word)| {
            prepared("INSERT INTO search_pieces (piece, word) VALUES ($1, $2)")
                .bind::<Text, _>(piece)
                .bind::<Text, _>(word)
                .execute(conn)
                .map(|_| ())
        }),
    }
}

fn insert_many(conn: &mut PgConnection, pieces: &[(String, String)]) -> QueryResult<()> {
    let (pieces, words): (Vec<&str>, Vec<&str>) = pieces
        .iter()
        .map(|(piece, word)| (piece.as_str(), word.as_str()))
        .unzip();
    prepared("INSERT INTO search_pieces (piece, word) SELECT * FROM unnest($1, $2)")
        .bind::<Array<Text>, _>(pieces)
        .bind::<Array<Text>, _>(words)
        .execute(conn)
        .map(|_| ())
}

/// Words that have `part` in them, those that end so first, then the shortest.
pub fn containing(conn: &mut Conn, part: &str, limit: usize) -> QueryResult<Vec<String>> {
    let letters = part.chars().count();
    if letters < SHORTEST_PART && !(is_dense(part) && letters > 0) {
        return Ok(Vec::new());
    }
    // Ends that begin so. No letter is beyond this one.
    let beyond = format!("{part}\u{10ffff}");
    let found: Vec<(String, String)> = search_pieces::table
        .filter(search_pieces::piece.ge(part))
        .filter(search_pieces::piece.lt(beyond))
        .order((search_pieces::piece, search_pieces::word))
        .select((search_pieces::piece, search_pieces::word))
        .limit(MOST)
        .load(conn)?;
    let mut found: Vec<(bool, usize, String)> = found
        .into_iter()
        .map(|(piece, word)| (piece != part, word.len(), word))
        .collect();
    found.sort();
    Ok(shortened(found.into_iter().map(|(_, _, word)| word), limit))
}

/// Known words that somebody may have meant who typed these, each with which one, the nearest first.
pub fn meant(conn: &mut Conn, typed: &[&str], limit: usize) -> QueryResult<Vec<Vec<String>>> {
    let pieces: Vec<Vec<String>> = typed.iter().map(|word| asked_pieces(word)).collect();
    let all: Vec<String> = pieces.concat();
    if all.is_empty() {
        return Ok(vec![Vec::new(); typed.len()]);
    }
    let query = search_pieces::table
        .filter(search_pieces::piece.eq_any(padded(all)))
        .order((search_pieces::piece, search_pieces::word))
        .select(search_pieces::word)
        .limit(MOST * 8);
    let candidates: Vec<String> = Cached(query).load(conn)?;
    let candidates: BTreeSet<String> = candidates.into_iter().collect();
    let nearest = |word: &&str| {
        let mut near: Vec<(usize, &String)> = candidates
            .iter()
            .filter_map(|candidate| Some((distance(word, candidate)?, candidate)))
            .collect();
        near.sort();
        shortened(near.into_iter().map(|(_, word)| word.clone()), limit)
    };
    Ok(typed.iter().map(nearest).collect())
}

fn shortened(words: impl Iterator<Item = String>, limit: usize) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if kept.len() < limit && !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

/// Where a word with a letter too many, too few, wrong or in the wrong place would be found.
fn asked_pieces(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < SHORTEST || is_dense(word) || word.chars().any(char::is_numeric) {
        return Vec::new();
    }
    let mut pieces = BTreeSet::new();
    for length in [BEGINNING, BEGINNING + 1] {
        pieces.extend(lacking(letters.get(..length).unwrap_or(&letters)));
    }
    pieces
        .into_iter()
        .map(|piece| format!("~{piece}"))
        .collect()
}

/// How many mistakes make `typed` out of `word`, or out of its beginning; `None` for more than are likely. The word itself
/// is no mistake.
fn distance(typed: &str, word: &str) -> Option<usize> {
    let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    let most = if typed.len() < 7 { 1 } else { 2 };
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (i, c) in typed.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, d) in word.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&last, j) + usize::from(c != d))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            let is_swapped =
                i > 0 && j > 0 && typed.get(i - 1) == Some(d) && word.get(j - 1) == Some(c);
            if is_swapped {
                least = least.min(at(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    let whole = last.last().copied()?;
    // While one types, the end is not there yet.
    let begun = last
        .iter()
        .skip(typed.len().saturating_sub(1))
        .min()
        .copied()?
        + 1;
    let found = whole.min(begun);
    (found > 0 && whole > 0 && found <= most).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_shares_a_piece_with_the_right_one() {
        for (typed, word) in [
            ("jonh", "john"),
            ("shcmidt", "schmidt"),
            ("schhmidt", "schmidt"),
            ("scmidt", "schmidt"),
            ("shmidt", "schmidt"),
            ("xchmidt", "schmidt"),
            ("munzo", "munoz"),
            ("ingird", "ingrid"),
            ("katherine", "catherine"),
        ] {
            let own: HashSet<String> = pieces_of(word, &format!("={word}")).collect();
            assert!(
                asked_pieces(typed).iter().any(|piece| own.contains(piece)),
                "{typed}"
            );
            assert_eq!(distance(typed, word), Some(1), "{typed}");
        }
    }

    #[test]
    fn other_words_are_far_away() {
        for (typed, word) in [
            ("anna", "anna"),
            ("mark", "mira"),
            ("bern", "stern"),
            ("peter", "pietro"),
        ] {
            assert_eq!(distance(typed, word), None, "{typed} {word}");
        }
        assert_eq!(
            distance("shcmidtb", "schmidtbauer"),
            Some(2),
            "still being typed"
        );
    }

    #[test]
    fn a_part_of_a_word_begins_one_of_its_ends() {
        assert_eq!(ends("acme"), ["acme", "cme"]);
        assert_eq!(ends("田中美咲"), ["田中美咲", "中美咲", "美咲", "咲"]);
        assert!(!is_kept("li") && is_kept("李明") && !is_kept("a1b2"));
    }
}
