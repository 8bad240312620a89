//! The words by which a contact is found. Only known contacts have any.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store;
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{phone, text};
use crate::db::Conn;
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
        let mut words: HashMap<ContactId, Vec<String>> = HashMap::new();
        for (id, name, job_title, company) in found {
            let own = words.entry(id).or_default();
            own.push(text::cut(&name, 600).to_owned());
            own.extend(company.and_then(|id| companies.get(&id)).cloned());
            own.push(job_title);
        }
        add_identifiers(conn, chunk, &mut words)?;
        for id in chunk {
            let words = words.remove(id).unwrap_or_default();
            search::put(conn, Kind::Contact, id.0, &words.join(" "))?;
        }
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

/// What is asked for, as it stands in the index: digits of a number run together, without the zero in front.
pub fn asked(typed: &str) -> String {
    let is_number = typed.chars().filter(char::is_ascii_digit).count() >= 5
        && typed
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    if !is_number {
        return typed.to_owned();
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_asked_for_however_they_are_written() {
        assert_eq!(asked("0171 234 567"), "171234567");
        assert_eq!(asked("+47 57 85 12 04"), "4757851204");
        assert_eq!(asked("Ada 57851204"), "Ada 57851204");
        assert_eq!(asked("2024"), "2024");
    }
}
