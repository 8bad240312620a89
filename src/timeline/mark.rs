//! Where a page of a story ends, and where each strand's rows begin on the next.

use super::model::StoryItem;
use crate::base::Timestamp;
use crate::web::Cursor;

/// The last line of a page: the next one begins below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Rank of its strand.
    pub rank: i64,
    /// Id within its strand.
    pub id: i64,
}

/// What a strand's rows must lie below: `(at, id) < (bound.at, bound.id)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// When.
    pub at: Timestamp,
    /// Id at that very instant.
    pub id: i64,
}

impl Mark {
    /// From a URL; what is no mark starts at the top.
    pub fn decode(text: &str) -> Option<Self> {
        let cursor = Cursor::decode(text)?;
        let (at, rank) = cursor.key.split_once('.')?;
        Some(Self {
            at: Timestamp(at.parse().ok()?),
            rank: rank.parse().ok()?,
            id: cursor.id,
        })
    }

    /// For a URL.
    pub fn encode(self) -> String {
        Cursor {
            key: format!("{}.{}", self.at.0, self.rank),
            id: self.id,
        }
        .encode()
    }

    pub(super) fn of(item: &StoryItem) -> Self {
        Self {
            at: item.at,
            rank: item.rank,
            id: item.id,
        }
    }
}

/// Where rows of the strand with this rank begin.
pub(super) fn bound(before: Option<Mark>, rank: i64) -> Bound {
    let Some(mark) = before else {
        return Bound {
            at: Timestamp(i64::MAX),
            id: i64::MAX,
        };
    };
    let id = match rank.cmp(&mark.rank) {
        std::cmp::Ordering::Less => i64::MAX,
        std::cmp::Ordering::Equal => mark.id,
        std::cmp::Ordering::Greater => i64::MIN,
    };
    Bound { at: mark.at, id }
}
