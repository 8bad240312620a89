//! Settings, Suppressed addresses: asking about one, adding one, letting one be written to again. Only hashes are kept, so
//! the list shows when and why, and an address is found by typing it.

use actix_web::http::StatusCode;
use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::Can;
use crate::accounts::Viewer;
use crate::accounts::rights::{EditCampaigns, ReadCampaigns, Right};
use crate::base::{EmailAddress, Timestamp};
use crate::contacts;
use crate::db::{Conn, Db};
use crate::privacy::store::Suppression;
use crate::privacy::{Reason, actions, store};
use crate::web::{Cursor, Error, Errors, Form, Page, Redirect, Result, When, redirect};

const PAGE: usize = 50;

/// The list.
#[derive(Template)]
#[template(path = "privacy/suppressed.html")]
pub struct SuppressedPage {
    rows: Vec<Row>,
    next: String,
    email: String,
    found: Option<Found>,
    errors: Errors,
    may_change: bool,
}

struct Row {
    hash: String,
    reason: &'static str,
    note: String,
    actor: String,
    at: When,
}

/// What is known of the address that was asked about.
enum Found {
    Free,
    Held(Row),
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    email: String,
    after: String,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AddForm {
    email: String,
    note: String,
}

/// `GET /settings/suppressed?email=…`. Needs: see campaigns.
pub async fn index(
    viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<SuppressedPage>> {
    let page = read(&viewer, &db, params.into_inner()).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/suppressed`. Needs: change campaigns.
pub async fn add(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    Form(form): Form<AddForm>,
) -> Result<impl Responder> {
    let Some(address) = EmailAddress::parse(&form.email) else {
        let mut page = read(&viewer, &db, Params::default()).await?;
        page.email = form.email;
        page.errors = Errors::one("email", "Write it as ada@example.com.");
        let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(Either::Right(page));
    };
    let (user, now, said) = (
        viewer.id(),
        viewer.now,
        format!("{address} gets no more mail"),
    );
    let hash = address.hash();
    db.write(move |conn| {
        actions::suppress(conn, &address, Reason::Person, &form.note, Some(user), now)
    })
    .await
    .map_err(|error: diesel::result::Error| Error::from(error))?;
    let to = redirect("/settings/suppressed").saying(said);
    Ok(Either::Left(
        to.undo(format!("/settings/suppressed/{hash}/lift")),
    ))
}

/// `POST /settings/suppressed/{hash}/lift`. Needs: change campaigns.
pub async fn lift(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (by, now, hash) = (viewer.by(), viewer.now, path.into_inner());
    let lifted = db
        .write(move |conn| actions::lift(conn, &hash, &by, now))
        .await
        .map_err(|error: diesel::result::Error| Error::from(error))?;
    if !lifted {
        return Err(Error::NotFound);
    }
    Ok(redirect("/settings/suppressed").saying("The address may be written to again"))
}

async fn read(viewer: &Viewer, db: &Db, params: Params) -> Result<SuppressedPage> {
    let (reader, may_change) = (viewer.clone(), EditCampaigns::allows(&viewer.access));
    let page = db.read(move |conn| {
        let mut rows = listed(conn, &reader, Cursor::decode(&params.after))?;
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| has_more).map(|(row, at)| Cursor {
            key: row.hash.clone(),
            id: at.0,
        });
        let found = match EmailAddress::parse(&params.email) {
            Some(address) => Some(match store::suppression(conn, &address.hash())? {
                Some(found) => Found::Held(shown(conn, &reader, vec![found])?.remove(0).0),
                None => Found::Free,
            }),
            None => None,
        };
        let has_no_sense = !params.email.is_empty() && found.is_none();
        Ok::<_, Error>(SuppressedPage {
            rows: rows.into_iter().map(|(row, _)| row).collect(),
            next: next.map_or_else(String::new, |cursor| {
                format!("/settings/suppressed?after={}", cursor.encode())
            }),
            email: params.email,
            found,
            errors: if has_no_sense {
                Errors::one("email", "Write it as ada@example.com.")
            } else {
                Errors::new()
            },
            may_change,
        })
    });
    page.await
}

fn listed(
    conn: &mut Conn,
    viewer: &Viewer,
    after: Option<Cursor>,
) -> Result<Vec<(Row, Timestamp)>> {
    let below = after.map(|cursor| (Timestamp(cursor.id), cursor.key));
    let found = store::suppressed(conn, below, PAGE as i64 + 1)?;
    shown(conn, viewer, found)
}

fn shown(
    conn: &mut Conn,
    viewer: &Viewer,
    found: Vec<Suppression>,
) -> Result<Vec<(Row, Timestamp)>> {
    let actors = found.iter().filter_map(|row| row.actor_id);
    let actors = contacts::store::user_names(conn, actors)?;
    let row = |found: Suppression| {
        let actor = found.actor_id.and_then(|id| actors.get(&id).cloned());
        let row = Row {
            hash: found.address_hash,
            reason: found.reason.label(),
            note: found.note,
            actor: actor.unwrap_or_default(),
            at: When::new(found.at, viewer.now, viewer.zone()),
        };
        (row, found.at)
    };
    Ok(found.into_iter().map(row).collect())
}
