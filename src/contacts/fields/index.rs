//! The shown values of fields once more, typed, for lists: what `field_values` holds of a value, and who keeps it true.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;

use super::{Field, FieldKind, Object, Ways, show, store};
use crate::base::ids::{ContactId, TraitKeyId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::dialect::upsert::typed::{self, Part, Typed};
use crate::db::schema::{field_values, fields, trait_keys};

/// The fields in use of an object, for whoever writes shown values.
#[derive(Debug, Clone)]
pub struct Declared {
    fields: HashMap<i64, Field>,
    ways: Ways,
}

impl Declared {
    /// As they are now.
    pub fn load(conn: &mut Conn, object: Object) -> QueryResult<Self> {
        let fields: HashMap<i64, Field> = store::all(conn, object)?
            .into_iter()
            .map(|field| (field.id.0, field))
            .collect();
        let ways = if fields.is_empty() {
            Ways::plain(Timestamp::ZERO)
        } else {
            store::ways_of_house(conn)?
        };
        Ok(Self { fields, ways })
    }

    /// Only one of them.
    pub fn only(conn: &mut Conn, field: Field) -> QueryResult<Self> {
        Ok(Self {
            ways: store::ways_of_house(conn)?,
            fields: HashMap::from([(field.id.0, field)]),
        })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// What lists know of a shown value; none where its key is no field.
    pub fn typed(&self, record_id: i64, key_id: i64, json: Option<&str>) -> Option<Typed> {
        let field = self.fields.get(&key_id)?;
        Some(Typed {
            key_id,
            record_id,
            parts: json.map_or_else(Vec::new, |json| parts(field, json, &self.ways)),
        })
    }
}

/// Writes down what records show from now on: record, key, value.
pub fn write<'a>(
    conn: &mut Conn,
    declared: &Declared,
    shown: impl Iterator<Item = (i64, i64, Option<&'a str>)>,
) -> QueryResult<()> {
    if declared.is_empty() {
        return Ok(());
    }
    let rows: Vec<Typed> = shown
        .filter_map(|(record, key, json)| declared.typed(record, key, json))
        .collect();
    typed::replace(conn, &rows)
}

/// Forgets a contact that lives on in another.
pub fn forget(conn: &mut Conn, contact: ContactId) -> QueryResult<()> {
    let keys: Vec<TraitKeyId> = fields::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(fields::key_id)))
        .filter(trait_keys::object.eq(Object::Contact))
        .select(fields::key_id)
        .load(conn)?;
    if keys.is_empty() {
        return Ok(());
    }
    diesel::delete(field_values::table)
        .filter(field_values::key_id.eq_any(keys))
        .filter(field_values::record_id.eq(contact.0))
        .execute(conn)
        .map(|_| ())
}

/// Another record that has the same in a field.
pub fn holder(
    conn: &mut Conn,
    field: &Field,
    record: i64,
    value: &Value,
    ways: &Ways,
) -> QueryResult<Option<i64>> {
    let Some(part) = parts(field, &value.to_string(), ways).pop() else {
        return Ok(None);
    };
    // Whoever else gives this field a value waits here until this transaction is through.
    diesel::update(fields::table.filter(fields::key_id.eq(field.id)))
        .set(fields::updated_at.eq(fields::updated_at))
        .execute(conn)?;
    let same = field_values::table
        .filter(field_values::key_id.eq(field.id))
        .filter(field_values::record_id.ne(record))
        .select(field_values::record_id)
        .into_boxed();
    let same = match (part.number, part.text) {
        (Some(number), _) if field.kind.is_figure() => same.filter(field_values::number.eq(number)),
        (_, Some(text)) => same.filter(field_values::text.eq(text)),
        _ => return Ok(None),
    };
    same.first(conn).optional()
}

/// What lists compare of a value: nothing where it does not read. Days count from 1970, moments in microseconds, amounts in
/// whole units of their currency; a chosen option also has its place.
pub fn parts(field: &Field, json: &str, ways: &Ways) -> Vec<Part> {
    let Ok(value) = serde_json::from_str::<Value>(json) else {
        return Vec::new();
    };
    let Ok(Some(value)) = field.check(&value, ways) else {
        return Vec::new();
    };
    let number = |number: Option<f64>| {
        let part = |number| Part {
            number: Some(number),
            text: None,
        };
        number.map(part).into_iter().collect()
    };
    let words = |words: &str| Part {
        number: None,
        text: Some(text::fold(words)),
    };
    let option = |value: &str| Part {
        number: field
            .options
            .iter()
            .position(|option| option.value == value)
            .map(|place| place as f64),
        text: Some(value.to_owned()),
    };
    match (field.kind, &value) {
        (FieldKind::Number | FieldKind::User, value) => number(value.as_f64()),
        (FieldKind::YesNo, Value::Bool(yes)) => number(Some(f64::from(u8::from(*yes)))),
        (FieldKind::Money, value) => show::money(value).map_or_else(Vec::new, |money| {
            vec![Part {
                number: Some(money.thousandths() as f64 / 1_000.0),
                text: Some(money.currency.code().to_owned()),
            }]
        }),
        (FieldKind::Date, Value::String(day)) => {
            let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
            number(day.map(|day| f64::from(day.to_epoch_days())))
        }
        (FieldKind::DateTime, Value::String(at)) => {
            number(Timestamp::parse(at).map(|at| at.0 as f64))
        }
        (FieldKind::Select, Value::String(value)) => vec![option(value)],
        (FieldKind::MultiSelect, Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(option).collect()
        }
        (_, Value::String(value)) => vec![words(value)],
        _ => Vec::new(),
    }
}
