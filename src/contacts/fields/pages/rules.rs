//! By which rule the shown value is chosen of many: of fields in their form, of built-in details all in one.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use diesel::prelude::*;

use super::PATH;
use crate::accounts::Can;
use crate::accounts::rights::ManageFields;
use crate::base::ids::SourceId;
use crate::contacts::fields::{Object, actions::tell};

use crate::contacts::fields::settling::Settle;
use crate::contacts::model::Field as Fact;
use crate::contacts::pages::by;
use crate::contacts::survivorship::Rule;
use crate::contacts::{rules, store as contacts, traits};
use crate::db::schema::trait_keys;
use crate::db::{Conn, Db};
use crate::jobs;
use crate::web::{Form, Redirect, Result, redirect};

/// A detail and the rule it has.
pub(super) struct Detail {
    /// Name in the form.
    pub name: String,
    /// For people.
    pub label: &'static str,
    /// Its rule.
    pub rule: String,
}

/// The rules that can be chosen.
pub(super) fn choices(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    let mut choices: Vec<(String, String)> = [
        ("", "By hand, then verified, then the newest"),
        ("newest", "The newest, whoever says it"),
        ("first", "By hand, then the first ever"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()))
    .into();
    let from = |(id, name): (SourceId, String)| {
        let rule = Rule::Source(id);
        (word(rule), format!("What {name} says first"))
    };
    choices.extend(contacts::source_names(conn)?.into_iter().map(from));
    Ok(choices)
}

/// A rule in a form: `newest`, or `source:3`.
pub(super) fn word(rule: Rule) -> String {
    match rules::written(rule) {
        (word, Some(source)) => format!("{word}:{source}"),
        (word, None) => word.to_owned(),
    }
}

/// The other way round.
pub(super) fn read(word: &str) -> Rule {
    match word.strip_prefix("source:") {
        Some(id) => rules::read("source", id.parse().ok()),
        None => rules::read(word, None),
    }
}

/// Every built-in detail of a contact with its rule.
pub(super) fn details(conn: &mut Conn) -> QueryResult<Vec<Detail>> {
    let order = rules::load(conn)?;
    let ids: Vec<(String, i64)> = trait_keys::table
        .filter(trait_keys::object.eq(Object::Contact))
        .filter(trait_keys::key.eq_any(Fact::ALL.iter().map(|fact| fact.trait_key())))
        .select((trait_keys::key, trait_keys::id))
        .load(conn)?;
    let ids: BTreeMap<String, i64> = ids.into_iter().collect();
    let detail = |fact: &Fact| Detail {
        name: format!("rule_{fact}"),
        label: fact.label(),
        rule: word(
            ids.get(fact.trait_key())
                .map_or(Rule::Usual, |id| order.rule(*id)),
        ),
    };
    Ok(Fact::ALL.iter().map(detail).collect())
}

/// `POST /settings/fields/rules`. Needs: change fields.
pub async fn save(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    request: HttpRequest,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Result<Redirect> {
    let by = by(&viewer, &request);
    let saved: Result<()> = db
        .write(move |conn| {
            for fact in Fact::ALL {
                let Some(typed) = typed.get(&format!("rule_{fact}")) else {
                    continue;
                };
                let rule = read(typed);
                let key = traits::key_id(conn, Object::Contact.word(), fact.trait_key(), by.now)?;
                if rules::set(conn, key, rule)? {
                    jobs::enqueue(conn, &Settle::of_key(Object::Contact, key), by.now)?;
                    let detail = format!("{}: {}", fact.label(), word(rule));
                    tell(conn, "field.rule", key, &detail, &by)?;
                }
            }
            Ok(())
        })
        .await;
    saved?;
    Ok(redirect(PATH).saying("Rules saved"))
}
