//! The quarantine of mail: what could not be filed and what was set aside, each with its cause, its bytes and a way on.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::model::{InboundMail, State};
use super::{actions, store};
use crate::accounts::Can;
use crate::accounts::rights::EditTickets;
use crate::base::ids::{InboundId, TicketId};
use crate::db::Db;
use crate::desk::tickets::list::queue::shown;
use crate::desk::tickets::pages::parts;
use crate::files::Files;
use crate::web::{Cursor, Error, Page, Paged, Redirect, Result, When, path_id, redirect};

/// Mails on a page.
const PAGE: usize = 50;

/// The query of the URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    state: String,
    after: String,
}

#[derive(Template)]
#[template(path = "desk/quarantine.html")]
pub struct QuarantinePage {
    state: State,
    lines: Vec<Line>,
    tabs: Vec<(&'static str, String, bool, String)>,
    first: String,
    next: String,
}

/// A mail of the list.
pub struct Line {
    id: InboundId,
    from: String,
    subject: String,
    cause: String,
    ticket: Option<TicketId>,
    when: When,
}

/// `GET /tickets/quarantine`. Needs: answer tickets.
pub async fn index(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<QuarantinePage>> {
    let state = match State::from_word(&params.state) {
        Some(state @ (State::Aside | State::Waiting)) => state,
        _ => State::Quarantined,
    };
    let after = Cursor::decode(&params.after).map(|cursor| InboundId(cursor.id));
    let (rows, counts) = db
        .read(move |conn| {
            let before = after.unwrap_or(InboundId(i64::MAX));
            let rows = store::in_state(conn, state, before, PAGE as i64 + 1)?;
            let counts = [
                store::count(conn, State::Quarantined, 1_001)?,
                store::count(conn, State::Aside, 1_001)?,
                store::count(conn, State::Waiting, 1_001)?,
            ];
            Ok::<_, diesel::result::Error>((rows, counts))
        })
        .await?;
    let found = Paged::from_loaded(rows, PAGE, |row| Cursor {
        key: String::new(),
        id: row.id.0,
    });
    let (now, zone) = (viewer.now, viewer.zone());
    let line = |row: InboundMail| Line {
        id: row.id,
        from: row.from_shown,
        subject: row.subject,
        cause: row.cause,
        ticket: row.ticket_id,
        when: When::new(row.received_at, now, zone),
    };
    let tabs = [State::Quarantined, State::Aside, State::Waiting]
        .into_iter()
        .zip(counts)
        .map(|(each, n)| (label(each), href(each, ""), each == state, shown(n as i64)));
    let page = QuarantinePage {
        tabs: tabs.collect(),
        first: after.map_or_else(String::new, |_| href(state, "")),
        next: found
            .next
            .map_or_else(String::new, |next| href(state, &next)),
        lines: found.rows.into_iter().map(line).collect(),
        state,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /tickets/quarantine/{id}/retry`. Needs: answer tickets.
pub async fn retry(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, now) = (path_id(&path)?, viewer.now);
    again(&db, id, false, now).await
}

/// `POST /tickets/quarantine/{id}/file`: it becomes a ticket, whatever it looks like. Needs: answer tickets.
pub async fn file(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, now) = (path_id(&path)?, viewer.now);
    again(&db, id, true, now).await
}

/// `GET /tickets/quarantine/{id}/source`: its bytes. Needs: answer tickets.
pub async fn source(
    _viewer: Can<EditTickets>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: InboundId = path_id(&path)?;
    let mail = db
        .read(move |conn| store::find(conn, id))
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = files
        .bytes_at(&mail.key)
        .await
        .map_err(Error::internal)?
        .ok_or(Error::NotFound)?;
    Ok(parts::to_save(&format!("mail-{id}.eml"), bytes))
}

async fn again(
    db: &Db,
    id: InboundId,
    force: bool,
    now: crate::base::Timestamp,
) -> Result<Redirect> {
    let is_tried = db
        .write(move |conn| actions::retry(conn, id, force, now))
        .await?;
    if !is_tried {
        return Err(Error::NotFound);
    }
    Ok(redirect("/tickets/quarantine").saying("The mail is tried again"))
}

fn href(state: State, after: &str) -> String {
    let mut pairs = Vec::new();
    if state != State::Quarantined {
        pairs.push(("state", state.word()));
    }
    if !after.is_empty() {
        pairs.push(("after", after));
    }
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() {
        "/tickets/quarantine".to_owned()
    } else {
        format!("/tickets/quarantine?{query}")
    }
}

fn label(state: State) -> &'static str {
    match state {
        State::Quarantined => "Could not be filed",
        State::Aside => "Set aside",
        State::Waiting => "Waiting",
        State::Filed => "Filed",
    }
}
