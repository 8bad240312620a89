//! What sources send and nobody declared: keys, with examples out of the newest records.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{FieldKind, Object, actions, store};
use crate::base::ids::TraitKeyId;
use crate::base::money::Currency;
use crate::contacts::traits;
use crate::db::Conn;
use crate::db::schema::{company_traits, fields, trait_keys, traits as shown};

/// Values that are looked at.
pub const LOOKED_AT: i64 = 5_000;
/// Examples of one key.
const EXAMPLES: usize = 3;
/// Values of one key by which its type is guessed.
const GUESSED_BY: usize = 200;

/// A key that nobody declared.
#[derive(Debug, Clone)]
pub struct Undeclared {
    /// As programs name it.
    pub key: String,
    /// As people name it.
    pub label: String,
    /// Some of its values.
    pub examples: Vec<String>,
    /// How many of the values looked at are its.
    pub seen: usize,
    /// The type that all of these read in.
    pub guess: FieldKind,
}

/// Keys behind `after`, by name.
pub fn undeclared(
    conn: &mut Conn,
    object: Object,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<Undeclared>> {
    let keys: Vec<(TraitKeyId, String, String)> = trait_keys::table
        .left_join(fields::table.on(fields::key_id.eq(trait_keys::id)))
        .filter(fields::key_id.nullable().is_null())
        .filter(trait_keys::object.eq(object))
        .filter(trait_keys::key.gt(after))
        .order(trait_keys::key)
        .limit(limit)
        .select((trait_keys::id, trait_keys::key, trait_keys::label))
        .load(conn)?;
    let values = values(conn, object)?;
    let ways = store::ways_of_house(conn)?;
    let row = |(id, key, label): (TraitKeyId, String, String)| {
        let of_key = values.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut examples: Vec<String> = Vec::new();
        for json in of_key {
            let words = traits::shown(json);
            if examples.len() < EXAMPLES && !examples.contains(&words) {
                examples.push(words);
            }
        }
        Undeclared {
            label: traits::label_of(&key, &label),
            guess: guess(of_key, &ways),
            seen: of_key.len(),
            examples,
            key,
        }
    };
    let is_own = |key: &str| actions::is_built_in(object, key);
    Ok(keys
        .into_iter()
        .filter(|(_, key, _)| !is_own(key))
        .map(row)
        .collect())
}

/// The values of the newest records, by key.
fn values(conn: &mut Conn, object: Object) -> QueryResult<HashMap<TraitKeyId, Vec<String>>> {
    let rows: Vec<(TraitKeyId, String)> = match object {
        Object::Contact => shown::table
            .order((shown::contact_id.desc(), shown::key_id.desc()))
            .limit(LOOKED_AT)
            .select((shown::key_id, shown::value))
            .load(conn)?,
        Object::Company => company_traits::table
            .order((
                company_traits::company_id.desc(),
                company_traits::key_id.desc(),
            ))
            .limit(LOOKED_AT)
            .select((company_traits::key_id, company_traits::value))
            .load(conn)?,
    };
    let mut values: HashMap<TraitKeyId, Vec<String>> = HashMap::new();
    for (key, json) in rows {
        values.entry(key).or_default().push(json);
    }
    Ok(values)
}

/// The first type, from the narrowest, in which every value reads.
fn guess(values: &[String], ways: &super::Ways) -> FieldKind {
    let parsed: Vec<serde_json::Value> = values
        .iter()
        .take(GUESSED_BY)
        .filter_map(|json| serde_json::from_str(json).ok())
        .collect();
    let ground = super::read::Ground {
        options: &[],
        currency: Currency::EUR,
        ways,
    };
    let reads = |kind: &FieldKind| parsed.iter().all(|v| kind.check(v, ground).is_ok());
    let is_flag = |v: &serde_json::Value| v.is_boolean();
    if parsed.is_empty() {
        return FieldKind::Text;
    }
    if parsed.iter().all(is_flag) {
        return FieldKind::YesNo;
    }
    [
        FieldKind::Number,
        FieldKind::Date,
        FieldKind::DateTime,
        FieldKind::Email,
    ]
    .into_iter()
    .find(reads)
    .unwrap_or_else(|| {
        let is_link = |v: &serde_json::Value| v.as_str().is_some_and(|s| s.contains("://"));
        if parsed.iter().all(is_link) && reads(&FieldKind::Url) {
            FieldKind::Url
        } else {
            FieldKind::Text
        }
    })
}
