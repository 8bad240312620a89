//! Queries of single contacts, and the small lookups their pages need.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::model::{Contact, Field};
use crate::accounts::{Access, Action, seen};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, SourceId, UserId};
use crate::db::schema::{companies, contacts, event_days, identities, sources, users};
use crate::db::{Cached, Conn, padded};

/// How far a chain of merges is followed.
const LONGEST_CHAIN: usize = 32;

/// A contact, wherever it is: here, in the trash, or merged into another.
pub fn find(conn: &mut Conn, id: ContactId) -> QueryResult<Option<Contact>> {
    Contact::query()
        .filter(contacts::id.eq(id))
        .first(conn)
        .optional()
}

/// A contact that is neither in the trash nor merged.
pub fn live(conn: &mut Conn, id: ContactId) -> QueryResult<Option<Contact>> {
    Contact::query()
        .filter(contacts::id.eq(id))
        .filter(contacts::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// The contact that a merged one lives on in.
pub fn survivor(conn: &mut Conn, merged_into: ContactId) -> QueryResult<ContactId> {
    let mut id = merged_into;
    for _ in 0..LONGEST_CHAIN {
        let next: Option<Option<ContactId>> = contacts::table
            .filter(contacts::id.eq(id))
            .select(contacts::merged_into)
            .first(conn)
            .optional()?;
        match next.flatten() {
            Some(next) => id = next,
            None => break,
        }
    }
    Ok(id)
}

/// Takes the row for this transaction and gives it as it is now; its revision has gone up by one.
pub fn take(conn: &mut Conn, id: ContactId, now: Timestamp) -> QueryResult<Option<Contact>> {
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .filter(contacts::deleted_at.is_null())
        .set((
            contacts::revision.eq(contacts::revision + 1),
            contacts::updated_at.eq(now),
            contacts::is_person_owned.eq(true),
        ))
        .execute(conn)?;
    live(conn, id)
}

/// People who can look after contacts, by name.
pub fn owners(conn: &mut Conn) -> QueryResult<Vec<(UserId, String)>> {
    users::table
        .filter(users::deactivated_at.is_null())
        .order((users::name, users::id))
        .select((users::id, users::name))
        .limit(500)
        .load(conn)
}

/// Names of some users, whether they still work here or not.
pub fn user_names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = UserId>,
) -> QueryResult<HashMap<UserId, String>> {
    let ids = unique(ids);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = users::table
        .filter(users::id.eq_any(padded(ids)))
        .select((users::id, users::name));
    let rows: Vec<(UserId, String)> = Cached(query).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Names of some companies.
pub fn company_names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = CompanyId>,
) -> QueryResult<HashMap<CompanyId, String>> {
    let ids = unique(ids);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = companies::table
        .filter(companies::id.eq_any(padded(ids)))
        .select((companies::id, companies::name));
    let rows: Vec<(CompanyId, String)> = Cached(query).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Names of some companies, of those that somebody may see.
pub fn companies_seen(
    conn: &mut Conn,
    access: &Access,
    ids: impl IntoIterator<Item = CompanyId>,
) -> QueryResult<HashMap<CompanyId, String>> {
    let ids = unique(ids);
    let seen = seen::companies(conn, access, Action::Read, ids.iter().copied())?;
    company_names(conn, ids.into_iter().filter(|id| seen.has(*id)))
}

/// Where contacts come from, by name.
pub fn source_names(conn: &mut Conn) -> QueryResult<Vec<(SourceId, String)>> {
    sources::table
        .order((sources::name, sources::id))
        .select((sources::id, sources::name))
        .limit(500)
        .load(conn)
}

/// Events since a day, of a page of contacts, in one query.
pub fn events_since(
    conn: &mut Conn,
    ids: &[ContactId],
    day: i64,
) -> QueryResult<HashMap<ContactId, i64>> {
    let query = identities::table
        .inner_join(event_days::table.on(event_days::identity_id.eq(identities::id)))
        .filter(identities::contact_id.eq_any(padded(ids.to_vec())))
        .filter(event_days::day.ge(day))
        .group_by(identities::contact_id)
        .select((
            identities::contact_id,
            sql::<Nullable<BigInt>>("CAST(SUM(event_days.n) AS BIGINT)"),
        ));
    let rows: Vec<(ContactId, Option<i64>)> = Cached(query).load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, n)| n.map(|n| (id, n)))
        .collect())
}

/// The user somebody names by e-mail address.
pub fn user_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<UserId>> {
    users::table
        .filter(users::email.eq(email))
        .filter(users::deactivated_at.is_null())
        .select(users::id)
        .first(conn)
        .optional()
}

/// Whether a user can be given something.
pub fn is_user(conn: &mut Conn, id: UserId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        users::table
            .filter(users::id.eq(id))
            .filter(users::deactivated_at.is_null()),
    ))
    .get_result(conn)
}

pub(super) fn unique<T: Ord>(ids: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Writes a fact into its column.
pub(super) fn set_column(
    conn: &mut Conn,
    id: ContactId,
    field: Field,
    value: &str,
) -> QueryResult<()> {
    let row = contacts::table.filter(contacts::id.eq(id));
    match field {
        Field::Name => diesel::update(row)
            .set(contacts::name.eq(value))
            .execute(conn),
        Field::GivenName => diesel::update(row)
            .set(contacts::given_name.eq(value))
            .execute(conn),
        Field::FamilyName => diesel::update(row)
            .set(contacts::family_name.eq(value))
            .execute(conn),
        Field::JobTitle => diesel::update(row)
            .set(contacts::job_title.eq(value))
            .execute(conn),
        Field::Street => diesel::update(row)
            .set(contacts::street.eq(value))
            .execute(conn),
        Field::PostalCode => diesel::update(row)
            .set(contacts::postal_code.eq(value))
            .execute(conn),
        Field::City => diesel::update(row)
            .set(contacts::city.eq(value))
            .execute(conn),
        Field::Region => diesel::update(row)
            .set(contacts::region.eq(value))
            .execute(conn),
        Field::Country => diesel::update(row)
            .set(contacts::country.eq(value))
            .execute(conn),
        Field::TimeZone => diesel::update(row)
            .set(contacts::time_zone.eq(value))
            .execute(conn),
        Field::Language => diesel::update(row)
            .set(contacts::language.eq(value))
            .execute(conn),
    }
    .map(|_| ())
}
