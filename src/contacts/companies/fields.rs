//! Values of a company's fields: one per field, whoever said it last or by hand.

use std::collections::HashMap;

use actix_web::{Either, HttpRequest, web};
use diesel::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::actions::{take, tell};
use super::show::{self, Beside, Failed, Params, ShowPage};
use crate::accounts::Can;
use crate::accounts::rights::EditContacts;
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, CompanyId, SourceId, TraitKeyId};
use crate::contacts::CompanyCards;
use crate::contacts::fields::index::{self, Declared};
use crate::contacts::fields::values;
use crate::contacts::fields::{self, Denied, Field, Given, Object, Ways};
use crate::contacts::model::By;
use crate::contacts::pages::by;
use crate::contacts::pages::facts::{Fact, Group, Open};
use crate::contacts::pages::glance::Glance;
use crate::contacts::refusal::Refusal;
use crate::contacts::survivorship::Order;
use crate::db::schema::{company_traits, sources};
use crate::db::{Conn, Db, PortableExt};
use crate::timeline::{EntryKind, Strands};
use crate::web::{self as kit, Errors, Form, Page, Redirect, Result, redirect};

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
) -> std::result::Result<(), Refusal> {
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
) -> std::result::Result<(), Refusal> {
    take(conn, id, by)?;
    give(conn, id, given, ways, by).map_err(|denied| denied.of("value"))
}

fn give(
    conn: &mut Conn,
    id: CompanyId,
    given: &Given,
    ways: &Ways,
    by: &By,
) -> std::result::Result<(), Denied> {
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

/// A value as it is posted; a field of several options has several.
#[derive(Debug, Deserialize)]
pub struct FieldForm {
    key: String,
    #[serde(default)]
    value: Vec<String>,
    #[serde(default)]
    was: Vec<String>,
}

/// `POST /companies/{id}/traits`. Needs: change contacts.
pub async fn change(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<FieldForm>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id: CompanyId = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let FieldForm { key, value, was } = form.0;
    let typed = value.join("\n").trim().to_owned();
    let (sent, name) = (typed.clone(), format!("trait:{key}"));
    let (role, zone) = (viewer.user.role, viewer.zone());
    let done = db
        .write(move |conn| {
            let ways = fields::ways(conn, role, zone, by.now)?;
            let field = values::in_use(conn, Object::Company, &key)?;
            let field = field
                .filter(|field| ways.see(field))
                .ok_or(Refusal::Missing)?;
            let given = Given {
                was: was.into_iter().next(),
                to: Value::String(sent),
                field,
            };
            set(conn, id, &given, &ways, &by)
        })
        .await;
    let refusal = match done {
        Ok(()) => {
            return Ok(Either::Right(
                redirect(format!("/companies/{id}")).saying("Saved"),
            ));
        }
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => return Err(refusal.into()),
        Err(refusal) => refusal,
    };
    let theirs = match &refusal {
        Refusal::Clash(clashes) => clashes.first().map(|clash| clash.now.clone()),
        _ => None,
    };
    let failed = Failed {
        open: Open {
            name,
            typed: Some(typed),
            error: refusal.words(),
            theirs,
            holder: None,
        },
        ..Failed::default()
    };
    let beside = Beside {
        strands: &strands,
        cards: &cards,
    };
    show::page(&viewer, &db, beside, id, Params::default(), failed)
        .await
        .map(Either::Left)
}
