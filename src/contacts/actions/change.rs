//! Changing facts and traits of a contact.

use diesel::QueryResult;
use serde_json::{Value, json};

use super::{settle, take, tell};
use crate::base::ids::{ContactId, IdentityId, SourceId};
use crate::contacts::fields::values::{self, Denied, Given};
use crate::contacts::fields::{self, Object, Ways};
use crate::contacts::model::{By, Contact, Field};
use crate::contacts::refusal::{Clash, Refusal};
use crate::contacts::{choose, store, traits};
use crate::db::Conn;
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
                field: change.field.word().to_owned(),
                label: change.field.label().to_owned(),
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
        store::set_column(conn, id, *field, &shown)?;
        let data = json!({ "label": field.label(), "from": field.of(&contact), "to": shown });
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    settle(conn, id)
}

/// Sets a trait that is no column of its own; an empty value takes back what was typed before. A declared one is read by its
/// type. Says what is shown from now on, where that is another value than the one given.
pub fn set_trait(
    conn: &mut Conn,
    id: ContactId,
    key: &str,
    value: Option<&Value>,
    ways: &Ways,
    by: &By,
) -> Result<Option<String>, Refusal> {
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
        return self::change(conn, id, &[change], by).map(|_| None);
    }
    if let Some(field) = values::in_use(conn, Object::Contact, &key)? {
        let given = Given {
            field,
            was: None,
            to: value.cloned().unwrap_or_default(),
        };
        return set_field(conn, id, &given, ways, by, &format!("traits.{key}"));
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
    Ok(None)
}

/// Gives a field a value; `name` is what the form or the program calls it. Says what is shown from now on, where that is
/// another value than the one given.
pub fn set_field(
    conn: &mut Conn,
    id: ContactId,
    given: &Given,
    ways: &Ways,
    by: &By,
    name: &str,
) -> Result<Option<String>, Refusal> {
    take(conn, id, by)?;
    give(conn, id, given, ways, by).map_err(|denied| denied.of(name))
}

/// Gives fields their values, as one form does: what is wrong stands beside each.
pub fn set_fields(
    conn: &mut Conn,
    id: ContactId,
    given: &[Given],
    ways: &Ways,
    by: &By,
) -> Result<(), Refusal> {
    if given.is_empty() {
        return Ok(());
    }
    take(conn, id, by)?;
    let mut errors = Errors::new();
    let mut clashes = Vec::new();
    for one in given {
        match give(conn, id, one, ways, by) {
            Ok(_) => {}
            Err(Denied::Wrong(message) | Denied::Taken(message)) => {
                errors.add(&one.field.input_name(), message);
            }
            Err(Denied::Clash(clash)) => clashes.push(clash),
            Err(Denied::Query(error)) => return Err(error.into()),
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if !clashes.is_empty() {
        return Err(Refusal::Clash(clashes));
    }
    Ok(())
}

fn give(
    conn: &mut Conn,
    id: ContactId,
    given: &Given,
    ways: &Ways,
    by: &By,
) -> Result<Option<String>, Denied> {
    let field = &given.field;
    let before = traits::shown_value(conn, id, &field.key)?;
    let Some(to) = values::accept(conn, id.0, given, before.as_deref(), ways)? else {
        return Ok(None);
    };
    let after = traits::set_by_hand(conn, id, &field.key, to.as_ref(), by.now)?;
    if before != after {
        let data = values::told(field, before.as_deref(), after.as_deref(), ways);
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    let is_other = after.as_deref() != to.map(|to| to.to_string()).as_deref();
    Ok(after
        .filter(|_| is_other)
        .map(|json| field.show(&json, ways).words()))
}

/// Shows what one source claims from now on, or lets the rule choose again.
pub fn pin(
    conn: &mut Conn,
    id: ContactId,
    key: &str,
    claim: Option<(IdentityId, SourceId)>,
    ways: &Ways,
    by: &By,
) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let field = fields::of_key(conn, Object::Contact, key)?;
    if field.as_ref().is_some_and(|field| !ways.see(field)) {
        return Err(Refusal::Missing);
    }
    let before = traits::shown_value(conn, id, key)?;
    let key_id = traits::key_id(conn, Object::Contact.word(), key, by.now)?;
    if !traits::pin(conn, id, key_id, claim, by.now)? {
        return Err(Refusal::invalid("claim", "Nobody says that any more."));
    }
    let after = traits::shown_value(conn, id, key)?;
    let column = Field::of_trait(key);
    choose::project(conn, &[id], &[key_id.0])?;
    if before != after {
        let data = match (&field, column) {
            (Some(field), _) => values::told(field, before.as_deref(), after.as_deref(), ways),
            (None, column) => {
                let words = |value: &Option<String>| value.as_deref().map(traits::shown);
                let label = column.map_or_else(
                    || traits::label_of(key, ""),
                    |column| column.label().to_owned(),
                );
                json!({ "label": label, "from": words(&before), "to": words(&after) })
            }
        };
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    settle(conn, id).map(|_| ())
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
