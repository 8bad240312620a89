//! Undoing a merge: at once where nothing was made since; else after asking whose each of these is.

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::super::actions::MOST;
use super::super::holding::Followers;
use super::super::made::Since;
use super::super::since::since;
use super::super::split::{Undo, undo};
use super::super::store::{self, Merge};
use super::{card, list};
use crate::accounts::rights::MergeContacts;
use crate::accounts::{Action, Can, Viewer, seen};
use crate::base::ids::MergeId;
use crate::base::text;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, redirect};

/// A row made since, as the form shows it.
struct Line {
    name: String,
    what: &'static str,
    words: String,
    at: String,
}

/// Whose is what was made since?
#[derive(Template)]
#[template(path = "contacts/unmerge.html")]
pub struct UndoPage {
    action: String,
    list: (&'static str, &'static str),
    back: String,
    winner: String,
    loser: String,
    by: String,
    at: String,
    lines: Vec<Line>,
}

/// What the form posts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    goes: Vec<String>,
    asked: String,
}

/// `GET /contacts/merges/{id}`. Needs: merge records.
pub async fn asked(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    path: web::Path<String>,
) -> Result<Either<Page<UndoPage>, Redirect>> {
    let id: MergeId = kit::path_id(&path)?;
    let followers = **followers;
    let found = db
        .read(move |conn| {
            let merge = store::find(conn, id)?.ok_or(Error::NotFound)?;
            let ids = [merge.winner_id, merge.loser_id];
            let names = store::names(conn, merge.kind, &ids)?;
            let since = since(conn, &merge, followers)?;
            Ok::<_, Error>((merge, names, since))
        })
        .await?;
    let (merge, names, since) = found;
    let back = merge.kind.path(merge.winner_id);
    if merge.undone_at.is_some() {
        let page = redirect(back).failing("This merge was undone already.");
        return Ok(Either::Right(page));
    }
    let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
    let line = |row: Since| Line {
        name: row.name(),
        what: row.what,
        at: kit::ago(row.at, viewer.now, viewer.zone()),
        words: row.words,
    };
    let page = UndoPage {
        action: card::path(id),
        list: list(merge.kind),
        back,
        winner: name(merge.winner_id),
        loser: name(merge.loser_id),
        by: card::rule(&merge),
        at: day(&merge, &viewer),
        lines: since.into_iter().map(line).collect(),
    };
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

fn day(merge: &Merge, viewer: &Viewer) -> String {
    let at = merge.at.utc().with_timezone(&viewer.zone());
    at.format("%-d %B %Y").to_string()
}

/// What became of it.
enum Outcome {
    Ask,
    Done(Merge, String),
}

/// `POST /contacts/merges/{id}/undo`. Needs: merge records.
pub async fn take_back(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<UndoForm>,
) -> Result<Redirect> {
    let id: MergeId = kit::path_id(&path)?;
    let (by, followers, form) = (by(&viewer, &request), **followers, form.0);
    let done = db
        .write(move |conn| {
            let merge = store::find(conn, id)?.ok_or(Refusal::Missing)?;
            let is_asked = !form.asked.is_empty();
            if merge.undone_at.is_none() && !is_asked && !since(conn, &merge, followers)?.is_empty()
            {
                return Ok(Outcome::Ask);
            }
            let how = Undo {
                goes: &form.goes,
                by: &by,
            };
            let merge = undo(conn, id, &how, followers)?;
            let mut names = store::names(conn, merge.kind, &[merge.loser_id])?;
            let name = names.remove(&merge.loser_id).unwrap_or_default();
            Ok::<_, Refusal>(Outcome::Done(merge, name))
        })
        .await;
    match done {
        Ok(Outcome::Ask) => Ok(redirect(format!("/contacts/merges/{id}"))),
        Ok(Outcome::Done(merge, name)) => Ok(redirect(merge.kind.path(merge.loser_id)).saying(
            format!("{} is a record of its own again", text::cut(&name, 120)),
        )),
        Err(refusal @ Refusal::Invalid(_)) => {
            let merge = db.read(move |conn| store::find(conn, id)).await?;
            let merge = merge.ok_or(Error::NotFound)?;
            Ok(redirect(merge.kind.path(merge.winner_id)).failing(refusal.words()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The way back of a merge of several: ids, the last one first.
#[derive(Debug, Deserialize)]
pub struct Several {
    ids: String,
}

/// `POST /contacts/merges/undo?ids=3.2.1`: what the merge of several offers to undo. Needs: merge records.
pub async fn take_all_back(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    query: web::Query<Several>,
) -> Result<Redirect> {
    let ids: Vec<MergeId> = query
        .ids
        .split('.')
        .take(MOST)
        .filter_map(|id| id.parse().ok())
        .collect();
    let first = *ids.first().ok_or(Error::NotFound)?;
    let (by, followers) = (by(&viewer, &request), **followers);
    let done = db
        .write(move |conn| {
            for id in &ids {
                if !seen::merge(conn, &by.access, Action::Edit, id.0)? {
                    return Err(Refusal::Missing);
                }
            }
            let live = store::live_of(conn, &ids)?;
            for merge in &live {
                if !since(conn, merge, followers)?.is_empty() {
                    return Ok(Err(merge.id));
                }
            }
            let how = Undo { goes: &[], by: &by };
            for merge in &live {
                undo(conn, merge.id, &how, followers)?;
            }
            let place = store::find(conn, first)?.ok_or(Refusal::Missing)?;
            Ok::<_, Refusal>(Ok((place.kind.path(place.winner_id), live.len())))
        })
        .await?;
    Ok(match done {
        Ok((place, n)) => redirect(place).saying(format!("{n} merges undone")),
        Err(asks) => redirect(format!("/contacts/merges/{asks}")),
    })
}
