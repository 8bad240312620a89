//! How far an import is, and what became of it.

use std::io;

use actix_web::http::header;
use actix_web::{Either, HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::{once, unfold};

use super::import;
use crate::accounts::Can;
use crate::accounts::rights::ImportContacts;
use crate::base::ids::{ContactId, ImportId};
use crate::contacts::export::csv as table;
use crate::contacts::import::actions;
use crate::contacts::import::model::{Import, Outcome, State};
use crate::contacts::import::store;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::store as people;
use crate::db::Db;
use crate::files::Files;
use crate::web::{Error, Page, Redirect, Result, When, number, redirect};

/// Rows that are listed.
const LISTED: i64 = 50;
/// Failed rows read at a time for their file.
const CHUNK: i64 = 1_000;

#[derive(Template)]
#[template(path = "contacts/imports/show.html")]
pub struct ShowPage {
    import: Import,
    percent: String,
    by: String,
    when: When,
    took: String,
    tiles: Vec<(&'static str, String, String)>,
    failed: Vec<(i64, String, String)>,
    kept: Vec<(ContactId, String, String)>,
}

/// `GET /imports/{id}`. Needs: import contacts. One that has not begun leads to its columns.
pub async fn show(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let import = import(&db, &path).await?;
    if import.state == State::Draft {
        let step = if import.settings.is_mapped {
            "preview"
        } else {
            "columns"
        };
        return Ok(Either::Right(redirect(format!(
            "/imports/{}/{step}",
            import.id
        ))));
    }
    let (id, user) = (import.id, import.user_id);
    let (names, failed, kept, called) = db
        .read(move |conn| {
            let kept = store::rows(conn, id, Outcome::Kept, 0, LISTED)?;
            let ids: Vec<ContactId> = kept.iter().filter_map(|row| row.contact_id).collect();
            Ok::<_, diesel::result::Error>((
                people::user_names(conn, [user])?,
                store::rows(conn, id, Outcome::Failed, 0, LISTED)?,
                kept,
                store::names(conn, &ids)?,
            ))
        })
        .await?;
    let is_at_work = import.state.is_at_work();
    let page = ShowPage {
        percent: format!("{}%", import.percent()),
        by: names.get(&user).cloned().unwrap_or_default(),
        when: When::new(
            import.started_at.unwrap_or(import.created_at),
            viewer.now,
            viewer.zone(),
        ),
        took: took(&import),
        tiles: tiles(&import),
        failed: failed
            .into_iter()
            .map(|row| (row.line, row.reason, first_words(&row.data)))
            .collect(),
        kept: kept
            .into_iter()
            .filter_map(|row| {
                let id = row.contact_id?;
                Some((id, called.get(&id).cloned().unwrap_or_default(), row.reason))
            })
            .collect(),
        import,
    };
    let page = Page::new(viewer.shell(), page);
    // Without script too.
    Ok(Either::Left(if is_at_work {
        page.header("refresh", "2".to_owned())
    } else {
        page
    }))
}

fn tiles(import: &Import) -> Vec<(&'static str, String, String)> {
    let share = |n: i64| match import.tally().rows() {
        0 => String::new(),
        all => format!("{}%", n * 100 / all),
    };
    [
        ("Created", import.created),
        ("Updated", import.updated),
        ("Unchanged", import.unchanged),
        ("Duplicates", import.duplicates),
        ("Failed", import.failed),
    ]
    .into_iter()
    .map(|(label, n)| (label, number(n), share(n)))
    .collect()
}

fn took(import: &Import) -> String {
    match (import.started_at, import.finished_at) {
        (Some(from), Some(to)) if !import.state.is_at_work() => {
            let secs = to.since(from) / 1_000_000;
            match secs {
                0 => "in less than a second".to_owned(),
                1..=119 => format!("in {secs} s"),
                _ => format!("in {} min", secs / 60),
            }
        }
        _ => String::new(),
    }
}

/// The first cells of a row, to know it by.
fn first_words(cells: &str) -> String {
    let cells: Vec<String> = serde_json::from_str(cells).unwrap_or_default();
    let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).take(4);
    let words: Vec<String> = filled
        .map(|cell| crate::base::text::line(cell, 40))
        .collect();
    words.join(" · ")
}

/// `POST /imports/{id}/start`. Needs: import contacts.
pub async fn start(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let import = import(&db, &path).await?;
    let (id, by) = (import.id, by(&viewer, &request));
    match db.write(move |conn| actions::start(conn, id, &by)).await {
        Ok(_) => Ok(redirect(format!("/imports/{id}"))),
        Err(Refusal::Invalid(errors)) => {
            Ok(redirect(format!("/imports/{id}")).failing(Refusal::Invalid(errors).words()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /imports/{id}/undo`. Needs: import contacts.
pub async fn undo(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let import = import(&db, &path).await?;
    let (id, by) = (import.id, by(&viewer, &request));
    match db.write(move |conn| actions::undo(conn, id, &by)).await {
        Ok(_) => Ok(redirect(format!("/imports/{id}"))),
        Err(Refusal::Invalid(errors)) => {
            Ok(redirect(format!("/imports/{id}")).failing(Refusal::Invalid(errors).words()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /imports/{id}/discard`. Needs: import contacts.
pub async fn discard(
    _viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = import(&db, &path).await?.id;
    let key = db.write(move |conn| actions::discard(conn, id)).await?;
    files.discard(&key).await.map_err(Error::internal)?;
    Ok(redirect("/imports").saying("File thrown away"))
}

/// `GET /imports/{id}/failed.csv`: the rows that could not be taken, as they came, each with its reason; repaired, the
/// file can be imported again. Needs: import contacts.
pub async fn failed(
    _viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let import = import(&db, &path).await?;
    let mut head = String::from("\u{feff}");
    let names = import
        .settings
        .columns
        .iter()
        .map(|column| column.name.as_str());
    table::line(&mut head, names.chain(["Import problem"]));
    let (id, width) = (import.id, import.settings.columns.len());
    let rest = unfold(Some(0), move |after| {
        let db = db.clone();
        async move {
            let (text, next) = match failed_rows(&db, id, width, after?).await {
                Ok(read) => read,
                Err(error) => return Some((Err(io::Error::other(error.to_string())), None)),
            };
            (!text.is_empty()).then(|| (Ok(Bytes::from(text)), next))
        }
    });
    let name = import
        .name
        .rsplit_once('.')
        .map_or(import.name.as_str(), |(name, _)| name);
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}%20failed.csv"),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(once(ready(Ok::<_, io::Error>(Bytes::from(head)))).chain(rest)))
}

/// Some failed rows behind a line as they came, and the line behind which the next ones are.
async fn failed_rows(
    db: &Db,
    id: ImportId,
    width: usize,
    after: i64,
) -> Result<(String, Option<i64>)> {
    let rows = db
        .read(move |conn| store::rows(conn, id, Outcome::Failed, after, CHUNK))
        .await?;
    let mut text = String::new();
    for row in &rows {
        let mut cells: Vec<String> = serde_json::from_str(&row.data).unwrap_or_default();
        cells.resize(width, String::new());
        let cells = cells.iter().map(String::as_str);
        table::line(&mut text, cells.chain([row.reason.as_str()]));
    }
    let last = rows.last().filter(|_| rows.len() as i64 == CHUNK);
    Ok((text, last.map(|row| row.line)))
}
