//! A deal as a card of the board: five lines at the most.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;
use diesel::QueryResult;

use super::super::model::{Deal, date_shown, day};
use super::super::pipelines::model::Stage;
use super::super::tasks::model::{standing, when};
use super::super::tasks::store as tasks;
use super::with_query;
use crate::accounts::Viewer;
use crate::base::Money;
use crate::base::clock::DAY;
use crate::base::ids::{DealId, StageId};
use crate::base::text;
use crate::contacts::store as contacts;
use crate::db::Conn;

/// What stands on a card.
pub struct Card {
    /// Id.
    pub id: DealId,
    /// Its stage.
    pub stage_id: StageId,
    /// What it is about.
    pub title: String,
    /// Who buys, or empty.
    pub company: String,
    /// What it is worth, or empty.
    pub amount: String,
    /// Name of the owner, or empty.
    pub owner: String,
    /// For the avatar.
    pub owner_initials: String,
    /// For the avatar.
    pub owner_tone: &'static str,
    /// What comes next.
    pub next: String,
    /// `late`, `today`, `none` or empty.
    pub next_kind: &'static str,
    /// Its icon.
    pub next_icon: &'static str,
    /// When it is expected to close, or empty.
    pub closes: String,
    /// Whether that has passed.
    pub is_overdue: bool,
    /// "12 d".
    pub days: String,
    /// `stale`, `rotten` or empty.
    pub age: &'static str,
    /// Where a move is posted.
    pub action: String,
}

/// The markup of a card.
#[derive(Template)]
#[template(path = "deals/_card.html")]
pub struct CardPart<'a> {
    /// The card.
    pub card: &'a Card,
    /// Where it can go: ids and names.
    pub stages: &'a [(String, String)],
    /// Whether the reader may move it.
    pub can_edit: &'a bool,
}

impl HtmlSafe for CardPart<'_> {}

/// Cards of deals, in their order. `back`: where a move leads back to.
pub fn cards(
    conn: &mut Conn,
    deals: Vec<Deal>,
    stages: &[Stage],
    viewer: &Viewer,
    back: &str,
) -> QueryResult<Vec<Card>> {
    let owners = contacts::user_names(conn, deals.iter().filter_map(|deal| deal.owner_id))?;
    let companies = contacts::companies_seen(
        conn,
        &viewer.access,
        deals.iter().filter_map(|deal| deal.company_id),
    )?;
    let next = tasks::next(conn, deals.iter().map(|deal| deal.id).collect())?;
    let stages: HashMap<StageId, &Stage> = stages.iter().map(|stage| (stage.id, stage)).collect();
    let (now, zone) = (viewer.now, viewer.zone());
    let today = now.utc().with_timezone(&zone).date_naive();
    let card = |deal: Deal| {
        let owner = deal.owner_id.and_then(|id| owners.get(&id)).cloned();
        let company = deal.company_id.and_then(|id| companies.get(&id));
        let stage = stages.get(&deal.stage_id);
        let is_open = stage.is_some_and(|stage| stage.is_open());
        let days = now.since(deal.entered_at).max(0) / DAY;
        let (next, next_kind, next_icon) = match next.get(&deal.id) {
            Some((at, on)) => {
                let stands = standing(*at, now, zone);
                (when(*at, *on, now, zone), stands.kind(), stands.icon())
            }
            None if !deal.next_step.is_empty() => (deal.next_step.clone(), "", "arrow-right"),
            None if is_open => ("No next step".to_owned(), "none", "warning"),
            None => (String::new(), "", ""),
        };
        let stage_word = deal.stage_id.to_string();
        Card {
            id: deal.id,
            stage_id: deal.stage_id,
            company: company.cloned().unwrap_or_default(),
            amount: deal.money().map_or_else(String::new, Money::shown),
            owner_initials: owner.as_deref().map(text::initials).unwrap_or_default(),
            owner_tone: deal.owner_id.map_or("", |id| text::tone(id.0)),
            owner: owner.unwrap_or_default(),
            next,
            next_kind,
            next_icon,
            closes: deal
                .closes_on
                .map_or_else(String::new, |on| date_shown(on, today)),
            is_overdue: is_open && deal.closes_on.is_some_and(|on| day(on) < today),
            days: format!("{days} d"),
            age: match stage.and_then(|stage| stage.rotting_days) {
                Some(most) if days >= most * 2 => "rotten",
                Some(most) if days >= most => "stale",
                _ => "",
            },
            action: with_query(
                &format!("/deals/{}/move", deal.id),
                &[("from", stage_word.as_str()), ("back", back)],
            ),
            title: deal.title,
        }
    };
    Ok(deals.into_iter().map(card).collect())
}
