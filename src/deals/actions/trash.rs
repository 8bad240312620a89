//! A deal goes to the trash and comes back.

use diesel::prelude::*;
use serde_json::json;

use super::super::model::{self, Deal};
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::{store, totals};
use super::take;
use crate::base::ids::DealId;
use crate::contacts::{By, purge};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::deals;
use crate::timeline::EntryKind;

/// To the trash: it counts nowhere until it comes back.
pub fn delete(conn: &mut Conn, id: DealId, by: &By) -> Result<Deal, Refusal> {
    let deal = take(conn, id, by)?;
    diesel::update(deals::table.filter(deals::id.eq(id)))
        .set(deals::deleted_at.eq(Some(by.now)))
        .execute(conn)?;
    totals::exchange(conn, Some(&deal), None)?;
    super::tell(conn, id, EntryKind::Deleted, by, json!({}))?;
    search::put(conn, Kind::Deal, id.0, "")?;
    Ok(deal)
}

/// Back from the trash, into the stage it was in; its probability is what that stage says today.
pub fn restore(conn: &mut Conn, id: DealId, by: &By) -> Result<Deal, Refusal> {
    let restored = diesel::update(deals::table.filter(deals::id.eq(id)))
        .filter(deals::deleted_at.ge(purge::limit(by.now)))
        .set((
            deals::deleted_at.eq(None::<i64>),
            deals::revision.eq(deals::revision + 1),
            deals::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let deal = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    if restored == 0 {
        return Ok(deal);
    }
    let stage = pipelines::stage(conn, deal.stage_id)?.ok_or(Refusal::Missing)?;
    let probability = model::probability(&stage, deal.manual_probability);
    diesel::update(deals::table.filter(deals::id.eq(id)))
        .set(deals::probability.eq(probability))
        .execute(conn)?;
    let deal = Deal {
        probability,
        ..deal
    };
    totals::exchange(conn, None, Some(&deal))?;
    super::tell(conn, id, EntryKind::Restored, by, json!({}))?;
    super::index(conn, &deal)?;
    Ok(deal)
}
