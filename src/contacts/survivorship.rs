//! Which of several claimed values is shown: the one a person pinned, else entered by hand, then of a verified source, then
//! the most recent; keys can have another rule; never replaced by empty. Pure, and the same whatever order claims arrive in.

use std::cmp::{Ordering, Reverse};
use std::collections::{HashMap, HashSet};

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
    /// Since when a person wants this one shown.
    pub pinned_at: Option<Timestamp>,
}

impl Claim {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        is_empty(&self.value)
    }

    /// Whether a person typed it.
    pub fn is_by_hand(&self) -> bool {
        self.source_id == CRM_SOURCE
    }

    /// Whether both stand in the same place: a new claim there takes that of the old one.
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.identity_id, self.source_id) == (other.identity_id, other.source_id)
    }
}

/// Whether a JSON text says nothing: null, an empty text, an empty object or list.
pub fn is_empty(json: &str) -> bool {
    matches!(json.trim(), "" | "null" | "\"\"" | "{}" | "[]")
}

/// How the shown value of a key is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// By hand, then verified, then the most recent.
    #[default]
    Usual,
    /// The most recent, whoever says it.
    Newest,
    /// What this source says, then as usual.
    Source(SourceId),
    /// By hand, then the first that was ever claimed.
    First,
}

/// The rules of all keys, and which sources are verified: everything that choosing needs besides the claims.
#[derive(Debug, Clone, Default)]
pub struct Order {
    rules: HashMap<i64, Rule>,
    verified: HashSet<SourceId>,
}

impl Order {
    /// Of these.
    pub fn new(rules: HashMap<i64, Rule>, verified: HashSet<SourceId>) -> Self {
        Self { rules, verified }
    }

    /// The rule of a key.
    pub fn rule(&self, key: i64) -> Rule {
        self.rules.get(&key).copied().unwrap_or_default()
    }

    /// The order of two claims of a key: the greater one is shown. Of two claims in the same place it is the one to keep.
    pub fn compare(&self, key: i64, a: &Claim, b: &Claim) -> Ordering {
        let usual = |c: &Claim| (c.is_by_hand(), self.verified.contains(&c.source_id), c.at);
        let by_rule = match self.rule(key) {
            Rule::Usual => usual(a).cmp(&usual(b)),
            Rule::Newest => a.at.cmp(&b.at),
            Rule::Source(first) => {
                let rank = |c: &Claim| (c.source_id == first, usual(c));
                rank(a).cmp(&rank(b))
            }
            Rule::First => {
                let by_hand = |c: &Claim| c.is_by_hand().then_some(c.at);
                let rank = |c: &Claim| (by_hand(c), Reverse(c.at));
                rank(a).cmp(&rank(b))
            }
        };
        // The last three only break ties, so that the answer never depends on the order of arrival.
        a.pinned_at
            .cmp(&b.pinned_at)
            .then(by_rule)
            .then_with(|| a.value.cmp(&b.value))
            .then_with(|| a.source_id.cmp(&b.source_id))
            .then_with(|| a.identity_id.cmp(&b.identity_id))
    }

    /// The claim of a key that is shown, if any says something.
    pub fn winner<'a>(&self, key: i64, claims: &'a [Claim]) -> Option<&'a Claim> {
        claims
            .iter()
            .filter(|claim| !claim.is_empty())
            .max_by(|a, b| self.compare(key, a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: i64 = 7;

    fn claim(source: i64, at: i64, value: &str) -> Claim {
        Claim {
            identity_id: IdentityId(1),
            source_id: SourceId(source),
            value: value.to_owned(),
            at: Timestamp(at),
            pinned_at: None,
        }
    }

    fn order(rule: Rule) -> Order {
        Order::new(HashMap::from([(KEY, rule)]), HashSet::from([SourceId(4)]))
    }

    fn shown(rule: Rule, claims: &[Claim]) -> Option<String> {
        let order = order(rule);
        order.winner(KEY, claims).map(|claim| claim.value.clone())
    }

    #[test]
    fn by_hand_then_verified_then_most_recent_never_empty() {
        let shown = |claims: &[Claim]| shown(Rule::Usual, claims);
        let (old, new) = (claim(2, 1, "\"old\""), claim(3, 9, "\"new\""));
        let (verified, hand) = (claim(4, 2, "\"verified\""), claim(1, 1, "\"hand\""));
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(&[claim(2, 1, "\"\""), claim(3, 2, "null")]), None);
        assert_eq!(
            shown(&[old.clone(), new.clone()]).as_deref(),
            Some("\"new\"")
        );
        assert_eq!(
            shown(&[old, claim(3, 9, "\"\"")]).as_deref(),
            Some("\"old\"")
        );
        assert_eq!(
            shown(&[new.clone(), verified.clone()]).as_deref(),
            Some("\"verified\"")
        );
        assert_eq!(shown(&[new, verified, hand]).as_deref(), Some("\"hand\""));
    }

    #[test]
    fn a_key_can_have_a_rule_of_its_own_and_a_pin_goes_before_all() {
        let mut claims = vec![
            claim(1, 3, "\"hand\""),
            claim(2, 1, "\"first\""),
            claim(3, 9, "\"new\""),
            claim(5, 4, "\"billing\""),
        ];
        let by = |rule, claims: &[Claim]| shown(rule, claims).unwrap_or_default();
        assert_eq!(by(Rule::Newest, &claims), "\"new\"");
        assert_eq!(by(Rule::Source(SourceId(5)), &claims), "\"billing\"");
        assert_eq!(by(Rule::Source(SourceId(8)), &claims), "\"hand\"");
        assert_eq!(by(Rule::First, &claims), "\"hand\"");
        assert_eq!(
            by(Rule::First, claims.get(1..).unwrap_or_default()),
            "\"first\""
        );
        if let Some(pinned) = claims.get_mut(1) {
            pinned.pinned_at = Some(Timestamp(50));
        }
        for rule in [
            Rule::Usual,
            Rule::Newest,
            Rule::Source(SourceId(5)),
            Rule::First,
        ] {
            assert_eq!(by(rule, &claims), "\"first\"", "{rule:?}");
        }
        if let Some(pinned) = claims.get_mut(2) {
            pinned.pinned_at = Some(Timestamp(51));
        }
        assert_eq!(by(Rule::Usual, &claims), "\"new\"", "the later pin counts");
    }

    /// Claims as sources make them: of few values, places and moments, so that many are alike.
    fn claims(seed: &mut u64) -> Vec<Claim> {
        let mut next = |below: u64| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (*seed >> 33) % below
        };
        (0..=next(12))
            .map(|_| Claim {
                identity_id: IdentityId(next(3) as i64),
                source_id: SourceId(1 + next(5) as i64),
                value: ["\"a\"", "\"b\"", "\"\"", "7"]
                    .get(next(4) as usize)
                    .map_or_else(String::new, |v| (*v).to_owned()),
                at: Timestamp(next(6) as i64),
                pinned_at: None,
            })
            .collect()
    }

    /// What the enrichment worker does: claims come one after the other, each place keeps one, and what is shown follows
    /// without looking at the others again.
    fn one_by_one(order: &Order, claims: &[Claim]) -> (Vec<Claim>, Option<Claim>) {
        let (mut kept, mut shown): (Vec<Claim>, Option<Claim>) = (Vec::new(), None);
        for claim in claims.iter().filter(|claim| !claim.is_empty()) {
            match kept.iter_mut().find(|before| before.is_beside(claim)) {
                Some(before) if order.compare(KEY, before, claim).is_lt() => {
                    before.clone_from(claim);
                }
                Some(_) => {}
                None => kept.push(claim.clone()),
            }
            let is_better = |before: &Claim| order.compare(KEY, before, claim).is_lt();
            if shown.as_ref().is_none_or(is_better) {
                shown = Some(claim.clone());
            }
        }
        (kept, shown)
    }

    #[test]
    fn the_order_of_arrival_does_not_matter_whatever_the_rule() {
        let rules = [
            Rule::Usual,
            Rule::Newest,
            Rule::Source(SourceId(3)),
            Rule::First,
        ];
        let mut seed = 42;
        for round in 0..4_000 {
            let rule = rules.get(round % 4).copied().unwrap_or_default();
            let order = order(rule);
            let mut claims = claims(&mut seed);
            let (kept, first) = one_by_one(&order, &claims);
            assert_eq!(
                order.winner(KEY, &kept),
                first.as_ref(),
                "{rule:?} {claims:?}"
            );
            let turns = claims.len();
            for turn in 0..turns {
                claims.rotate_left(1);
                if turn % 2 == 0 {
                    claims.reverse();
                }
                let (kept, again) = one_by_one(&order, &claims);
                assert_eq!(again, first, "{rule:?} {claims:?}");
                assert_eq!(order.winner(KEY, &kept), first.as_ref(), "{rule:?}");
            }
        }
    }
}
