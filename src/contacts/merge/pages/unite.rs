//! The page on which two to ten records become one: who stays, whose values, and what comes along, as the merge itself tells.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde_json::Value;

use super::super::actions::{self, MOST, Preview, United};
use super::super::columns;
use super::super::holding::Followers;
use super::super::store::{self, Kind};
use super::asked::{Asked, Pairs};
use super::pick::{PickPage, pick};
use super::said::{Row, Said, Standing};
use super::{card, list};
use crate::accounts::rights::MergeContacts;
use crate::accounts::{Can, Viewer};
use crate::base::ids::MergeId;
use crate::base::text;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::db::{Conn, Db};
use crate::web::{Error, Form, Page, Redirect, Result, redirect};

/// A record on the page.
pub struct Side {
    id: i64,
    name: String,
    about: String,
    initials: String,
    tone: &'static str,
    is_kept: bool,
    href: String,
    keep: String,
}

#[derive(Template)]
#[template(path = "contacts/merge.html")]
pub struct MergePage {
    list: (&'static str, &'static str),
    action: String,
    sides: Vec<Side>,
    rows: Vec<Row>,
    moves: Vec<String>,
    error: String,
    apart: bool,
}

/// The page, or first the one that asks with whom.
pub type Answer = Result<Either<Page<MergePage>, Either<Page<PickPage>, Redirect>>>;

/// `GET /contacts/merge?id=1&id=2`. Needs: merge records.
pub async fn contacts(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    query: web::Query<Pairs>,
) -> Answer {
    let asked = Asked::read(Kind::Contact, &query);
    show(&viewer, &db, **followers, &request, asked).await
}

/// `GET /companies/merge?id=1&id=2`. Needs: merge records.
pub async fn companies(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    query: web::Query<Pairs>,
) -> Answer {
    let asked = Asked::read(Kind::Company, &query);
    show(&viewer, &db, **followers, &request, asked).await
}

/// `POST /contacts/merge`. Needs: merge records.
pub async fn merge_contacts(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    form: Form<Pairs>,
) -> Result<Either<Page<MergePage>, Redirect>> {
    let asked = Asked::read(Kind::Contact, &form.0);
    commit(&viewer, &db, **followers, &request, asked).await
}

/// `POST /companies/merge`. Needs: merge records.
pub async fn merge_companies(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    form: Form<Pairs>,
) -> Result<Either<Page<MergePage>, Redirect>> {
    let asked = Asked::read(Kind::Company, &form.0);
    commit(&viewer, &db, **followers, &request, asked).await
}

async fn show(
    viewer: &Viewer,
    db: &Db,
    followers: Followers,
    request: &HttpRequest,
    asked: Asked,
) -> Answer {
    within(viewer, db, &asked).await?;
    match asked.ids.as_slice() {
        // Nobody is named: they are found in the list.
        [] => {
            let list = match asked.kind {
                Kind::Contact => "/contacts",
                Kind::Company => "/companies",
            };
            Ok(Either::Right(Either::Right(redirect(list))))
        }
        [_] => {
            let access = viewer.access.clone();
            let page = db.read(move |conn| pick(conn, &asked, &access)).await?;
            Ok(Either::Right(Either::Left(Page::new(viewer.shell(), page))))
        }
        _ => {
            let page = page(viewer, db, followers, request, asked, String::new()).await?;
            Ok(Either::Left(page))
        }
    }
}

/// Refuses records that somebody may not change as if they were not there.
async fn within(viewer: &Viewer, db: &Db, asked: &Asked) -> Result<()> {
    let (access, ids, kind) = (viewer.access.clone(), asked.ids.clone(), asked.kind);
    let may = db.read(move |conn| store::are_within(conn, kind, &access, &ids));
    let may: std::result::Result<bool, diesel::result::Error> = may.await;
    if may? { Ok(()) } else { Err(Error::NotFound) }
}

async fn commit(
    viewer: &Viewer,
    db: &Db,
    followers: Followers,
    request: &HttpRequest,
    asked: Asked,
) -> Result<Either<Page<MergePage>, Redirect>> {
    within(viewer, db, &asked).await?;
    let Some(keep) = asked.keep.filter(|keep| asked.ids.contains(keep)) else {
        return Err(Error::Invalid("Say which record stays.".to_owned()));
    };
    let (wish, by) = (asked.wish(keep), by(viewer, request));
    let done = db
        .write(move |conn| actions::merge_all(conn, &wish, &by, followers))
        .await;
    match done {
        Ok(united) => {
            let n = united.merges.len() + 1;
            let page = redirect(asked.kind.path(keep)).saying(format!("{n} records are one"));
            Ok(Either::Right(page.undo(undo_path(&united.merges))))
        }
        Err(Refusal::Merged(into)) => Ok(Either::Right(
            redirect(format!("/contacts/{into}"))
                .failing("One of them was merged into this one meanwhile. Nothing was changed."),
        )),
        Err(refusal @ Refusal::Invalid(_)) => {
            let said = refusal.words();
            let page = page(viewer, db, followers, request, asked, said).await?;
            let page = page.status(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(Either::Left(page))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The way back of several merges, the last first.
fn undo_path(merges: &[MergeId]) -> String {
    match merges {
        [one] => card::path(*one),
        several => {
            let ids: Vec<String> = several.iter().rev().map(ToString::to_string).collect();
            format!("/contacts/merges/undo?ids={}", ids.join("."))
        }
    }
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    followers: Followers,
    request: &HttpRequest,
    asked: Asked,
    error: String,
) -> Result<Page<MergePage>> {
    if asked.ids.len() > MOST {
        return Err(Error::Invalid(format!(
            "Ten records can be merged at once; these were {}.",
            asked.ids.len()
        )));
    }
    let read = asked.clone();
    let (keep, mut page) = db
        .read(move |conn| MergePage::read(conn, &read))
        .await?
        .ok_or(Error::NotFound)?;
    page.error = error;
    let (wish, by) = (asked.wish(keep), by(viewer, request));
    let tried = db
        .write(move |conn| actions::preview(conn, &wish, &by, followers))
        .await;
    match tried {
        Err(Preview::Seen(united)) => page.moves = United::lines(&united),
        Err(Preview::Refused(refusal)) if page.error.is_empty() => page.error = refusal.words(),
        _ => {}
    }
    Ok(Page::new(viewer.shell(), page))
}

impl MergePage {
    fn read(conn: &mut Conn, asked: &Asked) -> Result<Option<(i64, Self)>> {
        let mut all: Vec<Standing> = Vec::new();
        for id in &asked.ids {
            if !store::is_live(conn, asked.kind, *id)? {
                return Ok(None);
            }
            all.push((*id, columns::load(conn, asked.kind, *id)?));
        }
        let keep = asked
            .keep
            .filter(|keep| asked.ids.contains(keep))
            .unwrap_or_else(|| best(&all));
        all.sort_by_key(|(id, _)| (*id != keep, *id));
        let ids: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
        let names = store::names(conn, asked.kind, &ids)?;
        let said = Said::read(conn, &all)?;
        let side = |(id, row): &Standing| {
            let name = names.get(id).cloned().unwrap_or_default();
            Side {
                id: *id,
                about: said.about(asked.kind, row),
                initials: text::initials(&name),
                tone: text::tone(*id),
                name,
                is_kept: *id == keep,
                href: asked.kind.path(*id),
                keep: asked.keeping(*id),
            }
        };
        let rows = asked
            .kind
            .groups()
            .iter()
            .filter_map(|group| said.row(*group, &all, keep, &asked.supply))
            .collect();
        let page = Self {
            list: list(asked.kind),
            action: asked.path().to_owned(),
            sides: all.iter().map(side).collect(),
            rows,
            moves: Vec::new(),
            error: String::new(),
            apart: store::are_apart(conn, asked.kind, &ids)?,
        };
        Ok(Some((keep, page)))
    }
}

/// The record that stays unless somebody says otherwise: one that people work with, known, the oldest.
fn best(all: &[Standing]) -> i64 {
    let rank = |(id, row): &&Standing| {
        let is = |flag: &str| row.get(flag) == Some(&Value::Bool(true));
        (!is("is_person_owned"), !is("is_known"), *id)
    };
    all.iter().min_by_key(rank).map_or(0, |(id, _)| *id)
}
