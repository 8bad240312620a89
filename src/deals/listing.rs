//! The question of the list: deals by state, stage and owner, in an order that an index has.

use diesel::prelude::*;

use super::model::Deal;
use super::pipelines::model::StageKind;
use crate::accounts::Reach;
use crate::base::ids::{DealId, StageId, UserId};
use crate::base::{Currency, Timestamp};
use crate::db::Conn;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::deals;
use crate::keyset;
use crate::text_enum;
use crate::web::Cursor;

/// The deals that are asked for, in no order yet.
macro_rules! narrowed {
    ($ask:expr, $limit:expr) => {{
        let mut query = Deal::query()
            .filter(deals::deleted_at.is_null())
            .limit($limit)
            .into_boxed();
        query = match $ask.stage {
            Some(stage) => query.filter(deals::stage_id.eq(stage)),
            None if $ask.q.is_empty() => query.filter(deals::stage_kind.eq($ask.kind)),
            None => query,
        };
        if let Some(held) = $ask.reach.on("deals.owner_id") {
            query = query.filter(held);
        }
        match $ask.owner {
            Some(Some(owner)) => query.filter(deals::owner_id.eq(owner)),
            Some(None) => query.filter(deals::owner_id.is_null()),
            None => query,
        }
    }};
}

/// Hits of the search that are looked at.
const HITS: i64 = 500;

text_enum!(
    /// What the list is sorted by.
    Sort {
        /// Those that close first in front.
        Closes => "closes",
        /// The dearest first, currency by currency.
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
    /// Whose deals are in reach.
    pub reach: Reach,
    /// Words of title or company.
    pub q: String,
    /// Order; a search has its own.
    pub sort: Sort,
    /// The currencies that occur, in their order: amounts are compared within one of them only.
    pub currencies: Vec<Currency>,
}

/// A place in the list: that of a row, or of the last one of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Of a list by amount.
    currency: Option<Currency>,
    key: i64,
    id: i64,
}

impl Place {
    /// From the cursor of a URL; what is none begins the list.
    pub fn read(after: &str) -> Option<Self> {
        let cursor = Cursor::decode(after)?;
        let (currency, key) = match cursor.key.split_once(' ') {
            Some((code, key)) => (Some(Currency::parse(code)?), key),
            None => (None, cursor.key.as_str()),
        };
        Some(Self {
            currency,
            key: key.parse().ok()?,
            id: cursor.id,
        })
    }

    /// Where the page after this row begins.
    pub fn of(ask: &Ask, deal: &Deal) -> Self {
        let by_amount = ask.q.is_empty() && ask.sort == Sort::Amount;
        Self {
            currency: by_amount.then_some(deal.currency),
            key: match ask.sort {
                _ if !ask.q.is_empty() => 0,
                Sort::Closes => deal.sort_closes,
                Sort::Amount => deal.sort_amount,
                Sort::Created => deal.created_at.0,
            },
            id: deal.id.0,
        }
    }

    /// For a URL.
    pub fn cursor(self) -> Cursor {
        Cursor {
            key: match self.currency {
                Some(currency) => format!("{} {}", currency.code(), self.key),
                None => self.key.to_string(),
            },
            id: self.id,
        }
    }
}

/// Rows of one page.
pub fn rows(conn: &mut Conn, ask: &Ask, from: Option<Place>, limit: i64) -> QueryResult<Vec<Deal>> {
    if !ask.q.is_empty() {
        return found(conn, ask, from, limit);
    }
    let place = from.map(|from| (from.key, from.id));
    match ask.sort {
        Sort::Closes => {
            let query = narrowed!(ask, limit);
            keyset!(query, asc, deals::sort_closes, deals::id, place).load(conn)
        }
        Sort::Amount => by_amount(conn, ask, from, limit),
        Sort::Created => {
            let place = place.map(|(at, id)| (Timestamp(at), id));
            let query = narrowed!(ask, limit);
            keyset!(query, desc, deals::created_at, deals::id, place).load(conn)
        }
    }
}

fn found(conn: &mut Conn, ask: &Ask, from: Option<Place>, limit: i64) -> QueryResult<Vec<Deal>> {
    let hits = search::find(conn, Kind::Deal, &ask.q, from.map(|from| from.id), HITS)?;
    let hits = hits.into_iter().map(DealId);
    narrowed!(ask, limit)
        .filter(deals::id.eq_any(hits))
        .order(deals::id.desc())
        .load(conn)
}

/// One currency after the other: a page asks for the next one only where the last has run out.
fn by_amount(
    conn: &mut Conn,
    ask: &Ask,
    from: Option<Place>,
    limit: i64,
) -> QueryResult<Vec<Deal>> {
    let begun = from.and_then(|from| from.currency);
    let left = ask.currencies.iter().copied();
    let left = left.skip_while(|currency| begun.is_some_and(|begun| *currency != begun));
    let mut rows: Vec<Deal> = Vec::new();
    for currency in left {
        let place = from.filter(|from| from.currency == Some(currency));
        let place = place.map(|from| (from.key, from.id));
        let query = narrowed!(ask, limit - rows.len() as i64).filter(deals::currency.eq(currency));
        let more: Vec<Deal> =
            keyset!(query, desc, deals::sort_amount, deals::id, place).load(conn)?;
        rows.extend(more);
        if rows.len() as i64 >= limit {
            break;
        }
    }
    Ok(rows)
}
