//! Mailings for programs: `/api/v1/campaigns`, read only, by API key.

use actix_web::web;
use serde::{Deserialize, Serialize};

use super::model::{Campaign, State, Tally};
use super::store;
use crate::accounts::ApiCan;
use crate::accounts::rights::ReadCampaigns;
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, TopicId};
use crate::db::{Conn, Db};
use crate::web::{ApiError, ApiResult, Cursor, Error, Paged, get, path_id};

/// Campaigns on a page, where nothing is said.
const PAGE: usize = 50;
/// Campaigns on a page at the most.
const MOST: usize = 200;

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/campaigns", get().to(index))
        .route("/api/v1/campaigns/{id}", get().to(show));
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// A page of campaigns.
#[derive(Debug, Serialize)]
pub struct List {
    campaigns: Vec<CampaignJson>,
    next_cursor: Option<String>,
}

/// A campaign as programs see it.
#[derive(Debug, Serialize)]
pub struct CampaignJson {
    id: CampaignId,
    name: String,
    state: State,
    subject: String,
    from_name: String,
    from_email: String,
    topic_id: Option<TopicId>,
    scheduled_at: Option<Timestamp>,
    launched_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    revision: i64,
    figures: Figures,
}

/// What became of it. Opened and clicked are people; what proxies and scanners did stands beside it.
#[derive(Debug, Serialize)]
pub struct Figures {
    audience: i64,
    without_address: i64,
    recipients: i64,
    held_back: i64,
    sent: i64,
    failed: i64,
    uncertain: i64,
    waiting: i64,
    opened: i64,
    clicked: i64,
    opened_by_machines: i64,
    clicked_by_machines: i64,
    unsubscribed: i64,
}

/// `GET /api/v1/campaigns`, newest first; `?state=` for those of one state. Needs: campaigns:read.
pub async fn index(
    _program: ApiCan<ReadCampaigns>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> ApiResult<web::Json<List>> {
    let limit = match params.limit.as_deref().map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(n)) if (1..=MOST).contains(&n) => n,
        Some(_) => return Err(ApiError::invalid("limit", "Write a number from 1 to 200.")),
    };
    let below = match params.cursor.as_deref() {
        None => None,
        Some(text) => match Cursor::decode(text).and_then(|c| Some((c.number()?, c.id))) {
            Some((at, id)) => Some((Timestamp(at), CampaignId(id))),
            None => return Err(ApiError::invalid("cursor", "This is no cursor of ours.")),
        },
    };
    let state = params.state.as_deref().map(State::from_word);
    if state == Some(None) {
        let words = "Write draft, scheduled, sending, paused, sent or cancelled.";
        return Err(ApiError::invalid("state", words));
    }
    let states: Vec<State> = state.flatten().into_iter().collect();
    let list = db.read(move |conn| list(conn, &states, below, limit));
    Ok(web::Json(list.await.map_err(ApiError::from)?))
}

/// `GET /api/v1/campaigns/{id}`. Needs: campaigns:read.
pub async fn show(
    _program: ApiCan<ReadCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> ApiResult<web::Json<CampaignJson>> {
    let id: CampaignId = path_id(&path)?;
    let found = db.read(move |conn| {
        let Some(campaign) = store::find(conn, id)? else {
            return Ok(None);
        };
        let tally = store::tally(conn, id)?;
        Ok::<_, diesel::result::Error>(Some(json(campaign, tally)))
    });
    let found = found.await.map_err(ApiError::from)?;
    found.map(web::Json).ok_or_else(|| Error::NotFound.into())
}

fn list(
    conn: &mut Conn,
    states: &[State],
    below: Option<(Timestamp, CampaignId)>,
    limit: usize,
) -> diesel::QueryResult<List> {
    let rows = store::newest(conn, states, below, limit as i64 + 1)?;
    let page = Paged::from_loaded(rows, limit, |row| Cursor {
        key: row.created_at.0.to_string(),
        id: row.id.0,
    });
    let tallies = store::tallies(conn, page.rows.iter().map(|row| row.id).collect())?;
    let one = |row: Campaign| {
        let tally = tallies.get(&row.id).copied().unwrap_or_default();
        json(row, tally)
    };
    Ok(List {
        campaigns: page.rows.into_iter().map(one).collect(),
        next_cursor: page.next,
    })
}

fn json(campaign: Campaign, tally: Tally) -> CampaignJson {
    let content = campaign.content();
    CampaignJson {
        id: campaign.id,
        name: campaign.name,
        state: campaign.state,
        subject: content.subject,
        from_name: content.from_name,
        from_email: content.from_email,
        topic_id: campaign.topic_id,
        scheduled_at: campaign.scheduled_at,
        launched_at: campaign.launched_at,
        finished_at: campaign.finished_at,
        created_at: campaign.created_at,
        updated_at: campaign.updated_at,
        revision: campaign.revision,
        figures: Figures {
            audience: tally.audience,
            without_address: tally.without_address,
            recipients: tally.recipients,
            held_back: tally.skipped,
            sent: tally.sent,
            failed: tally.failed,
            uncertain: tally.in_doubt,
            waiting: tally.waiting(),
            opened: tally.opened,
            clicked: tally.clicked,
            opened_by_machines: tally.machine_opened,
            clicked_by_machines: tally.machine_clicked,
            unsubscribed: tally.unsubscribed,
        },
    }
}
