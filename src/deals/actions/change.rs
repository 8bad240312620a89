//! Facts of a deal: each knows what it said when somebody began to change it.

use diesel::prelude::*;
use serde_json::json;

use super::super::model::{self, Deal, DealField};
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::{store, totals};
use super::take;
use crate::base::Money;
use crate::base::ids::{DealId, UserId};
use crate::contacts::companies::actions as companies;
use crate::contacts::refusal::Clash;
use crate::contacts::{By, store as contacts};
use crate::db::Conn;
use crate::db::schema::deals;
use crate::timeline::EntryKind;
use crate::web::Errors;

/// A fact somebody wants changed: which, what it said when they began, what they typed.
pub type Change = (DealField, Option<String>, String);

/// Changes facts; what somebody else changed meanwhile is not overwritten.
pub fn change(conn: &mut Conn, id: DealId, changes: &[Change], by: &By) -> Result<Deal, Refusal> {
    let before = take(conn, id, by)?;
    let company = match before.company_id {
        Some(id) => contacts::company_names(conn, [id])?.remove(&id),
        None => None,
    };
    let company = company.unwrap_or_default();
    let mut errors = Errors::new();
    let mut clashes = Vec::new();
    for (field, was, typed) in changes {
        let now = field.of(&before, &company);
        let to = match field.clean(typed, before.currency) {
            Ok(to) => to,
            Err(why) => {
                errors.add(field.word(), why);
                continue;
            }
        };
        if to == now || was.as_ref() == Some(&to) {
            continue;
        }
        if was.as_ref().is_some_and(|was| *was != now) {
            clashes.push(Clash {
                field: field.word().to_owned(),
                label: field.label().to_owned(),
                now,
                typed: to,
            });
            continue;
        }
        set(conn, &before, *field, &to, by)?;
        let data =
            json!({ "label": field.label(), "from": said(*field, &now), "to": said(*field, &to) });
        super::tell(conn, id, EntryKind::Changed, by, data)?;
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if !clashes.is_empty() {
        return Err(Refusal::Clash(clashes));
    }
    let after = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    totals::exchange(conn, Some(&before), Some(&after))?;
    super::index(conn, &after)?;
    Ok(after)
}

/// Gives a deal to somebody, or to nobody.
pub fn set_owner(
    conn: &mut Conn,
    id: DealId,
    owner: Option<UserId>,
    by: &By,
) -> Result<Deal, Refusal> {
    if let Some(owner) = owner
        && !contacts::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let before = take(conn, id, by)?;
    if before.owner_id == owner {
        return Ok(before);
    }
    diesel::update(deals::table.filter(deals::id.eq(id)))
        .set(deals::owner_id.eq(owner))
        .execute(conn)?;
    let after = Deal {
        owner_id: owner,
        ..before.clone()
    };
    totals::exchange(conn, Some(&before), Some(&after))?;
    let names = contacts::user_names(conn, before.owner_id.into_iter().chain(owner))?;
    let name = |user: Option<UserId>| user.and_then(|user| names.get(&user));
    let data = json!({ "from": name(before.owner_id), "to": name(owner) });
    super::tell(conn, id, EntryKind::Owner, by, data)?;
    Ok(after)
}

/// A value as its story says it.
fn said(field: DealField, value: &str) -> String {
    match field {
        DealField::Amount => value
            .rsplit_once(' ')
            .and_then(|(figures, code)| {
                let currency = crate::base::Currency::parse(code)?;
                Money::parse(figures, currency).ok().flatten()
            })
            .map_or_else(String::new, Money::shown),
        DealField::Probability if !value.is_empty() => format!("{value}%"),
        DealField::ClosesOn => model::date(value)
            .ok()
            .flatten()
            .map_or_else(String::new, |days| {
                model::day(days).format("%-d %b %Y").to_string()
            }),
        _ => value.to_owned(),
    }
}

fn set(conn: &mut Conn, deal: &Deal, field: DealField, to: &str, by: &By) -> Result<(), Refusal> {
    let row = deals::table.filter(deals::id.eq(deal.id));
    match field {
        DealField::Title => diesel::update(row).set(deals::title.eq(to)).execute(conn)?,
        DealField::Amount => {
            let money = Money::parse(to, deal.currency)
                .map_err(|why| Refusal::invalid(field.word(), why))?;
            diesel::update(row)
                .set((
                    deals::amount.eq(money.map(|m| m.amount)),
                    deals::currency.eq(money.map_or(deal.currency, |m| m.currency)),
                    deals::sort_amount.eq(model::sort_amount(money)),
                ))
                .execute(conn)?
        }
        DealField::ClosesOn => {
            let day = model::date(to).map_err(|why| Refusal::invalid(field.word(), why))?;
            diesel::update(row)
                .set((
                    deals::closes_on.eq(day),
                    deals::sort_closes.eq(day.unwrap_or(model::NEVER)),
                ))
                .execute(conn)?
        }
        DealField::Probability => {
            let manual: Option<i64> = to.parse().ok();
            let stage = pipelines::stage(conn, deal.stage_id)?.ok_or(Refusal::Missing)?;
            diesel::update(row)
                .set((
                    deals::manual_probability.eq(manual),
                    deals::probability.eq(model::probability(&stage, manual)),
                ))
                .execute(conn)?
        }
        DealField::Company => {
            let company = match to {
                "" => None,
                name => Some(companies::named(conn, name, by)?),
            };
            diesel::update(row)
                .set(deals::company_id.eq(company))
                .execute(conn)?
        }
        DealField::Source => diesel::update(row)
            .set(deals::source.eq(to))
            .execute(conn)?,
        DealField::NextStep => diesel::update(row)
            .set(deals::next_step.eq(to))
            .execute(conn)?,
    };
    Ok(())
}
