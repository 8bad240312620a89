//! One event as the debugger shows it.

use chrono_tz::Tz;
use xxhash_rust::xxh3::xxh3_64;

use crate::base::text;
use crate::events::listing::{self, Piece};
use crate::events::live::{LiveEvent, UNKNOWN};

/// A line of the debugger.
#[derive(Debug, Clone)]
pub struct Row {
    /// Names the event in an address.
    pub key: String,
    /// RFC 3339.
    pub iso: String,
    /// "09:14:05.218" in the reader's zone.
    pub time: String,
    /// track, page, …; "unreadable" where it could not be told.
    pub kind: String,
    /// Name of the event or page.
    pub name: String,
    /// Whose it is; empty where nobody.
    pub person: String,
    /// Their record.
    pub contact: Option<i64>,
    /// What it did, in words.
    pub did: String,
    /// `red` for the quarantine, `accent` for a merge, else empty.
    pub tone: &'static str,
    /// Whether the panel shows it.
    pub is_here: bool,
}

/// An event in the panel beside the lines.
#[derive(Debug, Clone)]
pub struct Panel {
    /// What it is called.
    pub title: String,
    /// From received to stored.
    pub latency_ms: i64,
    /// The JSON as it came, indented and coloured.
    pub pieces: Vec<Piece>,
    /// What it did, one by one.
    pub did: Vec<String>,
    /// Whether it went to the quarantine.
    pub is_bad: bool,
}

impl Row {
    /// For a reader in `zone`; `here` is the key of the event in the panel.
    pub fn new(event: &LiveEvent, zone: Tz, here: Option<&str>) -> Self {
        let key = key(event);
        let at = event.at.utc().with_timezone(&zone);
        let did = event.did.join(", ");
        Self {
            is_here: here == Some(key.as_str()),
            key,
            iso: event.at.rfc3339(),
            time: at.format("%H:%M:%S%.3f").to_string(),
            kind: if event.kind.is_empty() {
                "unreadable".to_owned()
            } else {
                event.kind.clone()
            },
            name: text::line(&event.name, 120),
            person: event.person.clone(),
            contact: event.contact_id.map(|id| id.0),
            tone: match () {
                () if event.is_bad => "red",
                () if did.contains("merged") => "accent",
                () => "",
            },
            did,
        }
    }
}

impl Panel {
    /// All there is to see of one event.
    pub fn new(event: &LiveEvent) -> Self {
        let title = [event.name.as_str(), event.kind.as_str(), "Unreadable event"]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        Self {
            title: text::line(title, 120),
            latency_ms: event.latency_ms,
            pieces: listing::painted(&listing::indented(&event.raw)),
            did: event.did.clone(),
            is_bad: event.is_bad,
        }
    }
}

/// Names an event among the recent ones. A repeated event has another time, hence another key.
pub fn key(event: &LiveEvent) -> String {
    let named = format!("{} {} {}", event.at.0, event.message_id, event.raw);
    format!("{:016x}", xxh3_64(named.as_bytes()))
}

/// What somebody looks for among the events: any part of what is shown or was sent, whatever its case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted(String);

impl Wanted {
    /// From the search field.
    pub fn new(text: &str) -> Self {
        Self(text::line(text, 100).to_lowercase())
    }

    /// Whether everything is wanted.
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an event is.
    pub fn matches(&self, event: &LiveEvent) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.0);
        self.is_any()
            || has(&event.name)
            || has(&event.person)
            || has(&event.kind)
            || event.did.iter().any(|did| has(did))
            || has(&event.raw)
    }
}

/// The 99th of a hundred latencies that are known, in milliseconds.
pub fn p99<'a>(events: impl Iterator<Item = &'a LiveEvent>) -> Option<i64> {
    let mut all: Vec<i64> = events
        .map(|event| event.latency_ms)
        .filter(|latency| *latency != UNKNOWN)
        .collect();
    all.sort_unstable();
    let last = all.len().checked_sub(1)?;
    all.get(last * 99 / 100).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::base::ids::{ContactId, SourceId};

    fn event() -> LiveEvent {
        LiveEvent {
            source_id: SourceId(2),
            at: Timestamp::parse("2026-05-24T07:14:05.218Z").expect("a time"),
            kind: "track".into(),
            name: "Quote\nViewed".into(),
            message_id: "m1".into(),
            contact_id: Some(ContactId(7)),
            person: "Ingrid Sæther Løvås".into(),
            did: vec!["merged a visitor".into(), "2 traits".into()],
            latency_ms: 12,
            raw: r#"{"event":"Quote Viewed","total":184500}"#.into(),
            is_bad: false,
        }
    }

    #[test]
    fn a_row_says_when_what_who_and_what_it_did() {
        let row = Row::new(&event(), chrono_tz::Europe::Oslo, None);
        assert_eq!(row.time, "09:14:05.218");
        assert_eq!(row.name, "Quote Viewed");
        assert_eq!(row.did, "merged a visitor, 2 traits");
        assert_eq!(
            (row.tone, row.contact, row.is_here),
            ("accent", Some(7), false)
        );
        assert!(Row::new(&event(), chrono_tz::UTC, Some(&row.key)).is_here);
    }

    #[test]
    fn the_filter_looks_at_all_that_is_known() {
        for (text, want) in [
            ("", true),
            ("quote", true),
            ("SÆTHER", true),
            ("184500", true),
            ("merged", true),
            ("track", true),
            ("refund", false),
        ] {
            assert_eq!(Wanted::new(text).matches(&event()), want, "{text}");
        }
    }

    #[test]
    fn the_slowest_of_a_hundred_is_left_out() {
        let all: Vec<LiveEvent> = (1..=100)
            .map(|latency_ms| LiveEvent {
                latency_ms,
                ..event()
            })
            .collect();
        assert_eq!(p99(all.iter()), Some(99));
        assert_eq!(p99(all.iter().take(1)), Some(1));
        assert_eq!(p99(all.iter().take(0)), None);
        let invented = LiveEvent {
            latency_ms: UNKNOWN,
            ..event()
        };
        assert_eq!(p99([invented].iter()), None);
    }
}
