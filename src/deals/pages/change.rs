//! Changes made on the page of a deal: facts, owner, notes, the trash.

use actix_web::{Either, HttpRequest, web};
use serde::Deserialize;

use super::super::actions;
use super::super::model::DealField;
use super::super::refusal::Refusal;
use super::super::store;
use super::facts::Open;
use super::people::answer;
use super::show::{self, Extra, ShowPage};
use crate::accounts::Can;
use crate::accounts::rights::{DeleteDeals, EditDeals};
use crate::base::ids::DealId;
use crate::base::text;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::timeline::notes::{self, NoteRefusal};
use crate::timeline::{About, NoteForm, Strands};
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, redirect};

type Answer = Result<Either<Page<ShowPage>, Redirect>>;

/// A fact as it is posted.
#[derive(Debug, Deserialize)]
pub struct FieldForm {
    value: String,
    // A list, because an empty text would be read as no text at all.
    #[serde(default)]
    was: Vec<String>,
}

/// `POST /deals/{id}/fields/{field}`. Needs: change deals.
pub async fn field(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    form: Form<FieldForm>,
) -> Answer {
    let (id, by): (DealId, _) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let field = DealField::from_word(&path.1).ok_or(Error::NotFound)?;
    let typed = form.0.value.clone();
    let change = (field, form.0.was.into_iter().next(), form.0.value);
    let done = db
        .write(move |conn| actions::change(conn, id, &[change], &by))
        .await;
    let error = match done {
        Err(refusal @ Refusal::Invalid(_)) => refusal.words(),
        Err(refusal @ Refusal::Clash(_)) => {
            format!("{} Saving again keeps yours.", refusal.words())
        }
        done => {
            let said = format!("{} saved", field.label());
            return answer(id, done.map(|_| None), &said).map(Either::Right);
        }
    };
    let extra = Extra {
        open: Open {
            field: Some(field),
            typed,
            error,
        },
        ..Extra::default()
    };
    show::page(&viewer, &db, &strands, id, extra)
        .await
        .map(Either::Left)
}

/// The owner as posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnerForm {
    owner: String,
}

/// `POST /deals/{id}/owner`. Needs: change deals.
pub async fn owner(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<OwnerForm>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let owner = form.0.owner.parse().ok();
    let done = db
        .write(move |conn| actions::set_owner(conn, id, owner, &by))
        .await;
    answer(id, done.map(|_| None), "Owner saved")
}

/// `POST /deals/{id}/notes`. Needs: change deals.
pub async fn note(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    path: web::Path<String>,
    form: Form<NoteForm>,
) -> Answer {
    let id: DealId = kit::path_id(&path)?;
    let (user, now) = (viewer.id(), viewer.now);
    let (body, is_pinned) = (form.0.body, form.0.pin.is_some());
    let typed = body.clone();
    let saved = db
        .write(move |conn| {
            if store::live(conn, id)?.is_none() {
                return Err(NoteRefusal::Missing);
            }
            notes::add(conn, About::Deal(id), &body, is_pinned, user, now)
        })
        .await;
    match saved {
        Ok(note) => Ok(Either::Right(
            redirect(format!("/deals/{id}"))
                .saying("Note saved")
                .undo(format!("/notes/{note}/delete")),
        )),
        Err(NoteRefusal::Empty) => {
            let extra = Extra {
                note: typed,
                note_error: "Write something first.".to_owned(),
                ..Extra::default()
            };
            show::page(&viewer, &db, &strands, id, extra)
                .await
                .map(Either::Left)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /deals/{id}/delete`. Needs: delete deals.
pub async fn delete(
    viewer: Can<DeleteDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let deal = db.write(move |conn| actions::delete(conn, id, &by)).await?;
    let title = text::cut(&deal.title, 120);
    Ok(redirect("/deals")
        .saying(format!("{title} moved to the trash"))
        .undo(format!("/deals/{id}/restore")))
}

/// `POST /deals/{id}/restore`. Needs: delete deals.
pub async fn restore(
    viewer: Can<DeleteDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let deal = db
        .write(move |conn| actions::restore(conn, id, &by))
        .await?;
    let title = text::cut(&deal.title, 120);
    Ok(redirect(deal.path()).saying(format!("{title} is back")))
}
