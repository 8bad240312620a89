//! Facts as a reader sees them: what is shown of many claims, by which rule, and what else is said.

use std::collections::BTreeMap;

use super::facts::{Fact, Group, Open, Saying};
use crate::base::{Timestamp, text};
use crate::contacts::fields::{Field, Input, Piece, Shown, Ways};
use crate::contacts::model::{Contact, Field as Column};
use crate::contacts::survivorship::{Order, Rule};
use crate::contacts::traits::{self, Claim, NamedClaim};
use crate::web as kit;

/// Facts that are offered even while they are empty.
const ALWAYS: &[Column] = &[
    Column::Name,
    Column::JobTitle,
    Column::City,
    Column::Country,
    Column::TimeZone,
    Column::Language,
];
/// Traits on the page; the rest is in the API.
const MOST_TRAITS: usize = 100;
/// So many empty fields of a group stand among the others.
const FEW: usize = 5;

/// Who looks, when, and by which rules values are chosen.
pub struct Glance<'a> {
    /// Which claim is shown.
    pub order: &'a Order,
    /// What is declared, in use or not.
    pub fields: &'a [Field],
    /// How the reader reads and writes.
    pub ways: &'a Ways,
    /// Which form is open.
    pub open: &'a Open,
    /// Now.
    pub now: Timestamp,
}

impl Glance<'_> {
    /// The facts that are columns.
    pub fn columns(&self, contact: &Contact, claims: &[NamedClaim]) -> Vec<Fact> {
        let fact = |column: &Column| {
            let value = column.of(contact);
            let is_open = self.open.name == column.word();
            if value.is_empty() && !ALWAYS.contains(column) && !is_open {
                return None;
            }
            let open = is_open.then_some(self.open);
            let or_now = |typed: Option<String>| typed.unwrap_or_else(|| value.to_owned());
            Some(Fact {
                name: column.word().to_owned(),
                label: column.label().to_owned(),
                pieces: plain(value),
                typed: or_now(open.and_then(|open| open.typed.clone())),
                was: Some(or_now(open.and_then(|open| open.theirs.clone()))),
                ..self.fact(None, &of_key(claims, column.trait_key()), is_open)
            })
        };
        Column::ALL.iter().filter_map(fact).collect()
    }

    /// The fields in use that the reader may see, by their groups.
    pub fn groups(&self, claims: &[NamedClaim]) -> Vec<Group> {
        self.grouped(|field, is_open| self.fact(Some(field), &of_key(claims, &field.key), is_open))
    }

    /// The same, with facts from elsewhere.
    pub fn grouped(&self, fact: impl Fn(&Field, bool) -> Fact) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let seen = |field: &&Field| field.is_live() && self.ways.see(field);
        for field in self.fields.iter().filter(seen) {
            let is_open = self.open.name == format!("trait:{}", field.key);
            let fact = fact(field, is_open);
            let name = if field.group.is_empty() {
                "Fields"
            } else {
                &field.group
            };
            let at = groups.iter().position(|group| group.name == name);
            let at = at.unwrap_or(groups.len());
            if at == groups.len() {
                groups.push(Group {
                    name: name.to_owned(),
                    facts: Vec::new(),
                    empty: Vec::new(),
                });
            }
            if let Some(group) = groups.get_mut(at) {
                group.facts.push(fact);
            }
        }
        // Much that is not known is folded; a few stand in their places.
        for group in &mut groups {
            let is_idle = |fact: &Fact| fact.pieces.is_empty() && !fact.is_open;
            if group.facts.iter().filter(|fact| is_idle(fact)).count() > FEW {
                let facts = std::mem::take(&mut group.facts);
                (group.empty, group.facts) = facts.into_iter().partition(is_idle);
            }
        }
        groups
    }

    /// Everything else that is claimed.
    pub fn others(&self, claims: &[NamedClaim]) -> Vec<Fact> {
        let mut by_key: BTreeMap<&str, Vec<&NamedClaim>> = BTreeMap::new();
        for claim in claims {
            let is_shown_elsewhere = Column::of_trait(&claim.key).is_some()
                || matches!(claim.key.as_str(), "email" | "phone")
                || self.fields.iter().any(|field| field.id == claim.key_id);
            if !is_shown_elsewhere {
                by_key.entry(&claim.key).or_default().push(claim);
            }
        }
        let fact = |(key, of_key): (&str, Vec<&NamedClaim>)| {
            let label = of_key.first().map_or("", |named| named.label.as_str());
            let is_open = self.open.name == format!("trait:{key}");
            Fact {
                name: key.to_owned(),
                label: traits::label_of(key, label),
                key: Some(key.to_owned()),
                ..self.fact(None, &of_key, is_open)
            }
        };
        by_key.into_iter().take(MOST_TRAITS).map(fact).collect()
    }

    /// A fact as its claims make it.
    fn fact(&self, field: Option<&Field>, claims: &[&NamedClaim], is_open: bool) -> Fact {
        let all: Vec<Claim> = claims.iter().map(|named| named.claim.clone()).collect();
        let id = claims.first().map_or(0, |named| named.key_id.0);
        let winner = self.order.winner(id, &all);
        let (sayings, also) = self.sayings(field, claims, winner);
        Fact {
            source: self.source(claims, winner),
            is_own: winner.is_some_and(Claim::is_by_hand),
            claims: sayings,
            also,
            rule: rule_words(self.order.rule(id)),
            ..self.of_value(field, winner.map(|claim| claim.value.as_str()), is_open)
        }
    }

    /// A fact as its value makes it.
    pub fn of_value(&self, field: Option<&Field>, json: Option<&str>, is_open: bool) -> Fact {
        let shown = match (field, json) {
            (Some(field), Some(json)) => field.show(json, self.ways),
            (_, json) => Shown {
                pieces: plain(&json.map_or_else(String::new, traits::shown)),
                is_valid: true,
            },
        };
        let now = match (field, json) {
            (Some(field), Some(json)) => field.typed(json, self.ways),
            _ => shown.words(),
        };
        let open = is_open.then_some(self.open);
        let own = open.and_then(|open| open.typed.clone());
        let theirs = open.and_then(|open| open.theirs.clone());
        let typed = own.unwrap_or_else(|| now.clone());
        Fact {
            name: field.map_or_else(String::new, |field| field.key.clone()),
            label: field.map_or_else(String::new, |field| field.label.clone()),
            key: field.map(|field| field.key.clone()),
            was: field.map(|_| theirs.unwrap_or(now)),
            input: field.map_or_else(Input::line, |field| field.input(&typed, self.ways)),
            typed,
            is_open,
            error: open.map_or_else(String::new, |open| open.error.clone()),
            is_odd: !shown.is_valid,
            pieces: shown.pieces,
            ..Fact::default()
        }
    }

    fn ago(&self, at: Timestamp) -> String {
        kit::ago(at, self.now, self.ways.zone)
    }

    /// Who says what is shown, and when.
    fn source(&self, claims: &[&NamedClaim], winner: Option<&Claim>) -> String {
        let named = claims.iter().find(|named| Some(&named.claim) == winner);
        named.map_or_else(String::new, |named| {
            let when = self.ago(named.claim.at);
            if named.claim.is_by_hand() {
                format!("typed here · {when}")
            } else {
                format!("from {} · {when}", named.source)
            }
        })
    }

    /// What each source says, the shown one first, and the other values in a line; nothing where all say the same.
    fn sayings(
        &self,
        field: Option<&Field>,
        claims: &[&NamedClaim],
        winner: Option<&Claim>,
    ) -> (Vec<Saying>, String) {
        let words = |claim: &Claim| match field {
            Some(field) => field.show(&claim.value, self.ways).words(),
            None => traits::shown(&claim.value),
        };
        let Some(winner) = winner else {
            return (Vec::new(), String::new());
        };
        let shown = words(winner);
        let mut others: Vec<String> = Vec::new();
        for named in claims.iter().filter(|named| !named.claim.is_empty()) {
            let says = words(&named.claim);
            if says != shown && !others.contains(&says) {
                others.push(says);
            }
        }
        if others.is_empty() && winner.pinned_at.is_none() {
            return (Vec::new(), String::new());
        }
        let mut ordered: Vec<&NamedClaim> = claims.to_vec();
        ordered.sort_by_key(|named| &named.claim != winner);
        let saying = |named: &NamedClaim| {
            let claim = &named.claim;
            let who = if claim.is_by_hand() {
                "typed here"
            } else {
                named.source.as_str()
            };
            Saying {
                words: format!("{} · {who}", words(claim)),
                when: self.ago(claim.at),
                claim: format!("{}.{}", claim.identity_id, claim.source_id),
                is_shown: claim == winner,
                is_pinned: claim == winner && claim.pinned_at.is_some(),
            }
        };
        let also = text::cut(&others.join(", "), 120).to_owned();
        (ordered.into_iter().map(saying).collect(), also)
    }
}

fn of_key<'a>(claims: &'a [NamedClaim], key: &str) -> Vec<&'a NamedClaim> {
    claims.iter().filter(|claim| claim.key == key).collect()
}

fn plain(words: &str) -> Vec<Piece> {
    let piece = Piece {
        words: words.to_owned(),
        ..Piece::default()
    };
    Some(piece)
        .filter(|piece| !piece.words.is_empty())
        .into_iter()
        .collect()
}

/// By which rule one of several claims is shown.
fn rule_words(rule: Rule) -> &'static str {
    match rule {
        Rule::Usual => "What a person types wins, then what is verified, then the newest",
        Rule::Newest => "The newest wins",
        Rule::Source(_) => "One source wins, then what a person types, then the newest",
        Rule::First => "What a person types wins, then what was first",
    }
}
