//! Sending off, holding, going on, stopping. Each is one flip of the campaign's state and of the rows that nobody has given
//! away yet; a worker asks for both before each letter, so a pause is exact.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::write::{record, take_draft};
use crate::accounts::audit::By;
use crate::base::Timestamp;
use crate::base::clock::HOUR;
use crate::base::ids::CampaignId;
use crate::campaigns::model::{Campaign, Delivery, State};
use crate::campaigns::store::claims::{self, Added};
use crate::campaigns::store::{self, audience};
use crate::contacts::views;
use crate::db::Conn;
use crate::db::schema::{campaign_tallies, campaigns, recipients};
use crate::privacy;

/// Later than this a campaign does not go out by itself: a database brought back from a backup would send it again.
const TOO_LATE: i64 = HOUR;

/// Why something cannot be done with a campaign.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("there is no such campaign")]
    Missing,
    /// It stands elsewhere.
    #[error("this campaign is {}", .0.label().to_lowercase())]
    NotNow(State),
    /// Somebody changed it meanwhile.
    #[error("somebody changed it meanwhile")]
    Newer,
    /// Something is missing for it.
    #[error("{0}")]
    Unready(String),
    /// The database.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

/// Freezes the audience and begins to send.
pub fn launch(
    conn: &mut Conn,
    id: CampaignId,
    link_base: &str,
    by: &By,
    now: Timestamp,
) -> Result<Campaign, Refusal> {
    let campaign = take_draft(conn, id, None, now)?;
    begin(conn, &campaign, link_base, by, now)
}

fn begin(
    conn: &mut Conn,
    campaign: &Campaign,
    link_base: &str,
    by: &By,
    now: Timestamp,
) -> Result<Campaign, Refusal> {
    let id = campaign.id;
    let unready = |why: &str| Refusal::Unready(why.to_owned());
    let view = campaign
        .view_id
        .ok_or_else(|| unready("choose an audience first"))?;
    let topic = campaign
        .topic_id
        .ok_or_else(|| unready("choose a topic first"))?;
    let view = views::find(conn, view)?.ok_or_else(|| unready("the audience is gone"))?;
    if privacy::store::topic(conn, topic)?.is_none_or(|topic| topic.is_archived) {
        return Err(unready("the topic was put away"));
    }
    let count = audience::count(conn, &view, topic, now)?;
    if count.recipients() == 0 {
        return Err(unready("nobody in the audience may be written to"));
    }
    let rows = audience::freeze(conn, id, &view, topic, now)? as i64;
    let mut added = Added::default();
    for (why, n) in audience::skipped(conn, id)? {
        added.skipped.add(&why, n);
    }
    claims::add(conn, id, added)?;
    diesel::update(campaign_tallies::table.filter(campaign_tallies::campaign_id.eq(id)))
        .set((
            campaign_tallies::audience.eq(rows + count.without_address()),
            campaign_tallies::without_address.eq(count.without_address()),
            campaign_tallies::recipients.eq(rows),
        ))
        .execute(conn)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set((
            campaigns::state.eq(State::Sending),
            campaigns::link_base.eq(link_base),
            campaigns::launched_at.eq(Some(now)),
            campaigns::launched_by.eq(by.user),
            campaigns::trouble.eq(""),
        ))
        .execute(conn)?;
    record(conn, by, "campaign.launched", id, &campaign.name, now)?;
    store::find(conn, id)?.ok_or(Refusal::Missing)
}

/// Plans the launch.
pub fn schedule(
    conn: &mut Conn,
    id: CampaignId,
    at: Timestamp,
    link_base: &str,
    by: &By,
    now: Timestamp,
) -> Result<(), Refusal> {
    let campaign = take_draft(conn, id, None, now)?;
    if campaign.view_id.is_none() || campaign.topic_id.is_none() {
        return Err(Refusal::Unready(
            "choose an audience and a topic first".to_owned(),
        ));
    }
    if at <= now {
        return Err(Refusal::Unready(
            "choose a time that is still to come".to_owned(),
        ));
    }
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set((
            campaigns::state.eq(State::Scheduled),
            campaigns::scheduled_at.eq(Some(at)),
            campaigns::link_base.eq(link_base),
            campaigns::launched_by.eq(by.user),
            campaigns::trouble.eq(""),
        ))
        .execute(conn)?;
    Ok(record(
        conn,
        by,
        "campaign.scheduled",
        id,
        &campaign.name,
        now,
    )?)
}

/// Takes a planned launch back: it is a draft again.
pub fn unschedule(conn: &mut Conn, id: CampaignId, now: Timestamp) -> Result<(), Refusal> {
    flip(conn, id, &[State::Scheduled], State::Draft, now)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set(campaigns::scheduled_at.eq(None::<Timestamp>))
        .execute(conn)?;
    Ok(())
}

/// Launches a planned campaign whose time has come; one that is much too late, or cannot go, becomes a draft that says why.
pub fn launch_due(conn: &mut Conn, id: CampaignId, now: Timestamp) -> Result<(), Refusal> {
    match flip(conn, id, &[State::Scheduled], State::Draft, now) {
        Ok(()) => {}
        Err(Refusal::NotNow(_) | Refusal::Missing) => return Ok(()),
        Err(refusal) => return Err(refusal),
    }
    let campaign = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    let at = campaign.scheduled_at.unwrap_or(now);
    let by = By {
        user: campaign.launched_by,
        ..By::house()
    };
    let why = if now.since(at) > TOO_LATE {
        "It was to go out more than an hour ago, when Rapport was not running. Send it now or plan it anew.".to_owned()
    } else {
        let base = campaign.link_base.clone();
        match begin(conn, &campaign, &base, &by, now) {
            Ok(_) => return Ok(()),
            Err(Refusal::Unready(why)) => format!("It did not go out: {why}."),
            Err(refusal) => return Err(refusal),
        }
    };
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set(campaigns::trouble.eq(why))
        .execute(conn)?;
    Ok(())
}

/// Holds it: nothing leaves after this is committed, except what is over the line already.
pub fn pause(conn: &mut Conn, id: CampaignId, by: &By, now: Timestamp) -> Result<(), Refusal> {
    flip(conn, id, &[State::Sending], State::Paused, now)?;
    diesel::update(
        recipients::table
            .filter(recipients::campaign_id.eq(id))
            .filter(recipients::state.eq(Delivery::Claimed)),
    )
    .set((
        recipients::state.eq(Delivery::Pending),
        recipients::claimed_by.eq(""),
    ))
    .execute(conn)?;
    told(conn, by, "campaign.paused", id, now)
}

/// Goes on.
pub fn resume(conn: &mut Conn, id: CampaignId, by: &By, now: Timestamp) -> Result<(), Refusal> {
    flip(conn, id, &[State::Paused], State::Sending, now)?;
    told(conn, by, "campaign.resumed", id, now)
}

/// Stops it for good; whoever has no mail yet gets none.
pub fn cancel(conn: &mut Conn, id: CampaignId, by: &By, now: Timestamp) -> Result<(), Refusal> {
    flip(
        conn,
        id,
        &[State::Sending, State::Paused],
        State::Cancelled,
        now,
    )?;
    let skipped = diesel::update(
        recipients::table
            .filter(recipients::campaign_id.eq(id))
            .filter(recipients::state.eq_any([
                Delivery::Pending,
                Delivery::Claimed,
                Delivery::Deferred,
            ])),
    )
    .set((
        recipients::state.eq(Delivery::Skipped),
        recipients::reason.eq("cancelled"),
        recipients::claimed_by.eq(""),
    ))
    .execute(conn)?;
    let mut added = Added::default();
    added.skipped.add("cancelled", skipped as i64);
    claims::add(conn, id, added)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set(campaigns::finished_at.eq(Some(now)))
        .execute(conn)?;
    told(conn, by, "campaign.cancelled", id, now)
}

/// Gives everybody in a state (failed, uncertain) another try; how many.
pub fn retry(
    conn: &mut Conn,
    id: CampaignId,
    from: Delivery,
    by: &By,
    now: Timestamp,
) -> Result<usize, Refusal> {
    let added = |n: i64| match from {
        Delivery::Failed => Some(Added {
            failed: -n,
            ..Added::default()
        }),
        Delivery::Unknown => Some(Added {
            in_doubt: -n,
            ..Added::default()
        }),
        _ => None,
    };
    if added(0).is_none() {
        return Err(Refusal::Unready(
            "only failed and uncertain mails can be sent again".to_owned(),
        ));
    }
    let open = [State::Sending, State::Sent, State::Paused];
    let campaign = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if !open.contains(&campaign.state) {
        return Err(Refusal::NotNow(campaign.state));
    }
    let n = diesel::update(
        recipients::table
            .filter(recipients::campaign_id.eq(id))
            .filter(recipients::state.eq(from)),
    )
    .set((
        recipients::state.eq(Delivery::Pending),
        recipients::claimed_by.eq(""),
        recipients::attempts.eq(0),
        recipients::next_attempt_at.eq(now),
    ))
    .execute(conn)?;
    claims::add(conn, id, added(n as i64).unwrap_or_default())?;
    if n > 0 && campaign.state == State::Sent {
        diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
            .set((
                campaigns::state.eq(State::Sending),
                campaigns::finished_at.eq(None::<Timestamp>),
            ))
            .execute(conn)?;
    }
    told(conn, by, "campaign.retried", id, now)?;
    Ok(n)
}

/// Closes a campaign that has nobody left to be sent to. False where there still is somebody.
pub fn finish(conn: &mut Conn, id: CampaignId, now: Timestamp) -> QueryResult<bool> {
    if claims::left(conn, id, now)? != claims::Left::Nothing {
        return Ok(false);
    }
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .filter(campaigns::state.eq(State::Sending))
        .set((
            campaigns::state.eq(State::Sent),
            campaigns::finished_at.eq(Some(now)),
            campaigns::trouble.eq(""),
        ))
        .execute(conn)
        .map(|n| n == 1)
}

fn flip(
    conn: &mut Conn,
    id: CampaignId,
    from: &[State],
    to: State,
    now: Timestamp,
) -> Result<(), Refusal> {
    let words: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
    let is_from = format!("campaigns.state IN ({})", words.join(", "));
    let n = diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .filter(sql::<Bool>(&is_from))
        .set((
            campaigns::state.eq(to),
            campaigns::updated_at.eq(now),
            campaigns::revision.eq(sql::<BigInt>("campaigns.revision + 1")),
        ))
        .execute(conn)?;
    if n == 1 {
        return Ok(());
    }
    let campaign = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    Err(Refusal::NotNow(campaign.state))
}

fn told(
    conn: &mut Conn,
    by: &By,
    action: &str,
    id: CampaignId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let name = store::find(conn, id)?.map(|campaign| campaign.name);
    Ok(record(
        conn,
        by,
        action,
        id,
        &name.unwrap_or_default(),
        now,
    )?)
}
