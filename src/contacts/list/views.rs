//! Saving the filter of the list under a name, and removing it again.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::ask::Ask;
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::ids::ViewId;
use crate::base::text;
use crate::contacts::views::{self, SavedView};
use crate::db::Db;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, path_id, redirect};

/// The form.
#[derive(Template)]
#[template(path = "contacts/view.html")]
pub struct ViewPage {
    query: String,
    back: String,
    name: String,
    errors: Errors,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewForm {
    name: String,
    query: String,
}

/// `GET /contacts/views/new?<query of the list>`. Needs: change contacts.
pub async fn form(viewer: Can<EditContacts>, request: HttpRequest) -> Result<Page<ViewPage>> {
    let query = views::canonical(&Ask::read(request.query_string()), viewer.id());
    let page = ViewPage::new(query, String::new(), Errors::new());
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /contacts/views`. Needs: change contacts.
pub async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    Form(form): Form<ViewForm>,
) -> Result<impl Responder> {
    let query = views::canonical(&Ask::read(&form.query), viewer.id());
    let name = text::line(&form.name, 80);
    let errors = if name.is_empty() {
        Errors::one("name", "Give it a name: “Customers in Norway”.")
    } else {
        let (kept, said) = (query.clone(), format!("“{name}” saved"));
        let (by, now) = (viewer.id(), viewer.now);
        let saved = db
            .write(move |conn| views::save(conn, &name, &kept, Some(by), now))
            .await
            .map_err(|error: diesel::result::Error| Error::from(error))?;
        if let Some(id) = saved {
            let to = redirect(format!("/contacts?{query}")).saying(said);
            return Ok(Either::Left(
                to.undo(format!("/contacts/views/{id}/remove")),
            ));
        }
        Errors::one("name", "There is a saved filter of this name already.")
    };
    let page = ViewPage::new(query, form.name, errors);
    let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(Either::Right(page))
}

/// `POST /contacts/views/{id}/remove`. Needs: change contacts.
pub async fn remove(
    _viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: ViewId = path_id(&path)?;
    let removed: Option<SavedView> = db
        .write(move |conn| {
            let view = views::find(conn, id)?;
            Ok::<_, diesel::result::Error>(if views::remove(conn, id)? { view } else { None })
        })
        .await?;
    Ok(match removed {
        Some(view) => redirect(view.href()).saying(format!("“{}” is no longer saved", view.name)),
        None => redirect("/contacts").failing("A campaign uses this filter; it stays"),
    })
}

impl ViewPage {
    fn new(query: String, name: String, errors: Errors) -> Self {
        Self {
            back: format!("/contacts?{query}"),
            query,
            name,
            errors,
        }
    }
}
