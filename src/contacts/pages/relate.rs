//! What hangs on a contact: notes, tags, addresses and numbers, companies.

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::by;
use super::change::{Answer, Desk, moved};
use super::show::Extra;
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::ids::{CompanyId, ContactId, IdentityId, TagId};
use crate::config::Config;
use crate::contacts::actions;
use crate::contacts::cards::Cards;
use crate::contacts::companies::{self, people};
use crate::contacts::refusal::Refusal;
use crate::contacts::{store, words};
use crate::db::Db;
use crate::timeline::notes::{self, NoteRefusal};
use crate::timeline::{About, NoteForm, Strands};
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, redirect};

/// `POST /contacts/{id}/notes`. Needs: change contacts.
pub async fn note(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<Cards>,
    path: web::Path<String>,
    form: Form<NoteForm>,
) -> Answer {
    let id: ContactId = kit::path_id(&path)?;
    let (user, now) = (viewer.id(), viewer.now);
    let (body, is_pinned) = (form.0.body, form.0.pin.is_some());
    let typed = body.clone();
    let saved = db
        .write(move |conn| {
            if store::live(conn, id)?.is_none() {
                return Err(NoteRefusal::Missing);
            }
            notes::add(conn, About::Contact(id), &body, is_pinned, user, now)
        })
        .await;
    match saved {
        Ok(note) => Ok(Either::Right(
            redirect(format!("/contacts/{id}"))
                .saying("Note saved")
                .undo(format!("/notes/{note}/delete")),
        )),
        Err(NoteRefusal::Empty) => {
            let desk = Desk::new(&viewer, &db, &strands, &cards, id);
            desk.reopen(Extra {
                note: typed,
                note_error: "Write something first.".to_owned(),
                ..Extra::default()
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// A tag as it is posted.
#[derive(Debug, Deserialize)]
pub struct TagForm {
    tag: String,
}

/// `POST /contacts/{id}/tags`. Needs: change contacts.
pub async fn tag(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<TagForm>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let done = db
        .write(move |conn| actions::tag(conn, id, &form.0.tag, &by))
        .await;
    moved(id, done.map(|_| None), "Tag added")
}

/// `POST /contacts/{id}/tags/{tag}/remove`. Needs: change contacts.
pub async fn untag(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let id = kit::path_id(&path.0)?;
    let tag: TagId = kit::path_id(&path.1)?;
    let by = by(&viewer, &request);
    let done = db
        .write(move |conn| actions::untag(conn, id, tag, &by))
        .await;
    moved(id, done.map(|()| None), "Tag removed")
}

/// An address or number as it is posted.
#[derive(Debug, Deserialize)]
pub struct IdentityForm {
    namespace: String,
    value: String,
    #[serde(default)]
    label: String,
}

/// `POST /contacts/{id}/identities`. Needs: change contacts.
#[expect(
    clippy::too_many_arguments,
    reason = "extractors: the signature is the contract"
)]
pub async fn add_identity(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    strands: web::Data<Strands>,
    cards: web::Data<Cards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<IdentityForm>,
) -> Answer {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let namespace = match form.0.namespace.as_str() {
        "email" => "email",
        "phone" => "phone",
        _ => return Err(Error::NotFound),
    };
    let (value, label) = (form.0.value.clone(), form.0.label);
    let config = config.into_inner();
    let done = db
        .write(move |conn| {
            let country = super::country(conn, &config)?;
            actions::add_identity(conn, id, namespace, &value, &label, country.as_deref(), &by)
        })
        .await;
    let desk = Desk::new(&viewer, &db, &strands, &cards, id);
    let name = format!("identity:{namespace}");
    let said = if namespace == "email" {
        "E-mail address added"
    } else {
        "Phone number added"
    };
    desk.answer(done, &name, &form.0.value, said).await
}

/// `POST /contacts/{id}/identities/{identity}/remove`. Needs: change contacts.
pub async fn remove_identity(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let id = kit::path_id(&path.0)?;
    let identity: IdentityId = kit::path_id(&path.1)?;
    let by = by(&viewer, &request);
    let done = db
        .write(move |conn| actions::remove_identity(conn, id, identity, &by))
        .await;
    moved(id, done.map(|_| None), "Removed")
}

/// `POST /contacts/{id}/identities/{identity}/primary`. Needs: change contacts.
pub async fn set_primary(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let id = kit::path_id(&path.0)?;
    let identity: IdentityId = kit::path_id(&path.1)?;
    let by = by(&viewer, &request);
    let done = db
        .write(move |conn| actions::set_primary(conn, id, identity, &by))
        .await;
    moved(id, done.map(|_| None), "Primary saved")
}

#[derive(Template)]
#[template(path = "contacts/company.html")]
pub struct CompanyForm {
    id: ContactId,
    name: String,
    company: String,
    role: String,
    error: String,
}

impl CompanyForm {
    fn back(&self) -> String {
        format!("/contacts/{}", self.id)
    }
}

/// A company as it is posted.
#[derive(Debug, Deserialize)]
pub struct LinkForm {
    company: String,
    #[serde(default)]
    role: String,
}

/// `GET /contacts/{id}/companies/new`. Needs: change contacts.
pub async fn company_form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<CompanyForm>> {
    let id = kit::path_id(&path)?;
    let contact = db.read(move |conn| store::live(conn, id)).await?;
    let contact = contact.ok_or(Error::NotFound)?;
    let page = CompanyForm {
        id,
        name: contact.shown(),
        company: String::new(),
        role: contact.job_title,
        error: String::new(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /contacts/{id}/companies`: by name, made where there is none of that name. Needs: change contacts.
pub async fn link_company(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<LinkForm>,
) -> Result<Either<Page<CompanyForm>, Redirect>> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let LinkForm { company, role } = form.0;
    let (typed, typed_role) = (company.clone(), role.clone());
    let done = db
        .write(move |conn| {
            actions::touch(conn, id, &by)?;
            let company = companies::actions::named(conn, &company, &by)?;
            people::link(conn, company, id, &role, &by)?;
            words::refresh(conn, id)?;
            Ok::<_, Refusal>(())
        })
        .await;
    if let Err(refusal @ (Refusal::Invalid(_) | Refusal::Clash(_))) = &done {
        let contact = db.read(move |conn| store::live(conn, id)).await?;
        let page = CompanyForm {
            id,
            name: contact.ok_or(Error::NotFound)?.shown(),
            company: typed,
            role: typed_role,
            error: refusal.words(),
        };
        return Ok(Either::Left(Page::new(viewer.shell(), page)));
    }
    moved(id, done.map(|()| None), "Company linked").map(Either::Right)
}

/// `POST /contacts/{id}/companies/{company}/primary|left|back|unlink`. Needs: change contacts.
pub async fn company(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<Redirect> {
    let id: ContactId = kit::path_id(&path.0)?;
    let company: CompanyId = kit::path_id(&path.1)?;
    let by = by(&viewer, &request);
    let verb = path.2.clone();
    let done = db
        .write(move |conn| {
            actions::touch(conn, id, &by)?;
            if !people::is_linked(conn, company, id)? {
                return Err(Refusal::Missing);
            }
            match verb.as_str() {
                "primary" => people::make_primary(conn, Some(company), id)?,
                "left" => people::set_left(conn, company, id, Some(by.now))?,
                "back" => people::set_left(conn, company, id, None)?,
                "unlink" => people::unlink(conn, company, id, &by)?,
                _ => return Err(Refusal::Missing),
            }
            words::refresh(conn, id)?;
            Ok::<_, Refusal>(())
        })
        .await;
    moved(id, done.map(|()| None), "Saved")
}
