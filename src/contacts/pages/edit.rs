//! All facts of a contact in one form.

use std::collections::BTreeMap;

use actix_web::{Either, HttpRequest, web};

use super::by;
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::ids::ContactId;
use crate::contacts::actions::{self, Change};
use crate::contacts::form::{self, EditPage, Sent};
use crate::contacts::model::{Contact, Field};
use crate::contacts::refusal::Refusal;
use crate::contacts::store;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

/// `GET /contacts/{id}/edit`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let contact = find(&db, kit::path_id(&path)?).await?;
    Ok(Page::new(viewer.shell(), page(&contact, Sent::default())))
}

/// `POST /contacts/{id}/edit`. Needs: change contacts.
pub async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<BTreeMap<String, String>>,
) -> Result<Either<Page<EditPage>, Redirect>> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let typed = form.0;
    let change = |field: &Field| {
        let (was, to) = form::change(&typed, field.word())?;
        Some(Change {
            field: *field,
            was,
            to,
        })
    };
    let changes: Vec<Change> = Field::ALL.iter().filter_map(change).collect();
    let done = db
        .write(move |conn| actions::change(conn, id, &changes, &by))
        .await;
    let (errors, clashes) = match done {
        Ok(_) => {
            let page = redirect(format!("/contacts/{id}"));
            return Ok(Either::Right(page.saying("Details saved")));
        }
        Err(Refusal::Merged(into)) => {
            let page = redirect(format!("/contacts/{into}/edit"));
            let said = "That contact was merged into this one. Nothing was changed.";
            return Ok(Either::Right(page.failing(said)));
        }
        Err(Refusal::Invalid(errors)) => (errors, Vec::new()),
        Err(Refusal::Clash(clashes)) => (Errors::new(), clashes),
        Err(refusal) => return Err(refusal.into()),
    };
    let contact = find(&db, id).await?;
    let sent = Sent {
        typed,
        errors,
        clashes,
    };
    let page = page(&contact, sent);
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

async fn find(db: &Db, id: ContactId) -> Result<Contact> {
    db.read(move |conn| store::live(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

fn page(contact: &Contact, sent: Sent) -> EditPage {
    let control = |field: &Field| {
        let now = field.of(contact);
        sent.control(field.word(), field.label(), hint(*field), now)
    };
    EditPage {
        noun: "contact",
        list: ("Contacts", "/contacts"),
        path: format!("/contacts/{}", contact.id),
        name: contact.shown(),
        controls: Field::ALL.iter().map(control).collect(),
        clashes: sent.clashes,
    }
}

fn hint(field: Field) -> &'static str {
    match field {
        Field::Name => "As they write it themselves, in any script",
        Field::TimeZone => "Europe/Oslo, Asia/Tokyo",
        Field::Language => "en, nb-NO, zh-Hant",
        _ => "",
    }
}
