//! The dictionary of trait keys, bounded like that of event names.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::trait_keys;

const CHUNK: usize = 500;
/// Different keys at the most; a program that puts data into keys must not grow the dictionary without end.
const MOST_KEYS: i64 = 5_000;

/// The ids of keys of an object, made where they are new and the dictionary is not full.
pub(super) fn key_ids(
    conn: &mut Conn,
    object: &str,
    wanted: &[&str],
    now: Timestamp,
) -> QueryResult<HashMap<String, i64>> {
    let mut known: HashMap<String, i64> = HashMap::new();
    for chunk in wanted.chunks(CHUNK) {
        let rows: Vec<(String, i64)> = trait_keys::table
            .filter(trait_keys::object.eq(object))
            .filter(trait_keys::key.eq_any(chunk))
            .select((trait_keys::key, trait_keys::id))
            .load(conn)?;
        known.extend(rows);
    }
    let new: Vec<&&str> = wanted
        .iter()
        .filter(|key| !known.contains_key(**key))
        .collect();
    if new.is_empty() {
        return Ok(known);
    }
    let there: i64 = trait_keys::table.count().get_result(conn)?;
    for key in new
        .into_iter()
        .take(usize::try_from(MOST_KEYS - there).unwrap_or(0))
    {
        let id: i64 = diesel::insert_into(trait_keys::table)
            .values((
                trait_keys::object.eq(object),
                trait_keys::key.eq(key),
                trait_keys::label.eq(label(key)),
                trait_keys::is_declared.eq(false),
                trait_keys::created_at.eq(now),
            ))
            .returning(trait_keys::id)
            .get_result(conn)?;
        known.insert((*key).to_owned(), id);
    }
    Ok(known)
}

/// `billingPlan`, `billing_plan` → "Billing plan".
fn label(key: &str) -> String {
    let mut words = String::with_capacity(key.len() + 4);
    let mut was_lower = false;
    for c in key.chars() {
        match c {
            '_' | '-' | '.' | '$' => words.push(' '),
            c if c.is_uppercase() && was_lower => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c => words.push(c),
        }
        was_lower = c.is_lowercase();
    }
    let words = text::line(&words, 100);
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(rest).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_labels() {
        for (key, want) in [
            ("plan", "Plan"),
            ("billingPlan", "Billing plan"),
            ("total_orders", "Total orders"),
            ("MRR", "MRR"),
            ("", ""),
        ] {
            assert_eq!(label(key), want);
        }
    }
}
