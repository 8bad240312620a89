//! Queries of the queue, and of what is compared.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::dsl::exists;
use diesel::prelude::*;

use super::likeness::{Likeness, Verdict};
use super::model::{Pair, State};
use crate::accounts::{Access, Action, seen as accounts};
use crate::base::clock::{HOUR, Timestamp};
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::companies::store as companies_store;
use crate::contacts::merge::Kind;
use crate::contacts::model;
use crate::contacts::store as contacts_store;
use crate::db::schema::{companies, contacts, cursors, duplicates, no_merges};
use crate::db::{Conn, PortableExt, padded};
use crate::{insert_missing, keyset};

/// Name of the cursor that says when the search last began.
const SEARCHED: &str = "duplicates.searched";
/// Time between two searches at the least.
const NIGHT: i64 = 20 * HOUR;

/// A record with what is compared of it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub id: i64,
    /// What it is called, and by what else it is told from others.
    pub name: String,
    pub about: String,
    pub company_id: Option<i64>,
    pub likeness: Likeness,
}

/// Contacts that people know, of these, in the order of the list.
pub(super) fn contacts_of(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Known>> {
    type Row = (
        i64,
        String,
        Option<String>,
        Option<String>,
        Option<CompanyId>,
    );
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = contacts::table
        .filter(contacts::id.eq_any(ids.to_vec()))
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::is_known)
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::company_id,
        ))
        .load(conn)?;
    let names = contacts_store::company_names(conn, rows.iter().filter_map(|row| row.4))?;
    let known = |(id, name, email, phone, company): Row| {
        let company_name = company.and_then(|id| names.get(&id)).cloned();
        let company_name = company_name.unwrap_or_default();
        let (email, phone) = (email.as_deref(), phone.as_deref());
        let about = [email.unwrap_or_default(), &company_name];
        let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
        Known {
            id,
            likeness: Likeness::of_person(&name, email, phone, &company_name),
            about: about.join(" · "),
            name: model::shown(ContactId(id), &name, email, phone, true),
            company_id: company.map(|id| id.0),
        }
    };
    Ok(ordered(ids, rows.into_iter().map(known)))
}

/// Companies, of these, in the order of the list.
pub(super) fn companies_of(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Known>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(CompanyId, String, Option<String>, String)> = companies::table
        .filter(companies::id.eq_any(ids.to_vec()))
        .filter(companies::deleted_at.is_null())
        .select((
            companies::id,
            companies::name,
            companies::phone,
            companies::city,
        ))
        .load(conn)?;
    let all: Vec<CompanyId> = rows.iter().map(|row| row.0).collect();
    let domains = companies_store::primary_domains(conn, &all)?;
    let known = |(id, name, phone, city): (CompanyId, String, Option<String>, String)| {
        let domain = domains.get(&id).cloned().unwrap_or_default();
        let about: Vec<&str> = [domain.as_str(), &city]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        Known {
            id: id.0,
            likeness: Likeness::of_company(&name, &domain, phone.as_deref()),
            about: about.join(" · "),
            name,
            company_id: None,
        }
    };
    Ok(ordered(ids, rows.into_iter().map(known)))
}

/// Pairs of which the reader may see both.
pub(super) fn seen(
    conn: &mut Conn,
    kind: Kind,
    mut pairs: Vec<Pair>,
    access: &Access,
) -> QueryResult<Vec<Pair>> {
    let ids = || pairs.iter().flat_map(|pair| [pair.a, pair.b]);
    match kind {
        Kind::Contact => {
            let seen = accounts::contacts(conn, access, Action::Read, ids().map(ContactId))?;
            pairs.retain(|pair| seen.has(ContactId(pair.a)) && seen.has(ContactId(pair.b)));
        }
        Kind::Company => {
            let seen = accounts::companies(conn, access, Action::Read, ids().map(CompanyId))?;
            pairs.retain(|pair| seen.has(CompanyId(pair.a)) && seen.has(CompanyId(pair.b)));
        }
    }
    Ok(pairs)
}

fn ordered(ids: &[i64], known: impl Iterator<Item = Known>) -> Vec<Known> {
    let mut by_id: HashMap<i64, Known> = known.map(|one| (one.id, one)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}

#[derive(Insertable)]
#[diesel(table_name = duplicates, treat_none_as_default_value = false)]
struct New {
    kind: Kind,
    a: i64,
    b: i64,
    reason: &'static str,
    confidence: i64,
    evidence: &'static str,
    state: State,
    at: Timestamp,
}

/// Puts pairs into the queue that are not there yet, and that nobody called not the same.
pub(super) fn put(
    conn: &mut Conn,
    kind: Kind,
    pairs: &[(i64, i64, Verdict)],
    now: Timestamp,
) -> QueryResult<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let firsts: BTreeSet<i64> = pairs.iter().map(|(a, b, _)| *a.min(b)).collect();
    let apart: Vec<(i64, i64)> = no_merges::table
        .filter(no_merges::kind.eq(kind))
        .filter(no_merges::a.eq_any(firsts))
        .select((no_merges::a, no_merges::b))
        .load(conn)?;
    let apart: HashSet<(i64, i64)> = apart.into_iter().collect();
    let rows: Vec<New> = pairs
        .iter()
        .map(|(a, b, verdict)| (*a.min(b), *a.max(b), verdict))
        .filter(|(a, b, _)| a != b && !apart.contains(&(*a, *b)))
        .map(|(a, b, verdict)| New {
            kind,
            a,
            b,
            reason: verdict.reason,
            confidence: verdict.confidence,
            evidence: "{}",
            state: State::Open,
            at: now,
        })
        .collect();
    insert_missing!(conn, duplicates::table, &rows);
    Ok(())
}

/// Pairs of the queue, the surest first, of records that are both still there.
pub(super) fn queue(
    conn: &mut Conn,
    kind: Kind,
    state: State,
    from: Option<(i64, i64)>,
    limit: i64,
) -> QueryResult<Vec<Pair>> {
    let query = Pair::query()
        .filter(duplicates::kind.eq(kind))
        .filter(duplicates::state.eq(state))
        .limit(limit)
        .into_boxed();
    // One look by key for each row: a list of all living records would be read whole.
    let query = match kind {
        Kind::Contact => query.filter(
            exists(
                contacts::table
                    .filter(contacts::id.eq(duplicates::a))
                    .filter(contacts::deleted_at.is_null()),
            )
            .and(exists(
                contacts::table
                    .filter(contacts::id.eq(duplicates::b))
                    .filter(contacts::deleted_at.is_null()),
            )),
        ),
        Kind::Company => query.filter(
            exists(
                companies::table
                    .filter(companies::id.eq(duplicates::a))
                    .filter(companies::deleted_at.is_null()),
            )
            .and(exists(
                companies::table
                    .filter(companies::id.eq(duplicates::b))
                    .filter(companies::deleted_at.is_null()),
            )),
        ),
    };
    keyset!(query, desc, duplicates::confidence, duplicates::id, from).load(conn)
}

/// A pair.
pub(super) fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Pair>> {
    Pair::query()
        .filter(duplicates::id.eq(id))
        .first(conn)
        .optional()
}

/// People of a company, those seen last.
pub(super) fn colleagues(conn: &mut Conn, company: i64, limit: i64) -> QueryResult<Vec<i64>> {
    contacts::table
        .filter(contacts::company_id.eq(company))
        .order((contacts::last_seen_at.desc(), contacts::id.desc()))
        .limit(limit)
        .select(contacts::id)
        .load(conn)
}

/// Whether the nightly search may begin: not twice in one night. If so, it has begun.
pub(super) fn begin_search(conn: &mut Conn, now: Timestamp) -> QueryResult<bool> {
    let last: Option<i64> = cursors::table
        .filter(cursors::name.eq(SEARCHED))
        .select(cursors::position)
        .first(conn)
        .optional()?;
    if last.is_some_and(|last| now.since(Timestamp(last)) < NIGHT) {
        return Ok(false);
    }
    diesel::insert_into(cursors::table)
        .values((cursors::name.eq(SEARCHED), cursors::position.eq(now.0)))
        .on_conflict(cursors::name)
        .do_update()
        .set(cursors::position.eq(now.0))
        .portable()
        .execute(conn)?;
    Ok(true)
}

/// Contacts by company, from the one after `after`.
pub(super) fn by_company(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Vec<(i64, i64)>> {
    contacts::table
        .filter(contacts::company_id.gt(after))
        .filter(contacts::company_id.is_not_null())
        .order(contacts::company_id)
        .limit(limit)
        .select((contacts::company_id.assume_not_null(), contacts::id))
        .load(conn)
}

/// Known contacts in the order of their names.
pub(super) fn by_name(
    conn: &mut Conn,
    from: Option<(String, i64)>,
    limit: i64,
) -> QueryResult<Vec<(String, i64)>> {
    let query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::is_known)
        .select((contacts::sort_name, contacts::id))
        .limit(limit)
        .into_boxed();
    keyset!(query, asc, contacts::sort_name, contacts::id, from).load(conn)
}

/// Companies in the order of their names.
pub(super) fn companies_by_name(
    conn: &mut Conn,
    from: Option<(String, i64)>,
    limit: i64,
) -> QueryResult<Vec<(String, i64)>> {
    let query = companies::table
        .filter(companies::deleted_at.is_null())
        .select((companies::sort_name, companies::id))
        .limit(limit)
        .into_boxed();
    keyset!(query, asc, companies::sort_name, companies::id, from).load(conn)
}

/// What records are called and by what else they are told apart.
pub(super) fn shown(conn: &mut Conn, kind: Kind, ids: &[i64]) -> QueryResult<HashMap<i64, Known>> {
    let ids = padded(ids.to_vec());
    let found = match kind {
        Kind::Contact => contacts_of(conn, &ids)?,
        Kind::Company => companies_of(conn, &ids)?,
    };
    Ok(found.into_iter().map(|known| (known.id, known)).collect())
}
