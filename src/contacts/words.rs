//! The words by which a contact is found. Only known contacts have any.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store;
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{phone, text};
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{contacts, identities};

/// Contacts of one statement.
const CHUNK: usize = 500;
/// Identifiers of one statement's contacts: a few each.
const MOST_IDENTIFIERS: i64 = 20_000;

/// Writes down the words of a contact as it is now.
pub fn refresh(conn: &mut Conn, id: ContactId) -> QueryResult<()> {
    refresh_all(conn, &[id])
}

/// Writes down the words of contacts as they are now.
pub fn refresh_all(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<()> {
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<(ContactId, String, String, Option<CompanyId>)> = contacts::table
            .filter(contacts::id.eq_any(chunk))
            .filter(contacts::deleted_at.is_null())
            .filter(contacts::is_known)
            .select((
                contacts::id,
                contacts::name,
                contacts::job_title,
                contacts::company_id,
            ))
            .load(conn)?;
        let companies = store::company_names(conn, found.iter().filter_map(|row| row.3))?;
        let names = found.iter().map(|row| row.1.as_str());
        spelling::learn(conn, Keep::Spelling, names)?;
        let mut words: HashMap<ContactId, Vec<String>> = HashMap::new();
        for (id, name, job_title, company) in found {
            let own = words.entry(id).or_default();
            own.push(text::cut(&name, 600).to_owned());
            own.extend(company.and_then(|id| companies.get(&id)).cloned());
            own.push(job_title);
        }
        add_identifiers(conn, chunk, &mut words)?;
        let rows: Vec<(i64, String)> = chunk
            .iter()
            .map(|id| (id.0, words.remove(id).unwrap_or_default().join(" ")))
            .collect();
        search::renew(conn, Kind::Contact, &rows)?;
    }
    Ok(())
}

fn add_identifiers(
    conn: &mut Conn,
    ids: &[ContactId],
    words: &mut HashMap<ContactId, Vec<String>>,
) -> QueryResult<()> {
    let rows: Vec<(ContactId, String, String)> = identities::table
        .filter(identities::contact_id.eq_any(ids))
        .filter(identities::namespace.eq_any(["email", "phone", "user_id"]))
        .order((identities::contact_id, identities::id))
        .limit(MOST_IDENTIFIERS)
        .select((
            identities::contact_id,
            identities::namespace,
            identities::value,
        ))
        .load(conn)?;
    for (id, namespace, value) in rows {
        let Some(own) = words.get_mut(&id) else {
            continue;
        };
        if namespace == "phone" {
            own.extend(phone::national(&value));
        }
        own.push(value);
    }
    Ok(())
}

/// Takes a contact out of the search.
pub fn remove(conn: &mut Conn, id: ContactId) -> QueryResult<()> {
    search::put(conn, Kind::Contact, id.0, "")
}
