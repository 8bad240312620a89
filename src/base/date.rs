//! Days as forms, calendars and columns know them: a column holds whole days since 1970.

use chrono::{Datelike, NaiveDate};

/// A date as forms send it: days since 1970.
pub fn read(typed: &str) -> Result<Option<i64>, &'static str> {
    const WHAT: &str = "Write a date as 2026-06-12.";
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let date = NaiveDate::parse_from_str(typed, "%Y-%m-%d").map_err(|_| WHAT)?;
    if !(1900..=2200).contains(&date.year()) {
        return Err(WHAT);
    }
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    Ok(Some(days))
}

/// A day as a calendar knows it.
pub fn day(days: i64) -> NaiveDate {
    chrono::TimeDelta::try_days(days)
        .and_then(|delta| NaiveDate::default().checked_add_signed(delta))
        .unwrap_or_default()
}

/// "2026-06-12".
pub fn word(days: i64) -> String {
    day(days).format("%Y-%m-%d").to_string()
}

/// "12 Jun", with the year where it is not this one.
pub fn shown(days: i64, today: NaiveDate) -> String {
    let date = day(days);
    let form = if date.year() == today.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    date.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_comes_back() {
        for typed in ["1970-01-01", "2026-06-12", "1924-02-29", "2200-12-31"] {
            let days = read(typed).ok().flatten();
            assert_eq!(days.map(word).as_deref(), Some(typed));
        }
        assert_eq!(read("  "), Ok(None));
        for wrong in ["12.6.2026", "2026-02-30", "1601-01-01", "9999-01-01", "x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
