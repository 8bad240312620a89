//! One source: how it is doing, how to connect, what arrives, what is done with it.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use askama::Template;
use chrono_tz::Tz;
use diesel::QueryResult;
use serde::Deserialize;

use super::form::SettingsForm;
use super::{Status, counted, source};
use crate::accounts::rights::{ManageSources, ReadSources, Right};
use crate::accounts::{Can, Viewer};
use crate::base::Timestamp;
use crate::base::clock::MINUTE;
use crate::base::ids::SourceId;
use crate::db::{Conn, Db};
use crate::events::debugger::model::{self as debugger, Panel, Row, Wanted};
use crate::events::debugger::store::stored;
use crate::events::listing::{self, Piece};
use crate::events::live::{KEPT, Live, LiveEvent};
use crate::events::sources::Source;
use crate::events::sources::health::{Health, Minute, Rejection, store as health};
use crate::events::sources::snippets::{self, WAYS, Way};
use crate::web::{Errors, Page, Result, When, base_url, number};

/// What somebody looks at: the way to connect, the event in the panel, the filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Looking {
    connect: Option<String>,
    event: Option<String>,
    q: String,
}

/// One source.
#[derive(Template)]
#[template(path = "sources/show.html")]
pub struct ShowPage {
    source_id: SourceId,
    source: Source,
    status: Status,
    may_change: bool,
    tiles: Tiles,
    old_key: Option<(String, When)>,
    ways: &'static [Way],
    way: &'static str,
    snippets: Vec<Listing>,
    rows: Vec<Row>,
    more: String,
    panel: Option<Panel>,
    q: String,
    latency: String,
    host: String,
    minutes: Minutes,
    rejections: Vec<Refused>,
    form: SettingsForm,
    errors: Errors,
}

/// The figures on top.
struct Tiles {
    stored: String,
    hours: Vec<i64>,
    now: String,
    peak: String,
    duplicates: String,
    duplicates_share: String,
    quarantined: String,
    has_quarantined: bool,
    rejected: String,
    rejected_why: String,
}

/// Something to copy, coloured.
struct Listing {
    title: &'static str,
    pieces: Vec<Piece>,
    note: &'static str,
}

/// The chart of the last hour.
struct Minutes {
    values: Vec<i64>,
    names: Vec<String>,
    shown: Vec<String>,
    most: i64,
    top: String,
}

/// One reason and how often.
struct Refused {
    words: String,
    remedy: &'static str,
    n: String,
    last: When,
}

/// `GET /settings/sources/{id}`
pub async fn show(
    viewer: Can<ReadSources>,
    request: HttpRequest,
    path: web::Path<String>,
    looking: web::Query<Looking>,
    db: web::Data<Db>,
    live: web::Data<Live>,
) -> Result<Page<ShowPage>> {
    let source = source(&db, &path).await?;
    page(&viewer, source, &looking, None, &request, &db, &live).await
}

/// The page, also with a form that was refused.
pub(super) async fn page(
    viewer: &Viewer,
    source: Source,
    looking: &Looking,
    refused: Option<(SettingsForm, Errors)>,
    request: &HttpRequest,
    db: &Db,
    live: &Live,
) -> Result<Page<ShowPage>> {
    let (id, now, zone) = (source.id, viewer.now, viewer.zone());
    let mut recent = live.recent(id);
    let latency = debugger::p99(recent.iter().map(AsRef::as_ref)).map_or_else(String::new, number);
    let is_short = recent.len() < KEPT;
    let known = db
        .read(move |conn| Known::read(conn, id, now, is_short))
        .await?;
    join(&mut recent, known.before);
    let day = Health::of(&known.minutes, now);
    let rejections = Rejection::merged(known.rejections);
    let last_minute = known.last_minute.map(|minute| Timestamp(minute * MINUTE));
    let last = recent.first().map(|event| event.at).max(last_minute);
    let wanted = Wanted::new(&looking.q);
    let events: Vec<_> = recent
        .iter()
        .filter(|event| wanted.matches(event))
        .collect();
    let picked = picked(&events, looking.event.as_deref());
    let here = picked.map(|event| debugger::key(event));
    let way = snippets::way(looking.connect.as_deref(), source.kind);
    let (form, errors) = refused.unwrap_or_else(|| (SettingsForm::of(&source), Errors::new()));
    let host = base_url(request);
    let page = ShowPage {
        source_id: id,
        status: Status::of(&source, last, now, zone),
        may_change: ManageSources::allows(&viewer.access),
        tiles: Tiles::of(&day, known.quarantined, rejections.first(), zone),
        old_key: old_key(&source, now, zone),
        ways: WAYS,
        way,
        snippets: snippets::snippets(way, &source, &host)
            .into_iter()
            .map(Listing::from)
            .collect(),
        rows: events
            .iter()
            .map(|event| Row::new(event, zone, here.as_deref()))
            .collect(),
        more: String::new(),
        panel: picked.map(|event| Panel::new(event)),
        q: looking.q.clone(),
        latency,
        host: host.clone(),
        minutes: Minutes::of(&day, zone),
        rejections: rejections
            .into_iter()
            .map(|rejection| Refused::new(&rejection, now, zone))
            .collect(),
        form,
        errors,
        source,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// What the tables know of a source.
struct Known {
    minutes: Vec<Minute>,
    rejections: Vec<Rejection>,
    last_minute: Option<i64>,
    quarantined: i64,
    /// Events of before, where memory has too few.
    before: Vec<LiveEvent>,
}

impl Known {
    fn read(conn: &mut Conn, id: SourceId, now: Timestamp, is_short: bool) -> QueryResult<Self> {
        Ok(Self {
            minutes: health::day(conn, id, now)?,
            rejections: health::rejections(conn, id, now)?,
            last_minute: health::last_minute(conn, id)?,
            quarantined: health::quarantined(conn, id)?,
            before: if is_short {
                stored(conn, id, KEPT as i64)?
            } else {
                Vec::new()
            },
        })
    }
}

/// Adds what only the tables know, newest first, and no more than is shown.
fn join(recent: &mut Vec<Arc<LiveEvent>>, before: Vec<LiveEvent>) {
    let known: HashSet<String> = recent
        .iter()
        .map(|event| event.message_id.clone())
        .collect();
    let others = before
        .into_iter()
        .filter(|event| !known.contains(&event.message_id));
    recent.extend(others.map(Arc::new));
    recent.sort_by_key(|event| Reverse(event.at));
    recent.truncate(KEPT);
}

/// The key before, while it still works, and until when.
fn old_key(source: &Source, now: Timestamp, zone: Tz) -> Option<(String, When)> {
    let until = source.old_key_until.unwrap_or_default();
    let key = source.old_key(now)?;
    Some((key.to_owned(), When::new(until, now, zone)))
}

/// The event in the panel: the one asked for, else the latest.
fn picked<'a>(events: &[&'a Arc<LiveEvent>], asked: Option<&str>) -> Option<&'a Arc<LiveEvent>> {
    match asked {
        Some(key) => events
            .iter()
            .copied()
            .find(|event| debugger::key(event) == key),
        None => events.first().copied(),
    }
}

impl Refused {
    fn new(rejection: &Rejection, now: Timestamp, zone: Tz) -> Self {
        let (words, remedy) = rejection.told();
        Self {
            words,
            remedy,
            n: number(rejection.n),
            last: When::new(rejection.last_at, now, zone),
        }
    }
}

impl Tiles {
    fn of(day: &Health, quarantined: i64, worst: Option<&Rejection>, zone: Tz) -> Self {
        let clock = |minute: i64| {
            let at = Timestamp(minute * MINUTE).utc().with_timezone(&zone);
            at.format("%H:%M").to_string()
        };
        let arrived = day.stored + day.duplicates;
        Self {
            stored: number(day.stored),
            hours: day.hours.clone(),
            now: tenths(day.tenths_a_second),
            peak: day.peak.map_or_else(String::new, |(minute, n)| {
                format!("peak {} at {}", tenths(n * 10 / 60), clock(minute))
            }),
            duplicates: number(day.duplicates),
            duplicates_share: if day.duplicates > 0 {
                let share = day.duplicates * 1_000 / arrived.max(1);
                format!("{}.{} %, retries", share / 10, share % 10)
            } else {
                String::new()
            },
            quarantined: counted(quarantined, health::COUNTED),
            has_quarantined: quarantined > 0,
            rejected: number(day.rejected),
            rejected_why: worst.map_or_else(String::new, |most| most.told().0),
        }
    }
}

/// 31 → "3.1"; whole from ten on.
fn tenths(n: i64) -> String {
    if n >= 100 {
        number(n / 10)
    } else {
        format!("{}.{}", n / 10, n % 10)
    }
}

impl Minutes {
    fn of(day: &Health, zone: Tz) -> Self {
        let values: Vec<i64> = day.minutes.iter().map(|minute| minute.stored).collect();
        let most = values.iter().copied().max().unwrap_or_default().max(1);
        let name = |minute: i64| {
            let at = Timestamp(minute * MINUTE).utc().with_timezone(&zone);
            at.format("%H:%M").to_string()
        };
        Self {
            names: day
                .minutes
                .iter()
                .map(|minute| name(minute.minute))
                .collect(),
            shown: values.iter().map(|n| number(*n)).collect(),
            top: number(most),
            most,
            values,
        }
    }
}

impl From<snippets::Snippet> for Listing {
    fn from(snippet: snippets::Snippet) -> Self {
        Self {
            title: snippet.title,
            pieces: listing::painted(&snippet.text),
            note: snippet.note,
        }
    }
}
