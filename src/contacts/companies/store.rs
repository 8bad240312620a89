//! Queries of companies.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::domains::is_free_mail;
use super::model::Company;
use crate::accounts::Reach;
use crate::base::ids::{CompanyId, TagId};
use crate::base::{Timestamp, text};
use crate::contacts::tags::Tag;
use crate::db::schema::{companies, company_domains, company_people, company_tags, contacts, tags};
use crate::db::{Cached, Conn, PortableExt, padded};

/// How far a chain of merges is followed.
const LONGEST_CHAIN: usize = 32;

/// A company that is not in the trash.
pub fn live(conn: &mut Conn, id: CompanyId) -> QueryResult<Option<Company>> {
    Company::query()
        .filter(companies::id.eq(id))
        .filter(companies::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// Companies that are not in the trash, of these.
pub fn living(conn: &mut Conn, ids: Vec<CompanyId>) -> QueryResult<HashMap<CompanyId, Company>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Company::query()
        .filter(companies::id.eq_any(padded(ids)))
        .filter(companies::deleted_at.is_null());
    let found: Vec<Company> = Cached(query).load(conn)?;
    Ok(found
        .into_iter()
        .map(|company| (company.id, company))
        .collect())
}

/// A company, wherever it is.
pub fn find(conn: &mut Conn, id: CompanyId) -> QueryResult<Option<Company>> {
    Company::query()
        .filter(companies::id.eq(id))
        .first(conn)
        .optional()
}

/// The company that a merged one lives on in; none where it is its own.
pub fn survivor(conn: &mut Conn, id: CompanyId) -> QueryResult<Option<CompanyId>> {
    let mut last = None;
    let mut at = id;
    for _ in 0..LONGEST_CHAIN {
        let into: Option<Option<CompanyId>> = companies::table
            .filter(companies::id.eq(at))
            .select(companies::merged_into)
            .first(conn)
            .optional()?;
        let Some(into) = into.flatten() else { break };
        (at, last) = (into, Some(into));
    }
    Ok(last)
}

/// Takes the row for this transaction and gives it as it is now; its revision has gone up by one.
pub fn take(conn: &mut Conn, id: CompanyId, now: Timestamp) -> QueryResult<Option<Company>> {
    diesel::update(companies::table.filter(companies::id.eq(id)))
        .filter(companies::deleted_at.is_null())
        .set((
            companies::revision.eq(companies::revision + 1),
            companies::updated_at.eq(now),
        ))
        .execute(conn)?;
    live(conn, id)
}

/// The oldest company of exactly that name, case and accents aside.
pub fn by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<CompanyId>> {
    companies::table
        .filter(companies::sort_name.eq(text::fold(name)))
        .filter(companies::deleted_at.is_null())
        .order(companies::id)
        .select(companies::id)
        .first(conn)
        .optional()
}

/// Companies whose names begin like this, for suggestions.
pub fn beginning(
    conn: &mut Conn,
    typed: &str,
    reach: &Reach,
    limit: i64,
) -> QueryResult<Vec<String>> {
    let from = text::fold(typed.trim());
    let upto = format!("{from}\u{10FFFF}");
    let mut query = companies::table
        .filter(companies::deleted_at.is_null())
        .filter(companies::sort_name.ge(from))
        .filter(companies::sort_name.lt(upto))
        .order((companies::sort_name, companies::id))
        .select(companies::name)
        .limit(limit)
        .into_boxed();
    if let Some(held) = reach.on("companies.owner_id") {
        query = query.filter(held);
    }
    query.load(conn)
}

/// Whose an e-mail domain or a domain above it is; mail providers' belong to nobody.
pub fn by_email_domain(conn: &mut Conn, domain: &str) -> QueryResult<Option<CompanyId>> {
    if is_free_mail(domain) {
        return Ok(None);
    }
    // mail.example.co.uk: itself, then example.co.uk; a bare ending is nobody's.
    let mut names = vec![domain];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.') {
        if above.contains('.') {
            names.push(above);
        }
        rest = above;
    }
    let found: Vec<(String, CompanyId)> = company_domains::table
        .inner_join(companies::table.on(companies::id.eq(company_domains::company_id)))
        .filter(company_domains::domain.eq_any(&names))
        .filter(companies::deleted_at.is_null())
        .select((company_domains::domain, companies::id))
        .load(conn)?;
    let longest = found.into_iter().max_by_key(|(domain, _)| domain.len());
    Ok(longest.map(|(_, id)| id))
}

/// Domains of a company, the primary one first.
pub fn domains(conn: &mut Conn, id: CompanyId) -> QueryResult<Vec<String>> {
    company_domains::table
        .filter(company_domains::company_id.eq(id))
        .order((company_domains::is_primary.desc(), company_domains::domain))
        .select(company_domains::domain)
        .load(conn)
}

/// The primary domains of the companies on a page.
pub fn primary_domains(
    conn: &mut Conn,
    ids: &[CompanyId],
) -> QueryResult<HashMap<CompanyId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(CompanyId, String)> = Cached(
        company_domains::table
            .filter(company_domains::company_id.eq_any(padded(ids.to_vec())))
            .filter(company_domains::is_primary.eq(true))
            .select((company_domains::company_id, company_domains::domain)),
    )
    .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Whose a domain is, in the trash or not.
pub fn domain_holder(conn: &mut Conn, domain: &str) -> QueryResult<Option<(CompanyId, String)>> {
    company_domains::table
        .inner_join(companies::table.on(companies::id.eq(company_domains::company_id)))
        .filter(company_domains::domain.eq(domain))
        .select((companies::id, companies::name))
        .first(conn)
        .optional()
}

/// How many people in reach the companies on a page have.
pub fn people_counts(
    conn: &mut Conn,
    ids: &[CompanyId],
    reach: &Reach,
) -> QueryResult<HashMap<CompanyId, i64>> {
    if let Some(held) = reach.on("contacts.owner_id") {
        let rows: Vec<(CompanyId, i64)> = company_people::table
            .inner_join(contacts::table.on(contacts::id.eq(company_people::contact_id)))
            .filter(company_people::company_id.eq_any(ids))
            .filter(held)
            .group_by(company_people::company_id)
            .select((company_people::company_id, sql::<BigInt>("COUNT(*)")))
            .load(conn)?;
        return Ok(rows.into_iter().collect());
    }
    let rows: Vec<(CompanyId, i64)> = Cached(
        company_people::table
            .filter(company_people::company_id.eq_any(padded(ids.to_vec())))
            .group_by(company_people::company_id)
            .select((company_people::company_id, sql::<BigInt>("COUNT(*)"))),
    )
    .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Tags of a company.
pub fn tags_of(conn: &mut Conn, id: CompanyId) -> QueryResult<Vec<Tag>> {
    let rows: Vec<(TagId, String, String)> = company_tags::table
        .inner_join(tags::table.on(tags::id.eq(company_tags::tag_id)))
        .filter(company_tags::company_id.eq(id))
        .order(tags::name)
        .select((tags::id, tags::name, tags::tone))
        .load(conn)?;
    let tag = |(id, name, tone)| Tag { id, name, tone };
    Ok(rows.into_iter().map(tag).collect())
}

/// Puts a tag on a company; false where it was there already.
pub fn put_tag(conn: &mut Conn, id: CompanyId, tag: TagId) -> QueryResult<bool> {
    let new = diesel::insert_into(company_tags::table)
        .values((
            company_tags::company_id.eq(id),
            company_tags::tag_id.eq(tag),
        ))
        .on_conflict((company_tags::company_id, company_tags::tag_id))
        .do_nothing()
        .portable()
        .execute(conn)?;
    Ok(new > 0)
}

/// Takes a tag off a company; false where it was not there.
pub fn take_off_tag(conn: &mut Conn, id: CompanyId, tag: TagId) -> QueryResult<bool> {
    let gone = diesel::delete(company_tags::table)
        .filter(company_tags::company_id.eq(id))
        .filter(company_tags::tag_id.eq(tag))
        .execute(conn)?;
    Ok(gone > 0)
}

/// Companies that were deleted since, the last first.
pub fn trash(
    conn: &mut Conn,
    reach: &Reach,
    since: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Company>> {
    let mut query = Company::query()
        .filter(companies::deleted_at.is_not_null())
        .filter(companies::deleted_at.ge(since))
        .filter(companies::merged_into.is_null())
        .order((companies::deleted_at.desc(), companies::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(held) = reach.on("companies.owner_id") {
        query = query.filter(held);
    }
    query.load(conn)
}
