//! Queries of mailings: campaigns and templates here, their audience, recipients and the sender's claims in files of their own.

pub mod audience;
pub mod claims;
pub mod recipients;

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Campaign, State, Tally, Template};
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, TemplateId};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{campaign_tallies, campaigns, templates};
use crate::db::{Cached, Conn};
use crate::keyset;

/// One campaign.
pub fn find(conn: &mut Conn, id: CampaignId) -> QueryResult<Option<Campaign>> {
    Campaign::query()
        .filter(campaigns::id.eq(id))
        .first(conn)
        .optional()
}

/// Campaigns, newest first, of one state or all, below one.
pub fn newest(
    conn: &mut Conn,
    states: &[State],
    below: Option<(Timestamp, CampaignId)>,
    limit: i64,
) -> QueryResult<Vec<Campaign>> {
    let mut query = Campaign::query().into_boxed();
    match states {
        [] => {}
        [one] => query = query.filter(campaigns::state.eq(*one)),
        many => query = query.filter(campaigns::state.eq_any(many.to_vec())),
    }
    keyset!(query, desc, campaigns::created_at, campaigns::id, below)
        .limit(limit)
        .load(conn)
}

/// Hits of a search on its page.
pub const HITS: i64 = 50;

/// Campaigns with these words in name or subject, newest first.
pub fn found(conn: &mut Conn, words: &str) -> QueryResult<Vec<Campaign>> {
    let hits = search::find(conn, Kind::Campaign, words, None, HITS)?;
    Campaign::query()
        .filter(campaigns::id.eq_any(hits.into_iter().map(CampaignId)))
        .order((campaigns::created_at.desc(), campaigns::id.desc()))
        .load(conn)
}

/// What the pages of some campaigns count.
pub fn tallies(conn: &mut Conn, ids: Vec<CampaignId>) -> QueryResult<HashMap<CampaignId, Tally>> {
    let rows: Vec<(CampaignId, Tally)> = campaign_tallies::table
        .filter(campaign_tallies::campaign_id.eq_any(ids))
        .select((campaign_tallies::campaign_id, Tally::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What one campaign's pages count.
pub fn tally(conn: &mut Conn, id: CampaignId) -> QueryResult<Tally> {
    Ok(tallies(conn, vec![id])?.remove(&id).unwrap_or_default())
}

/// Campaigns that are going out.
pub fn sending(conn: &mut Conn) -> QueryResult<Vec<CampaignId>> {
    // The state as a word: only so do the databases know the index that holds no others.
    let query = campaigns::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "campaigns.state = 'sending'",
        ))
        .order(campaigns::id)
        .limit(100)
        .select(campaigns::id);
    Cached(query).load(conn)
}

/// Campaigns whose time has come.
pub fn due(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<CampaignId>> {
    let query = campaigns::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "campaigns.state = 'scheduled'",
        ))
        .filter(campaigns::scheduled_at.le(now))
        .order((campaigns::scheduled_at, campaigns::id))
        .limit(20)
        .select(campaigns::id);
    Cached(query).load(conn)
}

/// Templates, the last changed first.
pub fn all_templates(conn: &mut Conn) -> QueryResult<Vec<Template>> {
    Template::query()
        .order((templates::updated_at.desc(), templates::id.desc()))
        .limit(200)
        .load(conn)
}

/// One template.
pub fn template(conn: &mut Conn, id: TemplateId) -> QueryResult<Option<Template>> {
    Template::query()
        .filter(templates::id.eq(id))
        .first(conn)
        .optional()
}
