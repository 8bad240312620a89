//! Contacts as the search finds and shows them. Visitors have no words and are not found.

use diesel::prelude::*;

use super::{model, words};
use crate::accounts::access::Object;
use crate::accounts::reach::Reach;
use crate::accounts::rights::{ReadContacts, Right};
use crate::base::ids::{CompanyId, ContactId, UserId};
use crate::base::{Timestamp, phone, text};
use crate::db::dialect::search::Kind;
use crate::db::schema::{companies, contacts, identities};
use crate::db::{Cached, Conn, Predicate, padded};
use crate::search::{Finder, Hit, Reader};

/// How contacts are found.
pub const CONTACTS: Finder = Finder {
    kind: Kind::Contact,
    word: "contact",
    title: "Contacts",
    path: "/contacts",
    icon: "person",
    scope: "contacts:read",
    is_open_to: |reader| ReadContacts::allows(&reader.access),
    exact,
    show,
    refill,
    refill_company: Some(refill_company),
};

/// Of one name at the most.
const NAMESAKES: i64 = 10;

type Row = (
    (ContactId, String, Option<String>, Option<String>),
    String,
    Timestamp,
    Option<(String, Option<UserId>)>,
);

/// What a contact must meet for a reader to see it.
fn seen_by(reader: &Reader) -> Option<Predicate> {
    reader.access.sees(Object::Contacts).on("contacts.owner_id")
}

fn show(conn: &mut Conn, reader: &Reader, ids: &[i64]) -> QueryResult<Vec<Hit>> {
    let mut query = contacts::table
        .left_join(companies::table.on(contacts::company_id.eq(companies::id.nullable())))
        .filter(contacts::id.eq_any(padded(ids.to_vec())))
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::is_known)
        .select((
            (
                contacts::id,
                contacts::name,
                contacts::email,
                contacts::phone,
            ),
            contacts::job_title,
            contacts::last_seen_at,
            (companies::name, companies::owner_id).nullable(),
        ))
        .into_boxed();
    if let Some(seen) = seen_by(reader) {
        query = query.filter(seen);
    }
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let reach = reader.access.sees(Object::Contacts);
    Ok(rows.into_iter().map(|row| hit(row, &reach)).collect())
}

fn hit(((id, name, email, number), job_title, seen, company): Row, reach: &Reach) -> Hit {
    let label = model::shown(id, &name, email.as_deref(), number.as_deref(), true);
    let company = company.filter(|(_, owner)| reach.covers(*owner));
    let reached = match (email, number) {
        (Some(email), _) => email,
        (None, Some(number)) => phone::shown(&number),
        (None, None) => String::new(),
    };
    let company = company.map(|(name, _)| name).unwrap_or_default();
    let context = [company, job_title, reached];
    let context = context
        .into_iter()
        .filter(|part| !part.is_empty() && *part != label);
    Hit {
        id: id.0,
        initials: text::initials(&label),
        context: context.take(2).collect::<Vec<_>>().join(" · "),
        label,
        side: String::new(),
        at: seen,
    }
}

fn exact(conn: &mut Conn, typed: &str) -> QueryResult<Vec<i64>> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() > 4 && !typed.chars().any(char::is_alphabetic);
    let number = format!("+{}", digits.trim_start_matches("00"));
    let mut values = vec![typed.to_owned(), typed.to_lowercase()];
    values.extend(is_number.then_some(number));
    let by_value = identities::table
        .filter(identities::value.eq_any(padded(values)))
        .filter(identities::namespace.eq_any(["email", "phone", "user_id"]))
        .select(identities::contact_id)
        .limit(NAMESAKES);
    let mut found: Vec<i64> = Cached(by_value).load(conn)?;
    let name = text::fold(typed);
    if !is_number && !name.is_empty() {
        let named: Vec<i64> = contacts::table
            .filter(contacts::sort_name.eq(name))
            .filter(contacts::deleted_at.is_null())
            .filter(contacts::is_known)
            .order(contacts::id.desc())
            .select(contacts::id)
            .limit(NAMESAKES)
            .load(conn)?;
        found.extend(named);
    }
    Ok(found)
}

fn refill(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Option<i64>> {
    // Along the key: by any other index each step would look at every visitor again.
    let ids: Vec<(ContactId, bool)> = contacts::table
        .filter(contacts::id.gt(ContactId(after)))
        .order(contacts::id)
        .select((contacts::id, contacts::is_known))
        .limit(limit)
        .load(conn)?;
    let known: Vec<ContactId> = ids.iter().filter(|row| row.1).map(|row| row.0).collect();
    words::refresh_all(conn, &known)?;
    Ok(ids.last().map(|(id, _)| id.0))
}

fn refill_company(
    conn: &mut Conn,
    company: CompanyId,
    after: i64,
    limit: i64,
) -> QueryResult<Option<i64>> {
    let ids: Vec<ContactId> = contacts::table
        .filter(contacts::company_id.eq(company))
        .filter(contacts::id.gt(ContactId(after)))
        .order(contacts::id)
        .select(contacts::id)
        .limit(limit)
        .load(conn)?;
    words::refresh_all(conn, &ids)?;
    Ok(ids.last().map(|id| id.0))
}
