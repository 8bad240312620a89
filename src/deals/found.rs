//! Deals as the search finds and shows them.

use diesel::prelude::*;

use super::actions;
use super::model::Deal;
use crate::accounts::access::Object;
use crate::accounts::rights::{ReadDeals, Right};
use crate::base::ids::{CompanyId, DealId, UserId};
use crate::base::{Currency, Money, Timestamp};
use crate::db::dialect::search::Kind;
use crate::db::schema::{companies, deals, stages};
use crate::db::{Cached, Conn, Predicate, padded};
use crate::search::{self, Finder, Hit, Reader};

/// How deals are found.
pub const DEALS: Finder = Finder {
    kind: Kind::Deal,
    word: "deal",
    title: "Deals",
    path: "/deals",
    icon: "deals",
    scope: "deals:read",
    is_open_to: |reader| ReadDeals::allows(&reader.access),
    exact: |_, typed| Ok(search::number(typed).into_iter().collect()),
    show,
    refill,
    refill_company: Some(refill_company),
};

/// What a deal must meet for a reader to see it.
fn seen_by(reader: &Reader) -> Option<Predicate> {
    reader.access.sees(Object::Deals).on("deals.owner_id")
}

fn show(conn: &mut Conn, reader: &Reader, ids: &[i64]) -> QueryResult<Vec<Hit>> {
    type Row = (
        (DealId, String, Option<i64>, Currency, Timestamp),
        String,
        Option<(String, Option<UserId>)>,
    );
    let mut query = deals::table
        .inner_join(stages::table.on(stages::id.eq(deals::stage_id)))
        .left_join(companies::table.on(deals::company_id.eq(companies::id.nullable())))
        .filter(deals::id.eq_any(padded(ids.to_vec())))
        .filter(deals::deleted_at.is_null())
        .select((
            (
                deals::id,
                deals::title,
                deals::amount,
                deals::currency,
                deals::updated_at,
            ),
            stages::name,
            (companies::name, companies::owner_id).nullable(),
        ))
        .into_boxed();
    if let Some(seen) = seen_by(reader) {
        query = query.filter(seen);
    }
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let reach = reader.access.sees(Object::Contacts);
    let hit = |((id, title, amount, currency, at), stage, company): Row| {
        let amount = amount.map(|amount| Money { amount, currency });
        Hit {
            id: id.0,
            label: title,
            context: match company.filter(|(_, owner)| reach.covers(*owner)) {
                Some((company, _)) => format!("{company} · {stage}"),
                None => stage,
            },
            side: amount.map(Money::shown).unwrap_or_default(),
            initials: String::new(),
            at,
        }
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn refill(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Option<i64>> {
    let found: Vec<Deal> = Deal::query()
        .filter(deals::id.gt(DealId(after)))
        .order(deals::id)
        .limit(limit)
        .load(conn)?;
    actions::index_all(conn, found.iter().filter(|deal| deal.deleted_at.is_none()))?;
    Ok(found.last().map(|deal| deal.id.0))
}

fn refill_company(
    conn: &mut Conn,
    company: CompanyId,
    after: i64,
    limit: i64,
) -> QueryResult<Option<i64>> {
    let found: Vec<Deal> = Deal::query()
        .filter(deals::company_id.eq(company))
        .filter(deals::id.gt(DealId(after)))
        .order(deals::id)
        .limit(limit)
        .load(conn)?;
    actions::index_all(conn, found.iter().filter(|deal| deal.deleted_at.is_none()))?;
    Ok(found.last().map(|deal| deal.id.0))
}
