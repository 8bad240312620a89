//! The rules by which shown values are chosen, as they are kept.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::survivorship::{Order, Rule};
use crate::base::ids::{SourceId, TraitKeyId};
use crate::db::schema::{sources, trait_rules};
use crate::db::{Conn, PortableExt};

/// Every rule, and which sources are verified. Few rows each.
pub fn load(conn: &mut Conn) -> QueryResult<Order> {
    let rows: Vec<(i64, String, Option<SourceId>)> = trait_rules::table
        .select((
            trait_rules::key_id,
            trait_rules::rule,
            trait_rules::source_id,
        ))
        .load(conn)?;
    let rules: HashMap<i64, Rule> = rows
        .into_iter()
        .map(|(key, word, source)| (key, read(&word, source)))
        .collect();
    let verified: HashSet<SourceId> = sources::table
        .filter(sources::is_verified.eq(true))
        .select(sources::id)
        .load(conn)?
        .into_iter()
        .collect();
    Ok(Order::new(rules, verified))
}

/// Gives a key a rule. Says whether it had another.
pub fn set(conn: &mut Conn, key: TraitKeyId, rule: Rule) -> QueryResult<bool> {
    let before = load(conn)?.rule(key.0);
    if before == rule {
        return Ok(false);
    }
    let (word, source) = written(rule);
    if rule == Rule::Usual {
        diesel::delete(trait_rules::table.filter(trait_rules::key_id.eq(key))).execute(conn)?;
        return Ok(true);
    }
    let row = (
        trait_rules::rule.eq(word),
        trait_rules::source_id.eq(source),
    );
    diesel::insert_into(trait_rules::table)
        .values((trait_rules::key_id.eq(key), row))
        .on_conflict(trait_rules::key_id)
        .do_update()
        .set(row)
        .portable()
        .execute(conn)?;
    Ok(true)
}

/// The rule that a form or a row means: `newest`, `first`, or `source` and which.
pub fn read(word: &str, source: Option<SourceId>) -> Rule {
    match (word, source) {
        ("newest", _) => Rule::Newest,
        ("first", _) => Rule::First,
        ("source", Some(source)) => Rule::Source(source),
        _ => Rule::Usual,
    }
}

/// The other way round.
pub fn written(rule: Rule) -> (&'static str, Option<SourceId>) {
    match rule {
        Rule::Usual => ("", None),
        Rule::Newest => ("newest", None),
        Rule::First => ("first", None),
        Rule::Source(source) => ("source", Some(source)),
    }
}
