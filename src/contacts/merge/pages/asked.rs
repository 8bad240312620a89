//! What the page of a merge is asked for, by its address or by its form.

use super::super::actions::Wish;
use super::super::fields::Supply;
use super::super::store::Kind;
use crate::base::text;

/// Names and values, some of them more than once.
pub type Pairs = Vec<(String, String)>;

/// What the page's address or its form says.
#[derive(Debug, Clone)]
pub struct Asked {
    pub(super) kind: Kind,
    pub(super) ids: Vec<i64>,
    pub(super) keep: Option<i64>,
    pub(super) supply: Supply,
    pub(super) typed: String,
}

impl Asked {
    pub(super) fn read(kind: Kind, pairs: &Pairs) -> Self {
        let mut asked = Self {
            kind,
            ids: Vec::new(),
            keep: None,
            supply: Supply::default(),
            typed: String::new(),
        };
        for (name, value) in pairs {
            let id = value.parse::<i64>().ok();
            match (name.as_str(), id) {
                ("id", Some(id)) if !asked.ids.contains(&id) => asked.ids.push(id),
                ("keep", Some(id)) => asked.keep = Some(id),
                ("q", _) => asked.typed = text::line(value, 200),
                (word, Some(id)) if kind.groups().iter().any(|group| group.word == word) => {
                    asked.supply.0.insert(word.to_owned(), id);
                }
                _ => {}
            }
        }
        asked
    }

    pub(super) fn wish(&self, keep: i64) -> Wish {
        Wish {
            kind: self.kind,
            keep,
            others: self.ids.iter().copied().filter(|id| *id != keep).collect(),
            supply: self.supply.clone(),
        }
    }

    pub(super) fn path(&self) -> &'static str {
        match self.kind {
            Kind::Contact => "/contacts/merge",
            Kind::Company => "/companies/merge",
        }
    }

    /// The page with another record staying.
    pub(super) fn keeping(&self, keep: i64) -> String {
        let ids: Vec<String> = self.ids.iter().map(|id| format!("id={id}")).collect();
        format!("{}?{}&keep={keep}", self.path(), ids.join("&"))
    }
}
