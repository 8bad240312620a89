//! Settings, Tags: what tags there are, on how much, and their names, colours and ends.

use actix_web::http::StatusCode;
use actix_web::{Either, web};
use askama::Template;
use serde::Deserialize;

use super::uses::COUNTED;
use super::{Tag, TagUses, all, change, find};
use crate::accounts::rights::ManageTags;
use crate::accounts::{Can, Viewer};
use crate::base::ids::TagId;
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::web::{
    Error, Errors, Form, Page, Redirect, Result, get, number, path_id, post, redirect,
};

const PATH: &str = "/settings/tags";
/// Tags on one page.
const PAGE: usize = 100;

/// Routes of the settings.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route(PATH, get().to(index))
        .route("/settings/tags", post().to(create))
        .route("/settings/tags/{id}", get().to(edit))
        .route("/settings/tags/{id}", post().to(save))
        .route("/settings/tags/{id}/merge", get().to(merge_form))
        .route("/settings/tags/{id}/merge", post().to(merge))
        .route("/settings/tags/{id}/delete", get().to(asked))
        .route("/settings/tags/{id}/delete", post().to(delete));
}

/// A tag and how much has it, kind by kind: figure and address.
struct Row {
    tag: Tag,
    held: Vec<(String, String)>,
}

/// What is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    tone: String,
    into: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: String,
}

#[derive(Template)]
#[template(path = "contacts/tags.html")]
pub struct TagsPage {
    rows: Vec<Row>,
    kinds: Vec<&'static str>,
    typed: Typed,
    errors: Errors,
    first: &'static str,
    next: String,
}

#[derive(Template)]
#[template(path = "contacts/tag.html")]
pub struct TagPage {
    tag: Tag,
    typed: Typed,
    errors: Errors,
    tones: &'static [(&'static str, &'static str)],
}

#[derive(Template)]
#[template(path = "contacts/tag_merge.html")]
pub struct MergePage {
    tag: Tag,
    typed: Typed,
    errors: Errors,
    others: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "contacts/tag_delete.html")]
pub struct DeletePage {
    tag: Tag,
    on: String,
    error: String,
}

/// `GET /settings/tags`. Needs: change tags.
pub async fn index(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    uses: web::Data<TagUses>,
    place: web::Query<Place>,
) -> Result<Page<TagsPage>> {
    list(
        &viewer,
        &db,
        &uses,
        &place.after,
        (Typed::default(), Errors::new()),
    )
    .await
}

async fn list(
    viewer: &Viewer,
    db: &Db,
    uses: &TagUses,
    after: &str,
    (typed, errors): (Typed, Errors),
) -> Result<Page<TagsPage>> {
    let (name, counted) = (after.to_owned(), uses.clone());
    let (mut tags, held) = db
        .read(move |conn| {
            let tags = change::page(conn, &name, PAGE as i64 + 1)?;
            let ids: Vec<TagId> = tags.iter().map(|tag| tag.id).collect();
            let held = counted.held(conn, &ids)?;
            Ok::<_, diesel::result::Error>((tags, held))
        })
        .await?;
    let has_more = tags.len() > PAGE;
    tags.truncate(PAGE);
    let next = tags
        .last()
        .filter(|_| has_more)
        .map_or_else(String::new, |tag| {
            let query = serde_urlencoded::to_string([("after", &tag.name)]).unwrap_or_default();
            format!("{PATH}?{query}")
        });
    let rows = tags.into_iter().map(|tag| Row {
        held: uses
            .0
            .iter()
            .zip(&held)
            .map(|(one, counts)| {
                let n = counts
                    .iter()
                    .find(|(id, _)| *id == tag.id)
                    .map_or(0, |(_, n)| *n);
                let list = match (n, one.list) {
                    (0, _) | (_, "") => String::new(),
                    (_, list) => format!("{list}{}", tag.id),
                };
                (figure(n), list)
            })
            .collect(),
        tag,
    });
    let page = TagsPage {
        rows: rows.collect(),
        kinds: uses.0.iter().map(|one| one.words).collect(),
        typed,
        errors,
        first: if after.is_empty() { "" } else { PATH },
        next,
    };
    Ok(Page::new(viewer.shell(), page))
}

fn figure(n: i64) -> String {
    match n {
        0..=COUNTED => number(n),
        _ => format!("{}+", number(COUNTED)),
    }
}

/// `POST /settings/tags`: a new one. Needs: change tags.
pub async fn create(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    uses: web::Data<TagUses>,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<TagsPage>, Redirect>> {
    let (name, by, now) = (typed.name.clone(), viewer.by(), viewer.now);
    let done = db
        .write(move |conn| change::create(conn, &name, &by, now))
        .await;
    match done {
        Ok(()) => Ok(Either::Right(redirect(PATH).saying("Tag added"))),
        Err(Refusal::Invalid(errors)) => {
            let page = list(&viewer, &db, &uses, "", (typed, errors)).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /settings/tags/{id}`. Needs: change tags.
pub async fn edit(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<TagPage>> {
    let tag = one(&db, path_id(&path)?).await?;
    let typed = Typed {
        name: tag.name.clone(),
        tone: tag.tone.clone(),
        ..Typed::default()
    };
    Ok(Page::new(
        viewer.shell(),
        TagPage::new(tag, typed, Errors::new()),
    ))
}

/// `POST /settings/tags/{id}`. Needs: change tags.
pub async fn save(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    path: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<TagPage>, Redirect>> {
    let tag = one(&db, path_id(&path)?).await?;
    let (id, by, now, form) = (tag.id, viewer.by(), viewer.now, typed.clone());
    let done = db
        .write(move |conn| change::change(conn, id, &form.name, &form.tone, &by, now))
        .await;
    match done {
        Ok(()) => Ok(Either::Right(redirect(PATH).saying("Tag saved"))),
        Err(Refusal::Invalid(errors)) => {
            let page = Page::new(viewer.shell(), TagPage::new(tag, typed, errors));
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /settings/tags/{id}/merge`. Needs: change tags.
pub async fn merge_form(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<MergePage>> {
    let id = path_id(&path)?;
    merging(&viewer, &db, id, Typed::default(), Errors::new()).await
}

/// `POST /settings/tags/{id}/merge`. Needs: change tags.
pub async fn merge(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    uses: web::Data<TagUses>,
    path: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<MergePage>, Redirect>> {
    let id: TagId = path_id(&path)?;
    let (into, by, now) = (typed.into.clone(), viewer.by(), viewer.now);
    let done = db
        .write(move |conn| change::merge(conn, &uses, id, &into, &by, now))
        .await;
    match done {
        Ok(tag) => {
            let words = format!("Merged into “{}”", tag.name);
            Ok(Either::Right(redirect(PATH).saying(words)))
        }
        Err(Refusal::Invalid(errors)) => {
            let page = merging(&viewer, &db, id, typed, errors).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn merging(
    viewer: &Viewer,
    db: &Db,
    id: TagId,
    typed: Typed,
    errors: Errors,
) -> Result<Page<MergePage>> {
    let tag = one(db, id).await?;
    let all = db.read(all).await?;
    let others = all
        .into_iter()
        .filter(|other| other.id != id)
        .map(|other| (other.name, String::new()))
        .collect();
    let page = MergePage {
        tag,
        typed,
        errors,
        others,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `GET /settings/tags/{id}/delete`: what it comes off. Needs: change tags.
pub async fn asked(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    uses: web::Data<TagUses>,
    path: web::Path<String>,
) -> Result<Page<DeletePage>> {
    let page = deletion(&db, &uses, path_id(&path)?, String::new()).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/tags/{id}/delete`. Needs: change tags.
pub async fn delete(
    viewer: Can<ManageTags>,
    db: web::Data<Db>,
    uses: web::Data<TagUses>,
    path: web::Path<String>,
) -> Result<Either<Page<DeletePage>, Redirect>> {
    let id: TagId = path_id(&path)?;
    let (by, now, all) = (viewer.by(), viewer.now, uses.clone());
    let done = db
        .write(move |conn| change::delete(conn, &all, id, &by, now))
        .await;
    match done {
        Ok(_) => Ok(Either::Right(redirect(PATH).saying("Tag deleted"))),
        Err(refusal @ Refusal::Invalid(_)) => {
            let page = deletion(&db, &uses, id, refusal.words()).await?;
            let page = Page::new(viewer.shell(), page);
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn deletion(db: &Db, uses: &TagUses, id: TagId, error: String) -> Result<DeletePage> {
    let tag = one(db, id).await?;
    let counted = uses.clone();
    let held = db.read(move |conn| counted.held(conn, &[id])).await?;
    let on: Vec<String> = uses
        .0
        .iter()
        .zip(held)
        .filter_map(|(one, counts)| {
            let (_, n) = counts.first().filter(|(_, n)| *n > 0)?;
            Some(format!("{} {}", figure(*n), one.words.to_lowercase()))
        })
        .collect();
    Ok(DeletePage {
        tag,
        on: on.join(", "),
        error,
    })
}

impl TagPage {
    fn new(tag: Tag, typed: Typed, errors: Errors) -> Self {
        Self {
            tag,
            typed,
            errors,
            tones: change::TONES,
        }
    }
}

async fn one(db: &Db, id: TagId) -> Result<Tag> {
    let tag = db.read(move |conn| find(conn, id)).await?;
    tag.ok_or(Error::NotFound)
}
