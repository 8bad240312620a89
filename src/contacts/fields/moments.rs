//! Days and times as people write them. A text that can be read in two ways is read in that of the country.

use chrono::{Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::Ways;
use crate::base::Timestamp;

/// Countries that write the month before the day.
const MONTH_FIRST: &[&str] = &["US", "PH", "FM", "MH", "PW"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const FULL_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A day: `2026-03-09`, `9 March 2026`, `Mar 9, 2026`, `09.03.2026`, `3/9/2026`, `20260309`, or today, tomorrow, yesterday.
pub(super) fn day(typed: &str, ways: &Ways) -> Option<NaiveDate> {
    let typed = typed.trim().trim_end_matches('.').to_lowercase();
    match typed.as_str() {
        "today" => return Some(ways.today),
        "tomorrow" => return ways.today.checked_add_signed(Duration::days(1)),
        "yesterday" => return ways.today.checked_sub_signed(Duration::days(1)),
        _ => {}
    }
    if typed.len() == 8 && typed.bytes().all(|b| b.is_ascii_digit()) {
        return sensible(NaiveDate::parse_from_str(&typed, "%Y%m%d").ok());
    }
    let parts: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    sensible(of_parts(a, b, c, ways))
}

fn of_parts(a: &str, b: &str, c: &str, ways: &Ways) -> Option<NaiveDate> {
    if let Some(month) = month_word(a) {
        return NaiveDate::from_ymd_opt(year(c)?, month, small(b)?);
    }
    if let Some(month) = month_word(b) {
        return match year(a) {
            Some(year) => NaiveDate::from_ymd_opt(year, month, small(c)?),
            None => NaiveDate::from_ymd_opt(year(c)?, month, small(a)?),
        };
    }
    if let Some(year) = year(a) {
        return NaiveDate::from_ymd_opt(year, small(b)?, small(c)?);
    }
    let (a, b, year) = (small(a)?, small(b)?, year(c)?);
    let is_month_first = ways
        .country
        .as_deref()
        .is_some_and(|country| MONTH_FIRST.contains(&country));
    let (day, month) = match (a, b) {
        (a, b) if a > 12 => (a, b),
        (a, b) if b > 12 => (b, a),
        (a, b) if is_month_first => (b, a),
        (a, b) => (a, b),
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Four figures; with two nobody knows the century.
fn year(word: &str) -> Option<i32> {
    let is_year = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    is_year.then(|| word.parse().ok()).flatten()
}

/// A day or month: `9`, `09`, `9th`.
fn small(word: &str) -> Option<u32> {
    let figures = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let tail = word.get(figures.len()..)?;
    let is_small =
        (1..=2).contains(&figures.len()) && matches!(tail, "" | "st" | "nd" | "rd" | "th");
    is_small.then(|| figures.parse().ok()).flatten()
}

fn month_word(word: &str) -> Option<u32> {
    let at = |names: &[&str; 12]| names.iter().position(|name| *name == word);
    let found = at(&MONTHS).or_else(|| at(&FULL_MONTHS));
    let found = found.or_else(|| (word == "sept").then_some(8));
    found.and_then(|month| u32::try_from(month + 1).ok())
}

/// What a person means: neither the year 12 nor the year 20260.
fn sensible(day: Option<NaiveDate>) -> Option<NaiveDate> {
    use chrono::Datelike;
    day.filter(|day| (1_000..=9_999).contains(&day.year()))
}

/// A moment: RFC 3339, or a day and a time of day, there. A day alone is its midnight.
pub(super) fn moment(typed: &str, ways: &Ways) -> Option<Timestamp> {
    let typed = typed.trim();
    if let Some(at) = Timestamp::parse(typed) {
        return Some(at).filter(|at| sensible(Some(at.utc().date_naive())).is_some());
    }
    if let Some(day) = day(typed, ways) {
        return there(day.and_time(NaiveTime::MIN), ways.zone);
    }
    // The time of day stands last: behind a T, a comma or a space.
    let lower = typed.to_lowercase();
    let splits = lower.char_indices().rev();
    for (at, _) in splits.filter(|(_, c)| matches!(c, 't' | ' ' | ',')) {
        let (before, after) = (lower.get(..at)?, lower.get(at + 1..)?);
        if let (Some(day), Some(time)) =
            (day(before.trim_end_matches([',', ' ']), ways), time(after))
        {
            return there(day.and_time(time), ways.zone);
        }
    }
    None
}

/// `14:30`, `14:30:05`, `2:30 pm`, `2pm`.
fn time(typed: &str) -> Option<NaiveTime> {
    let typed = typed.trim().replace(' ', "");
    let is_am = typed.strip_suffix("am");
    let is_pm = typed.strip_suffix("pm");
    let figures = is_am.or(is_pm).unwrap_or(&typed);
    let parts: Vec<&str> = figures.split(':').collect();
    let number = |word: &&str| {
        let bare = word.split('.').next().unwrap_or_default();
        let is_number = (1..=2).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| bare.parse::<u32>().ok()).flatten()
    };
    let (hour, minute, second) = match parts.as_slice() {
        [hour] if is_am.is_some() || is_pm.is_some() => (number(hour)?, 0, 0),
        [hour, minute] => (number(hour)?, number(minute)?, 0),
        [hour, minute, second] => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    let hour = match (hour, is_am.is_some(), is_pm.is_some()) {
        (0 | 13.., true, _) | (0 | 13.., _, true) => return None,
        (12, true, _) => 0,
        (hour, _, true) if hour < 12 => hour + 12,
        (hour, ..) => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// The moment a clock there shows it; the earlier one where it shows it twice, the next one where it never does.
fn there(at: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    match zone.from_local_datetime(&at) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.into()),
        LocalResult::None => {
            let later = at.checked_add_signed(Duration::hours(1))?;
            zone.from_local_datetime(&later).earliest().map(Into::into)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(country: &str, zone: Tz) -> Ways {
        Ways {
            country: Some(country.to_owned()),
            zone,
            ..Ways::plain(Timestamp::parse("2026-11-23T12:00:00Z").expect("a time"))
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let (norway, america) = (ways("NO", Tz::UTC), ways("US", Tz::UTC));
        for (typed, here, there) in [
            ("2026-03-09", Some("2026-03-09"), Some("2026-03-09")),
            (" 9.3.2026 ", Some("2026-03-09"), Some("2026-09-03")),
            ("09.03.2026.", Some("2026-03-09"), Some("2026-09-03")),
            ("3/9/2026", Some("2026-09-03"), Some("2026-03-09")),
            ("13/9/2026", Some("2026-09-13"), Some("2026-09-13")),
            ("9/13/2026", Some("2026-09-13"), Some("2026-09-13")),
            ("9 March 2026", Some("2026-03-09"), Some("2026-03-09")),
            ("March 9th, 2026", Some("2026-03-09"), Some("2026-03-09")),
            ("9-Sept-2026", Some("2026-09-09"), Some("2026-09-09")),
            ("2026 mar 9", Some("2026-03-09"), Some("2026-03-09")),
            ("20260309", Some("2026-03-09"), Some("2026-03-09")),
            ("tomorrow", Some("2026-11-24"), Some("2026-11-24")),
            ("2026-02-30", None, None),
            ("31/11/2026", None, None),
            ("9/3/26", None, None),
            ("0000-01-01", None, None),
            ("99999-01-01", None, None),
            ("1.2.3.2026", None, None),
            ("9 Märch 2026", None, None),
            ("٩/٣/٢٠٢٦", None, None),
            ("", None, None),
            ("-", None, None),
            ("'; DROP TABLE fields; --", None, None),
        ] {
            let shown = |ways: &Ways| day(typed, ways).map(|day| day.to_string());
            assert_eq!(shown(&norway).as_deref(), here, "{typed}");
            assert_eq!(shown(&america).as_deref(), there, "{typed}");
        }
    }

    #[test]
    fn moments_are_read_on_the_clock_of_the_reader() {
        let oslo = ways("NO", Tz::Europe__Oslo);
        for (typed, want) in [
            ("2026-03-09T14:30", Some("2026-03-09T13:30:00.000Z")),
            ("2026-03-09T14:30:05.250", Some("2026-03-09T13:30:05.000Z")),
            (
                "2026-03-09T14:30:00+05:00",
                Some("2026-03-09T09:30:00.000Z"),
            ),
            ("9 March 2026, 2:30 pm", Some("2026-03-09T13:30:00.000Z")),
            ("9.3.2026 2pm", Some("2026-03-09T13:00:00.000Z")),
            ("9 March 2026", Some("2026-03-08T23:00:00.000Z")),
            // The night in which the clock goes forward has no half past two, and that in which it goes back has two.
            ("2026-03-29 02:30", Some("2026-03-29T01:30:00.000Z")),
            ("2026-10-25 02:30", Some("2026-10-25T00:30:00.000Z")),
            ("2026-03-09 25:00", None),
            ("2026-03-09 13pm", None),
            ("14:30", None),
            ("soon", None),
            ("2026-03-09T", None),
            ("\u{1f600} \u{1f600}", None),
        ] {
            let got = moment(typed, &oslo).map(Timestamp::rfc3339);
            assert_eq!(got.as_deref(), want, "{typed}");
        }
    }
}
