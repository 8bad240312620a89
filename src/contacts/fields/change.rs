//! Changing a field: what it is called, where it stands, what it allows, and its end.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::actions::{cleaned, tell};
use super::settling::{Settle, TryKind};
use super::{Field, FieldKind, FieldOption, store};
use crate::base::ids::TraitKeyId;
use crate::base::money::Currency;
use crate::base::text;
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::contacts::rules;
use crate::contacts::survivorship::Rule;
use crate::db::Conn;
use crate::db::schema::{fields, trait_keys};
use crate::jobs;
use crate::web::Errors;

/// What a field is to be.
#[derive(Debug, Clone)]
pub struct Changes {
    /// As people name it.
    pub label: String,
    /// Heading under which it stands.
    pub group: String,
    /// What can be chosen, in order.
    pub options: Vec<FieldOption>,
    /// Currency of an amount that does not say its own.
    pub currency: Currency,
    /// Whether people must fill it in.
    pub is_required: bool,
    /// Whether people and programs may give a value only once.
    pub is_unique: bool,
    /// Whether only some roles see it.
    pub is_sensitive: bool,
    /// Which value is shown.
    pub rule: Rule,
}

/// Makes a field what it is to be.
pub fn change(conn: &mut Conn, id: TraitKeyId, to: &Changes, by: &By) -> Result<(), Refusal> {
    let field = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    let mut errors = Errors::new();
    let label = text::line(&to.label, 80);
    if label.is_empty() {
        errors.add("label", "Give the field a name.");
    }
    let options = match cleaned(&to.options) {
        Ok(options) if options.is_empty() && field.kind.has_options() => {
            errors.add("options", "Write at least one option.");
            options
        }
        Ok(options) => options,
        Err(why) => {
            errors.add("options", why);
            Vec::new()
        }
    };
    if to.is_unique
        && !field.is_unique
        && let Some(why) = not_unique(conn, &field)?
    {
        errors.add("is_unique", why);
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let reads_otherwise = field.kind.has_options() && options != field.options
        || field.kind == FieldKind::Money && to.currency != field.currency;
    diesel::update(trait_keys::table.filter(trait_keys::id.eq(id)))
        .set(trait_keys::label.eq(&label))
        .execute(conn)?;
    diesel::update(fields::table.filter(fields::key_id.eq(id)))
        .set((
            fields::group_name.eq(text::line(&to.group, 80)),
            fields::options.eq(serde_json::to_string(&options).unwrap_or_default()),
            fields::currency.eq(to.currency),
            fields::is_required.eq(to.is_required),
            fields::is_unique.eq(to.is_unique),
            fields::is_sensitive.eq(to.is_sensitive),
            fields::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let chooses_otherwise = rules::set(conn, id, to.rule)?;
    if reads_otherwise || chooses_otherwise {
        jobs::enqueue(conn, &Settle::of_key(field.object, id), by.now)?;
    }
    tell(conn, "field.changed", id, &label, by)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Twins {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Why a field cannot be made unique now.
fn not_unique(conn: &mut Conn, field: &Field) -> QueryResult<Option<String>> {
    if !field.kind.can_be_unique() {
        return Ok(Some("Values of this type may always repeat.".to_owned()));
    }
    if field.filled_at.is_none() {
        return Ok(Some(
            "Its values are still being looked through. Try again in a minute.".to_owned(),
        ));
    }
    let column = if field.kind.is_figure() {
        "number"
    } else {
        "text"
    };
    // Each group walks the index; the first that has two ends it.
    let twins: Vec<Twins> = diesel::sql_query(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM field_values WHERE key_id = {} AND {column} IS NOT NULL \
         GROUP BY {column} HAVING COUNT(*) > 1 LIMIT 1",
        field.id
    ))
    .load(conn)?;
    Ok(twins.first().map(|twins| {
        let plural = field.object.plural();
        format!(
            "{} {plural} have the same value. Give each its own first.",
            twins.n
        )
    }))
}

/// Takes a field out of use, or back into it. Its values stay.
pub fn retire(conn: &mut Conn, id: TraitKeyId, is_out: bool, by: &By) -> Result<Field, Refusal> {
    let field = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if field.is_live() != is_out {
        return Ok(field);
    }
    diesel::update(fields::table.filter(fields::key_id.eq(id)))
        .set((
            fields::retired_at.eq(is_out.then_some(by.now)),
            fields::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    if is_out {
        tell(conn, "field.retired", id, &field.label, by)?;
    } else {
        // What was said meanwhile, lists do not know yet.
        unfill(conn, &field)?;
        jobs::enqueue(conn, &Settle::of_key(field.object, id), by.now)?;
        tell(conn, "field.restored", id, &field.label, by)?;
    }
    store::find(conn, id)?.ok_or(Refusal::Missing)
}

fn unfill(conn: &mut Conn, field: &Field) -> QueryResult<()> {
    diesel::update(fields::table.filter(fields::key_id.eq(field.id)))
        .set(fields::filled_at.eq(None::<crate::base::Timestamp>))
        .execute(conn)
        .map(|_| ())
}

/// Moves a field one place up or down among those of its group, the first or last one not at all.
pub fn shift(conn: &mut Conn, id: TraitKeyId, is_up: bool, by: &By) -> Result<(), Refusal> {
    let field = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    let mut own: Vec<Field> = store::all(conn, field.object)?;
    own.retain(|other| other.group == field.group);
    let Some(at) = own.iter().position(|other| other.id == id) else {
        return Err(Refusal::Missing);
    };
    let beside = if is_up {
        at.checked_sub(1)
    } else {
        Some(at + 1)
    };
    let Some(other) = beside.and_then(|beside| own.get(beside)) else {
        return Ok(());
    };
    for (id, position) in [(field.id, other.position), (other.id, field.position)] {
        diesel::update(fields::table.filter(fields::key_id.eq(id)))
            .set(fields::position.eq(position))
            .execute(conn)?;
    }
    tell(conn, "field.moved", id, &field.label, by)?;
    Ok(())
}

/// Asks for another type: a job looks whether every value reads in it, and only then changes it.
pub fn want_kind(conn: &mut Conn, id: TraitKeyId, kind: FieldKind, by: &By) -> Result<(), Refusal> {
    let field = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if kind == field.kind {
        return Ok(());
    }
    if kind.has_options() && field.options.is_empty() {
        return Err(Refusal::invalid(
            "kind",
            "Write the options first; then every value must be one of them.",
        ));
    }
    diesel::update(fields::table.filter(fields::key_id.eq(id)))
        .set((
            fields::wanted_kind.eq(kind),
            fields::faults.eq(None::<String>),
            fields::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let work = TryKind {
        object: field.object,
        key: id,
        kind,
        user: by.user,
        after: 0,
        faults: Vec::new(),
        count: 0,
    };
    jobs::enqueue(conn, &work, by.now)?;
    Ok(())
}
