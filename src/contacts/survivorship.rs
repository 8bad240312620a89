//! Which of several claimed values is shown: entered by hand, then the most recent; never replaced by empty.
//! Pure, and the same whatever order the claims arrive in.

use std::cmp::Ordering;

use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, IdentityId, SourceId};

/// A value somebody claimed for a trait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// On whose identity.
    pub identity_id: IdentityId,
    /// Through which source; the built-in one means by hand.
    pub source_id: SourceId,
    /// JSON text.
    pub value: String,
    /// When.
    pub at: Timestamp,
}

impl Claim {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        is_empty(&self.value)
    }
}

/// Whether a JSON text says nothing: null, an empty text, an empty object or list.
pub fn is_empty(json: &str) -> bool {
    matches!(json.trim(), "" | "null" | "\"\"" | "{}" | "[]")
}

/// The order of claims: the greater one is shown.
pub fn compare(a: &Claim, b: &Claim) -> Ordering {
    let rank = |claim: &Claim| (claim.source_id == CRM_SOURCE, claim.at);
    // The last two only break ties, so that the answer never depends on the order of arrival.
    rank(a)
        .cmp(&rank(b))
        .then_with(|| a.value.cmp(&b.value))
        .then_with(|| a.source_id.cmp(&b.source_id))
}

/// The claim that is shown, if any says something.
pub fn winner(claims: &[Claim]) -> Option<&Claim> {
    claims
        .iter()
        .filter(|claim| !claim.is_empty())
        .max_by(|a, b| compare(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(source: i64, at: i64, value: &str) -> Claim {
        Claim {
            identity_id: IdentityId(1),
            source_id: SourceId(source),
            value: value.to_owned(),
            at: Timestamp(at),
        }
    }

    #[test]
    fn by_hand_then_most_recent_never_empty() {
        let shown = |claims: &[Claim]| winner(claims).map(|c| c.value.clone());
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(&[claim(2, 1, "\"\""), claim(3, 2, "null")]), None);
        assert_eq!(
            shown(&[claim(2, 1, "\"a\""), claim(3, 2, "\"b\"")]).as_deref(),
            Some("\"b\"")
        );
        assert_eq!(
            shown(&[claim(2, 1, "\"a\""), claim(3, 2, "\"\"")]).as_deref(),
            Some("\"a\"")
        );
        assert_eq!(
            shown(&[claim(1, 1, "\"hand\""), claim(3, 9, "\"b\"")]).as_deref(),
            Some("\"hand\"")
        );
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let mut claims = vec![
            claim(2, 5, "\"x\""),
            claim(3, 5, "\"y\""),
            claim(4, 5, "\"x\""),
        ];
        let first = winner(&claims).cloned();
        claims.rotate_left(1);
        assert_eq!(winner(&claims).cloned(), first);
        claims.reverse();
        assert_eq!(winner(&claims).cloned(), first);
    }
}
