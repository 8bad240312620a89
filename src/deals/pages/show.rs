//! The record page of a deal: its road, facts, story, people, tasks, and what its people looked at.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use super::super::attention::{self, Attention};
use super::super::model::{Deal, date_shown, day, span};
use super::super::pipelines::model::{Stage, StageKind};
use super::super::pipelines::store as pipelines;
use super::super::store::{self, Member};
use super::super::tasks::store as tasks;
use super::facts::{self, Fact, Open};
use super::task_line::{self, TaskLine, TaskPart};
use crate::accounts::rights::{DoTasks, ReadContacts, ReadDeals, Right};
use crate::accounts::{Access, Action, Can, Object, Viewer};
use crate::base::Money;
use crate::base::ids::{ContactId, DealId, StageId};
use crate::base::text;
use crate::contacts::store as contacts;
use crate::db::{Conn, Db};
use crate::timeline::{About, Mark, Show, Story, StoryAsk, Strands};
use crate::web::{self as kit, Error, Page, Result};

/// Open tasks on the page.
const TASKS: i64 = 50;

/// The query of the URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    show: String,
    before: String,
}

/// What stands on the page besides the deal itself.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// The form that is open.
    pub open: Open,
    /// A note that could not be saved.
    pub note: String,
    /// Why.
    pub note_error: String,
    /// Which lines of the story.
    pub show: Option<Show>,
    /// Below which line.
    pub before: Option<Mark>,
}

/// A stage on the bar.
struct Step {
    id: StageId,
    name: String,
    /// How long the deal was there, or empty.
    spent: String,
    is_here: bool,
    was_there: bool,
}

/// Somebody on the deal.
struct Person {
    member: Member,
    initials: String,
    tone: &'static str,
    seen: String,
    events: i64,
}

#[derive(Template)]
#[template(path = "deals/show.html")]
pub struct ShowPage {
    deal: Deal,
    path: String,
    stage: Stage,
    steps: Vec<Step>,
    won: Option<StageId>,
    first: Option<StageId>,
    company: Option<(String, String)>,
    amount: String,
    closes: String,
    is_overdue: bool,
    weighted: String,
    facts: Vec<Fact>,
    owner: Option<(String, String, &'static str)>,
    owner_word: String,
    owners: Vec<(String, String)>,
    people: Vec<Person>,
    attention: Attention,
    tasks: Vec<TaskLine>,
    story: Story,
    note: String,
    note_error: String,
    can_edit: bool,
    can_delete: bool,
    can_add_tasks: bool,
    can_read_contacts: bool,
}

impl ShowPage {
    /// An address below the deal's own.
    fn at(&self, tail: &str) -> String {
        format!("/deals/{}/{tail}", self.deal.id)
    }

    /// Where a move from the stage that is shown is posted.
    fn move_from(&self) -> String {
        format!("/deals/{}/move?from={}", self.deal.id, self.deal.stage_id)
    }

    fn lose(&self) -> String {
        format!("/deals/{}/lose?from={}", self.deal.id, self.deal.stage_id)
    }

    fn at_field(&self, fact: &Fact) -> String {
        format!("/deals/{}/fields/{}", self.deal.id, fact.field)
    }

    fn task<'a>(&'a self, line: &'a TaskLine) -> TaskPart<'a> {
        TaskPart {
            line,
            names: &false,
            back: &self.path,
            swap: "#related #story",
        }
    }

    fn is_open(&self) -> bool {
        self.stage.is_open()
    }

    fn new_task(&self) -> String {
        format!("/tasks/new?deal={}", self.deal.id)
    }

    fn at_person(&self, id: &ContactId, verb: &str) -> String {
        format!("/deals/{}/people/{id}{verb}", self.deal.id)
    }
}

/// `GET /deals/{id}`. Needs: see deals.
pub async fn show(
    viewer: Can<ReadDeals>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<Page<ShowPage>> {
    let id = kit::path_id(&path)?;
    let extra = Extra {
        show: Show::from_word(&params.show),
        before: Mark::decode(&params.before),
        ..Extra::default()
    };
    page(&viewer, &db, &strands, id, extra).await
}

/// The page of a deal, with forms that failed still open on it.
pub async fn page(
    viewer: &Viewer,
    db: &Db,
    strands: &Strands,
    id: DealId,
    extra: Extra,
) -> Result<Page<ShowPage>> {
    let (reader, strands) = (viewer.clone(), strands.clone());
    let page = db
        .read(move |conn| {
            let deal = store::live(conn, id)?.ok_or(Error::NotFound)?;
            ShowPage::read(conn, deal, &reader, &strands, extra)
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

impl ShowPage {
    fn read(
        conn: &mut Conn,
        deal: Deal,
        viewer: &Viewer,
        strands: &Strands,
        extra: Extra,
    ) -> Result<Self> {
        let (id, now, zone) = (deal.id, viewer.now, viewer.zone());
        let today = now.utc().with_timezone(&zone).date_naive();
        let stages = pipelines::stages_of(conn, deal.pipeline_id)?;
        let stage = pipelines::stage(conn, deal.stage_id)?.ok_or(Error::NotFound)?;
        let members = store::members(conn, id, &viewer.access)?;
        let ids: Vec<ContactId> = members.iter().map(|member| member.contact_id).collect();
        let attention = attention::of(conn, &ids, now)?;
        let company = company(conn, &deal, &viewer.access)?;
        let owner = owner(conn, &deal)?;
        let ask = StoryAsk {
            about: About::Deal(id),
            before: extra.before,
            show: extra.show.unwrap_or(Show::All),
            now,
            zone,
            access: viewer.access.clone(),
        };
        let name = company.as_ref().map_or("", |(name, _)| name.as_str());
        let mut open = tasks::of(conn, About::Deal(id), TASKS)?;
        open.retain(|task| task.is_seen(&viewer.access));
        let access = &viewer.access;
        let people = people(members, &attention, viewer);
        let of_kind = |kind| stages.iter().find(|s| s.kind == kind).map(|s| s.id);
        Ok(Self {
            steps: steps(conn, &deal, &stages, now)?,
            won: of_kind(StageKind::Won),
            first: of_kind(StageKind::Open),
            amount: deal.money().map_or_else(String::new, Money::shown),
            closes: deal
                .closes_on
                .map_or_else(String::new, |on| date_shown(on, today)),
            is_overdue: stage.is_open() && deal.closes_on.is_some_and(|on| day(on) < today),
            weighted: deal.weighted().map_or_else(String::new, Money::exact),
            facts: facts::of(&deal, name, &stage, &extra.open),
            owner,
            owner_word: deal.owner_id.map_or_else(String::new, |o| o.to_string()),
            owners: contacts::owners(conn)?
                .into_iter()
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
            people,
            attention,
            tasks: task_line::lines(conn, open, viewer)?,
            story: Story::read(conn, strands, &ask)?,
            note: extra.note,
            note_error: extra.note_error,
            can_edit: access
                .reach(Object::Deals, Action::Edit)
                .covers(deal.owner_id),
            can_delete: access
                .reach(Object::Deals, Action::Delete)
                .covers(deal.owner_id),
            can_add_tasks: DoTasks::allows(access),
            can_read_contacts: ReadContacts::allows(access),
            company,
            path: deal.path(),
            stage,
            deal,
        })
    }
}

/// Name and address of the company.
fn company(
    conn: &mut Conn,
    deal: &Deal,
    access: &Access,
) -> diesel::QueryResult<Option<(String, String)>> {
    let Some(id) = deal.company_id else {
        return Ok(None);
    };
    let name = contacts::companies_seen(conn, access, [id])?.remove(&id);
    Ok(name.map(|name| (name, format!("/companies/{id}"))))
}

/// Name, initials and tone of the owner.
fn owner(
    conn: &mut Conn,
    deal: &Deal,
) -> diesel::QueryResult<Option<(String, String, &'static str)>> {
    let Some(id) = deal.owner_id else {
        return Ok(None);
    };
    let name = contacts::user_names(conn, [id])?.remove(&id);
    Ok(name.map(|name| {
        let initials = text::initials(&name);
        (name, initials, text::tone(id.0))
    }))
}

fn people(members: Vec<Member>, attention: &Attention, viewer: &Viewer) -> Vec<Person> {
    let person = |member: Member| Person {
        initials: text::initials(&member.name),
        tone: text::tone(member.contact_id.0),
        seen: if member.last_seen_at.is_zero() {
            "never seen".to_owned()
        } else {
            let ago = kit::ago(member.last_seen_at, viewer.now, viewer.zone());
            format!("seen {ago}")
        },
        events: attention.by.get(&member.contact_id).copied().unwrap_or(0),
        member,
    };
    members.into_iter().map(person).collect()
}

/// The stages of the bar: open ones and the won one; a lost deal shows where it ended.
fn steps(
    conn: &mut Conn,
    deal: &Deal,
    stages: &[Stage],
    now: crate::base::Timestamp,
) -> diesel::QueryResult<Vec<Step>> {
    let spent = store::spent(conn, deal.id)?;
    let at = stages.iter().position(|stage| stage.id == deal.stage_id);
    let step = |(place, stage): (usize, &Stage)| {
        let is_here = stage.id == deal.stage_id;
        if stage.kind == StageKind::Lost && !is_here {
            return None;
        }
        let before = spent.get(&stage.id).copied().unwrap_or(0);
        let here = if is_here && stage.is_open() {
            now.since(deal.entered_at)
        } else {
            0
        };
        let was_there = spent.contains_key(&stage.id);
        let is_passed = at.is_some_and(|at| place < at) && deal.stage_kind != StageKind::Lost;
        Some(Step {
            id: stage.id,
            name: stage.name.clone(),
            spent: if was_there || (is_here && stage.is_open()) {
                span(before + here)
            } else {
                String::new()
            },
            is_here,
            was_there: was_there || is_passed,
        })
    };
    Ok(stages.iter().enumerate().filter_map(step).collect())
}
