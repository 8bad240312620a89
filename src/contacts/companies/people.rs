//! Who works where: the links between contacts and companies. One company of a contact is the primary one, and
//! stands on the contact's own row.

use diesel::prelude::*;

use super::model::{Company, Person};
use super::store;
use crate::accounts::{Reach, audit};
use crate::base::ids::{CRM_SOURCE, CompanyId, ContactId};
use crate::base::{Timestamp, text};
use crate::contacts::model::{self, By};
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::db::schema::{company_people, contacts};
use crate::timeline::{self, About, EntryKind, NewEntry};

/// Companies of one contact.
const MOST: usize = 20;

/// A company of a contact.
#[derive(Debug, Clone)]
pub struct Job {
    /// The company.
    pub company: Company,
    /// What they are there.
    pub role: String,
    /// Whether it is the main one.
    pub is_primary: bool,
    /// Since when they are there, as a day.
    pub started_on: Option<i64>,
    /// The last day, past or to come.
    pub ended_on: Option<i64>,
}

/// Companies of a contact, the primary one first.
pub fn jobs_of(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<Job>> {
    type Link = (CompanyId, String, bool, Option<i64>, Option<i64>);
    let links: Vec<Link> = company_people::table
        .filter(company_people::contact_id.eq(contact))
        .order((company_people::is_primary.desc(), company_people::id))
        .select((
            company_people::company_id,
            company_people::role,
            company_people::is_primary,
            company_people::started_on,
            company_people::ended_on,
        ))
        .limit(MOST as i64)
        .load(conn)?;
    let ids = links.iter().map(|link| link.0).collect();
    let mut companies = store::living(conn, ids)?;
    let job = |(id, role, is_primary, started_on, ended_on): Link| {
        Some(Job {
            company: companies.remove(&id)?,
            role,
            is_primary,
            started_on,
            ended_on,
        })
    };
    Ok(links.into_iter().filter_map(job).collect())
}

/// Whether a contact is linked to a company.
pub fn is_linked(conn: &mut Conn, company: CompanyId, contact: ContactId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        company_people::table
            .filter(company_people::company_id.eq(company))
            .filter(company_people::contact_id.eq(contact)),
    ))
    .get_result(conn)
}

/// People of a company: those still there first, then whoever was seen last.
pub fn of(
    conn: &mut Conn,
    company: CompanyId,
    reach: &Reach,
    today: i64,
    limit: i64,
) -> QueryResult<Vec<Person>> {
    type Row = (
        ContactId,
        String,
        Option<String>,
        Option<String>,
        bool,
        String,
        bool,
        (Option<i64>, Option<i64>),
    );
    let mut query = company_people::table
        .inner_join(contacts::table.on(contacts::id.eq(company_people::contact_id)))
        .filter(company_people::company_id.eq(company))
        .filter(contacts::deleted_at.is_null())
        .order((
            company_people::ended_on.is_not_null(),
            contacts::last_seen_at.desc(),
            contacts::id,
        ))
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::is_known,
            company_people::role,
            company_people::is_primary,
            (company_people::started_on, company_people::ended_on),
        ))
        .limit(limit)
        .into_boxed();
    if let Some(held) = reach.on("contacts.owner_id") {
        query = query.filter(held);
    }
    let rows: Vec<Row> = query.load(conn)?;
    let person = |(id, name, email, phone, is_known, role, is_primary, at): Row| Person {
        contact_id: id,
        name: model::shown(id, &name, email.as_deref(), phone.as_deref(), is_known),
        role,
        is_primary,
        started_on: at.0,
        ended_on: at.1,
        has_left: at.1.is_some_and(|last| last <= today),
    };
    Ok(rows.into_iter().map(person).collect())
}

/// Links a contact to a company, or changes the role it has there. The first company becomes the primary one.
pub fn link(
    conn: &mut Conn,
    company: CompanyId,
    contact: ContactId,
    role: &str,
    by: &By,
) -> Result<(), Refusal> {
    let Some(row) = store::live(conn, company)? else {
        return Err(Refusal::Missing);
    };
    let role = text::line(role, 120);
    let jobs = jobs_of(conn, contact)?;
    if let Some(job) = jobs.iter().find(|job| job.company.id == company) {
        if job.role != role && !role.is_empty() {
            set_role(conn, company, contact, &role)?;
        }
        return Ok(());
    }
    if jobs.len() >= MOST {
        return Err(Refusal::invalid(
            "company",
            "Twenty companies are enough for one contact.",
        ));
    }
    let is_primary = !jobs.iter().any(|job| job.is_primary);
    diesel::insert_into(company_people::table)
        .values((
            company_people::company_id.eq(company),
            company_people::contact_id.eq(contact),
            company_people::role.eq(&role),
            company_people::is_primary.eq(is_primary),
            company_people::source_id.eq(CRM_SOURCE),
        ))
        .execute(conn)?;
    if is_primary {
        set_main(conn, contact, Some(company))?;
    }
    tell(conn, &row, contact, EntryKind::CompanyLinked, &role, by)?;
    Ok(())
}

/// Unlinks a contact from a company; the next one becomes the primary.
pub fn unlink(
    conn: &mut Conn,
    company: CompanyId,
    contact: ContactId,
    by: &By,
) -> Result<(), Refusal> {
    let Some(row) = store::find(conn, company)? else {
        return Err(Refusal::Missing);
    };
    let gone = diesel::delete(company_people::table)
        .filter(company_people::company_id.eq(company))
        .filter(company_people::contact_id.eq(contact))
        .execute(conn)?;
    if gone == 0 {
        return Err(Refusal::Missing);
    }
    let next = jobs_of(conn, contact)?.first().map(|job| job.company.id);
    make_primary(conn, next, contact)?;
    tell(conn, &row, contact, EntryKind::CompanyUnlinked, "", by)?;
    Ok(())
}

/// Makes one of a contact's companies the main one.
pub fn make_primary(
    conn: &mut Conn,
    company: Option<CompanyId>,
    contact: ContactId,
) -> QueryResult<()> {
    diesel::update(company_people::table.filter(company_people::contact_id.eq(contact)))
        .set(company_people::is_primary.eq(false))
        .execute(conn)?;
    if let Some(company) = company {
        diesel::update(company_people::table)
            .filter(company_people::contact_id.eq(contact))
            .filter(company_people::company_id.eq(company))
            .set(company_people::is_primary.eq(true))
            .execute(conn)?;
    }
    set_main(conn, contact, company)
}

/// People came from another company: where this one is somebody's main company, the link says so.
pub(in crate::contacts) fn mark_main(conn: &mut Conn, company: CompanyId) -> QueryResult<()> {
    let theirs = contacts::table
        .filter(contacts::company_id.eq(company))
        .select(contacts::id);
    diesel::update(company_people::table)
        .filter(company_people::company_id.eq(company))
        .filter(company_people::is_primary.eq(false))
        .filter(company_people::contact_id.eq_any(theirs))
        .set(company_people::is_primary.eq(true))
        .execute(conn)
        .map(|_| ())
}

/// People went back to another company: their links here are no longer the main ones.
pub(in crate::contacts) fn unmark_main(
    conn: &mut Conn,
    company: CompanyId,
    other: CompanyId,
) -> QueryResult<()> {
    let theirs = contacts::table
        .filter(contacts::company_id.eq(other))
        .select(contacts::id);
    diesel::update(company_people::table)
        .filter(company_people::company_id.eq(company))
        .filter(company_people::is_primary.eq(true))
        .filter(company_people::contact_id.eq_any(theirs))
        .set(company_people::is_primary.eq(false))
        .execute(conn)
        .map(|_| ())
}

/// Links came or went: the main company of a contact is one that it is linked to, and marked as such.
pub(in crate::contacts) fn mend_primary(conn: &mut Conn, contact: ContactId) -> QueryResult<()> {
    let main: Option<Option<CompanyId>> = contacts::table
        .filter(contacts::id.eq(contact))
        .select(contacts::company_id)
        .first(conn)
        .optional()?;
    let Some(main) = main.flatten() else {
        return Ok(());
    };
    let links: Vec<(CompanyId, bool)> = company_people::table
        .filter(company_people::contact_id.eq(contact))
        .order((company_people::is_primary.desc(), company_people::id))
        .select((company_people::company_id, company_people::is_primary))
        .load(conn)?;
    let right = links.iter().find(|(company, _)| *company == main);
    let marked = links.iter().filter(|(_, is_primary)| *is_primary).count();
    if right.is_some_and(|(_, is_primary)| *is_primary && marked == 1) {
        return Ok(());
    }
    let next = right.or(links.first()).map(|(company, _)| *company);
    make_primary(conn, next, contact)
}

/// Notes what a contact is at a company.
pub fn set_role(
    conn: &mut Conn,
    company: CompanyId,
    contact: ContactId,
    role: &str,
) -> QueryResult<()> {
    diesel::update(company_people::table)
        .filter(company_people::contact_id.eq(contact))
        .filter(company_people::company_id.eq(company))
        .set(company_people::role.eq(text::line(role, 120)))
        .execute(conn)
        .map(|_| ())
}

/// Notes what a contact is at a company, and from when to when.
pub fn set_time(
    conn: &mut Conn,
    company: CompanyId,
    contact: ContactId,
    role: &str,
    days: (Option<i64>, Option<i64>),
) -> QueryResult<()> {
    diesel::update(company_people::table)
        .filter(company_people::contact_id.eq(contact))
        .filter(company_people::company_id.eq(company))
        .set((
            company_people::role.eq(text::line(role, 120)),
            company_people::started_on.eq(days.0),
            company_people::ended_on.eq(days.1),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Notes that a contact has left a company, or is back.
pub fn set_left(
    conn: &mut Conn,
    company: CompanyId,
    contact: ContactId,
    since: Option<Timestamp>,
) -> QueryResult<()> {
    diesel::update(company_people::table)
        .filter(company_people::contact_id.eq(contact))
        .filter(company_people::company_id.eq(company))
        .set(company_people::ended_on.eq(since.map(Timestamp::day)))
        .execute(conn)
        .map(|_| ())
}

fn set_main(conn: &mut Conn, contact: ContactId, company: Option<CompanyId>) -> QueryResult<()> {
    diesel::update(contacts::table.filter(contacts::id.eq(contact)))
        .set(contacts::company_id.eq(company))
        .execute(conn)
        .map(|_| ())
}

/// Both records tell of it: the contact which company, the company which contact.
fn tell(
    conn: &mut Conn,
    company: &Company,
    contact: ContactId,
    kind: EntryKind,
    role: &str,
    by: &By,
) -> QueryResult<()> {
    let data = serde_json::json!({
        "company": company.name, "company_id": company.id, "role": role,
    });
    let entry = NewEntry::by(About::Contact(contact), kind, by.user, by.now, data);
    timeline::add(conn, &entry)?;
    let (action, object) = (format!("contact.{kind}"), Some(("contact", contact.0)));
    audit::record(conn, &by.audited(), &action, object, &entry.words(), by.now)?;
    let person = crate::contacts::store::find(conn, contact)?.map(|contact| contact.shown());
    let data = serde_json::json!({
        "contact": person, "contact_id": contact, "role": role,
    });
    let entry = NewEntry::by(About::Company(company.id), kind, by.user, by.now, data);
    timeline::add(conn, &entry)
}
