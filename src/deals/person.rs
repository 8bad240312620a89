//! Who is meant by what was typed: an address, a name, or a line that was suggested.

use diesel::prelude::*;

use super::refusal::Refusal;
use crate::accounts::{Access, Action, Object, seen};
use crate::base::ids::ContactId;
use crate::base::{EmailAddress, text};
use crate::contacts::model::NewContact;
use crate::contacts::refusal::Refusal as ContactRefusal;
use crate::contacts::{By, Contact, actions as contacts, identities};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::contacts as table;

/// Lines that are suggested.
const MOST: i64 = 8;

/// People with these words, as lines that [`named`] reads back.
pub fn suggest(conn: &mut Conn, typed: &str, access: &Access) -> QueryResult<Vec<String>> {
    let hits = search::find(conn, Kind::Contact, typed, None, MOST)?;
    let rows: Vec<Contact> = Contact::query()
        .filter(table::id.eq_any(hits))
        .filter(table::deleted_at.is_null())
        .order(table::id.desc())
        .load(conn)?;
    let reach = access.sees(Object::Contacts);
    let seen = rows.iter().filter(|row| reach.covers(row.owner_id));
    Ok(seen.map(line).collect())
}

/// "Ingrid Sæther Løvås <ingrid@nordfjord.example>".
pub fn line(contact: &Contact) -> String {
    match (&contact.email, contact.name.as_str()) {
        (Some(email), "") => email.clone(),
        (Some(email), name) => format!("{name} <{email}>"),
        (None, _) => contact.shown(),
    }
}

/// The contact that is meant; made, where an address is new. Nothing typed is nobody.
pub fn named(conn: &mut Conn, typed: &str, by: &By) -> Result<Option<ContactId>, Refusal> {
    let typed = text::line(typed, 300);
    let (name, address) = match typed.rsplit_once('<') {
        Some((name, address)) => (name.trim(), address.trim_end_matches('>').trim()),
        None if typed.contains('@') => ("", typed.as_str()),
        None => (typed.as_str(), ""),
    };
    if !address.is_empty() {
        return addressed(conn, name, address, by).map(Some);
    }
    if name.is_empty() {
        return Ok(None);
    }
    let mut found = table::table
        .filter(table::sort_name.eq(text::fold(name)))
        .filter(table::deleted_at.is_null())
        .filter(table::is_known)
        .order(table::id)
        .select(table::id)
        .limit(2)
        .into_boxed();
    if let Some(held) = by.access.sees(Object::Contacts).on("contacts.owner_id") {
        found = found.filter(held);
    }
    let found: Vec<ContactId> = found.load(conn)?;
    match found.as_slice() {
        [one] => Ok(Some(*one)),
        [] => Err(Refusal::invalid(
            "contact",
            "Nobody is called that. Write an e-mail address, and a contact is made.",
        )),
        _ => Err(Refusal::invalid(
            "contact",
            "Several people are called that. Write the e-mail address.",
        )),
    }
}

fn addressed(conn: &mut Conn, name: &str, typed: &str, by: &By) -> Result<ContactId, Refusal> {
    let wrong = || {
        Refusal::invalid(
            "contact",
            "This is no e-mail address. Write it as ada@example.com.",
        )
    };
    let email = EmailAddress::parse(typed).ok_or_else(wrong)?;
    if let Some(holder) = identities::holder(conn, "email", email.as_str())? {
        if !seen::contact(conn, &by.access, Action::Read, holder.0)? {
            let why = "A contact that you may not see has this address.";
            return Err(Refusal::invalid("contact", why));
        }
        return Ok(holder);
    }
    let new = NewContact {
        facts: vec![(crate::contacts::Field::Name, name.to_owned())],
        email: Some(email),
        owner_id: Some(by.user),
        ..NewContact::default()
    };
    contacts::create(conn, &new, by).map_err(|refusal| match refusal {
        ContactRefusal::Query(error) => error.into(),
        other => Refusal::invalid("contact", other.words()),
    })
}
