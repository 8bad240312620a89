//! The board: a lane for each open stage; what is won and lost folds at the end.

use actix_web::{Either, web};
use askama::Template;

use super::super::model::Deal;
use super::super::pipelines::store as pipelines;
use super::super::store;
use super::super::totals::{self, Sum, Total};
use super::card::{self, Card, CardPart};
use super::lane::{self, Lane, Whose};
use super::list::{self, ListPage, Params};
use super::with_query;
use crate::accounts::rights::{EditDeals, ReadDeals, Right};
use crate::accounts::{Can, Object, Reach, Viewer};
use crate::base::ids::DealId;
use crate::base::text;
use crate::db::dialect::search::{self, Kind};
use crate::db::{Conn, Db};
use crate::web::{Page, Result};

/// Hits of the search on one board.
const HITS: i64 = 200;

#[derive(Template)]
#[template(path = "deals/board.html")]
pub struct BoardPage {
    params: Params,
    lanes: Vec<Lane>,
    folded: Vec<Lane>,
    stages: Vec<(String, String)>,
    open: String,
    weighted: String,
    owners: Vec<(String, String)>,
    owner_name: String,
    is_bare: bool,
    is_cut: bool,
    can_edit: bool,
}

impl BoardPage {
    fn part<'a>(&'a self, card: &'a Card) -> CardPart<'a> {
        CardPart {
            card,
            stages: &self.stages,
            can_edit: &self.can_edit,
        }
    }

    fn href(&self, owner: &str) -> String {
        with_query("/deals", &[("owner", owner), ("q", &self.params.q)])
    }

    fn list(&self) -> String {
        let pairs = [("view", "list"), ("owner", &self.params.owner)];
        with_query("/deals", &pairs)
    }

    fn closed(&self, lane: &Lane) -> String {
        let stage = lane.stage.id.to_string();
        let pairs = [
            ("view", "list"),
            ("stage", stage.as_str()),
            ("owner", &self.params.owner),
        ];
        with_query("/deals", &pairs)
    }

    fn without_words(&self) -> String {
        with_query("/deals", &[("owner", &self.params.owner)])
    }

    fn is_person(&self) -> bool {
        !matches!(self.params.owner.as_str(), "" | "me")
    }
}

/// `GET /deals`: the board, or the list with `?view=list`. Needs: see deals.
pub async fn index(
    viewer: Can<ReadDeals>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Either<Page<BoardPage>, Page<ListPage>>> {
    let mut params = params.into_inner();
    params.q = text::line(&params.q, 200);
    let reader: Viewer = (*viewer).clone();
    if params.view == "list" {
        let page = db
            .read(move |conn| list::read(conn, params, &reader))
            .await?;
        return Ok(Either::Right(Page::new(viewer.shell(), page)));
    }
    let page = db.read(move |conn| read(conn, params, &reader)).await?;
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

fn read(conn: &mut Conn, params: Params, viewer: &Viewer) -> Result<BoardPage> {
    let pipeline = pipelines::default(conn)?;
    let stages = pipelines::stages_of(conn, pipeline.id)?;
    let whose = Whose::read(&params.owner, viewer.id());
    let reach = viewer.access.sees(Object::Deals);
    let ids: Vec<_> = stages.iter().map(|stage| stage.id).collect();
    let back = with_query("/deals", &[("owner", &params.owner), ("q", &params.q)]);
    let found = if params.q.is_empty() {
        None
    } else {
        Some(searched(conn, &params.q, whose, &reach)?)
    };
    let is_cut = found.as_ref().is_some_and(|found| found.1);
    let rows = match &found {
        Some((deals, _)) => counted(deals),
        None => totals::of(conn, &ids, whose.owner(), &reach)?,
    };
    let sums = lane::sums(&rows);
    let is_open = |total: &&Total| stages.iter().any(|s| s.id == total.stage_id && s.is_open());
    let whole = totals::sum(rows.iter().filter(is_open));
    let mut found = found.map(|(deals, _)| deals);
    let (mut lanes, mut folded) = (Vec::new(), Vec::new());
    for stage in &stages {
        let none = Sum::default();
        let sum = sums.get(&stage.id).unwrap_or(&none);
        let mut lane = Lane::new(stage.clone(), sum, &whole);
        if !stage.is_open() {
            folded.push(lane);
            continue;
        }
        let deals = match &mut found {
            Some(found) => found.extract_if(.., |d| d.stage_id == stage.id).collect(),
            None if sum.n == 0 => Vec::new(),
            None => {
                let page = lane::deals(conn, stage.id, whose, &reach, "")?;
                let shown = page.rows.len();
                lane.more = lane::more(stage.id, &params.owner, page.next, shown, sum.n);
                page.rows
            }
        };
        lane.cards = card::cards(conn, deals, &stages, viewer, &back)?;
        lanes.push(lane);
    }
    let (owners, owner_name) = lane::owners(conn, whose)?;
    Ok(BoardPage {
        stages: lane::choices(&stages),
        open: said(&whole, |(amount, _)| amount.brief()),
        weighted: said(&whole, |(_, weighted)| weighted.brief()),
        owners,
        owner_name,
        is_bare: rows.is_empty() && params.q.is_empty() && whose == Whose::All,
        is_cut,
        can_edit: EditDeals::allows(&viewer.access),
        lanes,
        folded,
        params,
    })
}

/// Deals with these words, the newest first, and whether there are more.
fn searched(
    conn: &mut Conn,
    q: &str,
    whose: Whose,
    reach: &Reach,
) -> diesel::QueryResult<(Vec<Deal>, bool)> {
    let hits = search::find(conn, Kind::Deal, q, None, HITS)?;
    let is_cut = hits.len() as i64 == HITS;
    let mut deals = store::by_ids(conn, hits.into_iter().map(DealId).collect())?;
    deals.retain(|deal| reach.covers(deal.owner_id));
    if let Some(owner) = whose.owner() {
        deals.retain(|deal| deal.owner_id == owner);
    }
    deals.sort_by_key(|deal| std::cmp::Reverse((deal.entered_at, deal.id)));
    Ok((deals, is_cut))
}

/// Totals of deals that are all at hand.
fn counted(deals: &[Deal]) -> Vec<Total> {
    let total = |deal: &Deal| Total {
        stage_id: deal.stage_id,
        owner_id: 0,
        currency: deal.currency,
        n: 1,
        amount: deal.amount.unwrap_or(0),
        weighted: deal.weighted().map_or(0, |money| money.amount),
    };
    deals.iter().map(total).collect()
}

fn said(sum: &Sum, part: impl Fn(&(crate::base::Money, crate::base::Money)) -> String) -> String {
    let parts: Vec<String> = sum.money.iter().take(3).map(part).collect();
    parts.join(" + ")
}
