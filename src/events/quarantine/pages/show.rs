//! One quarantined event: why it is here, what to do, its text to repair.

use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::many::told;
use crate::accounts::rights::{ManageQuarantine, ReadSources, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::QuarantineId;
use crate::db::Db;
use crate::events::inbox::Inbox;
use crate::events::listing;
use crate::events::quarantine::actions::{self, Act};
use crate::events::quarantine::model::{self, Diagnosis, Item, State};
use crate::events::quarantine::store;
use crate::events::sources::store as sources;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, When, path_id, redirect};

/// More than this is no text to edit in a page.
const MOST_EDITED: usize = 256 << 10;

/// One event.
#[derive(Template)]
#[template(path = "quarantine/show.html")]
pub struct ItemPage {
    item: Item,
    told: Diagnosis,
    outline: String,
    source: String,
    received: When,
    sent: Option<When>,
    resolved: Option<(When, String)>,
    /// The text to repair; where it is too long, its beginning.
    body: String,
    is_cut: bool,
    is_open: bool,
    may_change: bool,
    errors: Errors,
}

/// `GET /settings/quarantine/{id}`
pub async fn show(
    viewer: Can<ReadSources>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Page<ItemPage>> {
    let item = item(&db, &path).await?;
    page(&viewer, item, None, &db).await
}

async fn page(
    viewer: &Viewer,
    item: Item,
    refused: Option<(String, Errors)>,
    db: &Db,
) -> Result<Page<ItemPage>> {
    let (source, user) = (item.source_id, item.resolved_by);
    let (source, name) = db
        .read(move |conn| {
            let source = sources::by_id(conn, source)?;
            let name = match user {
                Some(user) => store::name_of(conn, user)?,
                None => None,
            };
            Ok::<_, diesel::result::Error>((source, name))
        })
        .await?;
    let when = |at| When::new(at, viewer.now, viewer.zone());
    let (body, errors) = refused.unwrap_or_else(|| (listing::indented(&item.body), Errors::new()));
    let is_cut = item.body.len() > MOST_EDITED;
    let page = ItemPage {
        told: item.why(),
        outline: model::outline(&item.body),
        source: source.map(|source| source.name).unwrap_or_default(),
        received: when(item.received_at),
        sent: item.sent_at.map(when),
        resolved: item
            .resolved_at
            .map(|at| (when(at), name.unwrap_or_default())),
        body: if is_cut {
            crate::base::text::cut(&item.body, 20_000).to_owned()
        } else {
            body
        },
        is_cut,
        is_open: item.state == State::Open,
        may_change: ManageQuarantine::allows(&viewer.access),
        errors,
        item,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// The text a person made of it; without it, the text as it came.
#[derive(Debug, Deserialize)]
pub struct Repaired {
    body: Option<String>,
}

/// `POST /settings/quarantine/{id}/replay`
pub async fn replay(
    viewer: Can<ManageQuarantine>,
    path: web::Path<String>,
    Form(repaired): Form<Repaired>,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
) -> Result<impl Responder> {
    let mut item = item(&db, &path).await?;
    let back = redirect("/settings/quarantine");
    if item.state == State::Replayed {
        return Ok(Either::Left(back.failing("It was replayed already")));
    }
    if let Some(body) = repaired.body {
        if let Some(fault) = model::fault(&body) {
            let refused = Some((body, Errors::one("body", fault)));
            return Ok(Either::Right(page(&viewer, item, refused, &db).await?));
        }
        item.body = body;
    }
    let items = vec![item];
    let done = actions::replay(&db, &inbox, items, viewer.by(), viewer.now).await?;
    Ok(Either::Left(told(back, Act::Replay, done, viewer.now)))
}

/// `POST /settings/quarantine/{id}/drop`
pub async fn drop(
    viewer: Can<ManageQuarantine>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let item = item(&db, &path).await?;
    let back = redirect("/settings/quarantine");
    if item.state != State::Open {
        return Ok(back.failing("Somebody was quicker: it is not open any more"));
    }
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::drop_all(conn, &[item.id], &by, now))
        .await?;
    Ok(told(back, Act::Drop, done, now))
}

async fn item(db: &Db, path: &str) -> Result<Item> {
    let id: QuarantineId = path_id(path)?;
    db.read(move |conn| store::by_id(conn, id))
        .await?
        .ok_or(Error::NotFound)
}
