//! The nightly walk: along indexes over companies, e-mail domains and names, a bounded piece at a time, comparing within
//! blocks. Where it stopped is said by its job, so that whoever is killed when, it goes on from there.

use std::collections::HashMap;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::likeness::Verdict;
use super::look::verdict;
use super::store::{self, Known};
use crate::contacts::companies::is_free_mail;
use crate::contacts::merge::Kind;
use crate::db::Conn;
use crate::db::dialect::domains;

/// Records of one piece.
const PIECE: i64 = 2_000;
/// Records compared with each other in one block: a company of thousands is compared by name order instead.
const BLOCK: usize = 300;
/// Neighbours in the order of names that are compared.
const NEIGHBOURS: usize = 6;
/// Pairs of one record that a piece asks about.
const MOST_PAIRS: usize = 4;

/// Where the walk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// People by company, after this one.
    Companies(i64),
    /// People by e-mail domain, after this one.
    Domains(String),
    /// People by name, after this one.
    Names(Option<(String, i64)>),
    /// Companies by name, after this one.
    CompanyNames(Option<(String, i64)>),
}

impl Place {
    /// Where it begins.
    pub fn first() -> Self {
        Self::Companies(0)
    }
}

/// Pairs that were found: both ids, and why.
pub(super) type Pairs = Vec<(i64, i64, Verdict)>;

/// What a piece of the walk found.
#[derive(Debug)]
pub struct Piece {
    /// What was compared.
    pub kind: Kind,
    /// What looks like one.
    pub pairs: Pairs,
    /// Where the next piece begins; none: it is done.
    pub next: Option<Place>,
}

/// Walks a piece; only reads.
pub fn walk(conn: &mut Conn, place: Place) -> QueryResult<Piece> {
    let people = |pairs, next| Piece {
        kind: Kind::Contact,
        pairs,
        next: Some(next),
    };
    Ok(match place {
        Place::Companies(after) => {
            let (blocks, last) = blocks(store::by_company(conn, after, PIECE)?);
            let next = last.map_or(Place::Domains(String::new()), Place::Companies);
            people(compare_blocks(conn, &blocks)?, next)
        }
        Place::Domains(after) => {
            let rows = domains::after(conn, &after, PIECE)?;
            let rows = rows.into_iter().map(|row| (row.domain, row.id));
            let (mut blocks, last) = blocks(rows.collect());
            // Where thousands have their mail, it says nothing about where they work.
            blocks.retain(|(domain, ids)| !is_free_mail(domain) && (ids.len() as i64) < PIECE);
            let next = last.map_or(Place::Names(None), Place::Domains);
            people(compare_blocks(conn, &blocks)?, next)
        }
        Place::Names(from) => {
            let rows = store::by_name(conn, from, PIECE)?;
            let ids: Vec<i64> = rows.iter().map(|(_, id)| *id).collect();
            let mut known = store::contacts_of(conn, &ids)?;
            forget_providers(&mut known);
            let next =
                next(&rows).map_or(Place::CompanyNames(None), |next| Place::Names(Some(next)));
            people(compare_neighbours(Kind::Contact, &known), next)
        }
        Place::CompanyNames(from) => {
            let rows = store::companies_by_name(conn, from, PIECE)?;
            let ids: Vec<i64> = rows.iter().map(|(_, id)| *id).collect();
            let known = store::companies_of(conn, &ids)?;
            Piece {
                kind: Kind::Company,
                pairs: compare_neighbours(Kind::Company, &known),
                next: next(&rows).map(|next| Place::CompanyNames(Some(next))),
            }
        }
    })
}

/// Drops the domains that a tenth of a whole piece have: people whose names begin alike work in many places, so that is a
/// mail provider nobody has listed.
fn forget_providers(known: &mut [Known]) {
    if (known.len() as i64) < PIECE {
        return;
    }
    let mut people: HashMap<String, usize> = HashMap::new();
    for one in known.iter() {
        *people.entry(one.likeness.domain().to_owned()).or_default() += 1;
    }
    let most = known.len() / 10;
    for one in known.iter_mut() {
        if people
            .get(one.likeness.domain())
            .is_some_and(|n| *n >= most)
        {
            one.likeness.forget_domain();
        }
    }
}

/// Where the next piece of names begins: a few before the end, so that neighbours meet.
fn next(rows: &[(String, i64)]) -> Option<(String, i64)> {
    if i64::try_from(rows.len()).unwrap_or_default() < PIECE {
        return None;
    }
    rows.iter().rev().nth(NEIGHBOURS).cloned()
}

/// A block: its key and its members.
type Block<K> = (K, Vec<i64>);

/// Whole blocks of rows that come in the order of their keys; the last one may go on behind the piece and is left for the
/// next, unless it fills the piece alone. Gives the key of the last one that is done, if there may be more.
fn blocks<K: PartialEq + Clone>(rows: Vec<(K, i64)>) -> (Vec<Block<K>>, Option<K>) {
    let is_full = i64::try_from(rows.len()).unwrap_or_default() >= PIECE;
    let mut blocks: Vec<Block<K>> = Vec::new();
    for (key, id) in rows {
        match blocks.last_mut() {
            Some((last, ids)) if *last == key => ids.push(id),
            _ => blocks.push((key, vec![id])),
        }
    }
    if !is_full {
        return (blocks, None);
    }
    if blocks.len() > 1 {
        blocks.pop();
    }
    let last = blocks.last().map(|(key, _)| key.clone());
    (blocks, last)
}

fn compare_blocks<K>(conn: &mut Conn, blocks: &[Block<K>]) -> QueryResult<Pairs> {
    let newest = |ids: &[i64]| -> Vec<i64> { ids.iter().rev().take(BLOCK).copied().collect() };
    let blocks: Vec<Vec<i64>> = blocks
        .iter()
        .filter(|(_, ids)| ids.len() > 1)
        .map(|(_, ids)| newest(ids))
        .collect();
    let found = store::contacts_of(conn, &blocks.concat())?;
    let mut by_id: HashMap<i64, Known> = found.into_iter().map(|one| (one.id, one)).collect();
    let mut pairs = Pairs::new();
    for ids in blocks {
        let known: Vec<Known> = ids.iter().filter_map(|id| by_id.remove(id)).collect();
        pairs.extend(compare(Kind::Contact, &known, BLOCK));
    }
    Ok(strongest(pairs))
}

fn compare_neighbours(kind: Kind, known: &[Known]) -> Pairs {
    strongest(compare(kind, known, NEIGHBOURS))
}

/// The surest pairs, a few of each record: three hundred people of one name would otherwise be forty-five thousand
/// questions, of which a handful leads to all the others.
fn strongest(mut pairs: Pairs) -> Pairs {
    pairs.sort_by_key(|(a, b, verdict)| (-verdict.confidence, *a, *b));
    let mut asked: HashMap<i64, usize> = HashMap::new();
    pairs.retain(|(a, b, _)| {
        let is_new = [a, b]
            .iter()
            .all(|id| asked.get(id).copied().unwrap_or(0) < MOST_PAIRS);
        if is_new {
            *asked.entry(*a).or_default() += 1;
            *asked.entry(*b).or_default() += 1;
        }
        is_new
    });
    pairs
}

/// Each with so many that come after it.
fn compare(kind: Kind, known: &[Known], upto: usize) -> Pairs {
    let mut pairs = Pairs::new();
    for (n, a) in known.iter().enumerate() {
        for b in known.iter().skip(n + 1).take(upto) {
            let found = verdict(kind, &a.likeness, &b.likeness);
            pairs.extend(found.map(|verdict| (a.id, b.id, verdict)));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::super::likeness::Likeness;
    use super::*;

    #[test]
    fn a_block_that_may_go_on_is_left_for_the_next_piece() {
        assert_eq!(
            blocks(vec![("a", 1), ("a", 2), ("b", 3)]),
            (vec![("a", vec![1, 2]), ("b", vec![3])], None)
        );
        let many: Vec<(&str, i64)> = (0..PIECE)
            .map(|n| (if n < 1_500 { "a" } else { "b" }, n))
            .collect();
        let (found, last) = blocks(many);
        assert_eq!((found.len(), last), (1, Some("a")));
        let alone: Vec<(&str, i64)> = (0..PIECE).map(|n| ("a", n)).collect();
        assert_eq!(blocks(alone).1, Some("a"));
    }

    #[test]
    fn a_domain_that_everybody_has_is_a_provider() {
        let person = |n: i64, domain: &str| Known {
            id: n,
            name: String::new(),
            about: String::new(),
            company_id: None,
            likeness: Likeness::of_person("Ada", Some(&format!("a{n}@{domain}")), None, ""),
        };
        let mut known: Vec<Known> = (0..PIECE)
            .map(|n| {
                person(
                    n,
                    if n % 5 == 0 {
                        "post.example"
                    } else {
                        "b.example"
                    },
                )
            })
            .collect();
        if let Some(last) = known.last_mut() {
            *last = person(9, "tide.example");
        }
        let mut few: Vec<Known> = known.iter().take(100).cloned().collect();
        forget_providers(&mut known);
        forget_providers(&mut few);
        let left = |known: &[Known]| {
            known
                .iter()
                .filter(|k| !k.likeness.domain().is_empty())
                .count()
        };
        assert_eq!((left(&known), left(&few)), (1, 100));
    }

    #[test]
    fn of_three_hundred_with_one_name_each_is_asked_about_a_few_times() {
        let verdict = |confidence| Verdict {
            reason: "same name",
            confidence,
        };
        let mut pairs = Pairs::new();
        for a in 0..300 {
            pairs.extend((a + 1..300).map(|b| (a, b, verdict(if b == 299 { 95 } else { 60 }))));
        }
        let kept = strongest(pairs);
        let of = |id: i64| kept.iter().filter(|(a, b, _)| *a == id || *b == id).count();
        assert!((0..300).all(|id| (1..=MOST_PAIRS).contains(&of(id))));
        assert_eq!(
            kept.iter().filter(|pair| pair.2.confidence == 95).count(),
            MOST_PAIRS
        );
    }
}
