//! Deals for good, once they are too old for the trash.

use actix_web::web;
use diesel::prelude::*;

use crate::accounts::Can;
use crate::accounts::audit::{self, By};
use crate::accounts::rights::PurgeRecords;
use crate::base::Timestamp;
use crate::base::ids::DealId;
use crate::contacts::purge::pages::{aged, ordered};
use crate::db::schema::{activities, deals, timeline_entries};
use crate::db::{Conn, Db};
use crate::web::{Redirect, Result, path_id, redirect};

/// Deals of one transaction.
const MOST: i64 = 50;

/// The oldest deals that are too old; their people and stages go with the row.
pub fn deals(conn: &mut Conn, before: Timestamp, now: Timestamp) -> QueryResult<usize> {
    let ids: Vec<DealId> = deals::table
        .filter(deals::deleted_at.is_not_null())
        .filter(deals::deleted_at.lt(before))
        .order((deals::deleted_at.asc(), deals::id.asc()))
        .limit(MOST)
        .select(deals::id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    diesel::delete(activities::table.filter(activities::deal_id.eq_any(&ids))).execute(conn)?;
    diesel::delete(timeline_entries::table.filter(timeline_entries::deal_id.eq_any(&ids)))
        .execute(conn)?;
    for id in &ids {
        let object = Some(("deal", id.0));
        audit::record(conn, &By::house(), "deal.purged", object, "", now)?;
    }
    diesel::delete(deals::table.filter(deals::id.eq_any(&ids))).execute(conn)
}

/// `POST /deals/{id}/purge`: of one in the trash. Needs: delete for good.
pub async fn now(
    viewer: Can<PurgeRecords>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (DealId, _, _) = (path_id(&path)?, viewer.by(), viewer.now);
    db.write(move |conn| {
        let found = diesel::update(deals::table.filter(deals::id.eq(id)))
            .filter(deals::deleted_at.is_not_null())
            .set(deals::deleted_at.eq(Some(aged(now))))
            .execute(conn)?;
        ordered(conn, &by, ("deal", id.0), found, now)
    })
    .await?;
    Ok(redirect("/deals/trash").saying("It is being deleted for good"))
}
