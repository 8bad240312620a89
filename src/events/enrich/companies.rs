//! `group` calls: the company an id stands for, and who belongs to it.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::claims::Claim;
use super::read::Draft;
use super::trait_keys::key_ids;
use crate::base::ids::{CompanyId, ContactId, IdentityId, SourceId};
use crate::base::{EmailAddress, Timestamp, text};
use crate::contacts::companies::actions::index as index_words;
use crate::contacts::companies::is_free_mail;
use crate::contacts::fields::index::{self, Declared};
use crate::contacts::survivorship::{self, Order};
use crate::db::schema::{companies, company_domains, company_people, company_traits, contacts};
use crate::db::{Conn, PortableExt};
use crate::jobs;
use crate::search::jobs::Follow;

/// By which rules a company learns.
pub(super) struct Rules<'a> {
    /// Which value is shown.
    pub order: &'a Order,
    /// What lists know of it.
    pub declared: &'a Declared,
}

/// Finds or makes the company of a group call, learns its traits, and puts the contact into it.
pub(super) fn join(
    conn: &mut Conn,
    draft: &Draft,
    contact: ContactId,
    rules: &Rules<'_>,
    now: Timestamp,
) -> QueryResult<()> {
    let Some(group) = draft.group.as_deref() else {
        return Ok(());
    };
    let claimed = |key: &str| {
        draft
            .claims
            .iter()
            .find(|c| c.key == key)
            .and_then(Claim::text)
    };
    let name = claimed("name")
        .map(|name| text::line(&name, 200))
        .filter(|name| !name.is_empty());
    let domain = claimed("domain")
        .or_else(|| claimed("website"))
        .and_then(|text| domain_of(&text));
    let found = named(conn, group)?;
    let company = if let Some((id, known)) = found {
        // A name somebody gave stays; the bare id is replaced by the first real name.
        if let Some(name) = name.filter(|_| known == group) {
            rename(conn, id, &name, now)?;
        }
        id
    } else if let Some(id) = nameless(conn, domain.as_deref(), name.as_deref())? {
        diesel::update(companies::table.filter(companies::id.eq(id)))
            .set((
                companies::external_id.eq(group),
                companies::updated_at.eq(now),
            ))
            .execute(conn)?;
        id
    } else {
        create(
            conn,
            draft.source_id,
            group,
            name.as_deref().unwrap_or(group),
            now,
        )?
    };
    if let Some(domain) = domain {
        add_domain(conn, company, domain)?;
    }
    learn(conn, draft, company, rules, now)?;
    belong(conn, draft.source_id, company, contact)?;
    diesel::update(
        companies::table
            .filter(companies::id.eq(company))
            .filter(companies::last_seen_at.lt(draft.at)),
    )
    .set(companies::last_seen_at.eq(draft.at))
    .execute(conn)?;
    Ok(())
}

/// The company that senders call so, or the one that it lives on in; with its name.
fn named(conn: &mut Conn, group: &str) -> QueryResult<Option<(i64, String)>> {
    type Row = (i64, String, Option<i64>);
    let row = (companies::id, companies::name, companies::merged_into);
    let mut found: Option<Row> = companies::table
        .filter(companies::external_id.eq(group))
        .select(row)
        .first(conn)
        .optional()?;
    while let Some((_, _, Some(into))) = found {
        found = companies::table
            .filter(companies::id.eq(into))
            .select(row)
            .first(conn)
            .optional()?;
    }
    Ok(found.map(|(id, name, _)| (id, name)))
}

/// The company that people know already and no sender has named yet: the one with this domain, else the only one of this
/// name, unless its domains say that it is another.
fn nameless(conn: &mut Conn, domain: Option<&str>, name: Option<&str>) -> QueryResult<Option<i64>> {
    let open = companies::table
        .filter(companies::deleted_at.is_null())
        .filter(companies::external_id.is_null());
    if let Some(domain) = domain {
        let found = open
            .inner_join(company_domains::table.on(company_domains::company_id.eq(companies::id)))
            .filter(company_domains::domain.eq(domain))
            .select(companies::id)
            .first(conn)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let Some(name) = name else { return Ok(None) };
    let alike: Vec<i64> = open
        .filter(companies::sort_name.eq(text::fold(name)))
        .order(companies::id)
        .limit(2)
        .select(companies::id)
        .load(conn)?;
    let [id] = alike.as_slice() else {
        return Ok(None);
    };
    let is_elsewhere: bool = diesel::select(diesel::dsl::exists(
        company_domains::table.filter(company_domains::company_id.eq(*id)),
    ))
    .get_result(conn)?;
    Ok((domain.is_none() || !is_elsewhere).then_some(*id))
}

fn create(
    conn: &mut Conn,
    source: SourceId,
    group: &str,
    name: &str,
    now: Timestamp,
) -> QueryResult<i64> {
    use companies as c;
    let blank = (
        c::industry.eq(""),
        c::website.eq(""),
        c::street.eq(""),
        c::city.eq(""),
        c::region.eq(""),
        c::postal_code.eq(""),
        c::country.eq(""),
    );
    let id: i64 = diesel::insert_into(c::table)
        .values((
            c::name.eq(name),
            c::sort_name.eq(text::fold(name)),
            c::external_id.eq(group),
            c::stage.eq("lead"),
            c::source_id.eq(source),
            c::revision.eq(0_i64),
            c::created_at.eq(now),
            c::updated_at.eq(now),
            c::last_seen_at.eq(Timestamp::ZERO),
            blank,
        ))
        .returning(c::id)
        .get_result(conn)?;
    index_words(conn, CompanyId(id))?;
    Ok(id)
}

fn rename(conn: &mut Conn, company: i64, name: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(companies::table.filter(companies::id.eq(company)))
        .set((
            companies::name.eq(name),
            companies::sort_name.eq(text::fold(name)),
            companies::updated_at.eq(now),
        ))
        .execute(conn)?;
    let company = CompanyId(company);
    jobs::enqueue(conn, &Follow { company }, now)?;
    index_words(conn, company)
}

/// The domain of a domain or address of a website. That of a mail provider says nothing about a company.
fn domain_of(text: &str) -> Option<String> {
    let host = text.split("://").last()?;
    let host = host.split(['/', '?', '#', ':']).next()?;
    EmailAddress::domain_name(host.strip_prefix("www.").unwrap_or(host))
        .filter(|domain| !is_free_mail(domain))
}

fn add_domain(conn: &mut Conn, company: i64, domain: String) -> QueryResult<()> {
    let others: i64 = company_domains::table
        .filter(company_domains::company_id.eq(company))
        .count()
        .get_result(conn)?;
    // A domain another company has stays there.
    let added = diesel::insert_into(company_domains::table)
        .values((
            company_domains::domain.eq(domain),
            company_domains::company_id.eq(company),
            company_domains::is_primary.eq(others == 0),
        ))
        .on_conflict(company_domains::domain)
        .do_nothing()
        .portable()
        .execute(conn)?;
    if added > 0 {
        index_words(conn, CompanyId(company))?;
    }
    Ok(())
}

fn learn(
    conn: &mut Conn,
    draft: &Draft,
    company: i64,
    rules: &Rules<'_>,
    now: Timestamp,
) -> QueryResult<()> {
    let wanted: Vec<&str> = draft
        .claims
        .iter()
        .map(|claim| claim.key.as_str())
        .collect();
    let keys = key_ids(conn, "company", &wanted, now)?;
    for claim in draft
        .claims
        .iter()
        .filter(|claim| !survivorship::is_empty(&claim.value))
    {
        let Some(key) = keys.get(&claim.key) else {
            continue;
        };
        if is_outdone(conn, draft, company, *key, &claim.value, rules)? {
            continue;
        }
        diesel::insert_into(company_traits::table)
            .values((
                company_traits::company_id.eq(company),
                company_traits::key_id.eq(key),
                company_traits::value.eq(&claim.value),
                company_traits::source_id.eq(draft.source_id.0),
                company_traits::at.eq(draft.at),
            ))
            .on_conflict((company_traits::company_id, company_traits::key_id))
            .do_update()
            .set((
                company_traits::value.eq(excluded(company_traits::value)),
                company_traits::source_id.eq(excluded(company_traits::source_id)),
                company_traits::at.eq(excluded(company_traits::at)),
            ))
            .portable()
            .execute(conn)?;
        let shown = [(company, *key, Some(claim.value.as_str()))];
        index::write(conn, rules.declared, shown.into_iter())?;
    }
    Ok(())
}

/// Whether what a company shows goes before what a draft says.
fn is_outdone(
    conn: &mut Conn,
    draft: &Draft,
    company: i64,
    key: i64,
    value: &str,
    rules: &Rules<'_>,
) -> QueryResult<bool> {
    let known: Option<(String, SourceId, Timestamp)> = company_traits::table
        .filter(company_traits::company_id.eq(company))
        .filter(company_traits::key_id.eq(key))
        .select((
            company_traits::value,
            company_traits::source_id,
            company_traits::at,
        ))
        .first(conn)
        .optional()?;
    let said = |value: &str, source_id, at| survivorship::Claim {
        identity_id: IdentityId(0),
        source_id,
        value: value.to_owned(),
        at,
        pinned_at: None,
    };
    let after = said(value, draft.source_id, draft.at);
    Ok(known.is_some_and(|(value, source, at)| {
        let before = said(&value, source, at);
        rules.order.compare(key, &before, &after).is_ge()
    }))
}

fn belong(conn: &mut Conn, source: SourceId, company: i64, contact: ContactId) -> QueryResult<()> {
    let has_primary: bool = diesel::select(diesel::dsl::exists(
        company_people::table
            .filter(company_people::contact_id.eq(contact))
            .filter(company_people::is_primary.eq(true)),
    ))
    .get_result(conn)?;
    diesel::insert_into(company_people::table)
        .values((
            company_people::company_id.eq(company),
            company_people::contact_id.eq(contact),
            company_people::role.eq(""),
            company_people::is_primary.eq(!has_primary),
            company_people::source_id.eq(source),
        ))
        .on_conflict((company_people::company_id, company_people::contact_id))
        .do_nothing()
        .portable()
        .execute(conn)?;
    diesel::update(
        contacts::table
            .filter(contacts::id.eq(contact))
            .filter(contacts::company_id.is_null()),
    )
    .set(contacts::company_id.eq(company))
    .execute(conn)?;
    Ok(())
}
