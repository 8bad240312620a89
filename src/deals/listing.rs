//! The question of the list: deals by state, stage and owner, in an order that an index has.

use diesel::prelude::*;

use super::model::Deal;
use super::pipelines::model::StageKind;
use crate::base::Timestamp;
use crate::base::ids::{DealId, StageId, UserId};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::deals;
use crate::keyset;
use crate::text_enum;

/// Hits of the search that are looked at.
const HITS: i64 = 500;

text_enum!(
    /// What the list is sorted by.
    Sort {
        /// Those that close first in front.
        Closes => "closes",
        /// The dearest first.
        Amount => "amount",
        /// The newest first.
        Created => "created",
    }
);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Open, won or lost; of a stage, what it says.
    pub kind: StageKind,
    /// Only of this stage.
    pub stage: Option<StageId>,
    /// Only of this owner, or of nobody.
    pub owner: Option<Option<UserId>>,
    /// Words of title or company.
    pub q: String,
    /// Order; a search has its own.
    pub sort: Sort,
}

/// Sort key and id of the last row of the page before.
pub type Place = (i64, i64);

/// Rows of one page.
pub fn rows(conn: &mut Conn, ask: &Ask, from: Option<Place>, limit: i64) -> QueryResult<Vec<Deal>> {
    let mut query = Deal::query()
        .filter(deals::deleted_at.is_null())
        .limit(limit)
        .into_boxed();
    query = match ask.stage {
        Some(stage) => query.filter(deals::stage_id.eq(stage)),
        None if ask.q.is_empty() => query.filter(deals::stage_kind.eq(ask.kind)),
        None => query,
    };
    query = match ask.owner {
        Some(Some(owner)) => query.filter(deals::owner_id.eq(owner)),
        Some(None) => query.filter(deals::owner_id.is_null()),
        None => query,
    };
    if !ask.q.is_empty() {
        let before = from.map(|(_, id)| id);
        let hits = search::find(conn, Kind::Deal, &ask.q, before, HITS)?;
        let hits = hits.into_iter().map(DealId);
        return query
            .filter(deals::id.eq_any(hits))
            .order(deals::id.desc())
            .load(conn);
    }
    match ask.sort {
        Sort::Closes => keyset!(query, asc, deals::sort_closes, deals::id, from).load(conn),
        Sort::Amount => keyset!(query, desc, deals::sort_amount, deals::id, from).load(conn),
        Sort::Created => {
            let from = from.map(|(at, id)| (Timestamp(at), id));
            keyset!(query, desc, deals::created_at, deals::id, from).load(conn)
        }
    }
}

/// Where the page after this row begins.
pub fn place(ask: &Ask, deal: &Deal) -> Place {
    let key = match ask.sort {
        _ if !ask.q.is_empty() => 0,
        Sort::Closes => deal.sort_closes,
        Sort::Amount => deal.sort_amount,
        Sort::Created => deal.created_at.0,
    };
    (key, deal.id.0)
}
