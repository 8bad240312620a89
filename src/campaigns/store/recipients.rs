//! Recipients as pages show them, and links as they were followed.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::base::ids::{CampaignId, RecipientId};
use crate::campaigns::model::{Delivery, Recipient};
use crate::db::Conn;
use crate::db::schema::{campaign_links, recipients};
use crate::text_enum;

text_enum!(
    /// Which recipients are shown.
    Which {
        /// All.
        All => "all",
        /// Taken by the server.
        Sent => "sent",
        /// Opened.
        Opened => "opened",
        /// Followed a link.
        Clicked => "clicked",
        /// Unsubscribed.
        Unsubscribed => "unsubscribed",
        /// Still to be sent.
        Waiting => "waiting",
        /// Not taken yet.
        Deferred => "deferred",
        /// Never to be taken.
        Failed => "failed",
        /// Nobody knows.
        Unknown => "unknown",
        /// Held back.
        Skipped => "skipped",
    }
);

impl Which {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Sent => "Sent",
            Self::Opened => "Opened",
            Self::Clicked => "Clicked",
            Self::Unsubscribed => "Unsubscribed",
            Self::Waiting => "Waiting",
            Self::Deferred => "Tried again",
            Self::Failed => "Failed",
            Self::Unknown => "Uncertain",
            Self::Skipped => "Held back",
        }
    }
}

/// One recipient.
pub fn find(conn: &mut Conn, id: RecipientId) -> QueryResult<Option<Recipient>> {
    Recipient::query()
        .filter(recipients::id.eq(id))
        .first(conn)
        .optional()
}

/// Recipients of a campaign above one, in the order they were frozen.
pub fn page(
    conn: &mut Conn,
    campaign: CampaignId,
    which: Which,
    above: RecipientId,
    limit: i64,
) -> QueryResult<Vec<Recipient>> {
    let mut query = Recipient::query()
        .filter(recipients::campaign_id.eq(campaign))
        .filter(recipients::id.gt(above))
        .into_boxed();
    let state = match which {
        Which::Sent => Some(Delivery::Sent),
        Which::Waiting => Some(Delivery::Pending),
        Which::Deferred => Some(Delivery::Deferred),
        Which::Failed => Some(Delivery::Failed),
        Which::Unknown => Some(Delivery::Unknown),
        Which::Skipped => Some(Delivery::Skipped),
        Which::All | Which::Opened | Which::Clicked | Which::Unsubscribed => None,
    };
    if let Some(state) = state {
        query = query.filter(recipients::state.eq(state));
    }
    query = match which {
        Which::Opened => query.filter(sql::<Bool>("recipients.opened_at IS NOT NULL")),
        Which::Clicked => query.filter(sql::<Bool>("recipients.clicked_at IS NOT NULL")),
        Which::Unsubscribed => query.filter(sql::<Bool>("recipients.unsubscribed_at IS NOT NULL")),
        _ => query,
    };
    query.order(recipients::id).limit(limit).load(conn)
}

/// Recipients whose reasons are looked at.
const MOST_REASONS: i64 = 2_000;

/// Why recipients in a state are in it, the most frequent reasons first; and whether only so many were looked at.
pub fn reasons(
    conn: &mut Conn,
    campaign: CampaignId,
    state: Delivery,
) -> QueryResult<(Vec<(String, i64)>, bool)> {
    let words: Vec<String> = recipients::table
        .filter(recipients::campaign_id.eq(campaign))
        .filter(recipients::state.eq(state))
        .order(recipients::id)
        .limit(MOST_REASONS)
        .select(recipients::reason)
        .load(conn)?;
    let is_cut = words.len() as i64 == MOST_REASONS;
    let mut by: BTreeMap<String, i64> = BTreeMap::new();
    for word in words {
        *by.entry(word).or_default() += 1;
    }
    let mut reasons: Vec<(String, i64)> = by.into_iter().collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    reasons.truncate(6);
    Ok((reasons, is_cut))
}

/// Links of a campaign, the most followed first.
pub fn links(conn: &mut Conn, campaign: CampaignId) -> QueryResult<Vec<(String, i64)>> {
    campaign_links::table
        .filter(campaign_links::campaign_id.eq(campaign))
        .order((campaign_links::clicks.desc(), campaign_links::position))
        .limit(12)
        .select((campaign_links::url, campaign_links::clicks))
        .load(conn)
}
