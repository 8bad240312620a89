//! Pages of notes. A note is added on the page of its record, by the slice that owns the record.

use actix_web::{Responder, web};
use askama::Template;
use serde::Deserialize;

use super::model::About;
use super::notes::{self, Note, NoteRefusal};
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::Timestamp;
use crate::base::ids::ActivityId;
use crate::db::Db;
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, get, post, redirect};

/// Routes of notes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/notes/{id}", post().to(save))
        .route("/notes/{id}/edit", get().to(edit))
        .route("/notes/{id}/pin", post().to(pin))
        .route("/notes/{id}/unpin", post().to(unpin))
        .route("/notes/{id}/delete", post().to(delete))
        .route("/notes/{id}/restore", post().to(restore));
}

/// What the composer posts.
#[derive(Debug, Deserialize)]
pub struct NoteForm {
    /// The words.
    #[serde(default)]
    pub body: String,
    /// Whether it stays on top.
    #[serde(default)]
    pub pin: Option<String>,
    /// The version that was edited.
    #[serde(default)]
    pub seen: i64,
}

#[derive(Template)]
#[template(path = "timeline/note.html")]
struct NotePage {
    id: ActivityId,
    back: String,
    body: String,
    seen: i64,
    error: String,
    theirs: Option<String>,
}

/// Every right here: change contacts.
async fn edit(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<NotePage>> {
    let id = kit::path_id(&path)?;
    let note = db
        .read(move |conn| notes::find(conn, id))
        .await?
        .ok_or(Error::NotFound)?;
    let page = NotePage {
        id,
        back: back(&note),
        body: note.body,
        seen: note.updated_at.0,
        error: String::new(),
        theirs: None,
    };
    Ok(Page::new(viewer.shell(), page))
}

async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: Form<NoteForm>,
) -> Result<impl Responder> {
    let id: ActivityId = kit::path_id(&path)?;
    let (now, seen, body) = (viewer.now, form.0.seen, form.0.body);
    let typed = body.clone();
    let saved = db
        .write(move |conn| notes::edit(conn, id, &body, Timestamp(seen), now))
        .await;
    let mut page = NotePage {
        id,
        back: String::new(),
        body: typed,
        seen,
        error: String::new(),
        theirs: None,
    };
    match saved {
        Ok(note) => {
            return Ok(actix_web::Either::Left(
                redirect(back(&note)).saying("Note saved"),
            ));
        }
        Err(NoteRefusal::Empty) => {
            let note = db
                .read(move |conn| notes::find(conn, id))
                .await?
                .ok_or(Error::NotFound)?;
            page.back = back(&note);
            "Write something, or delete the note on the timeline.".clone_into(&mut page.error);
        }
        Err(NoteRefusal::Changed(note)) => {
            page.back = back(&note);
            page.seen = note.updated_at.0;
            "Somebody changed this note while you were writing. Yours is below; saving again keeps yours."
                .clone_into(&mut page.error);
            page.theirs = Some(note.body);
        }
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(actix_web::Either::Right(Page::new(viewer.shell(), page)))
}

async fn pin(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, now) = (kit::path_id(&path)?, viewer.now);
    let note = db
        .write(move |conn| notes::pin(conn, id, Some(now)))
        .await?;
    Ok(redirect(back(&note)).saying("Note pinned"))
}

async fn unpin(
    _viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let note = db.write(move |conn| notes::pin(conn, id, None)).await?;
    Ok(redirect(back(&note)).saying("Note unpinned"))
}

async fn delete(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, now): (ActivityId, _) = (kit::path_id(&path)?, viewer.now);
    let note = db
        .write(move |conn| notes::delete(conn, id, Some(now)))
        .await?;
    Ok(redirect(back(&note))
        .saying("Note deleted")
        .undo(format!("/notes/{id}/restore")))
}

async fn restore(
    _viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let note = db.write(move |conn| notes::delete(conn, id, None)).await?;
    Ok(redirect(back(&note)).saying("Note restored"))
}

fn back(note: &Note) -> String {
    note.about()
        .map_or_else(|| "/contacts".to_owned(), About::path)
}

impl From<NoteRefusal> for Error {
    #[track_caller]
    fn from(refusal: NoteRefusal) -> Self {
        match refusal {
            NoteRefusal::Empty => Self::Invalid("There was nothing in the note.".to_owned()),
            NoteRefusal::Changed(_) => {
                Self::Conflict("Somebody changed this note meanwhile.".to_owned())
            }
            NoteRefusal::Missing => Self::NotFound,
            NoteRefusal::Query(error) => error.into(),
        }
    }
}
