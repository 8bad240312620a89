//! Saving the list under a name, saving it again, keeping it in the sidebar, removing it.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::ask::Ask;
use crate::accounts::rights::{EditContacts, ReadContacts};
use crate::accounts::store::teams;
use crate::accounts::{Can, Viewer};
use crate::base::ids::{TeamId, ViewId};
use crate::base::text;
use crate::contacts::views::{self, NewView, SavedView, Sharing};
use crate::db::{Conn, Db};
use crate::web::{Error, Errors, Form, Page, Redirect, Result, path_id, redirect};

/// The form.
#[derive(Template)]
#[template(path = "contacts/view.html")]
pub struct ViewPage {
    query: String,
    back: String,
    name: String,
    sharing: String,
    audiences: Vec<(String, String)>,
    is_pinned: bool,
    errors: Errors,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewForm {
    name: String,
    query: String,
    sharing: String,
    pin: String,
}

/// `GET /contacts/views/new?<query of the list>`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
) -> Result<Page<ViewPage>> {
    let user = viewer.id();
    let circles = db.read(move |conn| teams::circles(conn, user)).await?;
    let form = ViewForm {
        query: listed(&Ask::read(request.query_string())),
        ..ViewForm::default()
    };
    let page = ViewPage::new(form, &circles, Errors::new());
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /contacts/views`. Needs: change contacts.
pub async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    Form(form): Form<ViewForm>,
) -> Result<impl Responder> {
    let ask = Ask::read(&form.query);
    let name = text::line(&form.name, 80);
    let user = viewer.id();
    let circles = db.read(move |conn| teams::circles(conn, user)).await?;
    let audience = views::audience(&form.sharing, &circles);
    let errors = if name.is_empty() {
        Errors::one("name", "Give it a name: “Customers in Norway”.")
    } else if audience.is_none() {
        Errors::one(
            "sharing",
            "Choose one of your teams, everybody, or only you.",
        )
    } else {
        let audience = audience.unwrap_or((Sharing::Private, None));
        let new = NewView::of(&ask, &name, audience, viewer.id());
        let (by, now, is_pinned) = (viewer.id(), viewer.now, form.pin == "true");
        let saved = db
            .write(move |conn| {
                let Some(id) = views::save(conn, &new, Some(by), now)? else {
                    return Ok(None);
                };
                if is_pinned {
                    views::pin(conn, id, by, true, now)?;
                }
                views::find(conn, id)
            })
            .await
            .map_err(|error: diesel::result::Error| Error::from(error))?;
        if let Some(view) = saved {
            let to = redirect(view.href()).saying(format!("“{name}” saved"));
            return Ok(Either::Left(
                to.undo(format!("/contacts/views/{}/remove", view.id)),
            ));
        }
        Errors::one(
            "name",
            "There is a view of this name already, yours or a colleague's.",
        )
    };
    let page = ViewPage::new(form, &circles, errors);
    let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(Either::Right(page))
}

/// What is posted to save a view as it looks now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    query: String,
}

/// `POST /contacts/views/{id}`. Needs: change contacts. Others' views are changed by administrators and managers.
pub async fn change(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
    Form(form): Form<ChangeForm>,
) -> Result<Redirect> {
    let id: ViewId = path_id(&path)?;
    let (who, ask) = ((*viewer).clone(), Ask::read(&form.query));
    let saved = db
        .write(move |conn| {
            let view = mine(conn, id, &who)?;
            let new = NewView::of(&ask, &view.name, (view.sharing, view.team_id), who.id());
            views::change(conn, id, &new, who.now)?;
            Ok::<_, Error>(views::find(conn, id)?)
        })
        .await?;
    let view = saved.ok_or(Error::NotFound)?;
    Ok(redirect(view.href()).saying(format!("“{}” saved", view.name)))
}

/// `POST /contacts/views/{id}/pin`. Needs: see contacts.
pub async fn pin(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    keep(&viewer, &db, path_id(&path)?, true).await
}

/// `POST /contacts/views/{id}/unpin`. Needs: see contacts.
pub async fn unpin(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    keep(&viewer, &db, path_id(&path)?, false).await
}

async fn keep(viewer: &Viewer, db: &Db, id: ViewId, is_pinned: bool) -> Result<Redirect> {
    let (user, now) = (viewer.id(), viewer.now);
    let view = db
        .write(move |conn| {
            let view = views::find_for(conn, id, user)?;
            let view = view.ok_or(Error::NotFound)?;
            views::pin(conn, id, user, is_pinned, now)?;
            Ok::<_, Error>(view)
        })
        .await?;
    let words = if is_pinned {
        "is in your sidebar"
    } else {
        "is no longer in your sidebar"
    };
    let back = if is_pinned { "unpin" } else { "pin" };
    Ok(redirect(view.href())
        .saying(format!("“{}” {words}", view.name))
        .undo(format!("/contacts/views/{id}/{back}")))
}

/// `POST /contacts/views/{id}/remove`. Needs: change contacts. Others' views are removed by administrators and managers.
pub async fn remove(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: ViewId = path_id(&path)?;
    let who = (*viewer).clone();
    let removed: Option<SavedView> = db
        .write(move |conn| {
            let view = mine(conn, id, &who)?;
            Ok::<_, Error>(if views::remove(conn, id)? {
                Some(view)
            } else {
                None
            })
        })
        .await?;
    Ok(match removed {
        Some(view) => {
            redirect(view.ask().href()).saying(format!("“{}” is no longer saved", view.name))
        }
        None => redirect("/contacts").failing("A campaign uses this view; it stays"),
    })
}

/// A view that somebody may change: one they see, and made, unless they lead.
fn mine(conn: &mut Conn, id: ViewId, who: &Viewer) -> Result<SavedView> {
    let view = views::find_for(conn, id, who.id())?;
    let view = view.ok_or(Error::NotFound)?;
    if may_change(&view, who) {
        Ok(view)
    } else {
        Err(Error::Forbidden(
            "Somebody else made this view. Save it under a name of your own.".to_owned(),
        ))
    }
}

/// Whether somebody may change a view that they see.
pub(super) fn may_change(view: &SavedView, who: &Viewer) -> bool {
    let leads = who.access.leads();
    leads || view.created_by == Some(who.id())
}

/// The query of a list from the top.
fn listed(ask: &Ask) -> String {
    let href = ask.with(|ask| ask.saved = None).href();
    href.split_once('?')
        .map_or_else(String::new, |(_, query)| query.to_owned())
}

impl ViewPage {
    fn new(form: ViewForm, circles: &[(TeamId, String)], errors: Errors) -> Self {
        Self {
            audiences: views::audiences(circles),
            back: format!("/contacts?{}", form.query),
            query: form.query,
            name: form.name,
            sharing: form.sharing,
            is_pinned: form.pin == "true",
            errors,
        }
    }
}
