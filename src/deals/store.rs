//! Queries of deals.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::Deal;
use super::pipelines::model::StageKind;
use crate::accounts::{Access, Object, Reach};
use crate::base::ids::{CompanyId, ContactId, DealId, StageId, UserId};
use crate::base::{Currency, Timestamp};
use crate::contacts::model::shown;
use crate::db::schema::{contacts, deal_contacts, deals, settings, stage_changes};
use crate::db::{Cached, Conn, padded};

/// The setting that holds the currency of amounts without one.
pub const CURRENCY: &str = "deals.currency";

/// The currency of amounts without one.
pub fn currency(conn: &mut Conn) -> QueryResult<Currency> {
    let set: Option<String> = settings::table
        .filter(settings::key.eq(CURRENCY))
        .select(settings::value)
        .first(conn)
        .optional()?;
    Ok(set
        .and_then(|code| Currency::parse(&code))
        .unwrap_or(Currency::EUR))
}

/// A deal that is not in the trash.
pub fn live(conn: &mut Conn, id: DealId) -> QueryResult<Option<Deal>> {
    Deal::query()
        .filter(deals::id.eq(id))
        .filter(deals::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// Takes the row for this transaction and gives it as it is now; its revision has gone up by one.
pub fn take(conn: &mut Conn, id: DealId, now: Timestamp) -> QueryResult<Option<Deal>> {
    diesel::update(deals::table.filter(deals::id.eq(id)))
        .filter(deals::deleted_at.is_null())
        .set((
            deals::revision.eq(deals::revision + 1),
            deals::updated_at.eq(now),
        ))
        .execute(conn)?;
    live(conn, id)
}

/// Says that something about a deal changed which its card shows.
pub fn touch(conn: &mut Conn, id: DealId, now: Timestamp) -> QueryResult<()> {
    diesel::update(deals::table.filter(deals::id.eq(id)))
        .filter(deals::updated_at.lt(now))
        .set(deals::updated_at.eq(now))
        .execute(conn)
        .map(|_| ())
}

/// Deals that were deleted since, the last first.
pub fn trash(
    conn: &mut Conn,
    reach: &Reach,
    since: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Deal>> {
    let mut query = Deal::query()
        .filter(deals::deleted_at.is_not_null())
        .filter(deals::deleted_at.ge(since))
        .order((deals::deleted_at.desc(), deals::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(held) = reach.on("deals.owner_id") {
        query = query.filter(held);
    }
    query.load(conn)
}

/// Somebody on a deal.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub contact_id: ContactId,
    /// What they are called.
    pub name: String,
    /// What they are to the deal.
    pub role: String,
    /// When they were last seen; zero: never.
    pub last_seen_at: Timestamp,
}

/// The people of a deal whom the reader may see, in the order they came.
pub fn members(conn: &mut Conn, id: DealId, access: &Access) -> QueryResult<Vec<Member>> {
    type Row = (
        ContactId,
        String,
        Option<String>,
        Option<String>,
        bool,
        String,
        Timestamp,
    );
    let mut query = deal_contacts::table
        .inner_join(contacts::table.on(contacts::id.eq(deal_contacts::contact_id)))
        .filter(deal_contacts::deal_id.eq(id))
        .filter(contacts::deleted_at.is_null())
        .order(deal_contacts::id)
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::is_known,
            deal_contacts::role,
            contacts::last_seen_at,
        ))
        .limit(200)
        .into_boxed();
    if let Some(held) = access.sees(Object::Contacts).on("contacts.owner_id") {
        query = query.filter(held);
    }
    let rows: Vec<Row> = query.load(conn)?;
    let member = |(id, name, email, phone, is_known, role, last_seen_at): Row| Member {
        contact_id: id,
        name: shown(id, &name, email.as_deref(), phone.as_deref(), is_known),
        role,
        last_seen_at,
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Ids of the people of a deal.
pub fn contact_ids(conn: &mut Conn, id: DealId) -> QueryResult<Vec<ContactId>> {
    deal_contacts::table
        .filter(deal_contacts::deal_id.eq(id))
        .order(deal_contacts::id)
        .select(deal_contacts::contact_id)
        .load(conn)
}

/// What somebody is to a deal; none: not on it.
pub fn role_of(conn: &mut Conn, id: DealId, contact: ContactId) -> QueryResult<Option<String>> {
    deal_contacts::table
        .filter(deal_contacts::deal_id.eq(id))
        .filter(deal_contacts::contact_id.eq(contact))
        .select(deal_contacts::role)
        .first(conn)
        .optional()
}

/// Deals of a contact, the newest first.
pub fn of_contact(
    conn: &mut Conn,
    contact: ContactId,
    reach: &Reach,
    limit: i64,
) -> QueryResult<Vec<Deal>> {
    let ids: Vec<DealId> = deal_contacts::table
        .filter(deal_contacts::contact_id.eq(contact))
        .order(deal_contacts::deal_id.desc())
        .select(deal_contacts::deal_id)
        .limit(limit)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Deal> = Deal::query()
        .filter(deals::id.eq_any(ids))
        .filter(deals::deleted_at.is_null())
        .order((deals::created_at.desc(), deals::id.desc()))
        .load(conn)?;
    found.retain(|deal| reach.covers(deal.owner_id));
    Ok(found)
}

/// Deals of a company, the newest first.
pub fn of_company(
    conn: &mut Conn,
    company: CompanyId,
    reach: &Reach,
    limit: i64,
) -> QueryResult<Vec<Deal>> {
    let mut query = Deal::query()
        .filter(deals::company_id.eq(company))
        .filter(deals::deleted_at.is_null())
        .order((deals::created_at.desc(), deals::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(held) = reach.on("deals.owner_id") {
        query = query.filter(held);
    }
    query.load(conn)
}

/// Open deals of somebody, those that close first in front.
pub fn open_of(conn: &mut Conn, owner: UserId, limit: i64) -> QueryResult<Vec<Deal>> {
    Deal::query()
        .filter(deals::stage_kind.eq(StageKind::Open))
        .filter(deals::owner_id.eq(owner))
        .filter(deals::deleted_at.is_null())
        .order((deals::sort_closes, deals::id))
        .limit(limit)
        .load(conn)
}

/// Open deals of everybody, those that close first in front.
pub fn open_of_all(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Deal>> {
    Deal::query()
        .filter(deals::stage_kind.eq(StageKind::Open))
        .filter(deals::deleted_at.is_null())
        .order((deals::sort_closes, deals::id))
        .limit(limit)
        .load(conn)
}

/// Deals by id, in no order.
pub fn by_ids(conn: &mut Conn, ids: Vec<DealId>) -> QueryResult<Vec<Deal>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Cached(
        Deal::query()
            .filter(deals::id.eq_any(padded(ids)))
            .filter(deals::deleted_at.is_null()),
    )
    .load(conn)
}

/// How long a deal has been in each stage that it left.
pub fn spent(conn: &mut Conn, id: DealId) -> QueryResult<HashMap<StageId, i64>> {
    let rows: Vec<(Option<StageId>, i64)> = stage_changes::table
        .filter(stage_changes::deal_id.eq(id))
        .select((stage_changes::from_id, stage_changes::spent))
        .order(stage_changes::id)
        .load(conn)?;
    let mut by: HashMap<StageId, i64> = HashMap::new();
    for (from, spent) in rows {
        if let Some(from) = from {
            *by.entry(from).or_default() += spent;
        }
    }
    Ok(by)
}
