//! What a day of minutes adds up to.

use diesel::prelude::*;

use crate::base::clock::{MINUTE, Timestamp};
use crate::base::ids::SourceId;
use crate::db::schema::{source_minutes, source_rejections};

/// Minutes in a day: how far back the figures look.
pub const DAY_MINUTES: i64 = 24 * 60;

/// One minute of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, HasQuery)]
#[diesel(table_name = source_minutes)]
pub struct Minute {
    /// Minutes since 1970.
    pub minute: i64,
    /// Events in requests that were answered 200.
    pub accepted: i64,
    /// Events that were stored.
    pub stored: i64,
    /// Events that were there already.
    pub duplicates: i64,
    /// Events set aside.
    pub quarantined: i64,
    /// Requests and events turned away.
    pub rejected: i64,
}

/// What was turned away on one day, and why.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = source_rejections)]
pub struct Rejection {
    /// Code of the reason.
    pub reason: String,
    /// How often.
    pub n: i64,
    /// When last.
    pub last_at: Timestamp,
}

impl Rejection {
    /// Days of one reason as one, most frequent first.
    pub fn merged(days: Vec<Self>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for day in days {
            match all.iter_mut().find(|known| known.reason == day.reason) {
                Some(known) => {
                    known.n += day.n;
                    known.last_at = known.last_at.max(day.last_at);
                }
                None => all.push(day),
            }
        }
        all.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.reason.cmp(&b.reason)));
        all
    }

    /// The reason in words, and what to do about it.
    pub fn told(&self) -> (String, &'static str) {
        match REASONS.iter().find(|(code, ..)| *code == self.reason) {
            Some((_, words, remedy)) => ((*words).to_owned(), remedy),
            None => (self.reason.replace('_', " "), ""),
        }
    }
}

/// Why requests and events are turned away, in words, and the remedy.
const REASONS: &[(&str, &str, &str)] = &[
    (
        "source_disabled",
        "The source is paused",
        "Resume it above. SDKs do not send again what was refused meanwhile.",
    ),
    (
        "origin_not_allowed",
        "The page is not an allowed origin",
        "Add its origin to the settings below, or empty the list to allow any.",
    ),
    (
        "consent",
        "The person refused this kind of tracking",
        "Nothing to repair: it is what they asked for.",
    ),
    (
        "dnt",
        "The browser asks not to be tracked",
        "Nothing to repair: it is what they asked for.",
    ),
    (
        "unknown_person",
        "Nobody known, and this source only enriches",
        "Let it create contacts, if you want these people.",
    ),
    (
        "invalid_json",
        "The body is no JSON",
        "Look at what the sender builds by hand; SDKs do not send this.",
    ),
    (
        "unreadable",
        "The body cannot be read",
        "Look for a proxy that cuts or recompresses bodies.",
    ),
    (
        "too_large",
        "The request is too large",
        "Send smaller batches: at most 4 MB before compression.",
    ),
    (
        "too_many_events",
        "Too many events in one request",
        "Send at most 2,500 events in a batch.",
    ),
    (
        "unavailable",
        "It could not be kept just then",
        "SDKs send it again by themselves. If it goes on, look at the disk, the database and the log.",
    ),
];

/// A day of one source, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Events stored in 24 hours.
    pub stored: i64,
    /// Duplicates dropped.
    pub duplicates: i64,
    /// Events set aside.
    pub quarantined: i64,
    /// Requests and events turned away.
    pub rejected: i64,
    /// Events of each of the last 24 hours, oldest first.
    pub hours: Vec<i64>,
    /// The last 60 minutes, oldest first, quiet ones included.
    pub minutes: Vec<Minute>,
    /// Tenths of an event a second, over the last minute.
    pub tenths_a_second: i64,
    /// The busiest minute and its events, if anything came at all.
    pub peak: Option<(i64, i64)>,
}

impl Health {
    /// Adds up the minutes of the last day; those that are missing had nothing.
    pub fn of(rows: &[Minute], now: Timestamp) -> Self {
        let this = now.minute();
        let mut health = Self {
            hours: vec![0; 24],
            minutes: (this - 59..=this)
                .map(|minute| Minute {
                    minute,
                    ..Minute::default()
                })
                .collect(),
            ..Self::default()
        };
        for row in rows {
            let age = this - row.minute;
            if !(0..DAY_MINUTES).contains(&age) {
                continue;
            }
            health.stored += row.stored;
            health.duplicates += row.duplicates;
            health.quarantined += row.quarantined;
            health.rejected += row.rejected;
            if let Some(hour) = health.hours.get_mut((23 - age / 60) as usize) {
                *hour += row.stored;
            }
            if age < 60
                && let Some(minute) = health.minutes.get_mut((59 - age) as usize)
            {
                minute.clone_from(row);
            }
            if row.stored > 0 && health.peak.is_none_or(|(_, most)| row.stored > most) {
                health.peak = Some((row.minute, row.stored));
            }
        }
        health.tenths_a_second = health.tenths_in_last_minute(now);
        health
    }

    /// This minute so far, and as much of the one before as makes a whole minute with it.
    fn tenths_in_last_minute(&self, now: Timestamp) -> i64 {
        let stored = |age: usize| self.minutes.iter().rev().nth(age).map_or(0, |m| m.stored);
        let passed = now.0.rem_euclid(MINUTE);
        let before = stored(1) * (MINUTE - passed) / MINUTE;
        (stored(0) + before) * 10 / 60
    }
}

/// What the list says of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Which.
    pub source_id: SourceId,
    /// Events stored in 24 hours.
    pub stored: i64,
    /// The last minute in which something came.
    pub last_minute: Option<i64>,
    /// Open in the quarantine, up to one more than the list shows.
    pub quarantined: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64, stored: i64) -> Minute {
        Minute {
            minute,
            accepted: stored,
            stored,
            ..Minute::default()
        }
    }

    #[test]
    fn a_day_adds_up_by_hour_and_minute() {
        let now = Timestamp(10_000 * MINUTE + 15_000_000);
        let rows = [
            minute(10_000 - DAY_MINUTES, 1_000),
            minute(10_000 - 61, 5),
            minute(9_999, 120),
            minute(10_000, 30),
            minute(10_001, 7),
        ];
        let health = Health::of(&rows, now);
        assert_eq!(
            health.stored, 155,
            "neither older than a day nor from the future"
        );
        assert_eq!(health.hours.len(), 24);
        assert_eq!((health.hours[22], health.hours[23]), (5, 150));
        assert_eq!(health.minutes.len(), 60);
        assert_eq!(
            (health.minutes[58].stored, health.minutes[59].stored),
            (120, 30)
        );
        // A quarter of a minute has passed: 30 and three quarters of 120, in a minute.
        assert_eq!(health.tenths_a_second, 20);
        assert_eq!(health.peak, Some((9_999, 120)));
    }

    #[test]
    fn nothing_adds_up_to_nothing() {
        let health = Health::of(&[], Timestamp(MINUTE * 5_000));
        assert_eq!((health.stored, health.tenths_a_second), (0, 0));
        assert_eq!(health.peak, None);
    }

    #[test]
    fn reasons_are_told_once_and_in_words() {
        let day = |reason: &str, n, at| Rejection {
            reason: reason.to_owned(),
            n,
            last_at: Timestamp(at),
        };
        let merged = Rejection::merged(vec![
            day("origin_not_allowed", 2, 5),
            day("new_reason", 9, 6),
            day("origin_not_allowed", 3, 9),
        ]);
        assert_eq!(
            merged,
            [day("new_reason", 9, 6), day("origin_not_allowed", 5, 9)]
        );
        assert_eq!(merged[0].told(), ("new reason".to_owned(), ""));
        assert!(merged[1].told().1.contains("settings"));
    }
}
