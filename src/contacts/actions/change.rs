//! Changing facts and traits of a contact.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{settle, take, tell};
use crate::base::ids::ContactId;
use crate::contacts::model::{By, Contact, Field};
use crate::contacts::refusal::{Clash, Refusal};
use crate::contacts::traits;
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::timeline::EntryKind;
use crate::web::Errors;

/// A fact somebody wants changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which.
    pub field: Field,
    /// What it said when they began, if that is known.
    pub was: Option<String>,
    /// What they typed.
    pub to: String,
}

/// Changes facts. What somebody else changed meanwhile is not overwritten unless `was` says it was seen.
pub fn change(
    conn: &mut Conn,
    id: ContactId,
    changes: &[Change],
    by: &By,
) -> Result<Contact, Refusal> {
    let contact = take(conn, id, by)?;
    let mut errors = Errors::new();
    let mut clashes = Vec::new();
    let mut wanted = Vec::new();
    for change in changes {
        let now = change.field.of(&contact);
        let to = match change.field.clean(&change.to) {
            Ok(to) => to,
            Err(why) => {
                errors.add(change.field.word(), why);
                continue;
            }
        };
        let is_untouched = change.was.as_ref().is_some_and(|was| *was == to);
        if to == now || is_untouched {
            continue;
        }
        if change.was.as_ref().is_some_and(|was| was != now) {
            clashes.push(Clash {
                field: change.field.word(),
                label: change.field.label(),
                now: now.to_owned(),
                typed: to,
            });
            continue;
        }
        wanted.push((change.field, to));
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if !clashes.is_empty() {
        return Err(Refusal::Clash(clashes));
    }
    for (field, to) in &wanted {
        let shown = claim(conn, id, *field, to, by)?;
        set_column(conn, id, *field, &shown)?;
        let data = json!({ "label": field.label(), "from": field.of(&contact), "to": shown });
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    settle(conn, id)
}

/// Sets a trait that is no column of its own; an empty value takes back what was typed before.
pub fn set_trait(
    conn: &mut Conn,
    id: ContactId,
    key: &str,
    value: Option<&Value>,
    by: &By,
) -> Result<(), Refusal> {
    let key = crate::base::text::line(key, traits::LONGEST_KEY);
    if key.is_empty() {
        return Err(Refusal::invalid("key", "Give the trait a name."));
    }
    if let Some(field) = Field::of_trait(&key) {
        let to = value.map_or_else(String::new, |v| traits::shown(&v.to_string()));
        let change = Change {
            field,
            was: None,
            to,
        };
        return self::change(conn, id, &[change], by).map(|_| ());
    }
    take(conn, id, by)?;
    let before = traits::shown_value(conn, id, &key)?;
    let after = traits::set_by_hand(conn, id, &key, value, by.now)?;
    if before != after {
        let words = |value: &Option<String>| value.as_deref().map(traits::shown);
        let data = json!({
            "label": traits::label_of(&key, ""), "from": words(&before), "to": words(&after),
        });
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    Ok(())
}

/// Claims a fact by hand and gives the value that is shown from now on.
pub(super) fn claim(
    conn: &mut Conn,
    id: ContactId,
    field: Field,
    to: &str,
    by: &By,
) -> QueryResult<String> {
    let value = (!to.is_empty()).then(|| Value::String(to.to_owned()));
    let shown = traits::set_by_hand(conn, id, field.trait_key(), value.as_ref(), by.now)?;
    let shown = shown.map_or_else(String::new, |json| traits::shown(&json));
    Ok(field.clean(&shown).unwrap_or_default())
}

fn set_column(conn: &mut Conn, id: ContactId, field: Field, value: &str) -> QueryResult<()> {
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
