//! A pair in the queue.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::contacts::merge::Kind;
use crate::db::schema::duplicates;
use crate::text_enum;

text_enum!(
    /// What somebody said about a pair.
    State {
        /// Nothing yet.
        Open => "open",
        /// Not now.
        Later => "later",
        /// They are two.
        Apart => "apart",
        /// They are one.
        Merged => "merged",
    }
);

/// Two records that look like one.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = duplicates)]
pub struct Pair {
    /// Id.
    pub id: i64,
    /// What they are.
    pub kind: Kind,
    /// The older one.
    pub a: i64,
    /// The other.
    pub b: i64,
    /// Why.
    pub reason: String,
    /// How sure, per cent.
    pub confidence: i64,
    /// What was said.
    pub state: State,
    /// Since when.
    pub at: Timestamp,
}
