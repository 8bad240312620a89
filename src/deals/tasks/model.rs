//! Rows and words of tasks, and when they are due in somebody's zone.

use chrono::{NaiveTime, TimeZone};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::super::model::{date, date_shown, day};
use crate::accounts::rights::{DoTasks, Right};
use crate::accounts::{self, Access, Action, Can, Object};
use crate::base::Timestamp;
use crate::base::ids::{ActivityId, CompanyId, ContactId, DealId, UserId};
use crate::db::schema::activities;
use crate::timeline::About;

/// Whose tasks a list is asked for, where all are wanted.
pub const EVERYBODY: &str = "all";
/// Due at no time: behind every other.
pub const SOMETIME: Timestamp = Timestamp(i64::MAX);

/// A task as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = activities)]
pub struct Task {
    /// Id.
    pub id: ActivityId,
    /// The contact it is about.
    pub contact_id: Option<ContactId>,
    /// The company it is about.
    pub company_id: Option<CompanyId>,
    /// The deal it is about.
    pub deal_id: Option<DealId>,
    /// Who wrote it down.
    pub author_id: Option<UserId>,
    /// Who is to do it.
    pub assignee_id: Option<UserId>,
    /// What.
    pub body: String,
    /// The day it is due, where no time was said.
    pub due_on: Option<i64>,
    /// When it is due, [`SOMETIME`] where nothing was said.
    pub due_at: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it was written down.
    pub created_at: Timestamp,
    /// The last change; an edit of an older state is refused.
    pub updated_at: Timestamp,
}

/// Whose tasks somebody may change. It comes from the right a handler asks for, never from a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    All,
    /// What they are to do, and what they wrote down.
    Own(UserId),
    /// That, and what those are to do whose deals they may change.
    Of(UserId, accounts::Reach),
}

impl Reach {
    /// Of somebody who does tasks.
    pub fn of(viewer: &Can<DoTasks>) -> Self {
        Self::new(&viewer.access, viewer.id())
    }

    /// Of somebody, for what a page offers; `None` for who only looks.
    pub fn offered(access: &Access, user: UserId) -> Option<Self> {
        DoTasks::allows(access).then(|| Self::new(access, user))
    }

    fn new(access: &Access, user: UserId) -> Self {
        match access.reach(Object::Deals, Action::Edit) {
            accounts::Reach::All => Self::All,
            accounts::Reach::Nothing => Self::Own(user),
            some @ accounts::Reach::Of { .. } => Self::Of(user, some),
        }
    }

    /// Whether it covers a task.
    pub fn covers(&self, task: &Task) -> bool {
        let is_own = |user: UserId| [task.assignee_id, task.author_id].contains(&Some(user));
        match self {
            Self::All => true,
            Self::Own(user) => is_own(*user),
            Self::Of(user, reach) => is_own(*user) || reach.covers(task.assignee_id),
        }
    }
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its time has passed.
    Late,
    /// Due today.
    Today,
    /// Due later.
    Coming,
    /// Due at no time.
    Sometime,
}

impl Standing {
    /// Heading of a group.
    pub fn label(self) -> &'static str {
        match self {
            Self::Late => "Overdue",
            Self::Today => "Today",
            Self::Coming => "Coming",
            Self::Sometime => "No date",
        }
    }

    /// The kind of mark on a card.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Today => "today",
            Self::Coming | Self::Sometime => "",
        }
    }

    /// Its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Late => "warning",
            Self::Today => "clock",
            Self::Coming | Self::Sometime => "calendar",
        }
    }

    /// The tone of words about it.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Late => "overdue",
            Self::Today => "good",
            Self::Coming | Self::Sometime => "soft",
        }
    }
}

/// How a task due then stands now.
pub fn standing(due: Timestamp, now: Timestamp, zone: Tz) -> Standing {
    let date = |at: Timestamp| at.utc().with_timezone(&zone).date_naive();
    match due {
        SOMETIME => Standing::Sometime,
        due if due < now => Standing::Late,
        due if date(due) == date(now) => Standing::Today,
        _ => Standing::Coming,
    }
}

/// When, in few words: "2 d late", "Today 14:30", "Fri", "12 Jun".
pub fn when(due: Timestamp, due_on: Option<i64>, now: Timestamp, zone: Tz) -> String {
    let (then, today) = (
        due.utc().with_timezone(&zone),
        now.utc().with_timezone(&zone).date_naive(),
    );
    let date = due_on.map_or_else(|| then.date_naive(), day);
    let days = (date - today).num_days();
    let clock = match due_on {
        Some(_) => String::new(),
        None => then.format(" %H:%M").to_string(),
    };
    match standing(due, now, zone) {
        Standing::Sometime => "No date".to_owned(),
        Standing::Late if days < 0 => format!("{} d late", -days),
        Standing::Late => format!("Late{clock}"),
        Standing::Today => format!("Today{clock}"),
        Standing::Coming if days <= 1 => format!("Tomorrow{clock}"),
        Standing::Coming if days < 7 => date.format("%a").to_string() + &clock,
        Standing::Coming => {
            let days = (date - chrono::NaiveDate::default()).num_days();
            date_shown(days, today)
        }
    }
}

impl Task {
    /// When it is due.
    pub fn due(&self) -> Timestamp {
        self.due_at.unwrap_or(SOMETIME)
    }

    /// Whether somebody may see it: whose it is decides, as of a deal.
    pub fn is_seen(&self, access: &Access) -> bool {
        let own = Some(access.user());
        let reach = access.sees(Object::Deals);
        reach.is_all()
            || self.assignee_id == own
            || self.author_id == own
            || reach.covers(self.assignee_id)
    }

    /// What it is about; a task may be about nothing but itself.
    pub fn about(&self) -> Option<About> {
        let contact = self.contact_id.map(About::Contact);
        let company = self.company_id.map(About::Company);
        self.deal_id.map(About::Deal).or(contact).or(company)
    }

    /// Date and time as a form shows them.
    pub fn typed(&self, zone: Tz) -> (String, String) {
        match (self.due_on, self.due()) {
            (_, SOMETIME) => (String::new(), String::new()),
            (Some(on), _) => (day(on).format("%Y-%m-%d").to_string(), String::new()),
            (None, at) => {
                let at = at.utc().with_timezone(&zone);
                (
                    at.format("%Y-%m-%d").to_string(),
                    at.format("%H:%M").to_string(),
                )
            }
        }
    }
}

/// When a task is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The day, where no time was said.
    pub on: Option<i64>,
    /// The moment: of a day its end.
    pub at: Timestamp,
}

/// A date and a time as typed, in somebody's zone; what is wrong with them, by field.
pub fn due(typed: &str, time: &str, zone: Tz) -> Result<Due, (&'static str, &'static str)> {
    let Some(on) = date(typed).map_err(|why| ("date", why))? else {
        if !time.trim().is_empty() {
            return Err(("date", "A time needs its date."));
        }
        return Ok(Due {
            on: None,
            at: SOMETIME,
        });
    };
    if time.trim().is_empty() {
        let next = at_local(on + 1, NaiveTime::MIN, zone);
        return Ok(Due {
            on: Some(on),
            at: next.plus(-1),
        });
    }
    let time = NaiveTime::parse_from_str(time.trim(), "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(time.trim(), "%H:%M:%S"))
        .map_err(|_| ("time", "Write a time as 14:30."))?;
    Ok(Due {
        on: None,
        at: at_local(on, time, zone),
    })
}

/// That time of that day on somebody's wall; where clocks jump over it, the moment after.
fn at_local(on: i64, time: NaiveTime, zone: Tz) -> Timestamp {
    let local = day(on).and_time(time);
    let found = zone.from_local_datetime(&local).earliest().or_else(|| {
        let later = local + chrono::TimeDelta::hours(1);
        zone.from_local_datetime(&later).earliest()
    });
    found.map_or_else(|| Timestamp::from(local.and_utc()), Timestamp::from)
}

/// A task to be made.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What.
    pub body: String,
    /// When it is due.
    pub due: Due,
    /// Who is to do it.
    pub assignee: UserId,
    /// What it is about.
    pub about: Option<About>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia, Europe};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn a_day_ends_where_somebody_lives() {
        let end = |zone| due("2026-06-12", "", zone).expect("due").at;
        assert_eq!(end(Europe::Oslo), at("2026-06-12T22:00:00Z").plus(-1));
        assert_eq!(end(Asia::Tokyo), at("2026-06-12T15:00:00Z").plus(-1));
        let timed = due("2026-06-12", "14:30", America::New_York).expect("due");
        assert_eq!((timed.on, timed.at), (None, at("2026-06-12T18:30:00Z")));
        // Clocks jump from 02:00 to 03:00.
        let jump = due("2026-03-29", "02:30", Europe::Oslo).expect("due");
        assert_eq!(jump.at, at("2026-03-29T01:30:00Z"));
        assert_eq!(due("", "", Europe::Oslo).map(|d| d.at), Ok(SOMETIME));
        assert_eq!(
            due("", "14:30", Europe::Oslo).map_err(|(f, _)| f),
            Err("date")
        );
        assert_eq!(
            due("2026-06-12", "25:00", Europe::Oslo).map_err(|(f, _)| f),
            Err("time")
        );
    }

    #[test]
    fn a_task_says_how_it_stands() {
        let now = at("2026-05-24T09:14:00Z");
        let zone = Europe::Oslo;
        for (date, time, want, words) in [
            ("2026-05-22", "", Standing::Late, "2 d late"),
            ("2026-05-24", "10:00", Standing::Late, "Late 10:00"),
            ("2026-05-24", "", Standing::Today, "Today"),
            ("2026-05-24", "14:30", Standing::Today, "Today 14:30"),
            ("2026-05-25", "", Standing::Coming, "Tomorrow"),
            ("2026-05-29", "", Standing::Coming, "Fri"),
            ("2026-06-12", "", Standing::Coming, "12 Jun"),
            ("", "", Standing::Sometime, "No date"),
        ] {
            let due = due(date, time, zone).expect("due");
            assert_eq!(standing(due.at, now, zone), want, "{date}");
            assert_eq!(when(due.at, due.on, now, zone), words);
        }
    }
}
