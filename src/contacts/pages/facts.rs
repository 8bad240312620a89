//! The left column of a record: facts edited in place, each with where it comes from and what else is claimed.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::base::ids::{ContactId, IdentityId};
use crate::contacts::fields::{Input, InputTag, Piece, ValueTag};
use crate::contacts::identities::Identity;

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
#[derive(Default)]
pub struct Fact {
    /// Name of its form.
    pub name: String,
    /// For people.
    pub label: String,
    /// What is shown.
    pub pieces: Vec<Piece>,
    /// Whether it does not read as what its field holds.
    pub is_odd: bool,
    /// What stands in the field.
    pub typed: String,
    /// What stood there when the form was made; of traits that nobody declared it does not matter.
    pub was: Option<String>,
    /// "from Website · 3 d"; of what a person typed "typed here · 3 d".
    pub source: String,
    /// Whether a person typed it, so that nobody has to be told at first sight.
    pub is_own: bool,
    /// What each source says, where they disagree or a person chose.
    pub claims: Vec<Saying>,
    /// The other values, in a line.
    pub also: String,
    /// By which rule one of them is shown.
    pub rule: &'static str,
    /// Whether its form is open.
    pub is_open: bool,
    /// What is wrong with what was typed.
    pub error: String,
    /// Its key, where it is one of the dictionary of traits and no column.
    pub key: Option<String>,
    /// What it is typed in.
    pub input: Input,
}

/// What one source says.
pub struct Saying {
    /// What, and who says so.
    pub words: String,
    /// When.
    pub when: String,
    /// How it is named where a person chooses it.
    pub claim: String,
    /// Whether it is the one that is shown.
    pub is_shown: bool,
    /// Whether a person chose it.
    pub is_pinned: bool,
}

impl Fact {
    /// The control it is typed in.
    pub fn control(&self) -> InputTag<'_> {
        InputTag {
            id: format!("fact-{}", self.name),
            name: "value",
            label: &self.label,
            typed: &self.typed,
            error: &self.error,
            input: &self.input,
        }
    }

    /// Its value.
    pub fn shown(&self) -> ValueTag<'_> {
        ValueTag {
            pieces: &self.pieces,
            is_odd: &self.is_odd,
        }
    }

    /// Where its value leads.
    pub fn link(&self) -> Option<&str> {
        let hrefs = self.pieces.iter().map(|piece| piece.href.as_str());
        hrefs.into_iter().find(|href| !href.is_empty())
    }

    /// Its key in the dictionary of traits: a column has its name.
    pub fn trait_key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.name)
    }
}

/// Facts under one heading.
pub struct Group {
    /// The heading.
    pub name: String,
    /// What is known, or asked for.
    pub facts: Vec<Fact>,
    /// What is not known, where that is much.
    pub empty: Vec<Fact>,
}

impl Group {
    /// For the fold.
    pub fn more(&self) -> String {
        format!("{} empty", self.empty.len())
    }
}

/// A fact and the form that changes it.
#[derive(Template)]
#[template(path = "contacts/_fact.html")]
pub struct FactForm<'a> {
    /// What is shown.
    pub fact: &'a Fact,
    /// Where the form is sent.
    pub action: String,
    /// Where another claim is chosen; empty where there is only one.
    pub pins: String,
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
