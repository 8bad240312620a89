//! Deals that stand in a file of contacts: made beside their people, and taken back with them.

use std::collections::HashSet;

use diesel::prelude::*;

use super::actions;
use super::model::{DealField, NewDeal};
use super::pipelines::store as pipelines;
use super::refusal::Refusal;
use crate::base::Timestamp;
use crate::base::ids::{ContactId, DealId};
use crate::base::text;
use crate::contacts::By;
use crate::contacts::import::apply::DealAsk;
use crate::db::Conn;
use crate::db::schema::{deal_contacts, deals};

/// Makes deals; their ids, none where the contact has a deal of that name already, or why one was left out.
pub fn make(
    conn: &mut Conn,
    asks: &[DealAsk],
    by: &By,
) -> QueryResult<Vec<Result<Option<i64>, String>>> {
    let pipeline = pipelines::default(conn)?;
    let stages = pipelines::stages_of(conn, pipeline.id)?;
    let known = known(conn, asks)?;
    let mut made = Vec::with_capacity(asks.len());
    for ask in asks {
        let title = text::line(&ask.name, 200);
        if known.contains(&(ask.contact, text::fold(&title))) {
            made.push(Ok(None));
            continue;
        }
        let wanted = text::fold(&ask.stage);
        let open = stages.iter().filter(|stage| stage.is_open());
        let stage = open
            .into_iter()
            .find(|stage| text::fold(&stage.name) == wanted);
        let new = NewDeal {
            facts: vec![
                (DealField::Title, title),
                (DealField::Amount, ask.amount.clone()),
            ],
            stage_id: stage.map(|stage| stage.id),
            owner_id: ask.owner.or(Some(by.user)),
            company_id: ask.company,
            contacts: vec![(ask.contact, String::new())],
        };
        made.push(match actions::create(conn, &new, by) {
            Ok(id) => Ok(Some(id.0)),
            Err(Refusal::Query(error)) => return Err(error),
            Err(refusal) => Err(refusal.words()),
        });
    }
    Ok(made)
}

/// Contacts and the folded titles of their deals.
fn known(conn: &mut Conn, asks: &[DealAsk]) -> QueryResult<HashSet<(ContactId, String)>> {
    let ids: Vec<ContactId> = asks.iter().map(|ask| ask.contact).collect();
    let rows: Vec<(ContactId, String)> = deal_contacts::table
        .inner_join(deals::table.on(deals::id.eq(deal_contacts::deal_id)))
        .filter(deal_contacts::contact_id.eq_any(ids))
        .filter(deals::deleted_at.is_null())
        .select((deal_contacts::contact_id, deals::title))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(contact, title)| (contact, text::fold(&title)))
        .collect())
}

/// Puts deals into the trash that nobody has touched since they were made.
pub fn remove(conn: &mut Conn, ids: &[i64], by: &By) -> QueryResult<()> {
    let untouched: Vec<DealId> = deals::table
        .filter(deals::id.eq_any(ids))
        .filter(deals::deleted_at.is_null())
        .filter(deals::revision.eq(1))
        .select(deals::id)
        .load(conn)?;
    for id in untouched {
        match actions::delete(conn, id, by) {
            Ok(_) | Err(Refusal::Missing) => {}
            Err(Refusal::Query(error)) => return Err(error),
            Err(refusal) => {
                tracing::warn!(why = refusal.words(), deal = %id, "an imported deal stays");
            }
        }
    }
    Ok(())
}

/// Which of some contacts have a deal: they are kept when an import is taken back.
pub fn keeps(conn: &mut Conn, ids: &[ContactId], _: Timestamp) -> QueryResult<Vec<ContactId>> {
    deal_contacts::table
        .inner_join(deals::table.on(deals::id.eq(deal_contacts::deal_id)))
        .filter(deal_contacts::contact_id.eq_any(ids))
        .filter(deals::deleted_at.is_null())
        .select(deal_contacts::contact_id)
        .load(conn)
}
