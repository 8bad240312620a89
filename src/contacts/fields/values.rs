//! Giving a value to a field: read by its type, asked for where it is required, and only once where it is unique.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Field, Object, Ways, index, store};
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::companies;
use crate::contacts::refusal::{Clash, Refusal};
use crate::contacts::store as contacts;
use crate::db::Conn;

/// A value that somebody gives.
#[derive(Debug, Clone)]
pub struct Given {
    /// To which field.
    pub field: Field,
    /// What its control said when they began, if that is known.
    pub was: Option<String>,
    /// What they typed or sent.
    pub to: Value,
}

/// Why a value is not taken.
#[derive(Debug)]
pub enum Denied {
    /// What is wrong with it.
    Wrong(String),
    /// Another record has it, and which.
    Taken(String),
    /// Somebody else changed it meanwhile.
    Clash(Clash),
    /// The database.
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for Denied {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

impl Denied {
    /// For a program or a form of one value, called `name`.
    pub fn of(self, name: &str) -> Refusal {
        match self {
            Self::Wrong(message) => Refusal::invalid(name, message),
            Self::Taken(message) => Refusal::ValueTaken {
                field: name.to_owned(),
                message,
            },
            Self::Clash(clash) => Refusal::Clash(vec![clash]),
            Self::Query(error) => error.into(),
        }
    }
}

/// The field of a key, if it is in use.
pub fn in_use(conn: &mut Conn, object: Object, key: &str) -> QueryResult<Option<Field>> {
    Ok(store::of_key(conn, object, key)?.filter(Field::is_live))
}

/// What becomes of a value that is given to a record, which shows `now`: its canonical form, or nothing. `Ok(None)`: it says
/// that already.
pub fn accept(
    conn: &mut Conn,
    record: i64,
    given: &Given,
    now: Option<&str>,
    ways: &Ways,
) -> Result<Option<Option<Value>>, Denied> {
    let field = &given.field;
    if field.is_sensitive && !ways.sees_sensitive {
        return Err(Denied::Wrong(format!(
            "Your role may not see {}.",
            field.label
        )));
    }
    let to = field.check(&given.to, ways).map_err(Denied::Wrong)?;
    let shown = now.map(|json| canonical(field, json, ways));
    let shown = shown.flatten();
    if let Some(was) = &given.was {
        let was_json = Value::String(was.clone()).to_string();
        let was = canonical(field, &was_json, ways);
        if was == to {
            return Ok(None);
        }
        if was != shown && to != shown {
            return Err(Denied::Clash(Clash {
                field: field.input_name(),
                label: field.label.clone(),
                now: now.map_or_else(String::new, |json| field.show(json, ways).words()),
                typed: given.to.as_str().unwrap_or_default().to_owned(),
            }));
        }
    }
    if to.is_none() && field.is_required {
        return Err(Denied::Wrong(format!("{} must be filled in.", field.label)));
    }
    if let Some(value) = to.as_ref().filter(|_| field.is_unique && to != shown)
        && let Some(other) = index::holder(conn, field, record, value, ways)?
    {
        return Err(Denied::Taken(if ways.names_others {
            taken(conn, field, other)?
        } else {
            let label = &field.label;
            format!("Another record has this {label} already. It may be given only once.")
        }));
    }
    Ok(Some(to))
}

/// A change for the story. What is sensitive is not told.
pub fn told(field: &Field, before: Option<&str>, after: Option<&str>, ways: &Ways) -> Value {
    let words = |json: Option<&str>| match json {
        Some(_) if field.is_sensitive => Some("•••".to_owned()),
        json => json.map(|json| field.show(json, ways).words()),
    };
    json!({ "label": field.label, "from": words(before), "to": words(after) })
}

/// A value as it reads; what does not read stands for itself.
fn canonical(field: &Field, json: &str, ways: &Ways) -> Option<Value> {
    let value = serde_json::from_str::<Value>(json).unwrap_or_default();
    field.check(&value, ways).unwrap_or(Some(value))
}

fn taken(conn: &mut Conn, field: &Field, other: i64) -> QueryResult<String> {
    let (name, is_in_trash) = match field.object {
        Object::Contact => contacts::find(conn, ContactId(other))?
            .map_or_else(Default::default, |c| (c.shown(), c.deleted_at.is_some())),
        Object::Company => companies::store::find(conn, CompanyId(other))?
            .map_or_else(Default::default, |c| (c.name, c.deleted_at.is_some())),
    };
    let place = if is_in_trash {
        ", which is in the trash"
    } else {
        ""
    };
    let label = &field.label;
    Ok(format!(
        "{name}{place} has this {label} already. It may be given only once."
    ))
}
