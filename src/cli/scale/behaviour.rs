//! What people do on a visit: which events, when, and with which properties. Every pass that needs to know asks anew
//! and gets the same answer.

use super::super::chance::Chance;
use super::plan::{Plan, Visit};
use crate::base::Timestamp;
use crate::base::clock::SECOND;
use crate::events::model::EventKind;

/// An act that people can do.
#[derive(Debug)]
pub(super) struct Deed {
    /// How many in a hundred.
    share: u64,
    pub kind: EventKind,
    pub name: &'static str,
    pub path: &'static str,
}

const fn page(share: u64, name: &'static str, path: &'static str) -> Deed {
    Deed {
        share,
        kind: EventKind::Page,
        name,
        path,
    }
}

const fn track(share: u64, name: &'static str, path: &'static str) -> Deed {
    Deed {
        share,
        kind: EventKind::Track,
        name,
        path,
    }
}

/// All of them; the last is done only by those who say who they are.
pub(super) const DEEDS: [Deed; 21] = [
    page(10, "Home", "/"),
    page(9, "Pricing", "/pricing"),
    page(9, "Product", "/lamps/dawn"),
    page(6, "Category", "/lamps"),
    page(5, "Guide", "/guides/light-and-sleep"),
    page(4, "Blog", "/blog/winter-light"),
    page(4, "Docs", "/docs/start"),
    page(3, "Account", "/account"),
    page(3, "Cart", "/cart"),
    track(14, "Product Viewed", "/lamps/dawn"),
    track(7, "Products Searched", "/search"),
    track(6, "Product Added", "/lamps/dawn"),
    track(5, "Video Played", "/guides/light-and-sleep"),
    track(4, "Checkout Started", "/checkout"),
    track(3, "Order Completed", "/thanks"),
    track(2, "Newsletter Joined", "/blog/winter-light"),
    track(2, "Trial Started", "/pricing"),
    track(2, "Invoice Opened", "/account"),
    track(1, "Support Asked", "/help"),
    track(1, "Order Returned", "/account"),
    Deed {
        share: 0,
        kind: EventKind::Identify,
        name: "",
        path: "/account",
    },
];
const IDENTIFY: usize = DEEDS.len() - 1;
const ORDER: usize = 14;

const SITE: &str = "https://www.lumen.example";
/// Where visits come from: source, medium, campaign, referrer.
const ORIGINS: [(&str, &str, &str, &str); 7] = [
    ("direct", "", "", ""),
    ("search.example", "referral", "", "https://search.example/"),
    ("search.example", "referral", "", "https://search.example/"),
    ("letter", "email", "autumn", ""),
    ("social.example", "referral", "", "https://social.example/"),
    ("ads", "cpc", "lamps", ""),
    (
        "partner.example",
        "referral",
        "",
        "https://partner.example/gifts",
    ),
];
const DEVICES: [&str; 6] = [
    "Chrome on Windows",
    "Safari on iPhone",
    "Chrome on Android",
    "Safari on macOS",
    "Firefox on Linux",
    "Edge on Windows",
];

/// One event of a visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act {
    /// Which of [`DEEDS`].
    pub deed: usize,
    pub at: Timestamp,
    /// What it is worth.
    pub value: f64,
}

impl Act {
    pub fn deed(&self) -> &'static Deed {
        DEEDS.get(self.deed).unwrap_or(&DEEDS[0])
    }

    /// Properties as the SDK sends them.
    pub fn properties(&self, visit: &Visit) -> String {
        let deed = self.deed();
        match deed.kind {
            EventKind::Page => format!(
                r#"{{"path":"{}","title":"{}","url":"{SITE}{}"}}"#,
                deed.path, deed.name, deed.path
            ),
            EventKind::Identify => "{}".to_owned(),
            _ if self.deed == ORDER => format!(
                r#"{{"order_id":"o-{}-{}","revenue":{:.2},"currency":"EUR"}}"#,
                visit.contact, visit.start, self.value
            ),
            _ => format!(
                r#"{{"product_id":"lamp-{}","category":"lamps","price":{}.5}}"#,
                visit.start % 90,
                20 + visit.start % 170
            ),
        }
    }

    /// The surroundings as the SDK sends them.
    pub fn context(&self) -> String {
        let path = self.deed().path;
        format!(
            r#"{{"page":{{"path":"{path}","url":"{SITE}{path}"}},"library":{{"name":"rapport.js","version":"1"}}}}"#
        )
    }
}

/// The events of a visit, in their order. `begin`: the window's first microsecond.
pub(super) fn acts(plan: &Plan, visit: &Visit, begin: Timestamp) -> Vec<Act> {
    let mut chance = visit.chance(plan.size.seed);
    let start = begin.plus(i64::from(visit.start) * SECOND);
    let mut acts: Vec<Act> = (0..visit.events)
        .map(|n| {
            let deed = any_deed(&mut chance);
            Act {
                deed,
                at: start.plus(
                    i64::from(n) * i64::from(visit.gap) * SECOND + chance.below(900_000) as i64,
                ),
                value: if deed == ORDER {
                    15.0 + chance.below(40_000) as f64 / 100.0
                } else {
                    0.0
                },
            }
        })
        .collect();
    // A visit does not begin by saying who one is.
    if visit.says_who
        && let [_, .., last] = acts.as_mut_slice()
    {
        last.deed = IDENTIFY;
        last.value = 0.0;
    }
    acts
}

/// The device of a contact.
pub(super) fn device(plan: &Plan, contact: u32) -> &'static str {
    Chance::of(plan.size.seed ^ 0xde7, u64::from(contact)).pick(&DEVICES)
}

/// Where a visit came from, as JSON.
pub(super) fn touch(plan: &Plan, visit: &Visit, first: &Act) -> String {
    let n = visit
        .chance(plan.size.seed ^ 0x70c)
        .below(ORIGINS.len() as u64) as usize;
    let (source, medium, campaign, referrer) = ORIGINS.get(n).copied().unwrap_or(ORIGINS[0]);
    let mut json = format!(r#"{{"at":"{}","source":"{source}""#, first.at.rfc3339());
    for (key, value) in [
        ("medium", medium),
        ("campaign", campaign),
        ("referrer", referrer),
        ("landing", first.deed().path),
    ] {
        if !value.is_empty() {
            json.extend([",\"", key, "\":\"", value, "\""]);
        }
    }
    json.push('}');
    json
}

fn any_deed(chance: &mut Chance) -> usize {
    let mut left = chance.below(100);
    for (n, deed) in DEEDS.iter().enumerate() {
        if left < deed.share {
            return n;
        }
        left -= deed.share;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_json_and_shares_add_up() {
        assert_eq!(DEEDS.iter().map(|d| d.share).sum::<u64>(), 100);
        assert_eq!(DEEDS[ORDER].name, "Order Completed");
        let plan = Plan::new(super::super::plan::Size {
            contacts: 100,
            events: 2_000,
            companies: 1,
            deals: 1,
            seed: 3,
        });
        for visit in &plan.visits {
            let acts = acts(&plan, visit, Timestamp::ZERO);
            assert_eq!(acts.len(), usize::from(visit.events));
            for act in &acts {
                for json in [
                    act.properties(visit),
                    act.context(),
                    touch(&plan, visit, act),
                ] {
                    assert!(
                        serde_json::from_str::<serde_json::Value>(&json).is_ok(),
                        "{json}"
                    );
                }
            }
        }
    }
}
