//! The list: what waits, why, and what can be done with all of it.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use super::events;
use crate::accounts::Can;
use crate::accounts::rights::{ManageQuarantine, ReadSources, Right};
use crate::base::ids::{QuarantineId, SourceId};
use crate::base::text;
use crate::db::Db;
use crate::events::quarantine::model::{self, DIAGNOSES, Diagnosis, Filter, Line, State};
use crate::events::quarantine::store;
use crate::events::sources::store as sources;
use crate::web::{Cursor, Page, Paged, Result, When};

/// Rows of a page.
const ROWS: usize = 50;

/// What somebody looks at, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Looking {
    source: String,
    reason: String,
    state: String,
    before: String,
}

impl Looking {
    pub(super) fn filter(&self) -> Filter {
        filter(&self.source, &self.reason)
    }
}

/// A filter from what a form or an address says; what makes no sense filters nothing.
pub(super) fn filter(source: &str, reason: &str) -> Filter {
    Filter {
        source: source.parse().ok().map(SourceId),
        reason: text::cut(reason, 60).to_owned(),
    }
}

/// The list.
#[derive(Template)]
#[template(path = "quarantine/index.html")]
pub struct QuarantinePage {
    rows: Vec<Row>,
    state: State,
    filter: Filter,
    source: String,
    sources: Vec<(String, String)>,
    reasons: Vec<(&'static str, &'static str)>,
    is_filtered: bool,
    total: String,
    /// Whether there is anything to act on.
    has_open: bool,
    until: i64,
    first: String,
    next: String,
    may_change: bool,
}

struct Row {
    id: QuarantineId,
    outline: String,
    told: Diagnosis,
    detail: String,
    source: String,
    received: When,
}

/// `GET /settings/quarantine`
pub async fn index(
    viewer: Can<ReadSources>,
    looking: web::Query<Looking>,
    db: web::Data<Db>,
) -> Result<Page<QuarantinePage>> {
    let filter = looking.filter();
    let state = State::from_word(&looking.state).unwrap_or(State::Open);
    let before = Cursor::decode(&looking.before).map(|cursor| cursor.id);
    let wanted = filter.clone();
    let (lines, count, sources, newest) = db
        .read(move |conn| {
            let newest = store::lines(conn, &wanted, State::Open, None, 1)?;
            Ok::<_, diesel::result::Error>((
                store::lines(conn, &wanted, state, before, ROWS as i64 + 1)?,
                store::count(conn, &wanted, state, store::COUNTED)?,
                sources::all(conn)?,
                newest.first().map_or(0, |line| line.id.0),
            ))
        })
        .await?;
    let names: HashMap<SourceId, String> = sources
        .iter()
        .map(|source| (source.id, source.name.clone()))
        .collect();
    let page = Paged::from_loaded(lines, ROWS, |line| Cursor {
        key: String::new(),
        id: line.id.0,
    });
    let (now, zone) = (viewer.now, viewer.zone());
    let link = |state: State, before: &str| link(&filter, state, before);
    let page = QuarantinePage {
        first: before.map_or_else(String::new, |_| link(state, "")),
        next: page
            .next
            .as_deref()
            .map_or_else(String::new, |next| link(state, next)),
        rows: page
            .rows
            .into_iter()
            .map(|line| Row::new(line, &names, |at| When::new(at, now, zone)))
            .collect(),
        source: filter.source.map_or_else(String::new, |id| id.to_string()),
        sources: sources
            .into_iter()
            .map(|source| (source.id.to_string(), source.name))
            .collect(),
        reasons: DIAGNOSES
            .iter()
            .map(|told| (told.code, told.words))
            .collect(),
        is_filtered: filter != Filter::default(),
        total: events(count, store::COUNTED),
        has_open: state == State::Open && count > 0,
        until: newest,
        may_change: ManageQuarantine::allows(&viewer.access),
        state,
        filter,
    };
    Ok(Page::new(viewer.shell(), page))
}

impl QuarantinePage {
    /// The address of the list in another state.
    fn in_state(&self, state: &State) -> String {
        link(&self.filter, *state, "")
    }
}

impl Row {
    fn new(
        line: Line,
        names: &HashMap<SourceId, String>,
        when: impl Fn(crate::base::Timestamp) -> When,
    ) -> Self {
        Self {
            id: line.id,
            outline: model::outline(&line.beginning),
            told: Diagnosis::of(&line.reason),
            detail: text::line(&line.detail, 120),
            source: names.get(&line.source_id).cloned().unwrap_or_default(),
            received: when(line.received_at),
        }
    }
}

/// The list with a filter, in a state, from a place on.
pub(super) fn link(filter: &Filter, state: State, before: &str) -> String {
    let source = filter.source.map_or_else(String::new, |id| id.to_string());
    let state = if state == State::Open {
        ""
    } else {
        state.word()
    };
    let query: Vec<(&str, &str)> = [
        ("source", source.as_str()),
        ("reason", filter.reason.as_str()),
        ("state", state),
        ("before", before),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect();
    match serde_urlencoded::to_string(&query) {
        Ok(query) if !query.is_empty() => format!("/settings/quarantine?{query}"),
        _ => "/settings/quarantine".to_owned(),
    }
}
