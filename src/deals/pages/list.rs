//! Deals as a table, and the trash.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;

use super::super::listing::{self, Ask, Place, Sort};
use super::super::model::{Deal, date_shown, day};
use super::super::pipelines::model::{Stage, StageKind};
use super::super::pipelines::store as pipelines;
use super::super::store;
use super::super::totals::{self, Total};
use super::lane::{self, Whose};
use super::with_query;
use crate::accounts::rights::{DeleteDeals, EditDeals, PurgeRecords, ReadDeals, Right};
use crate::accounts::{Can, Object, Viewer};
use crate::base::ids::{DealId, StageId};
use crate::base::text;
use crate::base::{Currency, Money};
use crate::contacts::{purge, store as contacts};
use crate::db::{Conn, Db};
use crate::timeline::About;
use crate::web::{self as kit, Page, Paged, Result, When};

const PAGE: usize = 50;

/// The query of the URL, as it comes; the board and the list share it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Params {
    /// `list`, or the board.
    pub view: String,
    /// Words.
    pub q: String,
    /// `me`, `none`, an id, or everybody.
    pub owner: String,
    /// Only of this stage.
    pub stage: String,
    /// `won`, `lost`, or open.
    pub state: String,
    /// Order.
    pub sort: String,
    /// Where the page begins.
    pub after: String,
}

impl Params {
    /// The address of this list.
    pub fn href(&self) -> String {
        let pairs = [
            ("view", "list"),
            ("q", &self.q),
            ("owner", &self.owner),
            ("stage", &self.stage),
            ("state", &self.state),
            ("sort", &self.sort),
            ("after", &self.after),
        ];
        with_query("/deals", &pairs)
    }
}

/// What stands above the deals of one currency, where there are several.
pub struct Heading {
    currency: Currency,
    count: String,
    sum: String,
}

/// A line of the table.
pub struct Line {
    currency: Currency,
    heading: Option<Heading>,
    id: DealId,
    title: String,
    company: String,
    stage: String,
    kind: StageKind,
    owner: String,
    owner_initials: String,
    owner_tone: &'static str,
    amount: String,
    probability: i64,
    closes: String,
    is_overdue: bool,
    created: When,
}

#[derive(Template)]
#[template(path = "deals/index.html")]
pub struct ListPage {
    params: Params,
    kind: StageKind,
    sort: Sort,
    lines: Vec<Line>,
    after: String,
    stages: Vec<Stage>,
    stage_name: String,
    owners: Vec<(String, String)>,
    owner_name: String,
    can_edit: bool,
}

impl ListPage {
    fn href(&self, change: impl FnOnce(&mut Params)) -> String {
        let mut params = Params {
            after: String::new(),
            ..self.params.clone()
        };
        change(&mut params);
        params.href()
    }

    fn here(&self) -> String {
        self.href(|_| ())
    }

    fn state(&self, state: &str) -> String {
        self.href(|params| {
            state.clone_into(&mut params.state);
            params.stage.clear();
            params.q.clear();
        })
    }

    fn is_state(&self, kind: &str) -> bool {
        self.params.stage.is_empty() && self.params.q.is_empty() && self.kind.word() == kind
    }

    fn owner(&self, owner: &str) -> String {
        self.href(|params| owner.clone_into(&mut params.owner))
    }

    fn stage(&self, stage: &str) -> String {
        self.href(|params| stage.clone_into(&mut params.stage))
    }

    fn without_words(&self) -> String {
        self.href(|params| params.q.clear())
    }

    fn sort_href(&self, sort: &str) -> String {
        if self.params.q.is_empty() {
            self.href(|params| sort.clone_into(&mut params.sort))
        } else {
            String::new()
        }
    }

    fn sorted(&self, sort: &str) -> &'static str {
        match self.sort {
            _ if !self.params.q.is_empty() || self.sort.word() != sort => "",
            Sort::Closes => "ascending",
            Sort::Amount | Sort::Created => "descending",
        }
    }

    fn board(&self) -> String {
        with_query("/deals", &[("owner", &self.params.owner)])
    }
}

/// Reads the list.
pub fn read(conn: &mut Conn, params: Params, viewer: &Viewer) -> Result<ListPage> {
    let pipeline = pipelines::default(conn)?;
    let stages = pipelines::stages_of(conn, pipeline.id)?;
    let stage = params.stage.parse::<StageId>().ok();
    let stage = stage.and_then(|id| stages.iter().find(|stage| stage.id == id));
    let whose = Whose::read(&params.owner, viewer.id());
    let kind = StageKind::from_word(&params.state).unwrap_or(StageKind::Open);
    let mut ask = Ask {
        kind: stage.map_or(kind, |stage| stage.kind),
        stage: stage.map(|stage| stage.id),
        owner: whose.owner(),
        reach: viewer.access.sees(Object::Deals),
        q: params.q.clone(),
        sort: Sort::from_word(&params.sort).unwrap_or(Sort::Closes),
        currencies: Vec::new(),
    };
    let totals = if ask.q.is_empty() && ask.sort == Sort::Amount {
        let kind = ask.kind;
        let of = stages.iter().filter(|of| match stage {
            Some(stage) => stage.id == of.id,
            None => of.kind == kind,
        });
        let of: Vec<StageId> = of.map(|stage| stage.id).collect();
        totals::of(conn, &of, ask.owner, &ask.reach)?
    } else {
        Vec::new()
    };
    ask.currencies = currencies(&totals, store::currency(conn)?);
    let from = Place::read(&params.after);
    let rows = listing::rows(conn, &ask, from, PAGE as i64 + 1)?;
    let page = Paged::from_loaded(rows, PAGE, |deal| Place::of(&ask, deal).cursor());
    let after = page.next.map_or_else(String::new, |after| {
        Params {
            after,
            ..params.clone()
        }
        .href()
    });
    let (owners, owner_name) = lane::owners(conn, whose)?;
    let mut lines = lines(conn, page.rows, viewer)?;
    if ask.currencies.len() > 1 {
        head(&mut lines, &totals);
    }
    Ok(ListPage {
        lines,
        kind: ask.kind,
        sort: ask.sort,
        after,
        stage_name: stage.map_or_else(String::new, |stage| stage.name.clone()),
        owners,
        owner_name,
        can_edit: EditDeals::allows(&viewer.access),
        stages,
        params,
    })
}

/// The workspace's own currency first, then the others by code.
fn currencies(totals: &[Total], own: Currency) -> Vec<Currency> {
    let mut all: Vec<Currency> = totals.iter().map(|total| total.currency).collect();
    all.sort_unstable_by_key(|currency| (*currency != own, *currency));
    all.dedup();
    all
}

/// Puts a heading above the first deal of each currency on the page.
fn head(lines: &mut [Line], totals: &[Total]) {
    let mut above = None;
    for line in lines {
        if above.replace(line.currency) != Some(line.currency) {
            let of = totals.iter().filter(|t| t.currency == line.currency);
            let sum = totals::sum(of);
            line.heading = Some(Heading {
                currency: line.currency,
                count: match sum.n {
                    1 => "1 deal".to_owned(),
                    n => format!("{} deals", kit::number(n)),
                },
                sum: sum
                    .money
                    .first()
                    .map_or_else(String::new, |(m, _)| m.brief()),
            });
        }
    }
}

fn lines(conn: &mut Conn, deals: Vec<Deal>, viewer: &Viewer) -> diesel::QueryResult<Vec<Line>> {
    let owners = contacts::user_names(conn, deals.iter().filter_map(|deal| deal.owner_id))?;
    let companies = contacts::companies_seen(
        conn,
        &viewer.access,
        deals.iter().filter_map(|deal| deal.company_id),
    )?;
    let stages: HashMap<StageId, Stage> = pipelines::all_stages(conn)?;
    let (now, zone) = (viewer.now, viewer.zone());
    let today = now.utc().with_timezone(&zone).date_naive();
    let line = |deal: Deal| {
        let owner = deal.owner_id.and_then(|id| owners.get(&id)).cloned();
        let company = deal.company_id.and_then(|id| companies.get(&id));
        let stage = stages.get(&deal.stage_id);
        Line {
            id: deal.id,
            currency: deal.currency,
            heading: None,
            company: company.cloned().unwrap_or_default(),
            stage: stage.map_or_else(String::new, |stage| stage.name.clone()),
            kind: deal.stage_kind,
            owner_initials: owner.as_deref().map(text::initials).unwrap_or_default(),
            owner_tone: deal.owner_id.map_or("", |id| text::tone(id.0)),
            owner: owner.unwrap_or_default(),
            amount: deal.money().map_or_else(String::new, Money::shown),
            probability: deal.probability,
            closes: deal
                .closes_on
                .map_or_else(String::new, |on| date_shown(on, today)),
            is_overdue: deal.stage_kind == StageKind::Open
                && deal.closes_on.is_some_and(|on| day(on) < today),
            created: When::new(deal.deleted_at.unwrap_or(deal.created_at), now, zone),
            title: deal.title,
        }
    };
    Ok(deals.into_iter().map(line).collect())
}

#[derive(Template)]
#[template(path = "deals/trash.html")]
pub struct TrashPage {
    /// Each with who deleted it, and when it goes for good.
    lines: Vec<(Line, String, String)>,
    can_restore: bool,
    can_purge: bool,
}

/// `GET /deals/trash`. Needs: see deals.
pub async fn trash(viewer: Can<ReadDeals>, db: web::Data<Db>) -> Result<Page<TrashPage>> {
    let reader: Viewer = (*viewer).clone();
    let lines = db
        .read(move |conn| {
            let reach = reader.access.sees(Object::Deals);
            let gone = store::trash(conn, &reach, purge::limit(reader.now), 200)?;
            let about: Vec<About> = gone.iter().map(|deal| About::Deal(deal.id)).collect();
            let mut by = purge::deleted_by(conn, &about)?;
            let at: Vec<_> = gone.iter().filter_map(|deal| deal.deleted_at).collect();
            let lines = lines(conn, gone, &reader)?.into_iter().zip(at);
            let told = lines.map(|(line, at)| {
                let by = by.remove(&line.id.0).unwrap_or_default();
                (line, by, purge::left(at, reader.now))
            });
            Ok::<_, diesel::result::Error>(told.collect::<Vec<_>>())
        })
        .await?;
    let page = TrashPage {
        lines,
        can_restore: DeleteDeals::allows(&viewer.access),
        can_purge: PurgeRecords::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}
