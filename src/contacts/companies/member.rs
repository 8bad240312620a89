//! What somebody is at a company, and from when to when: a small form, opened from either record.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::model::Company;
use super::{people, store};
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::date;
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::{actions, store as contacts};
use crate::db::{Conn, Db};
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, redirect};

/// What is posted, and what the address says. A field that is not there stays as it is; each is a list, because an empty
/// text would be read as no text at all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    role: Vec<String>,
    from: Vec<String>,
    to: Vec<String>,
    /// `contact`: the form was opened there.
    back: String,
}

/// What the address of the form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Back {
    back: String,
}

/// The form.
#[derive(Template)]
#[template(path = "companies/member.html")]
pub struct MemberPage {
    company: Company,
    contact: ContactId,
    name: String,
    role: String,
    from: String,
    to: String,
    back: String,
    errors: Errors,
}

impl MemberPage {
    fn action(&self) -> String {
        format!("/companies/{}/people/{}", self.company.id, self.contact)
    }

    fn leave(&self) -> String {
        place(self.company.id, self.contact, &self.back)
    }
}

/// The record that the form was opened from.
fn place(company: CompanyId, contact: ContactId, back: &str) -> String {
    if back == "contact" {
        format!("/contacts/{contact}")
    } else {
        format!("/companies/{company}")
    }
}

fn read(conn: &mut Conn, company: CompanyId, contact: ContactId) -> Result<MemberPage> {
    let person = contacts::live(conn, contact)?.ok_or(Error::NotFound)?;
    let mut jobs = people::jobs_of(conn, contact)?.into_iter();
    let job = jobs.find(|job| job.company.id == company);
    let job = job.ok_or(Error::NotFound)?;
    Ok(MemberPage {
        company: job.company,
        contact,
        name: person.shown(),
        role: job.role,
        from: job.started_on.map_or_else(String::new, date::word),
        to: job.ended_on.map_or_else(String::new, date::word),
        back: String::new(),
        errors: Errors::new(),
    })
}

/// `GET /companies/{id}/people/{contact}`. Needs: change contacts.
pub async fn form(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
    params: web::Query<Back>,
) -> Result<Page<MemberPage>> {
    let (company, contact) = (kit::path_id(&path.0)?, kit::path_id(&path.1)?);
    let page = db.read(move |conn| read(conn, company, contact)).await?;
    let back = params.into_inner().back;
    Ok(Page::new(viewer.shell(), MemberPage { back, ..page }))
}

/// `POST /companies/{id}/people/{contact}`. Needs: change contacts.
pub async fn save(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    Form(form): Form<MemberForm>,
) -> Result<Either<Page<MemberPage>, Redirect>> {
    let (company, contact): (CompanyId, ContactId) =
        (kit::path_id(&path.0)?, kit::path_id(&path.1)?);
    let by = by(&viewer, &request);
    let mut page = db.read(move |conn| read(conn, company, contact)).await?;
    page.role = form.role.into_iter().next().unwrap_or(page.role);
    page.from = form.from.into_iter().next().unwrap_or(page.from);
    page.to = form.to.into_iter().next().unwrap_or(page.to);
    page.back = form.back;
    let days = (date::read(&page.from), date::read(&page.to));
    let days = match days {
        (Ok(Some(from)), Ok(Some(to))) if from > to => {
            page.errors.add("to", "The last day lies before the first.");
            (None, None)
        }
        (from, to) => {
            for (name, day) in [("from", &from), ("to", &to)] {
                if let Err(why) = day {
                    page.errors.add(name, *why);
                }
            }
            (from.unwrap_or_default(), to.unwrap_or_default())
        }
    };
    if !page.errors.is_empty() {
        let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(Either::Left(page));
    }
    let role = page.role.clone();
    db.write(move |conn| {
        if store::live(conn, company)?.is_none() || !people::is_linked(conn, company, contact)? {
            return Err(Refusal::Missing);
        }
        actions::touch(conn, contact, &by)?;
        people::set_time(conn, company, contact, &role, days)?;
        Ok(())
    })
    .await?;
    Ok(Either::Right(redirect(page.leave()).saying("Role saved")))
}
