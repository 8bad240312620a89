//! A ticket that no mail brought.

use actix_web::{Either, web};
use askama::Template;
use serde::Deserialize;

use super::by;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::EditTickets;
use crate::accounts::{Action, Can, Object, Viewer, seen};
use crate::base::ids::ContactId;
use crate::contacts::store as people;
use crate::db::Db;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::actions::create::{self, ByHand};
use crate::desk::tickets::model::{Channel, Priority};
use crate::desk::tickets::refusal::TicketError;
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// What the form posts, and what an address may hand over: `/tickets/new?contact=7`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    contact: String,
    email: String,
    name: String,
    mailbox: String,
    subject: String,
    text: String,
    priority: String,
    assignee: String,
    direction: String,
}

#[derive(Template)]
#[template(path = "desk/new.html")]
pub struct NewPage {
    form: NewForm,
    contact_name: String,
    errors: Errors,
    mailboxes: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    priorities: Vec<(&'static str, &'static str)>,
}

/// `GET /tickets/new`. Needs: answer tickets.
pub async fn form(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    prefill: web::Query<NewForm>,
) -> Result<Page<NewPage>> {
    let mut form = prefill.into_inner();
    form.priority = Priority::Normal.to_string();
    form.assignee = viewer.id().to_string();
    page(&viewer, &db, form, Errors::new()).await
}

/// `POST /tickets`. Needs: answer tickets.
pub async fn create(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    form: Form<NewForm>,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let (form, by) = (form.0, by(&viewer));
    let new = ByHand {
        channel: Channel::Hand,
        mailbox: form.mailbox.parse().ok(),
        contact: form.contact.parse().ok(),
        email: form.email.clone(),
        name: form.name.clone(),
        subject: form.subject.clone(),
        text: form.text.clone(),
        priority: Priority::from_word(&form.priority).unwrap_or(Priority::Normal),
        assignee: (form.assignee.parse().ok()).or(viewer.access.owner_of_new(Object::Tickets)),
        is_outgoing: form.direction == "out",
    };
    let (keys, access) = (keys.get_ref().clone(), viewer.access.clone());
    let done = db
        .write(move |conn| {
            if let Some(contact) = new.contact
                && !seen::contact(conn, &access, Action::Read, contact.0)?
            {
                return Err(TicketError::Missing);
            }
            create::create(conn, &keys, &new, by)
        })
        .await;
    match done {
        Ok(id) => {
            let page = redirect(format!("/tickets/{id}")).saying(format!("Ticket #{id} created"));
            Ok(Either::Right(page))
        }
        Err(TicketError::Invalid(errors)) => {
            let page = page(&viewer, &db, form, errors).await?;
            Ok(Either::Left(page))
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(viewer: &Viewer, db: &Db, form: NewForm, errors: Errors) -> Result<Page<NewPage>> {
    let contact: Option<ContactId> = form.contact.parse().ok();
    let access = viewer.access.clone();
    let (boxes, owners, contact) = db
        .read(move |conn| {
            let contact = match contact {
                Some(id) if seen::contact(conn, &access, Action::Read, id.0)? => {
                    people::live(conn, id)?
                }
                _ => None,
            };
            let boxes = mailboxes::all(conn)?;
            Ok::<_, diesel::result::Error>((boxes, people::owners(conn)?, contact))
        })
        .await?;
    let page = NewPage {
        contact_name: contact.map(|contact| contact.shown()).unwrap_or_default(),
        form,
        errors,
        mailboxes: boxes
            .into_iter()
            .map(|mailbox| (mailbox.id.to_string(), mailbox.name))
            .collect(),
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        priorities: Priority::options(),
    };
    Ok(Page::new(viewer.shell(), page))
}
