//! Days and periods as people name them: `2026-03-08`, `today`, `last_7_days`, `next_month`, `this_quarter`. A period is
//! whole days of the reader's calendar; weeks begin on Monday; "the last 7 days" ends with today.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::base::Timestamp;

/// Days, weeks or months of "the last …".
const MOST: u32 = 3_660;

/// A stretch of days, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A day of the calendar.
    Date(NaiveDate),
    /// A day, week, month, quarter or year, counted from the one it is now: -1 is the one before.
    One(Unit, i32),
    /// So many of them, up to and with the one it is now.
    Last(Unit, u32),
    /// So many of them, from the one it is now on.
    Next(Unit, u32),
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// From Monday on.
    Week,
    /// Of the calendar.
    Month,
    /// Three months from January, April, July or October on.
    Quarter,
    /// Of the calendar.
    Year,
}

impl Unit {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Day, "day"),
        (Self::Week, "week"),
        (Self::Month, "month"),
        (Self::Quarter, "quarter"),
        (Self::Year, "year"),
    ];

    /// The day on which the one begins that lies `n` behind the one of `today`.
    fn start(self, today: NaiveDate, n: i32) -> Option<NaiveDate> {
        let months = |first: NaiveDate, n: i32| {
            let by = Months::new(n.unsigned_abs());
            if n < 0 {
                first.checked_sub_months(by)
            } else {
                first.checked_add_months(by)
            }
        };
        let days = |day: NaiveDate, n: i32| {
            let by = Days::new(u64::from(n.unsigned_abs()));
            if n < 0 {
                day.checked_sub_days(by)
            } else {
                day.checked_add_days(by)
            }
        };
        match self {
            Self::Day => days(today, n),
            Self::Week => {
                let into = today.weekday().num_days_from_monday();
                let monday = today.checked_sub_days(Days::new(u64::from(into)))?;
                days(monday, n.checked_mul(7)?)
            }
            Self::Month => months(today.with_day(1)?, n),
            Self::Quarter => {
                let first = today.with_day(1)?.with_month(today.month0() / 3 * 3 + 1)?;
                months(first, n.checked_mul(3)?)
            }
            Self::Year => months(today.with_day(1)?.with_month(1)?, n.checked_mul(12)?),
        }
    }
}

impl Period {
    /// Reads a word.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "today" => return Some(Self::One(Unit::Day, 0)),
            "yesterday" => return Some(Self::One(Unit::Day, -1)),
            "tomorrow" => return Some(Self::One(Unit::Day, 1)),
            _ => {}
        }
        if word.len() == 10 && word.is_ascii() {
            let date = NaiveDate::parse_from_str(word, "%Y-%m-%d").ok();
            let known = |date: &NaiveDate| (1..=9_999).contains(&date.year());
            if let Some(date) = date.filter(known) {
                return Some(Self::Date(date));
            }
        }
        let mut parts = word.split('_');
        let (which, what, unit) = (parts.next()?, parts.next()?, parts.next());
        if parts.next().is_some() {
            return None;
        }
        let unit_of = |word: &str| {
            Unit::ALL
                .iter()
                .find(|(_, name)| *name == word)
                .map(|(unit, _)| *unit)
        };
        let Some(unit) = unit else {
            let n = match which {
                "this" => 0,
                "last" => -1,
                "next" => 1,
                _ => return None,
            };
            return Some(Self::One(unit_of(what)?, n))
                .filter(|one| !matches!(one, Self::One(Unit::Day, _)));
        };
        let n: u32 = what.parse().ok().filter(|n| (1..=MOST).contains(n))?;
        let unit = unit_of(unit.strip_suffix('s')?)?;
        match which {
            "last" => Some(Self::Last(unit, n)),
            "next" => Some(Self::Next(unit, n)),
            _ => None,
        }
    }

    /// Its word, as [`Period::read`] takes it.
    pub fn word(self) -> String {
        let name = |unit: Unit| {
            Unit::ALL
                .iter()
                .find(|(known, _)| *known == unit)
                .map_or("", |(_, name)| *name)
        };
        match self {
            Self::Date(date) => date.format("%Y-%m-%d").to_string(),
            Self::One(Unit::Day, -1) => "yesterday".to_owned(),
            Self::One(Unit::Day, 1) => "tomorrow".to_owned(),
            Self::One(Unit::Day, _) => "today".to_owned(),
            Self::One(unit, -1) => format!("last_{}", name(unit)),
            Self::One(unit, 1) => format!("next_{}", name(unit)),
            Self::One(unit, _) => format!("this_{}", name(unit)),
            Self::Last(unit, n) => format!("last_{n}_{}s", name(unit)),
            Self::Next(unit, n) => format!("next_{n}_{}s", name(unit)),
        }
    }

    /// For people: "the last 7 days", "8 March 2026".
    pub fn shown(self) -> String {
        match self {
            Self::Date(date) => date.format("%-d %B %Y").to_string(),
            Self::Last(..) | Self::Next(..) => format!("the {}", self.word().replace('_', " ")),
            Self::One(..) => self.word().replace('_', " "),
        }
    }

    /// The days that most people ask for.
    pub fn offered() -> Vec<(String, String)> {
        const OFFERED: [&str; 18] = [
            "today",
            "yesterday",
            "tomorrow",
            "last_7_days",
            "last_30_days",
            "last_90_days",
            "last_365_days",
            "next_7_days",
            "next_30_days",
            "this_week",
            "last_week",
            "next_week",
            "this_month",
            "last_month",
            "next_month",
            "this_quarter",
            "last_quarter",
            "this_year",
        ];
        let each = OFFERED.iter().filter_map(|word| Self::read(word));
        each.map(|period| (period.word(), period.shown())).collect()
    }

    /// Its first day, and the first day behind it.
    pub fn days(self, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        Some(match self {
            Self::Date(date) => (date, date.succ_opt()?),
            Self::One(unit, n) => (unit.start(today, n)?, unit.start(today, n + 1)?),
            Self::Last(unit, n) => (
                unit.start(today, 1 - i32::try_from(n).ok()?)?,
                unit.start(today, 1)?,
            ),
            Self::Next(unit, n) => (
                unit.start(today, 0)?,
                unit.start(today, i32::try_from(n).ok()?)?,
            ),
        })
    }
}

/// The moment at which a day begins somewhere, also where clocks skip midnight.
pub fn start_of(day: NaiveDate, zone: Tz) -> Timestamp {
    let midnight = day.and_time(NaiveTime::MIN);
    let found = zone.from_local_datetime(&midnight).earliest().or_else(|| {
        let later = midnight + chrono::Duration::hours(1);
        zone.from_local_datetime(&later).earliest()
    });
    let micros = |at: DateTime<Tz>| at.timestamp_micros();
    Timestamp(found.map_or_else(|| midnight.and_utc().timestamp_micros(), micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_whole_days_of_the_calendar() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 4).expect("a Wednesday");
        for (word, from, to) in [
            ("today", "2026-03-04", "2026-03-05"),
            ("yesterday", "2026-03-03", "2026-03-04"),
            ("last_7_days", "2026-02-26", "2026-03-05"),
            ("next_7_days", "2026-03-04", "2026-03-11"),
            ("this_week", "2026-03-02", "2026-03-09"),
            ("last_week", "2026-02-23", "2026-03-02"),
            ("next_month", "2026-04-01", "2026-05-01"),
            ("last_2_months", "2026-02-01", "2026-04-01"),
            ("this_quarter", "2026-01-01", "2026-04-01"),
            ("last_quarter", "2025-10-01", "2026-01-01"),
            ("last_year", "2025-01-01", "2026-01-01"),
            ("2024-02-29", "2024-02-29", "2024-03-01"),
        ] {
            let period = Period::read(word).expect(word);
            assert_eq!(period.word(), word);
            let (start, end) = period.days(today).expect(word);
            assert_eq!(
                (start.to_string().as_str(), end.to_string().as_str()),
                (from, to),
                "{word}"
            );
        }
        for word in [
            "",
            "last",
            "this_day",
            "last_0_days",
            "last_9999_days",
            "last_x_days",
            "2026-02-30",
            "0000-01-01",
            "in_3_days",
            "last_3_days_x",
        ] {
            assert_eq!(Period::read(word), None, "{word}");
        }
        assert_eq!(Period::offered().len(), 18);
    }

    #[test]
    fn a_day_begins_when_the_clock_says_so() {
        for (zone, day, utc) in [
            ("Europe/Oslo", "2026-03-29", "2026-03-28T23:00:00Z"),
            ("Europe/Oslo", "2026-03-30", "2026-03-29T22:00:00Z"),
            // Midnight does not exist there on that day.
            ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
            ("Asia/Kolkata", "2026-01-01", "2025-12-31T18:30:00Z"),
        ] {
            let day = day.parse().expect("a day");
            let zone: Tz = zone.parse().expect("a zone");
            assert_eq!(
                Some(start_of(day, zone)),
                Timestamp::parse(utc),
                "{zone} {day}"
            );
        }
    }
}
