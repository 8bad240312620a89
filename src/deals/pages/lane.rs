//! Lanes of the board: what a stage holds, and its cards page by page.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::super::model::Deal;
use super::super::pipelines::model::Stage;
use super::super::pipelines::store as pipelines;
use super::super::totals::{self, Sum, Total};
use super::card::{self, Card, CardPart};
use super::with_query;
use crate::accounts::rights::{EditDeals, ReadDeals, Right};
use crate::accounts::{Can, Object, Reach, Viewer};
use crate::base::Timestamp;
use crate::base::ids::{StageId, UserId};
use crate::contacts::store as contacts;
use crate::db::schema::deals;
use crate::db::{Conn, Db};
use crate::keyset;
use crate::web::{self as kit, Cursor, Error, Page, Paged, Result};

/// Cards of a lane at a time.
const CARDS: usize = 20;

/// Whose deals stand on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// Somebody's.
    User(UserId),
    /// Nobody's.
    Nobody,
}

impl Whose {
    /// From the URL.
    pub fn read(word: &str, reader: UserId) -> Self {
        match word {
            "me" => Self::User(reader),
            "none" => Self::Nobody,
            id => id.parse().map_or(Self::All, Self::User),
        }
    }

    /// As a filter.
    pub fn owner(self) -> Option<Option<UserId>> {
        match self {
            Self::All => None,
            Self::User(id) => Some(Some(id)),
            Self::Nobody => Some(None),
        }
    }
}

/// People by whom the board and the list can be narrowed, as pairs of a form, and the name of the one that is chosen.
pub fn owners(conn: &mut Conn, whose: Whose) -> QueryResult<(Vec<(String, String)>, String)> {
    let owners = contacts::owners(conn)?;
    let chosen = match whose {
        Whose::User(id) => owners.iter().find(|(owner, _)| *owner == id),
        Whose::All | Whose::Nobody => None,
    };
    let name = chosen.map_or_else(|| "Nobody".to_owned(), |(_, name)| name.clone());
    let pairs = owners.into_iter().map(|(id, name)| (id.to_string(), name));
    Ok((pairs.collect(), name))
}

/// A stage with what it holds.
pub struct Lane {
    /// The stage.
    pub stage: Stage,
    /// "38".
    pub count: String,
    /// What its deals are worth, in the currency most of them have.
    pub sum: String,
    /// The same in other currencies.
    pub others: String,
    /// What is to be expected of that.
    pub weighted: String,
    /// Its part of the pipeline, in percent.
    pub share: i64,
    /// Its cards.
    pub cards: Vec<Card>,
    /// Address and words of what follows.
    pub more: Option<(String, String)>,
}

impl Lane {
    /// A lane with what its totals say; `whole` is what all open lanes hold.
    pub fn new(stage: Stage, sum: &Sum, whole: &Sum) -> Self {
        let mut money = sum.money.iter();
        let first = money.next();
        let others: Vec<String> = money.map(|(amount, _)| amount.brief()).collect();
        let share = first.and_then(|(amount, _)| {
            let all = whole.money.iter();
            let mut all = all.filter(|(other, _)| other.currency == amount.currency);
            let all = i128::from(all.next()?.0.amount);
            i64::try_from((i128::from(amount.amount) * 100).checked_div(all)?).ok()
        });
        Self {
            stage,
            count: kit::number(sum.n),
            sum: first.map_or_else(String::new, |(amount, _)| amount.brief()),
            others: others.join(" · "),
            weighted: first.map_or_else(String::new, |(_, weighted)| weighted.brief()),
            share: share.unwrap_or(0).clamp(0, 100),
            cards: Vec::new(),
            more: None,
        }
    }

    /// "7%" for the width of a bar.
    pub fn width(&self) -> String {
        format!("{}%", self.share)
    }
}

/// Totals of each stage.
pub fn sums(totals: &[Total]) -> HashMap<StageId, Sum> {
    let mut by: HashMap<StageId, Vec<&Total>> = HashMap::new();
    for total in totals {
        by.entry(total.stage_id).or_default().push(total);
    }
    by.into_iter()
        .map(|(stage, rows)| (stage, totals::sum(rows.into_iter())))
        .collect()
}

/// One page of the deals of a stage, those that came last first.
pub fn deals(
    conn: &mut Conn,
    stage: StageId,
    whose: Whose,
    reach: &Reach,
    after: &str,
) -> QueryResult<Paged<Deal>> {
    let mut query = Deal::query()
        .filter(deals::stage_id.eq(stage))
        .filter(deals::deleted_at.is_null())
        .limit(CARDS as i64 + 1)
        .into_boxed();
    query = match whose {
        Whose::All => query,
        Whose::User(id) => query.filter(deals::owner_id.eq(id)),
        Whose::Nobody => query.filter(deals::owner_id.is_null()),
    };
    if let Some(held) = reach.on("deals.owner_id") {
        query = query.filter(held);
    }
    let from = Cursor::decode(after).and_then(|c| Some((Timestamp(c.number()?), c.id)));
    let rows = keyset!(query, desc, deals::entered_at, deals::id, from).load(conn)?;
    Ok(Paged::from_loaded(rows, CARDS, |deal| Cursor {
        key: deal.entered_at.0.to_string(),
        id: deal.id.0,
    }))
}

/// The link to what follows in a lane: `seen` of `all` are shown.
pub fn more(
    stage: StageId,
    owner: &str,
    next: Option<String>,
    seen: usize,
    all: i64,
) -> Option<(String, String)> {
    let next = next?;
    let seen_word = seen.to_string();
    let pairs = [
        ("owner", owner),
        ("after", next.as_str()),
        ("seen", seen_word.as_str()),
    ];
    let left = all.saturating_sub(seen as i64);
    let words = if left > 0 {
        format!("{} more", kit::number(left))
    } else {
        "More".to_owned()
    };
    Some((with_query(&format!("/deals/lane/{stage}"), &pairs), words))
}

/// The query of a lane's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    owner: String,
    after: String,
    seen: String,
}

/// A lane alone: what follows on the board, for whoever scrolls or has no script.
#[derive(Template)]
#[template(path = "deals/lane.html")]
pub struct LanePage {
    lane: Lane,
    stages: Vec<(String, String)>,
    board: String,
    can_edit: bool,
}

impl LanePage {
    fn part<'a>(&'a self, card: &'a Card) -> CardPart<'a> {
        CardPart {
            card,
            stages: &self.stages,
            can_edit: &self.can_edit,
        }
    }
}

/// `GET /deals/lane/{stage}`. Needs: see deals.
pub async fn show(
    viewer: Can<ReadDeals>,
    db: web::Data<Db>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<Page<LanePage>> {
    let id: StageId = kit::path_id(&path)?;
    let params = params.into_inner();
    let reader: Viewer = (*viewer).clone();
    let page = db
        .read(move |conn| read(conn, id, &params, &reader))
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

fn read(conn: &mut Conn, id: StageId, params: &Params, viewer: &Viewer) -> Result<LanePage> {
    let stage = pipelines::stage(conn, id)?
        .filter(|stage| stage.removed_at.is_none())
        .ok_or(Error::NotFound)?;
    let stages = pipelines::stages_of(conn, stage.pipeline_id)?;
    let whose = Whose::read(&params.owner, viewer.id());
    let reach = viewer.access.sees(Object::Deals);
    let rows = totals::of(conn, &[id], whose.owner(), &reach)?;
    let sum = totals::sum(rows.iter());
    let found = deals(conn, id, whose, &reach, &params.after)?;
    let board = with_query("/deals", &[("owner", params.owner.as_str())]);
    let seen = params.seen.parse::<usize>().unwrap_or(0) + found.rows.len();
    let mut lane = Lane::new(stage, &sum, &sum);
    lane.more = more(id, &params.owner, found.next, seen, sum.n);
    lane.cards = card::cards(conn, found.rows, &stages, viewer, &board)?;
    Ok(LanePage {
        lane,
        stages: choices(&stages),
        board,
        can_edit: EditDeals::allows(&viewer.access),
    })
}

/// Stages as "Move to…" offers them.
pub fn choices(stages: &[Stage]) -> Vec<(String, String)> {
    stages
        .iter()
        .map(|stage| (stage.id.to_string(), stage.name.clone()))
        .collect()
}
