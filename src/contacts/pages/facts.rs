//! The left column of a record: facts edited in place, each with where it comes from and what else is claimed.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono_tz::Tz;

use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, ContactId, IdentityId};
use crate::contacts::identities::Identity;
use crate::contacts::model::{Contact, Field};
use crate::contacts::survivorship::Order;
use crate::contacts::traits::{self, NamedClaim};
use crate::web as kit;

/// Facts that are offered even while they are empty.
const ALWAYS: &[Field] = &[
    Field::Name,
    Field::JobTitle,
    Field::City,
    Field::Country,
    Field::TimeZone,
    Field::Language,
];
/// Traits on the page; the rest is in the API.
const MOST_TRAITS: usize = 100;

/// A form of the page that comes back open, with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Which.
    pub name: String,
    /// What was typed.
    pub typed: Option<String>,
    /// What is wrong with it.
    pub error: String,
    /// What it says now, where somebody else was quicker.
    pub theirs: Option<String>,
    /// Who has the address or number already: id and name.
    pub holder: Option<(ContactId, String)>,
}

/// A fact on the page.
pub struct Fact {
    /// Name of its form.
    pub name: String,
    /// For people.
    pub label: String,
    /// What is shown.
    pub value: String,
    /// What stands in the field.
    pub typed: String,
    /// What stood there when the form was made.
    pub was: String,
    /// "Website · 3 d"; empty where a person typed it.
    pub source: String,
    /// What each source says, where they disagree: value and source, when.
    pub claims: Vec<(String, String)>,
    /// Whether its form is open.
    pub is_open: bool,
    /// What is wrong with what was typed.
    pub error: String,
    /// Whether it is a key in the dictionary of traits.
    pub is_trait: bool,
}

/// A fact and the form that changes it.
#[derive(Template)]
#[template(path = "contacts/_fact.html")]
pub struct FactForm<'a> {
    /// What is shown.
    pub fact: &'a Fact,
    /// Where the form is sent.
    pub action: String,
    /// Whether the reader may change it.
    pub can_edit: &'a bool,
}

impl HtmlSafe for FactForm<'_> {}

/// An identifier on the page.
pub struct Identifier {
    /// Id.
    pub id: IdentityId,
    /// `email`, `user_id`, …
    pub namespace: String,
    /// For people.
    pub words: String,
    /// In full.
    pub value: String,
    /// "Work".
    pub label: String,
    /// Whether it is the one to use.
    pub is_primary: bool,
    /// Whether that has to be said, because there are others.
    pub is_marked: bool,
}

/// Who looks, when, and by which rules values are chosen.
pub struct Glance<'a> {
    /// Which claim is shown.
    pub order: &'a Order,
    /// Now.
    pub now: Timestamp,
    /// Where the reader is.
    pub zone: Tz,
}

/// The facts that are columns.
pub fn columns(
    contact: &Contact,
    claims: &[NamedClaim],
    open: &Open,
    glance: &Glance<'_>,
) -> Vec<Fact> {
    let fact = |field: &Field| {
        let value = field.of(contact);
        let of_key: Vec<&NamedClaim> = claims
            .iter()
            .filter(|claim| claim.key == field.trait_key())
            .collect();
        let is_open = open.name == field.word();
        if value.is_empty() && !ALWAYS.contains(field) && !is_open {
            return None;
        }
        Some(Fact {
            name: field.word().to_owned(),
            label: field.label().to_owned(),
            is_trait: false,
            ..fact(value.to_owned(), &of_key, is_open.then_some(open), glance)
        })
    };
    Field::ALL.iter().filter_map(fact).collect()
}

/// Everything else that is claimed.
pub fn others(claims: &[NamedClaim], open: &Open, glance: &Glance<'_>) -> Vec<Fact> {
    let mut by_key: BTreeMap<&str, Vec<&NamedClaim>> = BTreeMap::new();
    for claim in claims {
        let is_shown_elsewhere = Field::of_trait(&claim.key).is_some()
            || matches!(claim.key.as_str(), "email" | "phone");
        if !is_shown_elsewhere {
            by_key.entry(&claim.key).or_default().push(claim);
        }
    }
    let fact = |(key, of_key): (&str, Vec<&NamedClaim>)| {
        let all: Vec<traits::Claim> = of_key.iter().map(|named| named.claim.clone()).collect();
        let id = of_key.first().map_or(0, |named| named.key_id.0);
        let winner = glance.order.winner(id, &all);
        let value = winner.map_or_else(String::new, |c| traits::shown(&c.value));
        let label = of_key.first().map_or("", |named| named.label.as_str());
        let is_open = open.name == format!("trait:{key}");
        Fact {
            name: key.to_owned(),
            label: traits::label_of(key, label),
            is_trait: true,
            ..fact(value, &of_key, is_open.then_some(open), glance)
        }
    };
    by_key.into_iter().take(MOST_TRAITS).map(fact).collect()
}

/// Addresses and numbers, then what machines gave.
pub fn identifiers(all: Vec<Identity>) -> (Vec<Identifier>, Vec<Identifier>) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for identity in &all {
        *kinds.entry(identity.namespace.clone()).or_default() += 1;
    }
    let view = |identity: Identity| Identifier {
        is_marked: identity.is_primary && kinds.get(&identity.namespace).is_some_and(|n| *n > 1),
        id: identity.id,
        words: identity.words(),
        namespace: identity.namespace,
        value: identity.value,
        label: identity.label,
        is_primary: identity.is_primary,
    };
    let (by_hand, codes): (Vec<_>, Vec<_>) = all.into_iter().partition(Identity::is_by_hand);
    (
        by_hand.into_iter().map(view).collect(),
        codes.into_iter().map(view).collect(),
    )
}

fn fact(value: String, claims: &[&NamedClaim], open: Option<&Open>, glance: &Glance<'_>) -> Fact {
    let all: Vec<traits::Claim> = claims.iter().map(|named| named.claim.clone()).collect();
    let id = claims.first().map_or(0, |named| named.key_id.0);
    let winner = glance.order.winner(id, &all);
    let ago = |at: Timestamp| kit::ago(at, glance.now, glance.zone);
    let source = claims
        .iter()
        .find(|named| Some(&named.claim) == winner)
        .filter(|named| named.claim.source_id != CRM_SOURCE)
        .map_or_else(String::new, |named| {
            format!("from {} · {}", named.source, ago(named.claim.at))
        });
    let disagree = claims.iter().any(|named| {
        winner
            .is_some_and(|winner| traits::shown(&winner.value) != traits::shown(&named.claim.value))
    });
    let says = |named: &&NamedClaim| {
        let who = if named.claim.source_id == CRM_SOURCE {
            "typed here"
        } else {
            named.source.as_str()
        };
        (
            format!("{} · {who}", traits::shown(&named.claim.value)),
            ago(named.claim.at),
        )
    };
    // The one that is shown stands first.
    let mut ordered: Vec<&NamedClaim> = claims.to_vec();
    ordered.sort_by_key(|named| Some(&named.claim) != winner);
    Fact {
        name: String::new(),
        label: String::new(),
        typed: open
            .and_then(|open| open.typed.clone())
            .unwrap_or_else(|| value.clone()),
        was: open
            .and_then(|open| open.theirs.clone())
            .unwrap_or_else(|| value.clone()),
        value,
        source,
        claims: if disagree {
            ordered.iter().map(says).collect()
        } else {
            Vec::new()
        },
        is_open: open.is_some(),
        error: open.map_or_else(String::new, |open| open.error.clone()),
        is_trait: false,
    }
}
