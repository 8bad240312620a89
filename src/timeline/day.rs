//! Lines as the page shows them: times in the reader's zone, grouped by day.

use chrono::Datelike;
use chrono_tz::Tz;

use super::model::{StoryItem, SubLine};
use crate::base::Timestamp;

/// How many lines below a line stand open.
const OPEN_LINES: usize = 3;

/// A day of the story.
pub struct Day {
    /// "Today, 24 May".
    pub label: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line, with its time in words.
pub struct Line {
    /// What it says.
    pub item: StoryItem,
    /// RFC 3339.
    pub iso: String,
    /// "09:08".
    pub time: String,
    /// "Sunday, 24 May 2026, 09:08:12".
    pub exact: String,
    /// Times of the lines below.
    pub sub_times: Vec<String>,
}

impl Line {
    fn new(item: StoryItem, zone: Tz) -> Self {
        let at = item.at.utc().with_timezone(&zone);
        let clock = |at: Timestamp| at.utc().with_timezone(&zone).format("%H:%M").to_string();
        Self {
            iso: item.at.rfc3339(),
            time: clock(item.at),
            exact: at.format("%A, %-d %B %Y, %H:%M:%S").to_string(),
            sub_times: item.lines.iter().map(|line| clock(line.at)).collect(),
            item,
        }
    }

    /// A line away from its day: its time is a date.
    pub fn dated(item: StoryItem, now: Timestamp, zone: Tz) -> Self {
        let time = crate::web::ago(item.at, now, zone);
        Self {
            time,
            ..Self::new(item, zone)
        }
    }

    /// How many lines below it fold away.
    pub fn folded(&self) -> usize {
        self.item.lines.len().saturating_sub(OPEN_LINES)
    }

    /// The lines below it that stand open, each with its time.
    pub fn open_lines(&self) -> impl Iterator<Item = (&SubLine, &String)> {
        self.below().take(OPEN_LINES)
    }

    /// The lines below it that fold away, each with its time.
    pub fn folded_lines(&self) -> impl Iterator<Item = (&SubLine, &String)> {
        self.below().skip(OPEN_LINES)
    }

    fn below(&self) -> impl Iterator<Item = (&SubLine, &String)> {
        self.item.lines.iter().zip(&self.sub_times)
    }

    /// Whether anything can be done with it.
    pub fn has_acts(&self) -> bool {
        self.item.edit.is_some() || !self.item.acts.is_empty()
    }

    /// Whether anything stands below it.
    pub fn has_more(&self) -> bool {
        !self.item.lines.is_empty()
            || self.item.slip.is_some()
            || self.item.later.is_some()
            || !self.item.chips.is_empty()
    }
}

/// Groups items, newest first, by the reader's calendar.
pub fn by_day(items: Vec<StoryItem>, now: Timestamp, zone: Tz) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for item in items {
        let label = label(item.at, now, zone);
        let line = Line::new(item, zone);
        match days.last_mut() {
            Some(day) if day.label == label => day.lines.push(line),
            _ => days.push(Day {
                label,
                lines: vec![line],
            }),
        }
    }
    days
}

fn label(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let (then, today) = (
        at.utc().with_timezone(&zone).date_naive(),
        now.utc().with_timezone(&zone).date_naive(),
    );
    match (today - then).num_days() {
        0 => then.format("Today, %-d %B").to_string(),
        1 => then.format("Yesterday, %-d %B").to_string(),
        _ if then.year() == today.year() => then.format("%A, %-d %B").to_string(),
        _ => then.format("%A, %-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Show;

    #[test]
    fn days_follow_the_readers_calendar() {
        let at = |text| Timestamp::parse(text).expect("a time");
        let now = at("2026-05-24T09:14:00Z");
        let items = [
            "2026-05-24T08:00:00Z",
            "2026-05-23T22:30:00Z",
            "2026-05-23T20:30:00Z",
            "2026-05-19T10:00:00Z",
            "2025-05-19T10:00:00Z",
        ]
        .map(|text| StoryItem::new(at(text), 0, 1, Show::Changes, Vec::new()));
        let days = by_day(items.into(), now, chrono_tz::Europe::Oslo);
        let labels: Vec<_> = days
            .iter()
            .map(|day| (day.label.as_str(), day.lines.len()))
            .collect();
        assert_eq!(
            labels,
            [
                ("Today, 24 May", 2),
                ("Yesterday, 23 May", 1),
                ("Tuesday, 19 May", 1),
                ("Monday, 19 May 2025", 1),
            ]
        );
        assert_eq!(days[0].lines[1].time, "00:30");
    }
}
