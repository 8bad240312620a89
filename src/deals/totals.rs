//! What every stage holds, by owner and currency. Every write that adds, takes or changes a deal says so here in its own
//! transaction; pages read these few rows instead of counting.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::Deal;
use crate::accounts::Reach;
use crate::base::ids::{StageId, UserId};
use crate::base::{Currency, Money};
use crate::db::schema::{deals, stage_totals};
use crate::db::{Conn, PortableExt};

diesel::allow_columns_to_appear_in_same_group_by_clause!(deals::owner_id, deals::currency);

/// Nobody, in the key of a row.
const NOBODY: i64 = 0;
/// Above this no sum may rise: what is left of the room keeps additions exact.
const MOST: i64 = i64::MAX / 2;

/// Figures of one stage and currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Total {
    /// Which stage.
    pub stage_id: StageId,
    /// Whose deals; 0: nobody's.
    pub owner_id: i64,
    /// Of what.
    pub currency: Currency,
    /// How many deals.
    pub n: i64,
    /// What they are worth, in minor units.
    pub amount: i64,
    /// What is to be expected of that.
    pub weighted: i64,
}

/// Why a deal cannot be counted.
#[derive(Debug)]
pub enum TotalsError {
    /// The sum would no longer be exact.
    TooMuch,
    /// The database.
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for TotalsError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

/// Counts a deal as it was out and as it is now in. A deal in the trash counts nowhere.
pub fn exchange(
    conn: &mut Conn,
    before: Option<&Deal>,
    after: Option<&Deal>,
) -> Result<(), TotalsError> {
    // In the order of their keys, so that two writers never wait for each other.
    let mut changes: BTreeMap<(i64, i64, Currency), (i64, i64, i64)> = BTreeMap::new();
    for (deal, sign) in [(before, -1), (after, 1)] {
        if let Some(deal) = deal.filter(|deal| deal.deleted_at.is_none()) {
            let owner = deal.owner_id.map_or(NOBODY, |owner| owner.0);
            let change = changes
                .entry((deal.stage_id.0, owner, deal.currency))
                .or_default();
            change.0 += sign;
            change.1 += sign * deal.amount.unwrap_or(0);
            change.2 += sign * deal.weighted().map_or(0, |money| money.amount);
        }
    }
    for ((stage, owner, currency), (n, amount, weighted)) in changes {
        if (n, amount, weighted) != (0, 0, 0) {
            add(conn, (stage, owner, currency), n, amount, weighted)?;
        }
    }
    Ok(())
}

fn add(
    conn: &mut Conn,
    (stage, owner, currency): (i64, i64, Currency),
    n: i64,
    amount: i64,
    weighted: i64,
) -> Result<(), TotalsError> {
    use stage_totals as t;
    let row = t::table
        .filter(t::stage_id.eq(stage))
        .filter(t::owner_id.eq(owner))
        .filter(t::currency.eq(currency));
    let sum: Option<i64> = row.select(t::amount).first(conn).optional()?;
    let is_exact = |sum: i64| sum.abs() <= MOST;
    if !sum.unwrap_or(0).checked_add(amount).is_some_and(is_exact) {
        return Err(TotalsError::TooMuch);
    }
    diesel::insert_into(t::table)
        .values((
            t::stage_id.eq(stage),
            t::owner_id.eq(owner),
            t::currency.eq(currency),
            t::n.eq(n),
            t::amount.eq(amount),
            t::weighted.eq(weighted),
        ))
        .on_conflict((t::stage_id, t::owner_id, t::currency))
        .do_update()
        .set((
            t::n.eq(t::n + n),
            t::amount.eq(t::amount + amount),
            t::weighted.eq(t::weighted + weighted),
        ))
        .portable()
        .execute(conn)?;
    Ok(())
}

/// What these stages hold; of one owner, or of everybody in reach.
pub fn of(
    conn: &mut Conn,
    stages: &[StageId],
    owner: Option<Option<UserId>>,
    reach: &Reach,
) -> QueryResult<Vec<Total>> {
    let mut query = stage_totals::table
        .filter(stage_totals::stage_id.eq_any(stages))
        .filter(stage_totals::n.gt(0))
        .order((
            stage_totals::stage_id,
            stage_totals::owner_id,
            stage_totals::currency,
        ))
        .into_boxed();
    if let Some(owner) = owner {
        query = query.filter(stage_totals::owner_id.eq(owner.map_or(NOBODY, |o| o.0)));
    }
    let mut rows: Vec<Total> = query.load(conn)?;
    // A few rows per stage, each of one owner.
    rows.retain(|row| reach.covers(Some(UserId(row.owner_id)).filter(|_| row.owner_id != NOBODY)));
    Ok(rows)
}

/// Counts whole stages anew, after a change of all their deals at once.
pub fn recount(conn: &mut Conn, stages: &[StageId]) -> QueryResult<()> {
    diesel::delete(stage_totals::table.filter(stage_totals::stage_id.eq_any(stages)))
        .execute(conn)?;
    for stage in stages {
        let counted: Vec<(Option<i64>, Currency, i64, i64, i64)> = deals::table
            .filter(deals::stage_id.eq(stage))
            .filter(deals::deleted_at.is_null())
            .group_by((deals::owner_id, deals::currency))
            .select((
                deals::owner_id,
                deals::currency,
                sql::<BigInt>("COUNT(*)"),
                sql::<BigInt>("CAST(COALESCE(SUM(amount), 0) AS BIGINT)"),
                sql::<BigInt>(
                    "CAST(COALESCE(SUM(amount / 100 * probability + amount % 100 * probability / 100), 0) AS BIGINT)",
                ),
            ))
            .load(conn)?;
        for (owner, currency, n, amount, weighted) in counted {
            diesel::insert_into(stage_totals::table)
                .values((
                    stage_totals::stage_id.eq(stage),
                    stage_totals::owner_id.eq(owner.unwrap_or(NOBODY)),
                    stage_totals::currency.eq(currency),
                    stage_totals::n.eq(n),
                    stage_totals::amount.eq(amount),
                    stage_totals::weighted.eq(weighted),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Figures of some stages added up.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    /// How many deals.
    pub n: i64,
    /// What they are worth and what is to be expected of it, by currency, the most deals first.
    pub money: Vec<(Money, Money)>,
}

/// Adds up.
pub fn sum<'a>(totals: impl Iterator<Item = &'a Total>) -> Sum {
    let mut n = 0;
    let mut by: BTreeMap<Currency, (i64, i64, i64)> = BTreeMap::new();
    for total in totals {
        n += total.n;
        let one = by.entry(total.currency).or_default();
        one.0 += total.n;
        one.1 = one.1.saturating_add(total.amount);
        one.2 = one.2.saturating_add(total.weighted);
    }
    let mut rows: Vec<_> = by.into_iter().collect();
    rows.sort_by_key(|(_, (n, ..))| std::cmp::Reverse(*n));
    let money = rows
        .into_iter()
        .map(|(currency, (_, amount, weighted))| {
            (Money::new(amount, currency), Money::new(weighted, currency))
        })
        .collect();
    Sum { n, money }
}
