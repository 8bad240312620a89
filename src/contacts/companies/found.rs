//! Companies as the search finds and shows them.

use diesel::prelude::*;

use super::actions;
use crate::accounts::access::Object;
use crate::accounts::rights::{ReadContacts, Right};
use crate::base::ids::CompanyId;
use crate::base::{Timestamp, text};
use crate::db::dialect::search::Kind;
use crate::db::schema::{companies, company_domains};
use crate::db::{Cached, Conn, Predicate, padded};
use crate::search::{Finder, Hit, Reader};

/// How companies are found.
pub const COMPANIES: Finder = Finder {
    kind: Kind::Company,
    word: "company",
    title: "Companies",
    path: "/companies",
    icon: "company",
    scope: "contacts:read",
    is_open_to: |reader| ReadContacts::allows(&reader.access),
    exact,
    show,
    refill,
    refill_company: None,
};

/// Of one name at the most.
const NAMESAKES: i64 = 10;

/// What a company must meet for a reader to see it.
fn seen_by(reader: &Reader) -> Option<Predicate> {
    reader
        .access
        .sees(Object::Contacts)
        .on("companies.owner_id")
}

fn show(conn: &mut Conn, reader: &Reader, ids: &[i64]) -> QueryResult<Vec<Hit>> {
    type Row = (CompanyId, String, String, String, String, Timestamp);
    let mut query = companies::table
        .filter(companies::id.eq_any(padded(ids.to_vec())))
        .filter(companies::deleted_at.is_null())
        .select((
            companies::id,
            companies::name,
            companies::industry,
            companies::city,
            companies::website,
            companies::last_seen_at,
        ))
        .into_boxed();
    if let Some(seen) = seen_by(reader) {
        query = query.filter(seen);
    }
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let hit = |(id, name, industry, city, website, at): Row| {
        let context = [industry, city, website];
        let context = context.into_iter().filter(|part| !part.is_empty());
        Hit {
            id: id.0,
            initials: text::initials(&name),
            label: name,
            context: context.take(2).collect::<Vec<_>>().join(" · "),
            side: String::new(),
            at,
        }
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn exact(conn: &mut Conn, typed: &str) -> QueryResult<Vec<i64>> {
    let mut found: Vec<i64> = companies::table
        .filter(companies::sort_name.eq(text::fold(typed)))
        .filter(companies::deleted_at.is_null())
        .order(companies::id)
        .select(companies::id)
        .limit(NAMESAKES)
        .load(conn)?;
    if typed.contains('.') {
        let of_domain: Vec<i64> = company_domains::table
            .filter(company_domains::domain.eq(typed.to_lowercase()))
            .select(company_domains::company_id)
            .load(conn)?;
        found.extend(of_domain);
    }
    Ok(found)
}

fn refill(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Option<i64>> {
    let ids: Vec<CompanyId> = companies::table
        .filter(companies::id.gt(CompanyId(after)))
        .order(companies::id)
        .select(companies::id)
        .limit(limit)
        .load(conn)?;
    for id in &ids {
        actions::index(conn, *id)?;
    }
    Ok(ids.last().map(|id| id.0))
}
