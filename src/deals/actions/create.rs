//! Making a deal.

use diesel::prelude::*;
use serde_json::json;

use super::super::model::{self, Deal, DealField, NewDeal};
use super::super::pipelines::model::Stage;
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::{store, totals};
use super::people::join;
use crate::accounts::{Action, Object, seen};
use crate::base::ids::{CompanyId, DealId};
use crate::base::{Currency, Money, text};
use crate::contacts::companies::{actions as companies, store as company_store};
use crate::contacts::{By, store as contacts};
use crate::db::Conn;
use crate::db::schema::{deals, stage_changes};
use crate::timeline::EntryKind;
use crate::web::Errors;

/// What was typed, as it is kept.
struct Facts {
    title: String,
    money: Option<Money>,
    closes_on: Option<i64>,
    manual: Option<i64>,
    source: String,
    next_step: String,
}

/// Makes a deal.
pub fn create(conn: &mut Conn, new: &NewDeal, by: &By) -> Result<DealId, Refusal> {
    let currency = store::currency(conn)?;
    let facts = facts(new, currency)?;
    let stage = stage(conn, new)?;
    if let Some(owner) = new.owner_id
        && !contacts::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let company_id = company(conn, new, by)?;
    let id: DealId = diesel::insert_into(deals::table)
        .values((
            (
                deals::pipeline_id.eq(stage.pipeline_id),
                deals::stage_id.eq(stage.id),
                deals::stage_kind.eq(stage.kind),
                deals::title.eq(&facts.title),
                deals::amount.eq(facts.money.map(|m| m.amount)),
                deals::currency.eq(facts.money.map_or(currency, |m| m.currency)),
                deals::sort_amount.eq(model::sort_amount(facts.money)),
                deals::closes_on.eq(facts.closes_on),
                deals::sort_closes.eq(facts.closes_on.unwrap_or(model::NEVER)),
                deals::probability.eq(model::probability(&stage, facts.manual)),
                deals::manual_probability.eq(facts.manual),
            ),
            deals::owner_id.eq(new.owner_id.or(by.access.owner_of_new(Object::Deals))),
            deals::company_id.eq(company_id),
            deals::source.eq(&facts.source),
            deals::next_step.eq(&facts.next_step),
            deals::entered_at.eq(by.now),
            deals::lost_note.eq(""),
            deals::created_by.eq(Some(by.user)),
            deals::revision.eq(1),
            deals::created_at.eq(by.now),
            deals::updated_at.eq(by.now),
        ))
        .returning(deals::id)
        .get_result(conn)?;
    diesel::insert_into(stage_changes::table)
        .values((
            stage_changes::deal_id.eq(id),
            stage_changes::to_id.eq(stage.id),
            stage_changes::at.eq(by.now),
            stage_changes::spent.eq(0),
            stage_changes::actor_id.eq(Some(by.user)),
        ))
        .execute(conn)?;
    let deal: Deal = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    totals::exchange(conn, None, Some(&deal))?;
    for (contact, role) in &new.contacts {
        join(conn, &deal, *contact, role, by)?;
    }
    super::tell_all(
        conn,
        &deal,
        EntryKind::DealCreated,
        by,
        json!({ "to": stage.name }),
    )?;
    super::index(conn, &deal)?;
    Ok(id)
}

fn facts(new: &NewDeal, currency: Currency) -> Result<Facts, Refusal> {
    let mut errors = Errors::new();
    for field in DealField::ALL {
        if let Err(why) = field.clean(new.fact(*field), currency) {
            errors.add(field.word(), why);
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let clean = |field: DealField| field.clean(new.fact(field), currency).unwrap_or_default();
    let invalid = |field: DealField| move |why| Refusal::invalid(field.word(), why);
    Ok(Facts {
        title: clean(DealField::Title),
        money: Money::parse(new.fact(DealField::Amount), currency)
            .map_err(invalid(DealField::Amount))?,
        closes_on: model::date(new.fact(DealField::ClosesOn))
            .map_err(invalid(DealField::ClosesOn))?,
        manual: clean(DealField::Probability).parse().ok(),
        source: clean(DealField::Source),
        next_step: clean(DealField::NextStep),
    })
}

/// The open stage that is asked for, or the first of the default pipeline.
fn stage(conn: &mut Conn, new: &NewDeal) -> Result<Stage, Refusal> {
    let gone = || Refusal::invalid("stage", "Choose an open stage.");
    let found = if new.stage_id.is_some() {
        new.stage_id
    } else {
        let pipeline = pipelines::default(conn)?;
        let stages = pipelines::stages_of(conn, pipeline.id)?;
        let first = stages.iter().find(|stage| stage.is_open());
        first.map(|stage| stage.id)
    };
    let held = match found {
        Some(id) => pipelines::hold(conn, id)?,
        None => None,
    };
    held.filter(Stage::is_open).ok_or_else(gone)
}

fn company(conn: &mut Conn, new: &NewDeal, by: &By) -> Result<Option<CompanyId>, Refusal> {
    let name = text::line(new.fact(DealField::Company), 300);
    if let Some(id) = new.company_id {
        let company = company_store::live(conn, id)?;
        let is_seen = seen::company(conn, &by.access, Action::Read, id.0)?;
        return match company.filter(|_| is_seen) {
            Some(company) => Ok(Some(company.id)),
            None => Err(Refusal::invalid(
                "company",
                "This company is no longer there.",
            )),
        };
    }
    if name.is_empty() {
        return Ok(None);
    }
    Ok(Some(companies::named(conn, &name, by)?))
}
