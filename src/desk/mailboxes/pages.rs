//! Settings, Mailboxes: who may be written to, and how answers look.

use actix_web::{Either, web};
use askama::Template;

use super::model::{Mailbox, MailboxForm};
use super::{actions, store};
use crate::accounts::rights::ManageMailboxes;
use crate::accounts::{Can, Viewer};
use crate::base::ids::MailboxId;
use crate::db::Db;
use crate::desk::tickets::refusal::TicketError;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, path_id, redirect};

#[derive(Template)]
#[template(path = "desk/mailboxes.html")]
pub struct ListPage {
    mailboxes: Vec<Mailbox>,
}

#[derive(Template)]
#[template(path = "desk/mailbox.html")]
pub struct EditPage {
    id: Option<MailboxId>,
    form: MailboxForm,
    errors: Errors,
}

impl EditPage {
    fn title(&self) -> &'static str {
        if self.id.is_some() {
            "Mailbox"
        } else {
            "New mailbox"
        }
    }

    fn action(&self) -> String {
        match self.id {
            Some(id) => format!("/settings/mailboxes/{id}"),
            None => "/settings/mailboxes".to_owned(),
        }
    }
}

/// `GET /settings/mailboxes`. Needs: change mailboxes.
pub async fn index(viewer: Can<ManageMailboxes>, db: web::Data<Db>) -> Result<Page<ListPage>> {
    let mailboxes = db.read(store::all).await?;
    Ok(Page::new(viewer.shell(), ListPage { mailboxes }))
}

/// `GET /settings/mailboxes/new`. Needs: change mailboxes.
pub async fn new(viewer: Can<ManageMailboxes>) -> Page<EditPage> {
    page(&viewer, None, MailboxForm::default(), Errors::new())
}

/// `GET /settings/mailboxes/{id}`. Needs: change mailboxes.
pub async fn edit(
    viewer: Can<ManageMailboxes>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let id: MailboxId = path_id(&path)?;
    let mailbox = db
        .read(move |conn| store::find(conn, id))
        .await?
        .ok_or(Error::NotFound)?;
    let form = MailboxForm {
        address: mailbox.address,
        name: mailbox.name,
        sender_name: mailbox.sender_name,
        signature: mailbox.signature,
    };
    Ok(page(&viewer, Some(id), form, Errors::new()))
}

/// `POST /settings/mailboxes`. Needs: change mailboxes.
pub async fn create(
    viewer: Can<ManageMailboxes>,
    db: web::Data<Db>,
    form: Form<MailboxForm>,
) -> Result<Either<Page<EditPage>, Redirect>> {
    let (form, by, now) = (form.0, viewer.by(), viewer.now);
    let typed = form.clone();
    let done = db
        .write(move |conn| actions::create(conn, &typed, &by, now))
        .await;
    answer(&viewer, None, form, done.map(|_| ()), "Mailbox created")
}

/// `POST /settings/mailboxes/{id}`. Needs: change mailboxes.
pub async fn save(
    viewer: Can<ManageMailboxes>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: Form<MailboxForm>,
) -> Result<Either<Page<EditPage>, Redirect>> {
    let id: MailboxId = path_id(&path)?;
    let (form, by, now) = (form.0, viewer.by(), viewer.now);
    let typed = form.clone();
    let done = db
        .write(move |conn| actions::change(conn, id, &typed, &by, now))
        .await;
    answer(&viewer, Some(id), form, done, "Mailbox saved")
}

fn answer(
    viewer: &Viewer,
    id: Option<MailboxId>,
    form: MailboxForm,
    done: std::result::Result<(), TicketError>,
    words: &str,
) -> Result<Either<Page<EditPage>, Redirect>> {
    match done {
        Ok(()) => Ok(Either::Right(redirect("/settings/mailboxes").saying(words))),
        Err(TicketError::Invalid(errors)) => Ok(Either::Left(page(viewer, id, form, errors))),
        Err(error) => Err(error.into()),
    }
}

fn page(
    viewer: &Viewer,
    id: Option<MailboxId>,
    form: MailboxForm,
    errors: Errors,
) -> Page<EditPage> {
    Page::new(viewer.shell(), EditPage { id, form, errors })
}
