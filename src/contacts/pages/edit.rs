//! All facts of a contact in one form.

use std::collections::HashMap;

use actix_web::{Either, HttpRequest, web};

use super::by;
use crate::accounts::rights::EditContacts;
use crate::accounts::{Can, Viewer};
use crate::base::ids::{ContactId, TraitKeyId};
use crate::contacts::actions::{self, Change};
use crate::contacts::duplicates;
use crate::contacts::fields::input::joined;
use crate::contacts::fields::{self, Field as DeclaredField, Given, Object, Ways};
use crate::contacts::form::{self, EditPage, Sent};
use crate::contacts::model::{Contact, Field};
use crate::contacts::refusal::Refusal;
use crate::contacts::store;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

/// A contact with its fields, for the form.
struct Standing {
    contact: Contact,
    fields: Vec<DeclaredField>,
    shown: HashMap<TraitKeyId, String>,
    ways: Ways,
}

/// `GET /contacts/{id}/edit`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let standing = find(&viewer, &db, kit::path_id(&path)?).await?;
    Ok(Page::new(viewer.shell(), page(&standing, Sent::default())))
}

/// `POST /contacts/{id}/edit`. Needs: change contacts.
pub async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<Either<Page<EditPage>, Redirect>> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let typed = joined(form.0);
    let change = |field: &Field| {
        let (was, to) = form::change(&typed, field.word())?;
        Some(Change {
            field: *field,
            was,
            to,
        })
    };
    let changes: Vec<Change> = Field::ALL.iter().filter_map(change).collect();
    let (access, zone, sent) = (viewer.access.clone(), viewer.zone(), typed.clone());
    let done = db
        .write(move |conn| {
            let ways = fields::ways(conn, &access, zone, by.now)?;
            let mut declared = fields::all(conn, Object::Contact)?;
            declared.retain(|field| ways.see(field));
            let given: Vec<Given> = declared.iter().filter_map(|f| f.given(&sent)).collect();
            let facts = actions::change(conn, id, &changes, &by).map(|_| ());
            let fields = actions::set_fields(conn, id, &given, &ways, &by);
            form::both(facts, fields)?;
            duplicates::note_contact(conn, id, by.now)?;
            Ok::<_, Refusal>(())
        })
        .await;
    let (errors, clashes) = match done {
        Ok(()) => {
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
    let standing = find(&viewer, &db, id).await?;
    let sent = Sent {
        typed,
        errors,
        clashes,
    };
    let page = page(&standing, sent);
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

async fn find(viewer: &Viewer, db: &Db, id: ContactId) -> Result<Standing> {
    let (access, zone, now) = (viewer.access.clone(), viewer.zone(), viewer.now);
    db.read(move |conn| {
        let contact = store::live(conn, id)?.ok_or(Error::NotFound)?;
        let ways = fields::ways(conn, &access, zone, now)?;
        let mut fields = fields::all(conn, Object::Contact)?;
        fields.retain(|field| ways.see(field));
        Ok(Standing {
            shown: fields::store::shown(conn, Object::Contact, id.0)?,
            contact,
            fields,
            ways,
        })
    })
    .await
}

fn page(standing: &Standing, sent: Sent) -> EditPage {
    let contact = &standing.contact;
    let control = |field: &Field| {
        let now = field.of(contact);
        sent.control(field.word(), field.label(), hint(*field), now)
    };
    let declared = |field: &DeclaredField| {
        let now = standing.shown.get(&field.id).map(String::as_str);
        sent.field(field, now, &standing.ways)
    };
    EditPage {
        noun: "contact",
        list: ("Contacts", "/contacts"),
        path: format!("/contacts/{}", contact.id),
        name: contact.shown(),
        controls: Field::ALL.iter().map(control).collect(),
        fields: standing.fields.iter().map(declared).collect(),
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
