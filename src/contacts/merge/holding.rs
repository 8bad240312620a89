//! What goes along when a record becomes part of another: tables, and what slices to the right do besides.

use super::journal::{Journal, Parting};
use super::made::{self, SinceReader};
use super::store::Kind;
use crate::db::Conn;
use crate::db::dialect::journal::{Held, Primary, Twin};
use diesel::QueryResult;

/// A table of which records of a kind have rows.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// Whose.
    pub of: Kind,
    /// Where.
    pub rows: Held,
    /// One of them and several, as people are told; empty: not told.
    pub words: (&'static str, &'static str),
    /// Reads what was made since a moment, to ask whose it is.
    pub since: Option<SinceReader>,
}

/// What one slice keeps of contacts and companies.
#[derive(Debug)]
pub struct Follower {
    /// Its tables.
    pub holdings: &'static [Holding],
    /// What else it does for a merge, before any row moves.
    pub joining: Option<fn(&mut Conn, &Journal) -> QueryResult<()>>,
    /// What else it does for the undoing, after every row is back.
    pub parted: Option<fn(&mut Conn, &Parting<'_>) -> QueryResult<()>>,
}

/// Every follower of the house.
#[derive(Debug, Clone, Copy, Default)]
pub struct Followers(pub &'static [&'static Follower]);

impl Followers {
    /// Every table of which records of a kind have rows.
    pub fn holdings(self, of: Kind) -> Vec<&'static Holding> {
        let theirs = self.0.iter().flat_map(|follower| follower.holdings);
        HOUSE
            .iter()
            .chain(theirs)
            .filter(|holding| holding.of == of)
            .collect()
    }
}

/// Holdings without questions.
const fn quiet(of: Kind, rows: Held) -> Holding {
    Holding {
        of,
        rows,
        words: ("", ""),
        since: None,
    }
}

/// The columns of the links between people and companies.
const LINK: &[&str] = &[
    "id",
    "company_id",
    "contact_id",
    "role",
    "is_primary",
    "started_on",
    "ended_on",
    "source_id",
];

/// What this slice and those to its left keep.
const HOUSE: &[Holding] = &[
    Holding {
        words: ("identity", "identities"),
        since: Some(made::identities),
        ..quiet(
            Kind::Contact,
            Held {
                primary: Some(Primary {
                    column: "is_primary",
                    within: "namespace",
                }),
                ..Held::rows("identities", "contact_id")
            },
        )
    },
    Holding {
        words: ("company", "companies"),
        ..quiet(
            Kind::Contact,
            Held {
                primary: Some(Primary {
                    column: "is_primary",
                    within: "",
                }),
                twin: Some(Twin {
                    column: "company_id",
                    to: "companies",
                    columns: LINK,
                }),
                ..Held::rows("company_people", "contact_id")
            },
        )
    },
    Holding {
        words: ("tag", "tags"),
        ..quiet(
            Kind::Contact,
            Held {
                key: "tag_id",
                twin: Some(Twin {
                    column: "tag_id",
                    to: "tags",
                    columns: &["contact_id", "tag_id"],
                }),
                ..Held::rows("contact_tags", "contact_id")
            },
        )
    },
    Holding {
        words: ("note or task", "notes and tasks"),
        since: Some(made::notes_of_contact),
        ..quiet(Kind::Contact, Held::rows("activities", "contact_id"))
    },
    quiet(Kind::Contact, Held::rows("timeline_entries", "contact_id")),
    Holding {
        words: ("person", "people"),
        ..quiet(
            Kind::Company,
            Held {
                twin: Some(Twin {
                    column: "contact_id",
                    to: "contacts",
                    columns: LINK,
                }),
                ..Held::rows("company_people", "company_id")
            },
        )
    },
    quiet(Kind::Company, Held::rows("contacts", "company_id")),
    Holding {
        words: ("company below it", "companies below it"),
        ..quiet(Kind::Company, Held::rows("companies", "parent_id"))
    },
    Holding {
        words: ("domain", "domains"),
        ..quiet(
            Kind::Company,
            Held {
                key: "domain",
                by_words: true,
                primary: Some(Primary {
                    column: "is_primary",
                    within: "",
                }),
                ..Held::rows("company_domains", "company_id")
            },
        )
    },
    Holding {
        words: ("tag", "tags"),
        ..quiet(
            Kind::Company,
            Held {
                key: "tag_id",
                twin: Some(Twin {
                    column: "tag_id",
                    to: "tags",
                    columns: &["company_id", "tag_id"],
                }),
                ..Held::rows("company_tags", "company_id")
            },
        )
    },
    Holding {
        words: ("trait", "traits"),
        ..quiet(
            Kind::Company,
            Held {
                key: "key_id",
                twin: Some(Twin {
                    column: "key_id",
                    to: "trait_keys",
                    columns: &["company_id", "key_id", "value", "source_id", "at"],
                }),
                ..Held::rows("company_traits", "company_id")
            },
        )
    },
    Holding {
        words: ("note or task", "notes and tasks"),
        since: Some(made::notes_of_company),
        ..quiet(Kind::Company, Held::rows("activities", "company_id"))
    },
    quiet(Kind::Company, Held::rows("timeline_entries", "company_id")),
];
