//! All facts of a contact in one form. Each field carries what it said when the form was made: what the editor did not
//! touch is left alone, and what somebody else changed meanwhile is shown before it is overwritten.

use std::collections::BTreeMap;

use actix_web::{Either, HttpRequest, web};
use askama::Template;

use super::by;
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::ids::ContactId;
use crate::contacts::actions::{self, Change};
use crate::contacts::model::{Contact, Field};
use crate::contacts::refusal::{Clash, Refusal};
use crate::contacts::store;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

/// A field of the form.
struct Control {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    was: String,
    error: String,
}

#[derive(Template)]
#[template(path = "contacts/edit.html")]
pub struct EditPage {
    id: ContactId,
    name: String,
    controls: Vec<Control>,
    clashes: Vec<Clash>,
}

/// `GET /contacts/{id}/edit`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let contact = find(&db, kit::path_id(&path)?).await?;
    let page = EditPage::new(&contact, &BTreeMap::new(), &Errors::new(), Vec::new());
    Ok(Page::new(viewer.shell(), page))
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
        Some(Change {
            field: *field,
            was: typed.get(&format!("was_{field}")).cloned(),
            to: typed.get(field.word())?.clone(),
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
    let page = EditPage::new(&contact, &typed, &errors, clashes);
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

async fn find(db: &Db, id: ContactId) -> Result<Contact> {
    db.read(move |conn| store::live(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

impl EditPage {
    fn back(&self) -> String {
        format!("/contacts/{}", self.id)
    }

    fn new(
        contact: &Contact,
        typed: &BTreeMap<String, String>,
        errors: &Errors,
        clashes: Vec<Clash>,
    ) -> Self {
        let control = |field: &Field| {
            let now = field.of(contact);
            let clash = clashes.iter().find(|clash| clash.field == field.word());
            let was = typed.get(&format!("was_{field}")).map(String::as_str);
            let own = typed.get(field.word()).map(String::as_str);
            // What the editor left alone follows what others saved meanwhile.
            let value = match (own, was) {
                (Some(own), Some(was)) if own == was => now,
                (Some(own), _) => own,
                (None, _) => now,
            };
            Control {
                name: field.word(),
                label: field.label(),
                hint: hint(*field),
                value: value.to_owned(),
                was: now.to_owned(),
                error: clash.map_or_else(
                    || errors.of(field.word()).to_owned(),
                    |clash| format!("Meanwhile somebody saved “{}”.", clash.now),
                ),
            }
        };
        Self {
            id: contact.id,
            name: contact.shown(),
            controls: Field::ALL.iter().map(control).collect(),
            clashes,
        }
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
