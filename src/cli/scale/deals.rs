//! Made-up deals: most of them closed, as after years of work, the rest spread over the open stages, with the moves that
//! brought them there, a person or two, and something to do.

use crossbeam_channel::Sender;
use diesel::prelude::*;

use super::super::Failure;
use super::super::chance::Chance;
use super::plan::Plan;
use super::world::World;
use super::write::pipe;
use crate::base::Timestamp;
use crate::base::clock::{DAY, HOUR};
use crate::base::ids::StageId;
use crate::base::{Currency, Money};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{activities, deal_contacts, deals, stage_changes};
use crate::db::{Conn, Db};
use crate::deals::LostReason;
use crate::deals::model::{NEVER, sort_amount};
use crate::deals::pipelines::model::{Stage, StageKind};
use crate::deals::pipelines::{actions, store};
use crate::deals::totals;
use crate::load_all;

/// Deals of a block.
const BLOCK: u32 = 5_000;
const THINGS: [&str; 12] = [
    "Sensors",
    "Renewal",
    "Pilot",
    "Upgrade",
    "Training",
    "Support plan",
    "Licences",
    "Fleet",
    "Second site",
    "Migration",
    "Calibration",
    "Survey",
];
const NEXT: [&str; 5] = [
    "Call back",
    "Send the quote",
    "Ask who signs",
    "Book the visit",
    "Answer the questions",
];

/// A deal.
#[derive(Debug, Insertable)]
#[diesel(table_name = deals, treat_none_as_default_value = false)]
struct DealRow {
    id: i64,
    pipeline_id: i64,
    stage_id: StageId,
    stage_kind: StageKind,
    title: String,
    amount: Option<i64>,
    currency: Currency,
    sort_amount: i64,
    closes_on: Option<i64>,
    sort_closes: i64,
    probability: i64,
    owner_id: Option<i64>,
    company_id: Option<i64>,
    source: &'static str,
    next_step: &'static str,
    entered_at: Timestamp,
    closed_at: Option<Timestamp>,
    lost_reason: Option<LostReason>,
    lost_note: &'static str,
    revision: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A move.
#[derive(Debug, Insertable)]
#[diesel(table_name = stage_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    deal_id: i64,
    from_id: Option<StageId>,
    to_id: StageId,
    at: Timestamp,
    spent: i64,
    actor_id: Option<i64>,
}

/// Somebody on a deal.
#[derive(Debug, Insertable)]
#[diesel(table_name = deal_contacts, treat_none_as_default_value = false)]
struct MemberRow {
    deal_id: i64,
    contact_id: i64,
    role: &'static str,
    created_at: Timestamp,
}

/// Something to do.
#[derive(Debug, Insertable)]
#[diesel(table_name = activities, treat_none_as_default_value = false)]
struct TaskRow {
    kind: &'static str,
    deal_id: Option<i64>,
    author_id: Option<i64>,
    assignee_id: Option<i64>,
    body: &'static str,
    at: Timestamp,
    due_on: Option<i64>,
    due_at: Option<Timestamp>,
    done_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Default)]
struct Block {
    deals: Vec<DealRow>,
    changes: Vec<ChangeRow>,
    members: Vec<MemberRow>,
    tasks: Vec<TaskRow>,
    words: Vec<(i64, String)>,
}

/// Where deals can stand.
struct Road {
    open: Vec<Stage>,
    won: Option<Stage>,
    lost: Option<Stage>,
}

/// Writes all of them. Contacts and companies must be there.
pub(super) fn write(
    conn: &mut Conn,
    plan: &Plan,
    world: &World,
    now: Timestamp,
) -> Result<(), Failure> {
    actions::ensure_first(conn, now)?;
    let pipeline = store::default(conn)?;
    let stages = store::stages_of(conn, pipeline.id)?;
    let of = |kind| stages.iter().find(|stage| stage.kind == kind).cloned();
    let road = Road {
        open: stages.iter().filter(|s| s.is_open()).cloned().collect(),
        won: of(StageKind::Won),
        lost: of(StageKind::Lost),
    };
    let make = |out: Sender<Block>| {
        let mut from = 0;
        while from < plan.size.deals {
            let to = from.saturating_add(BLOCK).min(plan.size.deals);
            let mut block = Block::default();
            for number in from..to {
                add(&mut block, plan, world, &road, number);
            }
            if out.send(block).is_err() {
                return;
            }
            from = to;
        }
    };
    let total = u64::from(plan.size.deals);
    pipe(conn, "deals", total, make, |conn, block: &Block| {
        load_all!(conn, deals::table, &block.deals);
        load_all!(conn, stage_changes::table, &block.changes);
        load_all!(conn, deal_contacts::table, &block.members);
        load_all!(conn, activities::table, &block.tasks);
        search::put_all(conn, Kind::Deal, &block.words)?;
        Ok(block.deals.len() as u64)
    })
}

/// Counts what stands in each stage, once the indexes are there.
pub(super) fn count(conn: &mut Conn) -> Result<(), Failure> {
    let ids: Vec<StageId> = store::all_stages(conn)?.into_keys().collect();
    Db::transaction_on(conn, |conn| totals::recount(conn, &ids))?;
    Ok(())
}

fn add(block: &mut Block, plan: &Plan, world: &World, road: &Road, number: u32) {
    let mut chance = Chance::of(plan.size.seed ^ 0xdea1, u64::from(number));
    let id = i64::from(number) + 1;
    let created = world
        .begin
        .plus(chance.below(175) as i64 * DAY + chance.below(86_400) as i64 * 1_000_000);
    let steps = chance.below(road.open.len() as u64) as usize;
    let end = match chance.below(10) {
        0..4 => road.won.as_ref(),
        4..7 => road.lost.as_ref(),
        _ => None,
    };
    let owner = Some(chance.pick(&world.users)).filter(|user| *user > 0);
    let passed = road.open.iter().take(steps + 1).chain(end);
    let (from, at) = walk(block, &mut chance, (id, owner, created), passed);
    let Some(stage) = from else { return };
    let money = money(&mut chance);
    let closes_on = chance
        .percent(85)
        .then(|| created.day() + 20 + chance.below(220) as i64);
    let firms = u64::from(plan.size.companies);
    let company_id = (firms > 0).then(|| chance.below(firms) as i64 + 1);
    let title = format!("{} {}", chance.pick(&THINGS), 1_000 + number % 9_000);
    block.words.push((id, title.clone()));
    block.deals.push(DealRow {
        id,
        pipeline_id: stage.pipeline_id.0,
        stage_id: stage.id,
        stage_kind: stage.kind,
        title,
        amount: money.map(|m| m.amount),
        currency: money.map_or(Currency::EUR, |m| m.currency),
        sort_amount: sort_amount(money),
        closes_on,
        sort_closes: closes_on.unwrap_or(NEVER),
        probability: stage.probability,
        owner_id: owner,
        company_id,
        source: chance.pick(&["Website", "Trade fair", "Referral", ""]),
        next_step: "",
        entered_at: at,
        closed_at: (!stage.is_open()).then_some(at),
        lost_reason: reason(&mut chance, stage.kind),
        lost_note: "",
        revision: 1,
        created_at: created,
        updated_at: at,
    });
    let contacts = u64::from(plan.size.contacts);
    let person = chance.below(contacts) as i64 + 1;
    block.members.push(MemberRow {
        deal_id: id,
        contact_id: person,
        role: "Champion",
        created_at: created,
    });
    if stage.is_open() && chance.percent(60) {
        block
            .tasks
            .push(task(&mut chance, (id, owner, created), at));
    }
}

/// A deal's id, owner and birth.
type Deal = (i64, Option<i64>, Timestamp);

/// Leads a deal along these stages. Gives the last of them, and when it came there.
fn walk<'a>(
    block: &mut Block,
    chance: &mut Chance,
    (id, owner, created): Deal,
    stages: impl Iterator<Item = &'a Stage>,
) -> (Option<&'a Stage>, Timestamp) {
    let mut at = created;
    let mut from: Option<&Stage> = None;
    for stage in stages {
        let later = match from {
            None => created,
            Some(_) => at.plus((1 + chance.below(30 * 24) as i64) * HOUR),
        };
        block.changes.push(ChangeRow {
            deal_id: id,
            from_id: from.map(|stage| stage.id),
            to_id: stage.id,
            at: later,
            spent: later.since(at),
            actor_id: owner,
        });
        (from, at) = (Some(stage), later);
    }
    (from, at)
}

fn task(chance: &mut Chance, (id, owner, created): Deal, at: Timestamp) -> TaskRow {
    let due = at.plus(chance.below(60) as i64 * DAY);
    TaskRow {
        kind: "task",
        deal_id: Some(id),
        author_id: owner,
        assignee_id: owner,
        body: chance.pick(&NEXT),
        at: created,
        due_on: Some(due.day()),
        due_at: Some(Timestamp((due.day() + 1) * DAY - 1)),
        done_at: None,
        created_at: created,
        updated_at: created,
    }
}

fn reason(chance: &mut Chance, kind: StageKind) -> Option<LostReason> {
    let reason = LostReason::ALL.get(chance.below(6) as usize).copied();
    reason.filter(|_| kind == StageKind::Lost)
}

/// Many small ones, few large; some in other coins, some without a figure.
fn money(chance: &mut Chance) -> Option<Money> {
    if chance.percent(8) {
        return None;
    }
    let whole = 200 << chance.below(11);
    let whole = whole + chance.below(whole as u64) as i64;
    let code = chance.pick(&["EUR", "EUR", "EUR", "EUR", "EUR", "USD", "USD", "JPY"]);
    let currency = Currency::parse(code).unwrap_or(Currency::EUR);
    let minor = 10_i64.pow(currency.decimals());
    Some(Money::new(whole * minor, currency))
}
