//! Visits as lines of the story: forty page views are one line that opens.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use super::super::enrich::Touch;
use super::super::model::EventKind;
use crate::base::Timestamp;
use crate::base::clock::{HOUR, MINUTE, SECOND};
use crate::base::ids::ContactId;
use crate::base::text;
use crate::db::Conn;
use crate::db::schema::{event_names, events, identities, sessions, sources};
use crate::timeline::{Part, Show, StoryItem, StrandAsk, SubLine};

/// Entries and notes have 0 and 1.
const RANK: i64 = 2;
/// Events read for the visits of one page; a visit with more says how many.
const MOST_EVENTS: i64 = 1_500;
/// Lines of one visit.
const MOST_LINES: usize = 60;

#[derive(Queryable)]
struct Visit {
    id: i64,
    identity_id: i64,
    started_at: Timestamp,
    ended_at: Timestamp,
    event_count: i64,
    page_count: i64,
    entry: String,
    touch: Option<String>,
    device: Option<String>,
    source: String,
}

#[derive(Queryable)]
struct Happened {
    session_id: Option<i64>,
    at: Timestamp,
    kind: EventKind,
    name: String,
    properties: String,
}

/// The visits of a contact, newest first.
pub fn visits(conn: &mut Conn, ask: &StrandAsk) -> QueryResult<Vec<StoryItem>> {
    if !ask.show.wants(Show::Web) {
        return Ok(Vec::new());
    }
    let below = ask.bound(RANK);
    let visits: Vec<Visit> = sessions::table
        .inner_join(identities::table.on(identities::id.eq(sessions::identity_id)))
        .inner_join(sources::table.on(sources::id.eq(sessions::source_id)))
        .filter(identities::contact_id.eq(ask.contact.0))
        .filter(sessions::started_at.le(below.at))
        .filter(
            sessions::started_at
                .lt(below.at)
                .or(sessions::id.lt(below.id)),
        )
        .order((sessions::started_at.desc(), sessions::id.desc()))
        .limit(ask.limit)
        .select((
            sessions::id,
            sessions::identity_id,
            sessions::started_at,
            sessions::ended_at,
            sessions::event_count,
            sessions::page_count,
            sessions::entry,
            sessions::touch,
            sessions::device,
            sources::name,
        ))
        .load(conn)?;
    let mut by_visit = happened(conn, ask.contact, &visits)?;
    Ok(visits
        .into_iter()
        .map(|visit| item(&visit, by_visit.remove(&visit.id).unwrap_or_default()))
        .collect())
}

/// What was done on these visits, oldest first.
fn happened(
    conn: &mut Conn,
    contact: ContactId,
    visits: &[Visit],
) -> QueryResult<HashMap<i64, Vec<Happened>>> {
    let mut by_visit: HashMap<i64, Vec<Happened>> = HashMap::new();
    let (Some(first), Some(last)) = (
        visits.iter().map(|v| v.started_at).min(),
        visits.iter().map(|v| v.ended_at).max(),
    ) else {
        return Ok(by_visit);
    };
    let own: Vec<i64> = identities::table
        .filter(identities::contact_id.eq(contact.0))
        .select(identities::id)
        .limit(200)
        .load(conn)?;
    debug_assert!(
        visits
            .iter()
            .all(|v| own.len() == 200 || own.contains(&v.identity_id))
    );
    let rows: Vec<Happened> = events::table
        .inner_join(event_names::table.on(event_names::id.eq(events::name_id)))
        .filter(events::identity_id.eq_any(own))
        .filter(events::at.between(first, last))
        .order((events::at.desc(), events::id.desc()))
        .limit(MOST_EVENTS)
        .select((
            events::session_id,
            events::at,
            event_names::kind,
            event_names::name,
            events::properties,
        ))
        .load(conn)?;
    for row in rows.into_iter().rev() {
        if let Some(session) = row.session_id {
            by_visit.entry(session).or_default().push(row);
        }
    }
    Ok(by_visit)
}

fn item(visit: &Visit, happened: Vec<Happened>) -> StoryItem {
    let mut item = StoryItem::new(
        visit.started_at,
        RANK,
        visit.id,
        Show::Web,
        headline(visit, &happened),
    );
    item.icon = if visit.page_count > 0 {
        "globe"
    } else {
        "bolt"
    };
    if visit.event_count == 1 && visit.page_count == 0 {
        let quiet = happened
            .first()
            .map(|h| facts(&h.properties))
            .unwrap_or_default();
        if !quiet.is_empty() {
            item.lines.push(SubLine {
                at: visit.started_at,
                text: quiet,
                quiet: String::new(),
                right: String::new(),
            });
        }
        return item;
    }
    let until: Vec<Timestamp> = happened.iter().skip(1).map(|h| h.at).collect();
    for (n, one) in happened.iter().take(MOST_LINES).enumerate() {
        let stay = until.get(n).map_or(0, |next| next.since(one.at));
        item.lines.push(line(one, stay));
    }
    let hidden = visit.event_count - item.lines.len() as i64;
    if hidden > 0 {
        item.chips
            .push((format!("{} more", crate::web::number(hidden)), ""));
    }
    item
}

fn headline(visit: &Visit, happened: &[Happened]) -> Vec<Part> {
    let stay = visit.ended_at.since(visit.started_at);
    let mut rest = String::new();
    if visit.page_count > 0 {
        if stay >= SECOND {
            rest.extend([" for ", &duration(stay)]);
        }
        match visit.page_count {
            1 => rest.push_str(", 1 page"),
            n => rest.extend([", ", &crate::web::number(n), " pages"]),
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
    match (visit.event_count, happened.first()) {
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
