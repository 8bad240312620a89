//! A visit, what was done on it, and both in words.

use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use serde_json::Value;

use super::super::enrich::Touch;
use super::super::model::EventKind;
use crate::base::Timestamp;
use crate::base::clock::{HOUR, MINUTE, SECOND};
use crate::base::ids::ContactId;
use crate::base::text;
use crate::db::schema::{event_names, events, sessions, sources};
use crate::db::{Cached, Conn, padded};
use crate::timeline::{Later, Part, SubLine};
use crate::web::Cursor;

/// A visit of one of the contact's identities.
#[derive(Queryable)]
pub struct Visit {
    pub id: i64,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub event_count: i64,
    pub page_count: i64,
    entry: String,
    touch: Option<String>,
    device: Option<String>,
    source: String,
}

/// Something that was done on a visit.
#[derive(Queryable)]
pub struct Happened {
    pub id: i64,
    pub session_id: Option<i64>,
    pub at: Timestamp,
    kind: EventKind,
    name: String,
    properties: String,
}

/// The columns of [`Visit`], of sessions joined with sources.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn visits() -> _ {
    sessions::table
        .inner_join(sources::table.on(sources::id.eq(sessions::source_id)))
        .select((
            sessions::id,
            sessions::started_at,
            sessions::ended_at,
            sessions::event_count,
            sessions::page_count,
            sessions::entry,
            sessions::touch,
            sessions::device,
            sources::name,
        ))
}

/// The columns of [`Happened`].
#[diesel::dsl::auto_type]
pub fn happened() -> _ {
    events::table
        .inner_join(event_names::table.on(event_names::id.eq(events::name_id)))
        .select((
            events::id,
            events::session_id,
            events::at,
            event_names::kind,
            event_names::name,
            events::properties,
        ))
}

/// What was done on a visit, oldest first, from behind an event on. `own`: the contact's identities.
pub fn done_on(
    conn: &mut Conn,
    own: &[i64],
    visit: &Visit,
    after: Option<(Timestamp, i64)>,
    limit: i64,
) -> QueryResult<Vec<Happened>> {
    let (at, id) = after.unwrap_or((visit.started_at, 0));
    let query = of_people(own)
        .filter(events::at.between(at, visit.ended_at))
        .filter(events::at.gt(at).or(events::id.gt(id)))
        .filter(events::session_id.eq(visit.id))
        .order((events::at.asc(), events::id.asc()))
        .limit(limit);
    Cached(query).load(conn)
}

/// What some identities did between two instants, in order.
pub fn done_between(
    conn: &mut Conn,
    own: &[i64],
    since: Timestamp,
    until: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Happened>> {
    let query = of_people(own)
        .filter(events::at.between(since, until))
        .order((events::at.asc(), events::id.asc()))
        .limit(limit);
    Cached(query).load(conn)
}

/// What some identities did. One identity is asked for as one: that question needs no new plan each time.
pub fn of_people<'a>(own: &[i64]) -> IntoBoxed<'a, happened, <Conn as Connection>::Backend> {
    let query = happened().into_boxed();
    match own {
        [one] => query.filter(events::identity_id.eq(*one)),
        many => query.filter(events::identity_id.eq_any(padded(many.to_vec()))),
    }
}

impl Visit {
    /// What is not shown of it: all, or what comes behind the `last` line that is.
    pub fn rest(&self, contact: ContactId, last: Option<&Happened>, hidden: i64) -> Later {
        let href = format!("/contacts/{contact}/visits/{}", self.id);
        match last {
            None => Later {
                words: self.amount(),
                href,
                id: self.part(None),
            },
            Some(last) => Later {
                words: format!("{} more", crate::web::number(hidden)),
                href: format!("{href}?after={}", last.cursor().encode()),
                id: self.part(Some(last.id)),
            },
        }
    }

    /// The id of the part of its page that begins behind an event.
    pub fn part(&self, after: Option<i64>) -> String {
        match after {
            None => format!("visit-{}", self.id),
            Some(after) => format!("visit-{}-{after}", self.id),
        }
    }

    /// Whether it is one event that is no page view: what a server says.
    pub fn is_one_act(&self) -> bool {
        self.event_count == 1 && self.page_count == 0
    }

    /// "12 pages", or what else there is to see.
    pub fn amount(&self) -> String {
        match (self.page_count, self.event_count) {
            (1, 1) => "1 page".to_owned(),
            (pages, events) if pages == events => format!("{} pages", crate::web::number(pages)),
            (_, events) => format!("{} events", crate::web::number(events)),
        }
    }
}

/// What was done, oldest first, as lines; how long each lasted is known from the next, of which `next` is the last one's.
pub fn lines(happened: &[Happened], next: Option<Timestamp>) -> Vec<SubLine> {
    let until = happened
        .iter()
        .skip(1)
        .map(|one| Some(one.at))
        .chain([next]);
    happened
        .iter()
        .zip(until)
        .map(|(one, until)| line(one, until.map_or(0, |until| until.since(one.at))))
        .collect()
}

/// "Visited Website for 4 min, 12 pages, from google".
pub fn headline(visit: &Visit, first: Option<&Happened>) -> Vec<Part> {
    let stay = visit.ended_at.since(visit.started_at);
    let mut rest = String::new();
    if visit.page_count > 0 {
        rest.push_str(" for ");
        if stay >= SECOND {
            rest.extend([&duration(stay), ", "]);
        }
        match visit.page_count {
            1 => rest.push_str("1 page"),
            n => rest.extend([&crate::web::number(n), " pages"]),
        }
        rest.push_str(&from(visit.touch.as_deref()));
        if let Some(device) = &visit.device {
            rest.extend([", ", device.as_str()]);
        }
        let what = if visit.source.is_empty() {
            "the website"
        } else {
            visit.source.as_str()
        };
        return vec![Part::bold(format!("Visited {what}")), Part::plain(rest)];
    }
    match (visit.event_count, first) {
        (1, Some(one)) => vec![
            Part::bold(shown(one)),
            Part::plain(format!(" · {}", visit.source)),
        ],
        (1, None) => vec![
            Part::bold(visit.entry.clone()),
            Part::plain(format!(" · {}", visit.source)),
        ],
        (n, _) => vec![
            Part::bold(format!("{} events", crate::web::number(n))),
            Part::plain(format!(" in {} from {}", duration(stay), visit.source)),
        ],
    }
}

fn from(touch: Option<&str>) -> String {
    let Some(touch) = touch.and_then(|json| serde_json::from_str::<Touch>(json).ok()) else {
        return String::new();
    };
    match (touch.source.as_str(), touch.campaign.as_str()) {
        ("direct", _) => String::new(),
        (source, "") => format!(", from {source}"),
        (source, campaign) => format!(", from {source} ({campaign})"),
    }
}

fn line(one: &Happened, stay: i64) -> SubLine {
    let quiet = if one.kind == EventKind::Track {
        facts(&one.properties)
    } else {
        String::new()
    };
    let right = if (SECOND..HOUR).contains(&stay) {
        clock(stay)
    } else {
        String::new()
    };
    SubLine {
        at: one.at,
        text: shown(one),
        quiet,
        right,
    }
}

impl Happened {
    /// Where a page of lines ends with it.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            key: self.at.0.to_string(),
            id: self.id,
        }
    }

    /// Its first few plain properties.
    pub fn facts(&self) -> String {
        facts(&self.properties)
    }
}

/// What to call it: the event's name, the page's path or name, or what the call is for.
fn shown(one: &Happened) -> String {
    let path = || {
        let properties: Value = serde_json::from_str(&one.properties).unwrap_or_default();
        let text = |key: &str| {
            properties
                .get(key)
                .and_then(Value::as_str)
                .map(|t| text::line(t, 200))
        };
        text("path")
            .or_else(|| text("title"))
            .or_else(|| text("url"))
            .filter(|t| !t.is_empty())
    };
    match one.kind {
        EventKind::Page => path().unwrap_or_else(|| {
            if one.name.is_empty() {
                "A page".to_owned()
            } else {
                one.name.clone()
            }
        }),
        EventKind::Screen if one.name.is_empty() => "A screen".to_owned(),
        EventKind::Identify => "Said who they are".to_owned(),
        EventKind::Group => "Joined a company".to_owned(),
        EventKind::Alias => "Linked an id".to_owned(),
        _ => one.name.clone(),
    }
}

/// The first few plain properties: "plan pro, total 45".
fn facts(properties: &str) -> String {
    let Ok(Value::Object(properties)) = serde_json::from_str(properties) else {
        return String::new();
    };
    let shown: Vec<String> = properties
        .iter()
        .filter_map(|(key, value)| match value {
            Value::String(value) if !value.is_empty() => {
                Some(format!("{key} {}", text::line(value, 60)))
            }
            Value::Number(value) => Some(format!("{key} {value}")),
            Value::Bool(true) => Some(key.clone()),
            _ => None,
        })
        .take(4)
        .collect();
    shown.join(", ")
}

fn duration(micros: i64) -> String {
    let (hours, minutes, seconds) = (
        micros / HOUR,
        micros % HOUR / MINUTE,
        micros % MINUTE / SECOND,
    );
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) if seconds == 0 => format!("{minutes} min"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

fn clock(micros: i64) -> String {
    format!("{}:{:02}", micros / MINUTE, micros % MINUTE / SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(duration(4 * SECOND), "4 s");
        assert_eq!(duration(4 * MINUTE + 12 * SECOND), "4 min 12 s");
        assert_eq!(duration(2 * HOUR + 5 * MINUTE), "2 h 5 min");
        assert_eq!(clock(MINUTE + 9 * SECOND), "1:09");
    }

    #[test]
    fn properties_are_told_in_a_few_words() {
        assert_eq!(
            facts(r#"{"plan": "pro", "total": 45, "trial": true, "x": null, "y": {}}"#),
            "plan pro, total 45, trial"
        );
        assert_eq!(facts("[]"), "");
    }
}
