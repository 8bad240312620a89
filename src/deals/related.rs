//! What other records show of deals: cards of a contact and of a company, panels of Home; and what moves with a contact
//! that becomes another.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Deal, date_shown};
use super::pipelines::model::StageKind;
use super::pipelines::store as pipelines;
use super::store;
use super::tasks::model::{EVERYBODY, Reach, Standing, Task, standing, when};
use super::tasks::store::{self as tasks, Names};
use crate::accounts::Object;
use crate::accounts::panels::{Panel, PanelAsk, PanelRow};
use crate::accounts::rights::{DoTasks, EditDeals, ReadDeals, Right};
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Money, Timestamp};
use crate::contacts::merge::{Follower, Holding, Kind, Since, SinceAsk};
use crate::contacts::store as contacts;
use crate::contacts::{Card, CardAct, CardAsk, CardRow};
use crate::db::Conn;
use crate::db::dialect::journal::{Held, Twin};
use crate::db::schema::{deal_contacts, deals};
use crate::timeline::About;

/// Deals and tasks on a card.
const ROWS: i64 = 10;
/// Lines of a panel.
const LINES: i64 = 8;

/// Deals of a contact.
pub fn contact_deals(conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    if !ReadDeals::allows(&ask.access) {
        return Ok(None);
    }
    let deals = store::of_contact(conn, id, &ask.access.sees(Object::Deals), ROWS)?;
    card(conn, deals, ask, format!("/deals/new?contact={id}")).map(Some)
}

/// Deals of a company.
pub fn company_deals(conn: &mut Conn, id: CompanyId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    if !ReadDeals::allows(&ask.access) {
        return Ok(None);
    }
    let deals = store::of_company(conn, id, &ask.access.sees(Object::Deals), ROWS)?;
    card(conn, deals, ask, format!("/deals/new?company={id}")).map(Some)
}

/// Open tasks about a contact.
pub fn contact_tasks(conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    task_card(
        conn,
        About::Contact(id),
        ask,
        format!("/tasks/new?contact={id}"),
    )
}

/// Open tasks about a company.
pub fn company_tasks(conn: &mut Conn, id: CompanyId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    task_card(
        conn,
        About::Company(id),
        ask,
        format!("/tasks/new?company={id}"),
    )
}

fn card(conn: &mut Conn, deals: Vec<Deal>, ask: &CardAsk, add: String) -> QueryResult<Card> {
    let stages = if deals.is_empty() {
        HashMap::new()
    } else {
        pipelines::all_stages(conn)?
    };
    let today = ask.now.utc().with_timezone(&ask.zone).date_naive();
    let row = |deal: &Deal| {
        let stage = stages.get(&deal.stage_id);
        let mut hint = vec![stage.map_or_else(String::new, |stage| stage.name.clone())];
        match (deal.stage_kind, deal.closes_on) {
            (StageKind::Open, Some(on)) => hint.push(format!("closes {}", date_shown(on, today))),
            (StageKind::Lost, _) => hint.extend(deal.lost_reason.map(|r| r.label().to_owned())),
            _ => {}
        }
        CardRow {
            label: deal.title.clone(),
            href: deal.path(),
            value: deal.money().map_or_else(String::new, Money::shown),
            hint: hint.join(" · "),
            ..CardRow::default()
        }
    };
    let open = deals.iter().filter(|d| d.stage_kind == StageKind::Open);
    let open = open.count();
    Ok(Card {
        title: "Deals".to_owned(),
        count: if open > 0 {
            format!("{open} open")
        } else {
            String::new()
        },
        note: if deals.is_empty() { "No deal yet." } else { "" }.to_owned(),
        rows: deals.iter().map(row).collect(),
        add: EditDeals::allows(&ask.access).then_some((add, "Add a deal")),
        ..Card::default()
    })
}

fn task_card(
    conn: &mut Conn,
    about: About,
    ask: &CardAsk,
    add: String,
) -> QueryResult<Option<Card>> {
    if !ReadDeals::allows(&ask.access) {
        return Ok(None);
    }
    let reach = Reach::offered(&ask.access, ask.user);
    let mut open = tasks::of(conn, about, ROWS)?;
    open.retain(|task| task.is_seen(&ask.access));
    let names = contacts::user_names(conn, open.iter().filter_map(|task| task.assignee_id))?;
    let row = |task: &Task| CardRow {
        label: task.body.clone(),
        value: when(task.due(), task.due_on, ask.now, ask.zone),
        hint: task
            .assignee_id
            .and_then(|id| names.get(&id))
            .cloned()
            .unwrap_or_default(),
        acts: if reach.as_ref().is_some_and(|reach| reach.covers(task)) {
            vec![CardAct {
                label: "Done",
                action: format!("/tasks/{}/done", task.id),
                icon: "check",
            }]
        } else {
            Vec::new()
        },
        ..CardRow::default()
    };
    let rows: Vec<CardRow> = open.iter().map(row).collect();
    Ok(Some(Card {
        title: "Tasks".to_owned(),
        note: if rows.is_empty() {
            "Nothing to do."
        } else {
            ""
        }
        .to_owned(),
        rows,
        add: reach.is_some().then_some((add, "Add a task")),
        ..Card::default()
    }))
}

/// Home: what somebody has to do, what is late first; the team's for who leads it and has nothing.
pub fn my_tasks(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    if !DoTasks::allows(&ask.access) {
        return Ok(None);
    }
    let mut open = tasks::open(conn, Some(ask.user), &ask.access, None, LINES)?;
    let mut is_team = open.is_empty() && ask.leads();
    if is_team {
        open = tasks::open(conn, None, &ask.access, None, LINES)?;
        is_team = !open.is_empty();
    }
    let names = Names::of(conn, &ask.access, &open)?;
    let assignees = open.iter().filter_map(|task| task.assignee_id);
    let people = contacts::user_names(conn, assignees.filter(|_| is_team))?;
    let reach = Reach::offered(&ask.access, ask.user);
    let late = |task: &&Task| standing(task.due(), ask.now, ask.zone) == Standing::Late;
    let late = open.iter().filter(late).count();
    let row = |task: &Task| {
        let stands = standing(task.due(), ask.now, ask.zone);
        let about = task.about();
        PanelRow {
            label: task.body.clone(),
            href: about.map_or_else(|| format!("/tasks/{}", task.id), About::path),
            about: about.map_or_else(String::new, |about| names.get(about)),
            why: task
                .assignee_id
                .and_then(|id| people.get(&id))
                .cloned()
                .unwrap_or_default(),
            side: when(task.due(), task.due_on, ask.now, ask.zone),
            tone: stands.tone(),
            icon: "tasks",
            done: reach
                .as_ref()
                .is_some_and(|reach| reach.covers(task))
                .then(|| format!("/tasks/{}/done?back=%2F", task.id)),
        }
    };
    Ok(Some(Panel {
        title: if is_team {
            "The team's tasks"
        } else {
            "My tasks"
        },
        note: late_words(late, is_team),
        href: if is_team {
            format!("/tasks?who={EVERYBODY}")
        } else {
            "/tasks".to_owned()
        },
        is_aside: false,
        rows: open.iter().map(row).collect(),
        empty: "Nothing to do. Tasks stand beside deals and contacts, too.",
    }))
}

fn late_words(late: usize, is_team: bool) -> String {
    let late = match late {
        0 => String::new(),
        late if late as i64 == LINES => format!("{late}+ overdue"),
        late => format!("{late} overdue"),
    };
    match (is_team, late.is_empty()) {
        (false, _) => late,
        (true, true) => "none is yours".to_owned(),
        (true, false) => format!("none is yours; {late}"),
    }
}

/// Home: somebody's open deals, those that close first in front; the team's for who leads it and has none.
#[expect(
    clippy::too_many_lines,
    reason = "a panel is one list of what stands in it"
)]
pub fn my_deals(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    if !EditDeals::allows(&ask.access) {
        return Ok(None);
    }
    let mut deals = store::open_of(conn, ask.user, LINES)?;
    let is_team = deals.is_empty() && ask.leads();
    if is_team {
        deals = store::open_of_all(conn, LINES)?;
    }
    let owners = contacts::user_names(conn, deals.iter().filter_map(|deal| deal.owner_id))?;
    let is_team = is_team && !deals.is_empty();
    let stages = pipelines::all_stages(conn)?;
    let companies = contacts::companies_seen(
        conn,
        &ask.access,
        deals.iter().filter_map(|deal| deal.company_id),
    )?;
    let today = ask.now.utc().with_timezone(&ask.zone).date_naive();
    let row = |deal: &Deal| {
        let stage = stages.get(&deal.stage_id);
        let mut why = vec![stage.map_or_else(String::new, |stage| stage.name.clone())];
        why.extend(deal.money().map(Money::shown));
        let owner = deal.owner_id.filter(|_| is_team);
        why.extend(owner.and_then(|id| owners.get(&id)).cloned());
        let is_late = deal
            .closes_on
            .is_some_and(|on| super::model::day(on) < today);
        PanelRow {
            label: deal.title.clone(),
            href: deal.path(),
            about: deal
                .company_id
                .and_then(|id| companies.get(&id))
                .cloned()
                .unwrap_or_default(),
            why: why.join(" · "),
            icon: "deals",
            side: deal
                .closes_on
                .map_or_else(String::new, |on| date_shown(on, today)),
            tone: if is_late { "overdue" } else { "soft" },
            ..PanelRow::default()
        }
    };
    Ok(Some(Panel {
        title: if is_team {
            "The team's deals"
        } else {
            "My deals"
        },
        note: if is_team {
            "none is yours; by expected close"
        } else {
            "by expected close"
        }
        .to_owned(),
        href: if is_team {
            "/deals".to_owned()
        } else {
            "/deals?owner=me".to_owned()
        },
        is_aside: false,
        rows: deals.iter().map(row).collect(),
        empty: "No open deal is yours.",
    }))
}

/// What moves when two records become one: a deal has each contact once.
pub const FOLLOWER: Follower = Follower {
    holdings: &[
        Holding {
            of: Kind::Contact,
            rows: Held {
                twin: Some(Twin {
                    column: "deal_id",
                    to: "deals",
                    columns: &["id", "deal_id", "contact_id", "role", "created_at"],
                }),
                ..Held::rows("deal_contacts", "contact_id")
            },
            words: ("deal", "deals"),
            since: Some(since_of_contact),
        },
        Holding {
            of: Kind::Company,
            rows: Held::rows("deals", "company_id"),
            words: ("deal", "deals"),
            since: Some(since_of_company),
        },
    ],
    joining: None,
    parted: None,
};

fn since_of_contact(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows: Vec<(i64, String, Timestamp)> = deal_contacts::table
        .inner_join(deals::table.on(deals::id.eq(deal_contacts::deal_id)))
        .filter(deal_contacts::contact_id.eq(ask.holder))
        .filter(deal_contacts::created_at.ge(ask.at))
        .order(deal_contacts::id)
        .limit(ask.limit)
        .select((deal_contacts::id, deals::title, deal_contacts::created_at))
        .load(conn)?;
    let row = |(id, title, at): (i64, String, Timestamp)| {
        Since::new("deal_contacts", id, "Deal", &title, at)
    };
    Ok(rows.into_iter().map(row).collect())
}

fn since_of_company(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows: Vec<(i64, String, Timestamp)> = deals::table
        .filter(deals::company_id.eq(ask.holder))
        .filter(deals::created_at.ge(ask.at))
        .order((deals::created_at.desc(), deals::id.desc()))
        .limit(ask.limit)
        .select((deals::id, deals::title, deals::created_at))
        .load(conn)?;
    let row =
        |(id, title, at): (i64, String, Timestamp)| Since::new("deals", id, "Deal", &title, at);
    Ok(rows.into_iter().map(row).collect())
}
