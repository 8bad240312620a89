//! `/settings/jobs`: what waits, what runs, and what was given up, with its reason.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use super::actions;
use crate::accounts::Can;
use crate::accounts::rights::ManageJobs;
use crate::base::ids::JobId;
use crate::db::Db;
use crate::jobs::{self, JobRow, State};
use crate::web::{Cursor, Page, Paged, Redirect, Result, When, number, path_id, redirect};

const ROWS: usize = 50;
const HERE: &str = "/settings/jobs";

/// The list of one state.
#[derive(Template)]
#[template(path = "ops/jobs.html")]
pub struct JobsPage {
    state: State,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    first: String,
    next: String,
}

struct Tab {
    label: &'static str,
    href: String,
    count: String,
    is_here: bool,
}

struct Row {
    job: JobRow,
    asked: When,
    due: When,
    error: String,
}

/// What the address says.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
}

/// `GET /settings/jobs?state=…`
pub async fn index(
    viewer: Can<ManageJobs>,
    which: web::Query<Which>,
    db: web::Data<Db>,
) -> Result<Page<JobsPage>> {
    let state = State::from_word(&which.state).unwrap_or(State::Dead);
    let before = Cursor::decode(&which.after).map(|cursor| JobId(cursor.id));
    let (counts, rows) = db
        .read(move |conn| {
            let counts = jobs::counts(conn)?;
            let rows = jobs::in_state(conn, state, before, ROWS as i64 + 1)?;
            Ok::<_, diesel::result::Error>((counts, rows))
        })
        .await?;
    let paged = Paged::from_loaded(rows, ROWS, |row| Cursor {
        key: String::new(),
        id: row.id.0,
    });
    let when = |at| When::new(at, viewer.now, viewer.zone());
    let href = |state: State| format!("{HERE}?state={}", state.word());
    let tab = |of: State, label, n| Tab {
        label,
        href: href(of),
        count: number(n),
        is_here: of == state,
    };
    let page = JobsPage {
        state,
        tabs: vec![
            tab(State::Dead, "Given up", counts.dead),
            tab(State::Ready, "Waiting", counts.ready),
            tab(State::Running, "Running", counts.running),
        ],
        first: before.map_or_else(String::new, |_| href(state)),
        next: paged.next.map_or_else(String::new, |cursor| {
            format!("{}&after={cursor}", href(state))
        }),
        rows: paged
            .rows
            .into_iter()
            .map(|job| Row {
                asked: when(job.created_at),
                due: when(job.run_at),
                error: job.last_error.clone().unwrap_or_default(),
                job,
            })
            .collect(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/jobs/{id}/retry`
pub async fn retry(
    viewer: Can<ManageJobs>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (id, by, now) = (path_id(&path)?, viewer.by(), viewer.now);
    let is_done = db
        .write(move |conn| actions::retry(conn, id, &by, now))
        .await?;
    Ok(if is_done {
        redirect(HERE).saying("The job will be tried again now")
    } else {
        redirect(HERE).failing("This job is gone or being done just now")
    })
}

/// `POST /settings/jobs/retry`
pub async fn retry_all(viewer: Can<ManageJobs>, db: web::Data<Db>) -> Result<Redirect> {
    let (by, now) = (viewer.by(), viewer.now);
    let n = db
        .write(move |conn| actions::retry_all(conn, &by, now))
        .await?;
    let words = match n {
        0 => "Nothing to try again".to_owned(),
        1 => "One job will be tried again".to_owned(),
        n => format!("{} jobs will be tried again", number(n as i64)),
    };
    Ok(redirect(HERE).saying(words))
}

/// `POST /settings/jobs/{id}/discard`
pub async fn discard(
    viewer: Can<ManageJobs>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (id, by, now) = (path_id(&path)?, viewer.by(), viewer.now);
    let is_done = db
        .write(move |conn| actions::discard(conn, id, &by, now))
        .await?;
    Ok(if is_done {
        redirect(HERE).saying("Job discarded")
    } else {
        redirect(HERE).failing("This job is gone or being done just now")
    })
}
