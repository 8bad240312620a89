//! The search itself: of each kind the records with the words, and only where these are few, what was mistyped or stands in
//! the middle of a word. However common a word is, the same small number of records is looked at.

use std::collections::HashMap;

use diesel::QueryResult;

use super::finder::{Finder, Hit, Reader};
use super::rank::{self, Ranked};
use crate::base::terms::Asked;
use crate::base::text;
use crate::db::Conn;
use crate::db::dialect::search::{self, Fit, Kind, Newest, spelling};

/// Characters of a question that are looked at.
const LONGEST: usize = 200;
/// Records of a kind that are looked at.
const LOOKED_AT: i64 = 30;
/// Records that are looked at where the reader may see few of them.
const FURTHER: [i64; 2] = [500, 3_000];
/// A kind with fewer is asked again, with words that are spelled otherwise.
const FEW: usize = 3;
/// Other words for one that was typed.
const OTHERS: usize = 5;
/// Words that are spelled otherwise.
const MOST_WORDS: usize = 3;

/// Hits of one kind, the best first.
#[derive(Debug)]
pub struct Section {
    /// How they are found.
    pub finder: &'static Finder,
    /// The hits.
    pub hits: Vec<Ranked>,
    /// Whether there are more than these.
    pub has_more: bool,
}

/// What of a kind may answer.
#[derive(Debug, Default)]
struct Candidates {
    exact: Vec<i64>,
    found: Vec<i64>,
    guessed: Vec<i64>,
    is_full: bool,
}

impl Candidates {
    fn count(&self) -> usize {
        self.exact.len() + self.found.len()
    }

    fn ids(&self) -> Vec<i64> {
        let mut ids = self.exact.clone();
        for id in self.found.iter().chain(&self.guessed) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        ids
    }
}

/// What answers `typed`, at most `limit` of each kind. The sections with the best hits come first.
pub fn find(
    conn: &mut Conn,
    finders: &[&'static Finder],
    reader: &Reader,
    typed: &str,
    limit: usize,
) -> QueryResult<Vec<Section>> {
    let typed = &text::line(typed, LONGEST);
    let asked = Asked::read(typed);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let newest = search::newest(conn)?;
    let mut all = Vec::with_capacity(finders.len());
    for finder in finders {
        let exact = (finder.exact)(conn, typed)?;
        let (found, is_full) = looked_up(conn, &newest, finder.kind, &asked)?;
        all.push((
            *finder,
            Candidates {
                exact,
                found,
                is_full,
                ..Candidates::default()
            },
        ));
    }
    guess(conn, &newest, &asked, &mut all)?;
    let mut sections = Vec::new();
    for (finder, candidates) in all {
        let ids = candidates.ids();
        if ids.is_empty() {
            continue;
        }
        let mut shown = (finder.show)(conn, reader, &ids)?;
        let is_held = candidates.is_full && shown.len() < ids.len();
        if is_held && shown.len() < limit {
            shown = further(conn, &newest, finder, reader, &asked, shown, limit)?;
        }
        let mut hits = rank::rank(typed, &asked, shown, &candidates.exact, &candidates.guessed);
        // Of records out of reach nobody learns that there are more.
        let has_more = hits.len() > limit || (candidates.is_full && !is_held);
        hits.truncate(limit);
        if !hits.is_empty() {
            sections.push(Section {
                finder,
                hits,
                has_more,
            });
        }
    }
    sections.sort_by_key(|section| section.hits.first().map(|hit| hit.tier));
    Ok(sections)
}

/// Who sees few of the records with a word is shown those of older ones, in two larger rounds.
fn further(
    conn: &mut Conn,
    newest: &Newest,
    finder: &Finder,
    reader: &Reader,
    asked: &Asked,
    shown: Vec<Hit>,
    limit: usize,
) -> QueryResult<Vec<Hit>> {
    let mut shown = shown;
    for round in FURTHER {
        let ids = search::ask(conn, newest, finder.kind, asked, Fit::Beginning, round)?;
        for hit in (finder.show)(conn, reader, &ids)? {
            if !shown.iter().any(|one| one.id == hit.id) {
                shown.push(hit);
            }
        }
        if shown.len() >= limit || (ids.len() as i64) < round {
            break;
        }
    }
    Ok(shown)
}

/// The newest records whose words begin so; where these are too many, those that have the words as they stand go first.
fn looked_up(
    conn: &mut Conn,
    newest: &Newest,
    kind: Kind,
    asked: &Asked,
) -> QueryResult<(Vec<i64>, bool)> {
    let begun = search::ask(conn, newest, kind, asked, Fit::Beginning, LOOKED_AT)?;
    if (begun.len() as i64) < LOOKED_AT {
        return Ok((begun, false));
    }
    let mut found = search::ask(conn, newest, kind, asked, Fit::Whole, LOOKED_AT)?;
    for id in begun {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok((found, true))
}

/// Asks again where little was found. Tickets are many and called by all sorts of words: only where nothing else answers.
fn guess(
    conn: &mut Conn,
    newest: &Newest,
    asked: &Asked,
    all: &mut [(&'static Finder, Candidates)],
) -> QueryResult<()> {
    let is_nothing = all.iter().all(|(_, candidates)| candidates.count() == 0);
    let thin = all.iter_mut().filter(|(finder, candidates)| {
        candidates.count() < FEW && (finder.kind != Kind::Ticket || is_nothing)
    });
    let thin: Vec<_> = thin.collect();
    if thin.is_empty() {
        return Ok(());
    }
    let Some(wider) = wider(conn, asked)? else {
        return Ok(());
    };
    for (finder, candidates) in thin {
        let kind = finder.kind;
        candidates.guessed = search::ask(conn, newest, kind, &wider, Fit::Beginning, LOOKED_AT)?;
    }
    Ok(())
}

/// The question with other words for those that were typed; none where no other word is known.
fn wider(conn: &mut Conn, asked: &Asked) -> QueryResult<Option<Asked>> {
    let words: Vec<(usize, &str)> = asked.words().take(MOST_WORDS).collect();
    let typed: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
    let meant = spelling::meant(conn, &typed, OTHERS)?;
    let mut others: HashMap<usize, Vec<String>> = HashMap::new();
    for ((place, word), meant) in words.iter().zip(meant) {
        let own = others.entry(*place).or_default();
        own.extend(spelling::containing(conn, word, OTHERS)?);
        own.extend(meant);
        own.retain(|other| other != word);
    }
    if others.values().all(Vec::is_empty) {
        return Ok(None);
    }
    let mut wider = asked.clone();
    for (place, words) in others {
        if let Some(group) = wider.groups.get_mut(place) {
            group.ways.extend(words.into_iter().map(|word| vec![word]));
        }
    }
    Ok(Some(wider))
}
