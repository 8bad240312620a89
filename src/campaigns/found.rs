//! Campaigns as the search finds and shows them.

use diesel::prelude::*;

use super::actions;
use super::model::{Campaign, State};
use crate::accounts::rights::{ReadCampaigns, Right};
use crate::base::Timestamp;
use crate::base::ids::CampaignId;
use crate::db::dialect::search::Kind;
use crate::db::schema::campaigns;
use crate::db::{Cached, Conn, padded};
use crate::search::{Finder, Hit, Reader};

/// How campaigns are found. They belong to nobody: whoever may see one sees all.
pub const CAMPAIGNS: Finder = Finder {
    kind: Kind::Campaign,
    word: "campaign",
    title: "Campaigns",
    path: "/campaigns",
    icon: "campaigns",
    scope: "campaigns:read",
    is_open_to: |reader| ReadCampaigns::allows(&reader.access),
    exact: |_, _| Ok(Vec::new()),
    show,
    refill,
    refill_company: None,
};

fn show(conn: &mut Conn, _: &Reader, ids: &[i64]) -> QueryResult<Vec<Hit>> {
    type Row = (CampaignId, String, String, State, Timestamp);
    let query = campaigns::table
        .filter(campaigns::id.eq_any(padded(ids.to_vec())))
        .select((
            campaigns::id,
            campaigns::name,
            campaigns::subject,
            campaigns::state,
            campaigns::updated_at,
        ));
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let hit = |(id, name, subject, state, at): Row| Hit {
        id: id.0,
        label: name,
        context: subject,
        side: state.label().to_owned(),
        initials: String::new(),
        at,
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn refill(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Option<i64>> {
    let found: Vec<Campaign> = Campaign::query()
        .filter(campaigns::id.gt(CampaignId(after)))
        .order(campaigns::id)
        .limit(limit)
        .load(conn)?;
    for campaign in &found {
        actions::index(conn, campaign.id, &campaign.name, &campaign.content())?;
    }
    Ok(found.last().map(|campaign| campaign.id.0))
}
