//! What a slice says of its records, so that they are found and shown.

use chrono_tz::Tz;
use diesel::QueryResult;

use crate::accounts::User;
use crate::accounts::access::Access;
use crate::base::Timestamp;
use crate::base::ids::CompanyId;
use crate::db::Conn;
use crate::db::dialect::search::Kind;

/// Who searches.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Who.
    pub user: User,
    /// What they may see, and whose.
    pub access: Access,
    /// When.
    pub now: Timestamp,
}

impl Reader {
    /// Somebody, at a moment.
    pub fn new(user: &User, access: &Access, now: Timestamp) -> Self {
        Self {
            user: user.clone(),
            access: access.clone(),
            now,
        }
    }

    /// In which zone.
    pub fn zone(&self) -> Tz {
        self.user.zone()
    }
}

/// How records of one kind are found and shown.
#[derive(Debug)]
pub struct Finder {
    /// The kind.
    pub kind: Kind,
    /// One of them, in addresses and JSON: `contact`.
    pub word: &'static str,
    /// Many of them, for people: `Contacts`.
    pub title: &'static str,
    /// Their list: `/contacts`. With `?q=` it shows all that answer a question; with `/7`, one of them.
    pub path: &'static str,
    /// Their icon.
    pub icon: &'static str,
    /// The scope that a key needs.
    pub scope: &'static str,
    /// Whether the reader may see any of them.
    pub is_open_to: fn(&Reader) -> bool,
    /// Those that are called exactly so: by name, address or number.
    pub exact: fn(&mut Conn, &str) -> QueryResult<Vec<i64>>,
    /// Those of some ids that the reader may see, as lines, in any order. Nobody learns of a record but through this.
    pub show: fn(&mut Conn, &Reader, &[i64]) -> QueryResult<Vec<Hit>>,
    /// Writes the words of the next records behind an id anew; the last of them, or none where it was the end.
    pub refill: fn(&mut Conn, i64, i64) -> QueryResult<Option<i64>>,
    /// The same of the records that are found by a company's name.
    pub refill_company: Option<RefillCompany>,
}

/// Writes the words of the next records of a company behind an id anew; the last of them, or none where it was the end.
pub type RefillCompany = fn(&mut Conn, CompanyId, i64, i64) -> QueryResult<Option<i64>>;

/// Every kind that is found, in the order in which they are shown.
#[derive(Debug, Clone, Copy)]
pub struct Finders(pub &'static [&'static Finder]);

impl Finders {
    /// Those that are open to a reader.
    pub fn open_to(self, reader: &Reader) -> Vec<&'static Finder> {
        let all = self.0.iter().copied();
        all.filter(|finder| (finder.is_open_to)(reader)).collect()
    }

    /// The one of a kind.
    pub fn kind(self, kind: Kind) -> Option<&'static Finder> {
        self.0.iter().copied().find(|finder| finder.kind == kind)
    }
}

/// A record as a line of the search.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub label: String,
    /// A line that tells it from others of that name.
    pub context: String,
    /// At the right end: what stage it is in, what it is worth.
    pub side: String,
    /// Of a person or company: what stands in its avatar.
    pub initials: String,
    /// When somebody or something last touched it.
    pub at: Timestamp,
}

/// The number that somebody typed: `42`, `#42`.
pub fn number(typed: &str) -> Option<i64> {
    let typed = typed.trim();
    typed.strip_prefix('#').unwrap_or(typed).parse().ok()
}
