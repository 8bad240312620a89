//! Making a contact: a few fields, and the one that is there already offered instead of a double.

use std::collections::BTreeMap;

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::by;
use crate::accounts::rights::EditContacts;
use crate::accounts::{Access, Can, Viewer};
use crate::base::EmailAddress;
use crate::base::ids::ContactId;
use crate::config::Config;
use crate::contacts::actions;
use crate::contacts::duplicates::{self, Match};
use crate::contacts::fields::input::joined;
use crate::contacts::fields::{self, FormField, Given, Object, Ways};
use crate::contacts::identities;
use crate::contacts::model::{Field, NewContact, Stage};
use crate::contacts::refusal::Refusal;
use crate::contacts::store;
use crate::db::{Conn, Db};
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// What the form posts, and whatever it posts for fields.
#[derive(Debug, Clone, Default)]
pub struct NewForm {
    name: String,
    email: String,
    phone: String,
    job_title: String,
    company: String,
    stage: String,
    owner: String,
    another: String,
    anyway: String,
    fields: BTreeMap<String, String>,
}

impl NewForm {
    fn read(pairs: Vec<(String, String)>) -> Self {
        let mut sent = joined(pairs);
        let mut take = |name: &str| sent.remove(name).unwrap_or_default();
        Self {
            name: take("name"),
            email: take("email"),
            phone: take("phone"),
            job_title: take("job_title"),
            company: take("company"),
            stage: take("stage"),
            owner: take("owner"),
            another: take("another"),
            anyway: take("anyway"),
            fields: sent,
        }
    }
}

#[derive(Template)]
#[template(path = "contacts/new.html")]
pub struct NewPage {
    form: NewForm,
    errors: Errors,
    taken: Option<Taken>,
    matches: Vec<Match>,
    owners: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
    required: Vec<FormField>,
    more: Vec<FormField>,
}

impl NewPage {
    /// Whether a field that need not be filled in came back with something wrong.
    fn is_more_open(&self) -> bool {
        self.more.iter().any(|field| !field.error.is_empty())
    }
}

/// Who has the address or number already.
struct Taken {
    holder: ContactId,
    name: String,
    value: String,
    is_in_trash: bool,
}

/// What a page may hand over: `/contacts/new?company=…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Prefill {
    company: String,
    email: String,
    name: String,
}

/// `GET /contacts/new`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    prefill: web::Query<Prefill>,
) -> Result<Page<NewPage>> {
    let prefill = prefill.into_inner();
    let form = NewForm {
        name: prefill.name,
        email: prefill.email,
        company: prefill.company,
        owner: viewer.id().to_string(),
        stage: Stage::Lead.to_string(),
        ..NewForm::default()
    };
    page(&viewer, &db, form, Errors::new(), None, Vec::new()).await
}

/// `POST /contacts`. Needs: change contacts.
pub async fn create(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    request: HttpRequest,
    form: Form<Vec<(String, String)>>,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let by = by(&viewer, &request);
    let form = NewForm::read(form.0);
    let typed = form.clone();
    let config = config.into_inner();
    let (access, zone) = (viewer.access.clone(), viewer.zone());
    let done = db
        .write(move |conn| {
            let ways = fields::ways(conn, &access, zone, by.now)?;
            let given = given(conn, &typed, &ways)?;
            let new = read(conn, &typed, &config)?;
            let alike = alike(conn, &typed, &new, &by.access)?;
            if !alike.is_empty() {
                return Ok(Err(alike));
            }
            let id = actions::create(conn, &new, &by)?;
            actions::set_fields(conn, id, &given, &ways, &by)?;
            duplicates::note_contact(conn, id, by.now)?;
            Ok(Ok(id))
        })
        .await;
    let mut matches = Vec::new();
    let (errors, taken) = match done {
        Ok(Err(alike)) => {
            matches = alike;
            (Errors::new(), None)
        }
        Ok(Ok(id)) if !form.another.is_empty() => {
            let path = redirect("/contacts/new").saying(format!("Contact {id} created"));
            return Ok(Either::Right(path));
        }
        Ok(Ok(id)) => {
            return Ok(Either::Right(
                redirect(format!("/contacts/{id}")).saying("Contact created"),
            ));
        }
        Err(Refusal::Invalid(errors)) => (errors, None),
        Err(Refusal::Taken {
            namespace,
            value,
            holder,
            name,
            is_in_trash,
        }) => {
            let errors = Errors::one(namespace, "Somebody has this already.");
            let taken = Taken {
                holder,
                name,
                value,
                is_in_trash,
            };
            (errors, Some(taken))
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let page = page(&viewer, &db, form, errors, taken, matches).await?;
    Ok(Either::Left(page))
}

/// Who is there already that this is most likely, unless somebody has seen that and wants another one all the same. Of an
/// address or a number that is taken the making itself tells.
fn alike(
    conn: &mut Conn,
    form: &NewForm,
    new: &NewContact,
    access: &Access,
) -> QueryResult<Vec<Match>> {
    let email = new.email.as_ref().map(EmailAddress::as_str);
    let phone = new.phone.as_deref();
    if !form.anyway.is_empty() {
        return Ok(Vec::new());
    }
    for (namespace, value) in [("email", email), ("phone", phone)] {
        if let Some(value) = value
            && identities::holder(conn, namespace, value)?.is_some()
        {
            return Ok(Vec::new());
        }
    }
    let (name, company) = (&form.name, &form.company);
    let mut found = duplicates::ask_person(conn, name, email, phone, company, None, access)?;
    found.retain(Match::is_sure);
    Ok(found)
}

/// What was typed, in the forms in which things are compared.
fn read(
    conn: &mut Conn,
    form: &NewForm,
    config: &Config,
) -> std::result::Result<NewContact, Refusal> {
    let country = super::country(conn, config)?;
    let mut errors = Errors::new();
    let mut given = |namespace: &'static str, typed: &str| {
        if typed.trim().is_empty() {
            return None;
        }
        match actions::normalised(namespace, typed, country.as_deref()) {
            Ok(value) => Some(value),
            Err(refusal) => {
                errors.add(namespace, refusal.words());
                None
            }
        }
    };
    let email = given("email", &form.email);
    let phone = given("phone", &form.phone);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    Ok(NewContact {
        facts: vec![
            (Field::Name, form.name.clone()),
            (Field::JobTitle, form.job_title.clone()),
        ],
        email: email.as_deref().and_then(EmailAddress::parse),
        phone,
        stage: Stage::offered(&form.stage),
        owner_id: form.owner.parse().ok(),
        company: form.company.clone(),
        role: form.job_title.clone(),
    })
}

/// What was typed for fields; each that is required must be among it.
fn given(conn: &mut Conn, form: &NewForm, ways: &Ways) -> std::result::Result<Vec<Given>, Refusal> {
    let mut fields = fields::all(conn, Object::Contact)?;
    fields.retain(|field| ways.see(field));
    let errors = fields::required(&fields, &form.fields);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let is_said = |given: &Given| given.field.is_required || given.is_something();
    let given = fields.iter().filter_map(|field| field.given(&form.fields));
    Ok(given.filter(is_said).collect())
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    form: NewForm,
    errors: Errors,
    taken: Option<Taken>,
    matches: Vec<Match>,
) -> Result<Page<NewPage>> {
    let (access, zone, now) = (viewer.access.clone(), viewer.zone(), viewer.now);
    let (owners, declared, ways) = db
        .read(move |conn| {
            let ways = fields::ways(conn, &access, zone, now)?;
            let declared = fields::all(conn, Object::Contact)?;
            Ok::<_, diesel::result::Error>((store::owners(conn)?, declared, ways))
        })
        .await?;
    let (required, more) = fields::in_form(&declared, &form.fields, &errors, &ways);
    let page = NewPage {
        required,
        more,
        form,
        errors,
        taken,
        matches,
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        stages: Stage::options(),
    };
    Ok(Page::new(viewer.shell(), page))
}
