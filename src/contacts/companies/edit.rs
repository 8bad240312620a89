//! Making a company and changing its facts, by one form each.

use std::collections::{BTreeMap, HashMap};

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use diesel::QueryResult;

use super::model::{Company, CompanyField, NewCompany};
use super::{actions, fields, store};
use crate::accounts::rights::EditContacts;
use crate::accounts::{Access, Can, Viewer};
use crate::base::ids::{CompanyId, TraitKeyId};
use crate::contacts::duplicates::{self, Match};
use crate::contacts::fields::input::joined;
use crate::contacts::fields::{self as declared, Field, FormField, Given, Object, Ways};
use crate::contacts::form::{self, EditPage, Sent};
use crate::contacts::model::Stage;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::store as people;
use crate::db::{Conn, Db};
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

#[derive(Template)]
#[template(path = "companies/new.html")]
pub struct NewPage {
    typed: BTreeMap<String, String>,
    errors: Errors,
    holder: Option<(CompanyId, String, String)>,
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
    let nothing = (Errors::new(), None, Vec::new());
    new_page(&viewer, &db, typed, nothing).await
}

/// `POST /companies`. Needs: change contacts.
pub async fn create(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<Vec<(String, String)>>,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let by = by(&viewer, &request);
    let typed = joined(form.0);
    let given = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let fact = |field: &CompanyField| (*field, given(field.word()));
    let new = NewCompany {
        facts: CompanyField::ALL.iter().map(fact).collect(),
        domain: given("domain"),
        stage: Stage::offered(&given("stage")),
        owner_id: given("owner").parse().ok(),
    };
    let (access, zone, sent) = (viewer.access.clone(), viewer.zone(), typed.clone());
    let is_sure = !given("anyway").is_empty();
    let done = db
        .write(move |conn| {
            let ways = declared::ways(conn, &access, zone, by.now)?;
            let mut all = declared::all(conn, Object::Company)?;
            all.retain(|field| ways.see(field));
            let missing = declared::required(&all, &sent);
            if !missing.is_empty() {
                return Err(Refusal::Invalid(missing));
            }
            let given: Vec<Given> = all
                .iter()
                .filter_map(|field| field.given(&sent))
                .filter(Given::is_something)
                .collect();
            let alike = alike(conn, &new, is_sure, &by.access)?;
            if !alike.is_empty() {
                return Ok(Err(alike));
            }
            let id = actions::create(conn, &new, &by)?;
            fields::set_all(conn, id, &given, &ways, &by)?;
            duplicates::note_company(conn, id, by.now)?;
            Ok(Ok(id))
        })
        .await;
    let failed = match done {
        Ok(Err(alike)) => (Errors::new(), None, alike),
        Ok(Ok(id)) => {
            let page = redirect(format!("/companies/{id}"));
            return Ok(Either::Right(page.saying("Company created")));
        }
        Err(Refusal::Invalid(errors)) => (errors, None, Vec::new()),
        Err(Refusal::DomainTaken {
            domain,
            holder,
            name,
        }) => (
            Errors::one("domain", "Another company has this domain."),
            Some((holder, name, domain)),
            Vec::new(),
        ),
        Err(refusal) => return Err(refusal.into()),
    };
    new_page(&viewer, &db, typed, failed)
        .await
        .map(Either::Left)
}

/// A company with its fields, for the form.
struct Standing {
    company: Company,
    fields: Vec<Field>,
    shown: HashMap<TraitKeyId, String>,
    ways: Ways,
}

/// `GET /companies/{id}/edit`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<EditPage>> {
    let standing = find(&viewer, &db, kit::path_id(&path)?).await?;
    Ok(Page::new(viewer.shell(), page(&standing, Sent::default())))
}

/// `POST /companies/{id}/edit`. Needs: change contacts.
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
    let change = |field: &CompanyField| {
        let (was, to) = form::change(&typed, field.word())?;
        Some((*field, was, to))
    };
    let changes: Vec<actions::Change> = CompanyField::ALL.iter().filter_map(change).collect();
    let (access, zone, sent) = (viewer.access.clone(), viewer.zone(), typed.clone());
    let done = db
        .write(move |conn| {
            let ways = declared::ways(conn, &access, zone, by.now)?;
            let mut all = declared::all(conn, Object::Company)?;
            all.retain(|field| ways.see(field));
            let given: Vec<Given> = all.iter().filter_map(|f| f.given(&sent)).collect();
            let facts = actions::change(conn, id, &changes, &by).map(|_| ());
            let fields = fields::set_all(conn, id, &given, &ways, &by);
            form::both(facts, fields)?;
            duplicates::note_company(conn, id, by.now)?;
            Ok::<_, Refusal>(())
        })
        .await;
    let (errors, clashes) = match done {
        Ok(()) => {
            let page = redirect(format!("/companies/{id}"));
            return Ok(Either::Right(page.saying("Details saved")));
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

async fn find(viewer: &Viewer, db: &Db, id: CompanyId) -> Result<Standing> {
    let (access, zone, now) = (viewer.access.clone(), viewer.zone(), viewer.now);
    db.read(move |conn| {
        let company = store::live(conn, id)?.ok_or(Error::NotFound)?;
        let ways = declared::ways(conn, &access, zone, now)?;
        let mut fields = declared::all(conn, Object::Company)?;
        fields.retain(|field| ways.see(field));
        Ok(Standing {
            shown: declared::store::shown(conn, Object::Company, id.0)?,
            company,
            fields,
            ways,
        })
    })
    .await
}

/// Why a company was not made: messages, who has the domain, who looks like it.
type Failed = (Errors, Option<(CompanyId, String, String)>, Vec<Match>);

/// Who is there already that this is most likely, unless somebody wants another one all the same.
fn alike(
    conn: &mut Conn,
    new: &NewCompany,
    is_sure: bool,
    access: &Access,
) -> QueryResult<Vec<Match>> {
    let domain = new.domain.trim();
    // Of a domain that is taken the making itself tells.
    if is_sure || store::domain_holder(conn, domain)?.is_some() {
        return Ok(Vec::new());
    }
    let name = new.fact(CompanyField::Name);
    let mut found = duplicates::ask_company(conn, name, domain, None, access)?;
    found.retain(Match::is_sure);
    Ok(found)
}

async fn new_page(
    viewer: &Viewer,
    db: &Db,
    typed: BTreeMap<String, String>,
    (errors, holder, matches): Failed,
) -> Result<Page<NewPage>> {
    let (access, zone, now) = (viewer.access.clone(), viewer.zone(), viewer.now);
    let (owners, all, ways) = db
        .read(move |conn| {
            let ways = declared::ways(conn, &access, zone, now)?;
            let all = declared::all(conn, Object::Company)?;
            Ok::<_, diesel::result::Error>((people::owners(conn)?, all, ways))
        })
        .await?;
    let (required, more) = declared::in_form(&all, &typed, &errors, &ways);
    let page = NewPage {
        required,
        more,
        typed,
        errors,
        holder,
        matches,
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        stages: Stage::options(),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn page(standing: &Standing, sent: Sent) -> EditPage {
    let company = &standing.company;
    let control = |field: &CompanyField| {
        let now = field.of(company);
        sent.control(field.word(), field.label(), "", &now)
    };
    let field = |field: &Field| {
        let now = standing.shown.get(&field.id).map(String::as_str);
        sent.field(field, now, &standing.ways)
    };
    EditPage {
        noun: "company",
        list: ("Companies", "/companies"),
        path: format!("/companies/{}", company.id),
        name: company.name.clone(),
        controls: CompanyField::ALL.iter().map(control).collect(),
        fields: standing.fields.iter().map(field).collect(),
        clashes: sent.clashes,
    }
}
