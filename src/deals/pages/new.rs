//! Making a deal: from nothing, or from the page of a contact or company.

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::super::model::{DealField, NewDeal, ROLES};
use super::super::pipelines::model::Stage;
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::{actions, person, store};
use super::back;
use crate::accounts::rights::EditDeals;
use crate::accounts::{Can, Viewer};
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::companies::store as companies;
use crate::contacts::pages::by;
use crate::contacts::{By, store as contacts};
use crate::db::{Conn, Db};
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// What came with the link: ids of whom it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Prefill {
    contact: String,
    company: String,
    stage: String,
}

/// The form, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    title: String,
    amount: String,
    closes_on: String,
    company: String,
    company_id: String,
    contact: String,
    role: String,
    stage: String,
    owner: String,
    source: String,
    back: String,
}

#[derive(Template)]
#[template(path = "deals/new.html")]
pub struct NewPage {
    form: NewForm,
    errors: Errors,
    page: String,
    currency: String,
    stages: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    roles: &'static [&'static str],
}

/// `GET /deals/new`. Needs: change deals.
pub async fn form(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    prefill: web::Query<Prefill>,
) -> Result<Page<NewPage>> {
    let prefill = prefill.into_inner();
    let owner = viewer.id().to_string();
    let form = db
        .read(move |conn| prefilled(conn, &prefill, owner))
        .await?;
    page(&viewer, &db, form, Errors::new()).await
}

/// `POST /deals`. Needs: change deals.
pub async fn create(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<NewForm>,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let by = by(&viewer, &request);
    let typed = form.0.clone();
    let done = db.write(move |conn| make(conn, &form.0, &by)).await;
    match done {
        Ok(id) => {
            let page = redirect(format!("/deals/{id}"));
            Ok(Either::Right(page.saying("Deal created")))
        }
        Err(Refusal::Invalid(errors)) => page(&viewer, &db, typed, errors).await.map(Either::Left),
        Err(refusal) => Err(refusal.into()),
    }
}

fn make(
    conn: &mut Conn,
    form: &NewForm,
    by: &By,
) -> std::result::Result<crate::base::ids::DealId, Refusal> {
    let contact = person::named(conn, &form.contact, by)?;
    let company_id: Option<CompanyId> = form.company_id.parse().ok();
    // The name may have been typed over.
    let company_id = match company_id {
        Some(id) => companies::live(conn, id)?
            .filter(|company| company.name == form.company.trim())
            .map(|company| company.id),
        None => None,
    };
    let new = NewDeal {
        facts: vec![
            (DealField::Title, form.title.clone()),
            (DealField::Amount, form.amount.clone()),
            (DealField::ClosesOn, form.closes_on.clone()),
            (DealField::Company, form.company.clone()),
            (DealField::Source, form.source.clone()),
        ],
        stage_id: form.stage.parse().ok(),
        owner_id: form.owner.parse().ok(),
        company_id,
        contacts: contact
            .into_iter()
            .map(|id| (id, form.role.clone()))
            .collect(),
    };
    actions::create(conn, &new, by)
}

fn prefilled(conn: &mut Conn, prefill: &Prefill, owner: String) -> diesel::QueryResult<NewForm> {
    let mut form = NewForm {
        owner,
        stage: prefill.stage.clone(),
        ..NewForm::default()
    };
    let mut company: Option<CompanyId> = prefill.company.parse().ok();
    if let Some(id) = company {
        form.back = format!("/companies/{id}");
    }
    if let Ok(id) = prefill.contact.parse::<ContactId>()
        && let Some(contact) = contacts::live(conn, id)?
    {
        form.contact = person::line(&contact);
        form.back = format!("/contacts/{id}");
        company = company.or(contact.company_id);
    }
    if let Some(id) = company
        && let Some(company) = companies::live(conn, id)?
    {
        form.company = company.name;
        form.company_id = id.to_string();
    }
    Ok(form)
}

async fn page(viewer: &Viewer, db: &Db, form: NewForm, errors: Errors) -> Result<Page<NewPage>> {
    let (stages, owners, currency) = db
        .read(move |conn| {
            let pipeline = pipelines::default(conn)?;
            let stages = pipelines::stages_of(conn, pipeline.id)?;
            let owners = contacts::owners(conn)?;
            Ok::<_, diesel::result::Error>((stages, owners, store::currency(conn)?))
        })
        .await?;
    let open = stages.into_iter().filter(Stage::is_open);
    let page = NewPage {
        page: back(&form.back, "/deals"),
        form,
        errors,
        currency: currency.to_string(),
        stages: open.map(|s| (s.id.to_string(), s.name)).collect(),
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        roles: ROLES,
    };
    Ok(Page::new(viewer.shell(), page))
}
