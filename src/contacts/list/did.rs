//! The filter by behaviour: who did something, how often, within how many days. Counters per day answer it, so its windows
//! are whole days. What few did is looked up by name; what many did is checked along the walk of the list.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::base::ids::ContactId;
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::{contacts, event_days, event_names, identities};

/// A list's query while its filters are added.
pub(super) type Boxed = contacts::BoxedQuery<'static, <Conn as Connection>::Backend>;

/// What the form offers for "at least".
pub const TIMES: &[(&str, &str)] = &[
    ("1", "once"),
    ("2", "twice"),
    ("3", "3 times"),
    ("5", "5 times"),
    ("10", "10 times"),
    ("25", "25 times"),
];
/// What the form offers for "within".
pub const WITHIN: &[(&str, &str)] = &[
    ("1", "today"),
    ("7", "the last 7 days"),
    ("30", "the last 30 days"),
    ("90", "the last 90 days"),
    ("365", "the last year"),
    ("0", "ever"),
];
/// Days and people up to here are looked up beforehand.
const FEW: i64 = 5_000;
/// Kinds whose names people ask for.
const KINDS: [&str; 3] = ["track", "page", "screen"];
/// Names the form knows; any other can be typed.
const MOST_NAMES: i64 = 200;

/// "Visited /pricing at least three times in the last 30 days."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Did {
    name: String,
    times: i64,
    /// 0: ever.
    days: i64,
}

impl Did {
    /// From the URL; what it says wrongly is left out.
    pub(super) fn new(name: &str, times: &str, days: &str) -> Option<Self> {
        let name = text::line(name, 200);
        let number = |word: &str, most: i64| word.parse().ok().filter(|n| (0..=most).contains(n));
        (!name.is_empty()).then(|| Self {
            name,
            times: number(times, 1_000_000).unwrap_or(1).max(1),
            days: number(days, 36_500).unwrap_or(30),
        })
    }

    pub(super) fn pairs(&self) -> [(&'static str, String); 3] {
        [
            ("did", self.name.clone()),
            ("times", self.times.to_string()),
            ("days", self.days.to_string()),
        ]
    }

    /// "at least 3 times".
    pub fn verb(&self) -> String {
        let known = TIMES.iter().find(|(n, _)| **n == self.times.to_string());
        let times = known.map_or_else(|| format!("{} times", self.times), |(_, w)| (*w).to_owned());
        format!("at least {times}")
    }

    /// "/pricing, the last 30 days".
    pub fn shown(&self) -> String {
        let known = WITHIN.iter().find(|(n, _)| **n == self.days.to_string());
        let within = known.map_or_else(
            || format!("the last {} days", self.days),
            |(_, w)| (*w).to_owned(),
        );
        format!("{}, {within}", self.name)
    }

    fn since(&self, now: Timestamp) -> i64 {
        match self.days {
            0 => i64::MIN,
            days => now.day() - days + 1,
        }
    }

    /// Who did it.
    pub(super) fn doers(&self, conn: &mut Conn, now: Timestamp) -> QueryResult<Doers> {
        let names: Vec<i64> = event_names::table
            .filter(event_names::name.eq(&self.name))
            .filter(event_names::kind.eq_any(KINDS))
            .select(event_names::id)
            .load(conn)?;
        let since = self.since(now);
        let days: Vec<(i64, i64)> = event_days::table
            .filter(event_days::name_id.eq_any(&names))
            .filter(event_days::day.ge(since))
            .select((event_days::identity_id, event_days::n))
            .limit(FEW + 1)
            .load(conn)?;
        if days.len() as i64 > FEW {
            let times = self.times;
            return Ok(Doers::Many {
                names,
                since,
                times,
            });
        }
        let mut by_contact: HashMap<ContactId, i64> = HashMap::new();
        let whose = whose(conn, &days)?;
        for (identity, n) in days {
            if let Some(contact) = whose.get(&identity) {
                *by_contact.entry(*contact).or_default() += n;
            }
        }
        by_contact.retain(|_, n| *n >= self.times);
        Ok(Doers::Few(by_contact.into_keys().collect()))
    }
}

fn whose(conn: &mut Conn, days: &[(i64, i64)]) -> QueryResult<HashMap<i64, ContactId>> {
    let mut ids: Vec<i64> = days.iter().map(|(identity, _)| *identity).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<(i64, ContactId)> = identities::table
        .filter(identities::id.eq_any(&ids))
        .select((identities::id, identities::contact_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Who did what is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Doers {
    /// Nothing is asked for.
    #[default]
    Anybody,
    /// These.
    Few(Vec<ContactId>),
    /// More than are looked up beforehand.
    Many {
        names: Vec<i64>,
        since: i64,
        times: i64,
    },
}

impl Doers {
    /// Keeps only them.
    pub(super) fn keep(&self, query: Boxed) -> Boxed {
        match self {
            Self::Anybody => query,
            Self::Few(ids) => query.filter(contacts::id.eq_any(ids.clone())),
            Self::Many {
                names,
                since,
                times,
            } => {
                let name = |n: usize| names.get(n).or(names.first()).copied().unwrap_or_default();
                let did = sql::<Bool>(
                    "(SELECT COALESCE(SUM(d.n), 0) FROM identities i JOIN event_days d ON d.identity_id = i.id \
                     WHERE i.contact_id = contacts.id AND d.day >= ",
                )
                .bind::<BigInt, _>(*since)
                .sql(" AND d.name_id IN (")
                .bind::<BigInt, _>(name(0))
                .sql(", ")
                .bind::<BigInt, _>(name(1))
                .sql(", ")
                .bind::<BigInt, _>(name(2))
                .sql(")) >= ")
                .bind::<BigInt, _>(*times);
                query.filter(did)
            }
        }
    }
}

/// The newest names, for the form.
pub(super) fn names(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let mut names: Vec<String> = event_names::table
        .filter(event_names::kind.eq_any(KINDS))
        .filter(event_names::name.ne(""))
        .order(event_names::id.desc())
        .limit(MOST_NAMES)
        .select(event_names::name)
        .load(conn)?;
    names.sort();
    names.dedup();
    Ok(names)
}
