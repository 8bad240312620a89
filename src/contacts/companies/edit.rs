//! Making a company and changing its facts, by one form each.

use std::collections::BTreeMap;

use actix_web::{Either, HttpRequest, web};
use askama::Template;

use super::model::{Company, CompanyField, NewCompany};
use super::{actions, store};
use crate::accounts::rights::EditContacts;
use crate::accounts::{Can, Viewer};
use crate::base::ids::CompanyId;
use crate::contacts::form::{self, EditPage, Sent};
use crate::contacts::model::Stage;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::store as people;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

#[derive(Template)]
#[template(path = "companies/new.html")]
pub struct NewPage {
    typed: BTreeMap<String, String>,
    errors: Errors,
    holder: Option<(CompanyId, String, String)>,
    owners: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
}

impl NewPage {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }
}

/// `GET /companies/new`. Needs: change contacts.
pub async fn new(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    query: web::Query<BTreeMap<String, String>>,
) -> Result<Page<NewPage>> {
    let mut typed = query.into_inner();
    typed
        .entry("owner".to_owned())
        .or_insert_with(|| viewer.id().to_string());
    new_page(&viewer, &db, typed, Errors::new(), None).await
}

/// `POST /companies`. Needs: change contacts.
pub async fn create(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<BTreeMap<String, String>>,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let by = by(&viewer, &request);
    let typed = form.0;
    let given = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let fact = |field: &CompanyField| (*field, given(field.word()));
    let new = NewCompany {
        facts: CompanyField::ALL.iter().map(fact).collect(),
        domain: given("domain"),
        stage: Stage::offered(&given("stage")),
        owner_id: given("owner").parse().ok(),
    };
    let done = db.write(move |conn| actions::create(conn, &new, &by)).await;
    let (errors, holder) = match done {
        Ok(id) => {
            let page = redirect(format!("/companies/{id}"));
            return Ok(Either::Right(page.saying("Company created")));
        }
        Err(Refusal::Invalid(errors)) => (errors, None),
        Err(Refusal::DomainTaken {
            domain,
            holder,
            name,
        }) => (
            Errors::one("domain", "Another company has this domain."),
            Some((holder, name, domain)),
        ),
        Err(refusal) => return Err(refusal.into()),
    };
    new_page(&viewer, &db, typed, errors, holder)
        .await
        .map(Either::Left)
}

/// `GET /companies/{id}/edit`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let company = find(&db, kit::path_id(&path)?).await?;
    Ok(Page::new(viewer.shell(), page(&company, Sent::default())))
}

/// `POST /companies/{id}/edit`. Needs: change contacts.
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
    let change = |field: &CompanyField| {
        let (was, to) = form::change(&typed, field.word())?;
        Some((*field, was, to))
    };
    let changes: Vec<actions::Change> = CompanyField::ALL.iter().filter_map(change).collect();
    let done = db
        .write(move |conn| actions::change(conn, id, &changes, &by))
        .await;
    let (errors, clashes) = match done {
        Ok(_) => {
            let page = redirect(format!("/companies/{id}"));
            return Ok(Either::Right(page.saying("Details saved")));
        }
        Err(Refusal::Invalid(errors)) => (errors, Vec::new()),
        Err(Refusal::Clash(clashes)) => (Errors::new(), clashes),
        Err(refusal) => return Err(refusal.into()),
    };
    let company = find(&db, id).await?;
    let sent = Sent {
        typed,
        errors,
        clashes,
    };
    let page = page(&company, sent);
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

async fn find(db: &Db, id: CompanyId) -> Result<Company> {
    db.read(move |conn| store::live(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

async fn new_page(
    viewer: &Viewer,
    db: &Db,
    typed: BTreeMap<String, String>,
    errors: Errors,
    holder: Option<(CompanyId, String, String)>,
) -> Result<Page<NewPage>> {
    let owners = db.read(people::owners).await?;
    let page = NewPage {
        typed,
        errors,
        holder,
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        stages: Stage::options(),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn page(company: &Company, sent: Sent) -> EditPage {
    let control = |field: &CompanyField| {
        let now = field.of(company);
        sent.control(field.word(), field.label(), "", &now)
    };
    EditPage {
        noun: "company",
        list: ("Companies", "/companies"),
        path: format!("/companies/{}", company.id),
        name: company.name.clone(),
        controls: CompanyField::ALL.iter().map(control).collect(),
        clashes: sent.clashes,
    }
}
