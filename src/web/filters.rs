//! How figures and times are written for people.

use chrono_tz::Tz;

use crate::base::Timestamp;
use crate::base::clock::{DAY, HOUR, MINUTE};

/// 12345 → "12,345".
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        shown.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Relative up to a week, then a date in the reader's zone: "6 min", "3 h", "Yesterday", "4 d", "14 Mar", "14 Mar 2024".
pub fn ago(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let passed = now.since(at);
    let (then, today) = (
        at.utc().with_timezone(&zone),
        now.utc().with_timezone(&zone),
    );
    let days = (today.date_naive() - then.date_naive()).num_days();
    match passed {
        p if p < MINUTE && p > -MINUTE => "now".to_owned(),
        p if p < 0 => then.format("%-d %b %Y").to_string(),
        p if p < HOUR => format!("{} min", p / MINUTE),
        p if p < DAY && days == 0 => format!("{} h", p / HOUR),
        _ if days <= 1 => "Yesterday".to_owned(),
        _ if days < 7 => format!("{days} d"),
        _ if days < 300 => then.format("%-d %b").to_string(),
        _ => then.format("%-d %b %Y").to_string(),
    }
}

/// A moment as pages show it: relative, with the exact time behind it (`mark::ago`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub iso: String,
    /// "6 min".
    pub shown: String,
    /// "Sun 24 May 2026, 09:08:14", in the reader's zone.
    pub exact: String,
}

impl When {
    /// For somebody in `zone` at `now`.
    pub fn new(at: Timestamp, now: Timestamp, zone: Tz) -> Self {
        let there = at.utc().with_timezone(&zone);
        Self {
            iso: at.rfc3339(),
            shown: ago(at, now, zone),
            exact: there.format("%a %-d %b %Y, %H:%M:%S").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        for (n, want) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-1_234_567, "-1,234,567"),
        ] {
            assert_eq!(number(n), want);
        }
    }

    #[test]
    fn times_are_relative_in_the_readers_zone() {
        let now = Timestamp::parse("2026-05-24T09:14:00Z").expect("a time");
        let at = |text| {
            ago(
                Timestamp::parse(text).expect("a time"),
                now,
                chrono_tz::Europe::Oslo,
            )
        };
        assert_eq!(at("2026-05-24T09:13:50Z"), "now");
        assert_eq!(at("2026-05-24T09:08:00Z"), "6 min");
        assert_eq!(at("2026-05-24T06:00:00Z"), "3 h");
        // 23:30 in UTC is 01:30 today in Oslo.
        assert_eq!(at("2026-05-23T22:30:00Z"), "10 h");
        assert_eq!(at("2026-05-23T20:30:00Z"), "Yesterday");
        assert_eq!(at("2026-05-20T09:00:00Z"), "4 d");
        assert_eq!(at("2026-03-14T09:00:00Z"), "14 Mar");
        assert_eq!(at("2024-03-14T09:00:00Z"), "14 Mar 2024");
    }
}
