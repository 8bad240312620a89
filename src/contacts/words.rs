//! The words by which a contact is found. Only known contacts have any.

use diesel::prelude::*;

use super::identities;
use super::store;
use crate::base::ids::ContactId;
use crate::base::{phone, text};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};

/// Writes down the words of a contact as it is now.
pub fn refresh(conn: &mut Conn, id: ContactId) -> QueryResult<()> {
    let Some(contact) = store::live(conn, id)?.filter(|contact| contact.is_known) else {
        return remove(conn, id);
    };
    let mut words = vec![text::cut(&contact.name, 600).to_owned()];
    for identity in identities::of(conn, id)? {
        match identity.namespace.as_str() {
            "email" | "user_id" => words.push(identity.value),
            "phone" => {
                words.extend(phone::national(&identity.value));
                words.push(identity.value);
            }
            _ => {}
        }
    }
    let companies = store::company_names(conn, contact.company_id)?;
    words.extend(companies.into_values());
    words.push(contact.job_title);
    search::put(conn, Kind::Contact, id.0, &words.join(" "))
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
