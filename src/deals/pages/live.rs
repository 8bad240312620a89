//! `/deals/live`: tells an open board or list that a deal, a stage or a next step changed.

use actix_web::{HttpResponse, web};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::accounts::Can;
use crate::accounts::rights::ReadDeals;
use crate::base::Timestamp;
use crate::db::schema::{deals, stage_changes, stages};
use crate::db::{Conn, Db};
use crate::web::Result;
use crate::web::live::{self, Asked};
use crate::web::streams::Streams;

/// The last change of a deal and of a stage, and the last move: two writers may commit in another order than they began.
type Version = (Option<Timestamp>, Option<Timestamp>, Option<i64>);

/// `GET /deals/live`. Needs: see deals.
pub async fn live(
    viewer: Can<ReadDeals>,
    db: web::Data<Db>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let memo = db.memo();
    let asked = Asked::new(&db, move |conn| memo.recall("deals.live", conn, version)).await?;
    Ok(live::stream(viewer.seat(&db, &streams), asked))
}

fn version(conn: &mut Conn) -> QueryResult<Version> {
    let deal = deals::table.select(max(deals::updated_at)).first(conn)?;
    let stage = stages::table.select(max(stages::updated_at)).first(conn)?;
    let moved = stage_changes::table
        .select(max(stage_changes::id))
        .first(conn)?;
    Ok((deal, stage, moved))
}
