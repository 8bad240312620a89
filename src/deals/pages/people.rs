//! The people of a deal: found by name or address, added, given a role, taken off.

use actix_web::{Either, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::actions;
use super::super::model::{Deal, ROLES};
use super::super::refusal::Refusal;
use super::super::store;
use super::with_query;
use crate::accounts::rights::{EditDeals, ReadContacts};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{ContactId, DealId};
use crate::base::text;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

/// What is typed while somebody looks for a person.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% for name in names %}<option value=\"{{ name }}\"></option>{% endfor %}"
)]
struct Options {
    names: Vec<String>,
}

/// `GET /deals/people?q=`: `<option>` lines. Needs: see contacts.
pub async fn suggest(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse> {
    let typed = text::line(&asked.q, 200);
    let access = viewer.access.clone();
    let names = db
        .read(move |conn| super::super::person::suggest(conn, &typed, &access))
        .await?;
    let body = Options { names }.render()?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(body))
}

/// A person as posted: who, and what they are to the deal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    contact: String,
    role: String,
}

#[derive(Template)]
#[template(path = "deals/person.html")]
pub struct PersonPage {
    deal: Deal,
    form: PersonForm,
    roles: &'static [&'static str],
    errors: Errors,
}

/// `GET /deals/{id}/people/new`. Needs: change deals.
pub async fn form(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<PersonPage>> {
    let id = kit::path_id(&path)?;
    page(&viewer, &db, id, PersonForm::default(), Errors::new()).await
}

/// `POST /deals/{id}/people`. Needs: change deals.
pub async fn add(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<PersonForm>,
) -> Result<Either<Page<PersonPage>, Redirect>> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let typed = form.0.clone();
    let done = db
        .write(move |conn| {
            let who = super::super::person::named(conn, &form.0.contact, &by)?
                .ok_or_else(|| Refusal::invalid("contact", "Write a name or an address."))?;
            actions::add_contact(conn, id, who, &form.0.role, &by)
        })
        .await;
    match done {
        Err(Refusal::Invalid(errors)) => page(&viewer, &db, id, typed, errors)
            .await
            .map(Either::Left),
        done => answer(id, done.map(|()| None), "Person added").map(Either::Right),
    }
}

/// The role of somebody, in the form, or in the query where a removal is taken back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    role: String,
}

/// `POST /deals/{id}/people/{contact}`: gives a role; puts back whoever was taken off. Needs: change deals.
pub async fn role(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<RoleForm>,
    form: Form<RoleForm>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let contact: ContactId = kit::path_id(&path.1)?;
    let role = if form.0.role.is_empty() {
        query.into_inner().role
    } else {
        form.0.role
    };
    let done = db
        .write(move |conn| match store::role_of(conn, id, contact)? {
            Some(_) => actions::set_role(conn, id, contact, &role, &by),
            None => actions::add_contact(conn, id, contact, &role, &by),
        })
        .await;
    answer(id, done.map(|()| None), "Role saved")
}

/// `POST /deals/{id}/people/{contact}/remove`. Needs: change deals.
pub async fn remove(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let contact: ContactId = kit::path_id(&path.1)?;
    let done = db
        .write(move |conn| actions::remove_contact(conn, id, contact, &by))
        .await;
    let undo = |role: String| {
        let path = format!("/deals/{id}/people/{contact}");
        Some(with_query(&path, &[("role", role.as_str())]))
    };
    answer(id, done.map(undo), "Taken off the deal")
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    id: DealId,
    form: PersonForm,
    errors: Errors,
) -> Result<Page<PersonPage>> {
    let deal = db.read(move |conn| store::live(conn, id)).await?;
    let page = PersonPage {
        deal: deal.ok_or(Error::NotFound)?,
        form,
        roles: ROLES,
        errors,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// Back to the deal, saying what was done or why not.
pub fn answer(
    id: DealId,
    done: std::result::Result<Option<String>, Refusal>,
    said: &str,
) -> Result<Redirect> {
    let page = redirect(format!("/deals/{id}"));
    match done {
        Ok(None) => Ok(page.saying(said)),
        Ok(Some(undo)) => Ok(page.saying(said).undo(undo)),
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => Err(refusal.into()),
        Err(refusal) => Ok(page.failing(refusal.words())),
    }
}
