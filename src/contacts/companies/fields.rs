//! Values of a company's fields: one per field, whoever said it last or by hand.

use std::collections::HashMap;

use diesel::prelude::*;

use super::actions::{take, tell};
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, CompanyId, SourceId, TraitKeyId};
use crate::contacts::fields::index::{self, Declared};
use crate::contacts::fields::values;
use crate::contacts::fields::{self, Denied, Field, Given, Object, Ways};
use crate::contacts::model::By;
use crate::contacts::pages::facts::{Fact, Group, Open};
use crate::contacts::pages::glance::Glance;
use crate::contacts::refusal::Refusal;
use crate::contacts::survivorship::Order;
use crate::db::schema::{company_traits, sources};
use crate::db::{Conn, PortableExt};
use crate::timeline::EntryKind;
use crate::web::{self as kit, Errors};

/// What is shown of a field: value, source and its name, when.
type Said = (TraitKeyId, String, SourceId, Timestamp, Option<String>);

/// The fields of a company on its page, by their groups.
pub(super) fn groups(
    conn: &mut Conn,
    company: CompanyId,
    ways: &Ways,
    open: &Open,
    now: Timestamp,
) -> QueryResult<Vec<Group>> {
    let fields = fields::all(conn, Object::Company)?;
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Said> = company_traits::table
        .left_join(sources::table.on(sources::id.eq(company_traits::source_id)))
        .filter(company_traits::company_id.eq(company.0))
        .select((
            company_traits::key_id,
            company_traits::value,
            company_traits::source_id,
            company_traits::at,
            sources::name.nullable(),
        ))
        .load(conn)?;
    let said: HashMap<TraitKeyId, Said> = rows.into_iter().map(|row| (row.0, row)).collect();
    let glance = Glance {
        order: &Order::default(),
        fields: &fields,
        ways,
        open,
        now,
    };
    Ok(glance.grouped(|field, is_open| {
        let said = said.get(&field.id);
        let json = said.map(|(_, json, ..)| json.as_str());
        let source = said.map_or_else(String::new, |(_, _, source, at, name)| {
            let when = kit::ago(*at, now, ways.zone);
            match name {
                _ if *source == CRM_SOURCE => format!("typed here · {when}"),
                Some(name) => format!("from {name} · {when}"),
                None => format!("from a deleted source · {when}"),
            }
        });
        Fact {
            is_own: said.is_some_and(|(_, _, source, ..)| *source == CRM_SOURCE),
            source,
            ..glance.of_value(Some(field), json, is_open)
        }
    }))
}

/// Gives fields their values, as one form does: what is wrong stands beside each.
pub(super) fn set_all(
    conn: &mut Conn,
    id: CompanyId,
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
            Ok(()) => {}
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

/// Gives a field a value.
pub fn set(
    conn: &mut Conn,
    id: CompanyId,
    given: &Given,
    ways: &Ways,
    by: &By,
) -> Result<(), Refusal> {
    take(conn, id, by)?;
    give(conn, id, given, ways, by).map_err(|denied| denied.of("value"))
}

fn give(conn: &mut Conn, id: CompanyId, given: &Given, ways: &Ways, by: &By) -> Result<(), Denied> {
    let field = &given.field;
    let before = shown(conn, id, field)?;
    let Some(to) = values::accept(conn, id.0, given, before.as_deref(), ways)? else {
        return Ok(());
    };
    let to = to.map(|value| value.to_string());
    write(conn, id, field, to.as_deref(), by.now)?;
    if before != to {
        let data = values::told(field, before.as_deref(), to.as_deref(), ways);
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    Ok(())
}

fn shown(conn: &mut Conn, id: CompanyId, field: &Field) -> QueryResult<Option<String>> {
    company_traits::table
        .filter(company_traits::company_id.eq(id.0))
        .filter(company_traits::key_id.eq(field.id))
        .select(company_traits::value)
        .first(conn)
        .optional()
}

fn write(
    conn: &mut Conn,
    id: CompanyId,
    field: &Field,
    value: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    match value {
        Some(value) => {
            let said = (
                company_traits::value.eq(value),
                company_traits::source_id.eq(CRM_SOURCE),
                company_traits::at.eq(now),
            );
            diesel::insert_into(company_traits::table)
                .values((
                    company_traits::company_id.eq(id.0),
                    company_traits::key_id.eq(field.id),
                    said,
                ))
                .on_conflict((company_traits::company_id, company_traits::key_id))
                .do_update()
                .set(said)
                .portable()
                .execute(conn)?;
        }
        None => {
            diesel::delete(company_traits::table)
                .filter(company_traits::company_id.eq(id.0))
                .filter(company_traits::key_id.eq(field.id))
                .execute(conn)?;
        }
    }
    let declared = Declared::only(conn, field.clone())?;
    index::write(conn, &declared, [(id.0, field.id.0, value)].into_iter())
}
