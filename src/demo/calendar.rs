//! When things happen: local hours, working weeks, the seasons of the trade, all counted back from now.

use chrono::{Datelike, Days, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::cast::Locale;
use super::dice::Dice;
use crate::base::Timestamp;
use crate::base::clock::{HOUR, SECOND};

/// How far the world goes back.
pub(super) const YEAR: i64 = 365;

/// How likely each hour of a working day is, from midnight.
const OFFICE: [u32; 24] = [
    0, 0, 0, 0, 0, 1, 3, 9, 16, 19, 18, 14, 8, 14, 17, 14, 9, 4, 2, 2, 2, 2, 1, 0,
];
/// The same at home.
const HOME: [u32; 24] = [
    1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 5, 5, 5, 6, 7, 9, 13, 16, 16, 11, 5,
];

/// The calendar of one world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// Where the year ends.
    pub now: Timestamp,
}

impl Calendar {
    /// The instant of a local time so many local days ago.
    pub fn at(&self, zone: Tz, days_ago: i64, secs: i64) -> Timestamp {
        let today = self.now.utc().with_timezone(&zone).date_naive();
        let day = today
            .checked_sub_days(Days::new(days_ago.max(0) as u64))
            .unwrap_or(today);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(secs.clamp(0, 86_399) as u32, 0)
            .unwrap_or_default();
        match zone.from_local_datetime(&day.and_time(time)).earliest() {
            Some(at) => Timestamp::from(at),
            // The hour that summer time skips.
            None => Timestamp::from(zone.from_utc_datetime(&day.and_time(time))).plus(-HOUR),
        }
    }

    /// A moment of a working day.
    pub fn at_work(&self, dice: &mut Dice, zone: Tz, days_ago: i64) -> Timestamp {
        self.hour_of(dice, &OFFICE, zone, days_ago)
    }

    /// A moment of a day at home.
    pub fn at_home(&self, dice: &mut Dice, zone: Tz, days_ago: i64) -> Timestamp {
        self.hour_of(dice, &HOME, zone, days_ago)
    }

    fn hour_of(&self, dice: &mut Dice, hours: &[u32; 24], zone: Tz, days_ago: i64) -> Timestamp {
        let weighted: Vec<(u32, i64)> = hours.iter().copied().zip(0_i64..).collect();
        let hour = *dice.weighted(&weighted);
        let secs = hour * 3_600 + dice.between(0, 3_599);
        let micros = dice.between(0, 999) * 1_000;
        self.at(zone, days_ago, secs).plus(micros)
    }

    /// A day within a span, the earlier bound first, as busy days come: few on weekends, few in July and at the end
    /// of December, more as Tidewater grows.
    pub fn day(&self, dice: &mut Dice, locale: &Locale, from: i64, to: i64) -> i64 {
        let (from, to) = (from.clamp(0, YEAR), to.clamp(0, YEAR));
        for _ in 0..12 {
            let day = dice.between(to.min(from), from.max(to));
            if dice.part() * 1.25 < self.busy(locale, day) {
                return day;
            }
        }
        self.workday(locale, from.max(to))
    }

    /// The first working day from then on.
    pub fn workday(&self, locale: &Locale, days_ago: i64) -> i64 {
        let mut day = days_ago.clamp(0, YEAR);
        while day > 0 && locale.rests_on(self.weekday(day)) {
            day -= 1;
        }
        day
    }

    /// How busy a day is; 1 is a usual one.
    fn busy(&self, locale: &Locale, days_ago: i64) -> f64 {
        let week = if locale.rests_on(self.weekday(days_ago)) {
            0.22
        } else {
            1.0
        };
        let date = self.now.plus(-days_ago * crate::base::clock::DAY).utc();
        let season = match (date.month(), date.day()) {
            (12, 20..) | (1, 1..=4) => 0.35,
            (7, _) => 0.6,
            (8, 1..=15) => 0.75,
            (3..=5, _) => 1.15,
            (9..=11, _) => 1.1,
            _ => 0.95,
        };
        let growth = 1.0 - 0.45 * days_ago as f64 / YEAR as f64;
        week * season * growth
    }

    fn weekday(&self, days_ago: i64) -> chrono::Weekday {
        self.now
            .plus(-days_ago * crate::base::clock::DAY)
            .utc()
            .weekday()
    }

    /// So many minutes before now, give or take some seconds.
    pub fn minutes_ago(&self, dice: &mut Dice, minutes: i64) -> Timestamp {
        self.now
            .plus(-minutes * 60 * SECOND - dice.between(0, 40) * SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::cast;

    fn calendar() -> Calendar {
        Calendar {
            now: Timestamp::parse("2026-11-22T11:00:00Z").expect("a time"),
        }
    }

    #[test]
    fn local_hours_follow_the_zone_and_its_summer_time() {
        for (zone, days, want) in [
            (Tz::Europe__Oslo, 0, "2026-11-22T08:00:00.000Z"),
            (Tz::Europe__Oslo, 60, "2026-09-23T07:00:00.000Z"),
            (Tz::Asia__Tokyo, 0, "2026-11-22T00:00:00.000Z"),
        ] {
            assert_eq!(calendar().at(zone, days, 9 * 3_600).rfc3339(), want);
        }
    }

    #[test]
    fn people_work_on_weekdays_and_mostly_by_day() {
        let (calendar, mut dice) = (calendar(), Dice::new(1, "calendar"));
        let locale = cast::locale("ja-JP");
        let day = calendar.workday(locale, 0);
        assert_eq!(day, 0, "no day lies ahead");
        assert_eq!(
            calendar.workday(locale, 7),
            6,
            "a Sunday leads to its Monday"
        );
        let weekend = (0..500)
            .filter(|_| {
                let day = calendar.day(&mut dice, locale, YEAR, 0);
                locale.rests_on(calendar.weekday(day))
            })
            .count();
        assert!(weekend < 80, "{weekend}");
        let at = calendar.at_work(&mut dice, Tz::Asia__Tokyo, 10);
        let hour = chrono::Timelike::hour(&at.utc().with_timezone(&Tz::Asia__Tokyo));
        assert!((5..23).contains(&hour), "{hour}");
    }
}
