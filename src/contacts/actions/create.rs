//! Making a contact.

use diesel::prelude::*;
use serde_json::json;

use super::change::claim;
use super::tell;
use crate::accounts::Object;
use crate::base::EmailAddress;
use crate::base::ids::{CRM_SOURCE, ContactId};
use crate::contacts::companies;
use crate::contacts::identities::{self, NewIdentity};
use crate::contacts::model::{self, By, Field, NewContact, Stage};
use crate::contacts::refusal::Refusal;
use crate::contacts::{store, words};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::timeline::EntryKind;
use crate::web::Errors;

/// Makes a contact.
pub fn create(conn: &mut Conn, new: &NewContact, by: &By) -> Result<ContactId, Refusal> {
    let facts = cleaned(&new.facts)?;
    let name = facts
        .iter()
        .find(|(field, _)| *field == Field::Name)
        .map_or("", |(_, value)| value.as_str());
    if name.is_empty() && new.email.is_none() && new.phone.is_none() {
        return Err(Refusal::invalid(
            "name",
            "Give a name, an e-mail address or a phone number.",
        ));
    }
    let email = new.email.as_ref().map(EmailAddress::as_str);
    let phone = new.phone.as_deref();
    for (namespace, value) in [("email", email), ("phone", phone)] {
        if let Some(value) = value {
            identities::check_free(conn, namespace, value, None, by)?;
        }
    }
    let id = insert(conn, new, model::sort_name(name, email, phone), by)?;
    for (namespace, value) in [("email", email), ("phone", phone)] {
        if let Some(value) = value {
            let mut identity = NewIdentity::by_hand(id, namespace, value, by.now);
            identity.is_primary = true;
            identities::insert(conn, &identity)?;
        }
    }
    for (field, value) in &facts {
        if !value.is_empty() {
            claim(conn, id, *field, value, by)?;
        }
    }
    tell(conn, id, EntryKind::Created, by, json!({}))?;
    join_company(conn, id, new, by)?;
    words::refresh(conn, id)?;
    Ok(id)
}

fn cleaned(facts: &[(Field, String)]) -> Result<Vec<(Field, String)>, Refusal> {
    let mut errors = Errors::new();
    let mut clean = Vec::with_capacity(facts.len());
    for (field, typed) in facts {
        match field.clean(typed) {
            Ok(value) => clean.push((*field, value)),
            Err(why) => errors.add(field.word(), why),
        }
    }
    if errors.is_empty() {
        Ok(clean)
    } else {
        Err(Refusal::Invalid(errors))
    }
}

fn insert(
    conn: &mut Conn,
    new: &NewContact,
    sort_name: String,
    by: &By,
) -> Result<ContactId, Refusal> {
    if let Some(owner) = new.owner_id
        && !store::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let fact = |field: Field| field.clean(new.fact(field)).unwrap_or_default();
    let id = diesel::insert_into(contacts::table)
        .values((
            (
                contacts::is_known.eq(true),
                contacts::is_person_owned.eq(true),
                contacts::name.eq(fact(Field::Name)),
                contacts::sort_name.eq(sort_name),
                contacts::given_name.eq(fact(Field::GivenName)),
                contacts::family_name.eq(fact(Field::FamilyName)),
                contacts::job_title.eq(fact(Field::JobTitle)),
                contacts::email.eq(new.email.as_ref().map(EmailAddress::as_str)),
                contacts::phone.eq(new.phone.as_deref()),
                contacts::stage.eq(new.stage.unwrap_or(Stage::Lead)),
                contacts::owner_id.eq(new.owner_id.or(by.access.owner_of_new(Object::Contacts))),
            ),
            (
                contacts::street.eq(fact(Field::Street)),
                contacts::city.eq(fact(Field::City)),
                contacts::region.eq(fact(Field::Region)),
                contacts::postal_code.eq(fact(Field::PostalCode)),
                contacts::country.eq(fact(Field::Country)),
                contacts::time_zone.eq(fact(Field::TimeZone)),
                contacts::language.eq(fact(Field::Language)),
                contacts::source_id.eq(CRM_SOURCE),
                contacts::created_by.eq(Some(by.user)),
                contacts::revision.eq(1),
                contacts::created_at.eq(by.now),
                contacts::updated_at.eq(by.now),
                contacts::last_seen_at.eq(by.now),
            ),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    Ok(id)
}

/// The company that was named, or the one whose domain the address has.
fn join_company(conn: &mut Conn, id: ContactId, new: &NewContact, by: &By) -> Result<(), Refusal> {
    let company = if new.company.trim().is_empty() {
        match &new.email {
            Some(email) => companies::store::by_email_domain(conn, email.domain())?,
            None => None,
        }
    } else {
        Some(companies::actions::named(conn, &new.company, by)?)
    };
    if let Some(company) = company {
        companies::people::link(conn, company, id, &new.role, by)?;
    }
    Ok(())
}
