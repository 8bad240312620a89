//! Writing campaigns and templates.

use diesel::prelude::*;

use super::Refusal;
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, TemplateId, TopicId, ViewId};
use crate::campaigns::model::{Campaign, Content, State, Template};
use crate::campaigns::store;
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{campaign_tallies, campaigns, templates};

/// Makes a draft.
pub fn create(
    conn: &mut Conn,
    name: &str,
    content: &Content,
    by: &By,
    now: Timestamp,
) -> QueryResult<CampaignId> {
    let id: CampaignId = diesel::insert_into(campaigns::table)
        .values((
            (
                campaigns::name.eq(name),
                campaigns::state.eq(State::Draft),
                campaigns::subject.eq(&content.subject),
                campaigns::preheader.eq(&content.preheader),
                campaigns::from_name.eq(&content.from_name),
                campaigns::from_email.eq(&content.from_email),
                campaigns::format.eq(content.format),
                campaigns::body.eq(&content.body),
            ),
            campaigns::per_second.eq(0),
            campaigns::link_base.eq(""),
            campaigns::trouble.eq(""),
            campaigns::revision.eq(1),
            campaigns::created_by.eq(by.user),
            campaigns::created_at.eq(now),
            campaigns::updated_at.eq(now),
        ))
        .returning(campaigns::id)
        .get_result(conn)?;
    let zero = 0_i64;
    diesel::insert_into(campaign_tallies::table)
        .values((
            campaign_tallies::campaign_id.eq(id),
            campaign_tallies::audience.eq(zero),
            campaign_tallies::without_address.eq(zero),
            campaign_tallies::recipients.eq(zero),
            campaign_tallies::skipped.eq(zero),
            campaign_tallies::no_consent.eq(zero),
            campaign_tallies::suppressed.eq(zero),
            campaign_tallies::cancelled.eq(zero),
            campaign_tallies::sent.eq(zero),
            campaign_tallies::failed.eq(zero),
            campaign_tallies::in_doubt.eq(zero),
            campaign_tallies::opened.eq(zero),
            campaign_tallies::clicked.eq(zero),
            campaign_tallies::machine_opened.eq(zero),
            campaign_tallies::machine_clicked.eq(zero),
            campaign_tallies::unsubscribed.eq(zero),
        ))
        .execute(conn)?;
    index(conn, id, name, content)?;
    record(conn, by, "campaign.created", id, name, now)?;
    Ok(id)
}

/// A new draft with the content and audience of a campaign.
pub fn copy(
    conn: &mut Conn,
    id: CampaignId,
    by: &By,
    now: Timestamp,
) -> Result<CampaignId, Refusal> {
    let campaign = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    let name = format!("{} (again)", campaign.name);
    let made = create(conn, &name, &campaign.content(), by, now)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(made)))
        .set((
            campaigns::view_id.eq(campaign.view_id),
            campaigns::topic_id.eq(campaign.topic_id),
            campaigns::per_second.eq(campaign.per_second),
        ))
        .execute(conn)?;
    Ok(made)
}

/// Writes the content of a draft. `seen` is the revision the writer began from.
pub fn save_content(
    conn: &mut Conn,
    id: CampaignId,
    name: &str,
    content: &Content,
    seen: i64,
    now: Timestamp,
) -> Result<(), Refusal> {
    take_draft(conn, id, Some(seen), now)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set((
            campaigns::name.eq(name),
            campaigns::subject.eq(&content.subject),
            campaigns::preheader.eq(&content.preheader),
            campaigns::from_name.eq(&content.from_name),
            campaigns::from_email.eq(&content.from_email),
            campaigns::format.eq(content.format),
            campaigns::body.eq(&content.body),
            campaigns::trouble.eq(""),
        ))
        .execute(conn)?;
    Ok(index(conn, id, name, content)?)
}

/// To whom a draft goes, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Audience {
    /// The filter.
    pub view: ViewId,
    /// What it is about.
    pub topic: TopicId,
    /// Mails a second; zero: no limit.
    pub per_second: i64,
}

/// Says to whom a draft goes.
pub fn save_audience(
    conn: &mut Conn,
    id: CampaignId,
    audience: Audience,
    now: Timestamp,
) -> Result<(), Refusal> {
    take_draft(conn, id, None, now)?;
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .set((
            campaigns::view_id.eq(Some(audience.view)),
            campaigns::topic_id.eq(Some(audience.topic)),
            campaigns::per_second.eq(audience.per_second),
            campaigns::trouble.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a draft.
pub fn delete(
    conn: &mut Conn,
    id: CampaignId,
    by: &By,
    now: Timestamp,
) -> Result<Campaign, Refusal> {
    let campaign = take_draft(conn, id, None, now)?;
    diesel::delete(campaigns::table.filter(campaigns::id.eq(id))).execute(conn)?;
    search::put(conn, Kind::Campaign, id.0, "")?;
    record(conn, by, "campaign.deleted", id, &campaign.name, now)?;
    Ok(campaign)
}

/// Writes down the words by which it is found: its name and its subject.
pub(in crate::campaigns) fn index(
    conn: &mut Conn,
    id: CampaignId,
    name: &str,
    content: &Content,
) -> QueryResult<()> {
    let words = format!("{name} {}", content.subject);
    spelling::learn(conn, Keep::Parts, [name])?;
    search::put(conn, Kind::Campaign, id.0, &words)
}

/// Takes a draft for this transaction.
pub(super) fn take_draft(
    conn: &mut Conn,
    id: CampaignId,
    seen: Option<i64>,
    now: Timestamp,
) -> Result<Campaign, Refusal> {
    diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
        .filter(campaigns::state.eq(State::Draft))
        .set((
            campaigns::revision.eq(campaigns::revision + 1),
            campaigns::updated_at.eq(now),
        ))
        .execute(conn)?;
    let campaign = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if campaign.state != State::Draft {
        return Err(Refusal::NotNow(campaign.state));
    }
    if seen.is_some_and(|seen| seen + 1 != campaign.revision) {
        return Err(Refusal::Newer);
    }
    Ok(campaign)
}

/// Makes a template.
pub fn create_template(
    conn: &mut Conn,
    name: &str,
    content: &Content,
    by: &By,
    now: Timestamp,
) -> QueryResult<TemplateId> {
    diesel::insert_into(templates::table)
        .values((
            templates::name.eq(name),
            templates::subject.eq(&content.subject),
            templates::preheader.eq(&content.preheader),
            templates::from_name.eq(&content.from_name),
            templates::from_email.eq(&content.from_email),
            templates::format.eq(content.format),
            templates::body.eq(&content.body),
            templates::created_by.eq(by.user),
            templates::created_at.eq(now),
            templates::updated_at.eq(now),
        ))
        .returning(templates::id)
        .get_result(conn)
}

/// Changes a template. Campaigns made from it keep their own words.
pub fn save_template(
    conn: &mut Conn,
    id: TemplateId,
    name: &str,
    content: &Content,
    now: Timestamp,
) -> Result<(), Refusal> {
    let n = diesel::update(templates::table.filter(templates::id.eq(id)))
        .set((
            templates::name.eq(name),
            templates::subject.eq(&content.subject),
            templates::preheader.eq(&content.preheader),
            templates::from_name.eq(&content.from_name),
            templates::from_email.eq(&content.from_email),
            templates::format.eq(content.format),
            templates::body.eq(&content.body),
            templates::updated_at.eq(now),
        ))
        .execute(conn)?;
    if n == 0 {
        return Err(Refusal::Missing);
    }
    Ok(())
}

/// Deletes a template.
pub fn delete_template(conn: &mut Conn, id: TemplateId) -> Result<Template, Refusal> {
    let template = store::template(conn, id)?.ok_or(Refusal::Missing)?;
    diesel::delete(templates::table.filter(templates::id.eq(id))).execute(conn)?;
    Ok(template)
}

pub(super) fn record(
    conn: &mut Conn,
    by: &By,
    action: &str,
    id: CampaignId,
    detail: &str,
    now: Timestamp,
) -> QueryResult<()> {
    audit::record(conn, by, action, Some(("campaign", id.0)), detail, now)
}
