//! Writing a plan: one thread makes rows, this one writes them, block by block, table by table in the order of their keys.

use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use diesel::QueryResult;

use super::super::{Failure, say_error};
use super::behaviour::{acts, device, touch};
use super::companies;
use super::people::{Block, People};
use super::plan::{DAYS, Plan, Visit};
use super::rows::{EventRow, KeyRow, MinuteRow, SessionRow};
use super::world::World;
use crate::base::clock::{DAY, MINUTE};
use crate::base::ids::SourceId;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{
    companies as company_table, company_domains, company_people, contact_tags, contacts,
    event_days, event_keys, events, identities, sessions, source_minutes, timeline_entries,
    trait_values, traits,
};
use crate::db::{Conn, Db};
use crate::events::enrich::mark_all;
use crate::events::model::{EventKind, message_key};
use crate::load_all;

/// Contacts of a block.
const CONTACTS: u32 = 4_000;
/// Visits of a block.
const VISITS: usize = 4_000;
/// How many keys are sorted at a time: bounds the memory of it to 16 bytes each.
const KEYS: u64 = 4_000_000;

/// Companies, with their domains and words.
pub(super) fn write_companies(conn: &mut Conn, plan: &Plan, world: &World) -> Result<(), Failure> {
    let made = companies::make(plan, world);
    Db::transaction_on(conn, |conn| {
        load_all!(conn, company_table::table, &made.companies);
        load_all!(conn, company_domains::table, &made.domains);
        search::put_all(conn, Kind::Company, &made.words)
    })?;
    Ok(())
}

/// Contacts and all that hangs on them. The plan must still be by contact.
pub(super) fn write_people(conn: &mut Conn, plan: &Plan, world: &World) -> Result<(), Failure> {
    let make = |out: Sender<Block>| {
        let mut people = People::new(plan, world);
        let mut from = 0;
        while from < plan.size.contacts {
            let to = from.saturating_add(CONTACTS).min(plan.size.contacts);
            let mut block = Block::default();
            for contact in from..to {
                people.add(&mut block, contact);
            }
            // The writer has failed: its error is the one to tell.
            if out.send(block).is_err() {
                return;
            }
            from = to;
        }
    };
    let total = u64::from(plan.size.contacts);
    pipe(conn, "contacts", total, make, |conn, block: &Block| {
        load_all!(conn, contacts::table, &block.contacts);
        load_all!(conn, identities::table, &block.identities);
        load_all!(conn, trait_values::table, &block.trait_values);
        load_all!(conn, traits::table, &block.traits);
        load_all!(conn, company_people::table, &block.members);
        load_all!(conn, contact_tags::table, &block.tagged);
        load_all!(conn, timeline_entries::table, &block.entries);
        load_all!(conn, event_days::table, &block.days);
        search::put_all(conn, Kind::Contact, &block.words)?;
        Ok(block.contacts.len() as u64)
    })
}

/// Visits and their events in a row.
#[derive(Default)]
struct Stretch {
    sessions: Vec<SessionRow>,
    events: Vec<EventRow>,
}

/// Sessions and events, in the order in which they happened, and each source's minutes.
pub(super) fn write_events(conn: &mut Conn, plan: &Plan, world: &World) -> Result<(), Failure> {
    let minutes = minutes(plan, world);
    let make = |out: Sender<Stretch>| {
        let (mut session, mut event) = (0, 0);
        for visits in plan.visits.chunks(VISITS) {
            let mut stretch = Stretch::default();
            for visit in visits {
                session += 1;
                add_visit(&mut stretch, plan, world, visit, session, &mut event);
            }
            if out.send(stretch).is_err() {
                return;
            }
        }
    };
    pipe(
        conn,
        "events",
        plan.size.events,
        make,
        |conn, stretch: &Stretch| {
            load_all!(conn, sessions::table, &stretch.sessions);
            load_all!(conn, events::table, &stretch.events);
            Ok(stretch.events.len() as u64)
        },
    )?;
    Db::transaction_on(conn, |conn| {
        for rows in minutes.chunks(10_000) {
            let rows = rows.iter().map(minute_row).collect::<Vec<_>>();
            load_all!(conn, source_minutes::table, &rows);
        }
        QueryResult::Ok(())
    })?;
    Ok(())
}

/// The keys of all events, in their own order: a range of them at a time, so that memory is bounded and pages fill up.
pub(super) fn write_keys(conn: &mut Conn, plan: &Plan, world: &World) -> Result<(), Failure> {
    let rounds = plan.size.events.div_ceil(KEYS).max(1);
    let make = |out: Sender<Vec<KeyRow>>| {
        for round in 0..rounds {
            let mut keys = keys_of(plan, world, round, rounds);
            keys.sort_unstable_by_key(|row| (row.key, row.event_id));
            let mut keys = keys.into_iter();
            loop {
                let rows: Vec<KeyRow> = keys.by_ref().take(50_000).collect();
                if rows.is_empty() {
                    break;
                }
                if out.send(rows).is_err() {
                    return;
                }
            }
        }
    };
    pipe(
        conn,
        "keys",
        plan.size.events,
        make,
        |conn, rows: &Vec<KeyRow>| {
            load_all!(conn, event_keys::table, rows);
            Ok(rows.len() as u64)
        },
    )?;
    let newest = plan.size.events as i64;
    Db::transaction_on(conn, |conn| mark_all(conn, newest))?;
    Ok(())
}

fn keys_of(plan: &Plan, world: &World, round: u64, rounds: u64) -> Vec<KeyRow> {
    let mut keys = Vec::with_capacity((plan.size.events / rounds * 11 / 10) as usize);
    let mut event_id = 0;
    for visit in &plan.visits {
        let source = SourceId(world.source(visit.contact));
        for _ in 0..visit.events {
            event_id += 1;
            let key = message_key(source, &message_id(plan.size.seed, event_id));
            // As an unsigned number from the lowest: equal shares of the whole range.
            let place = (key as u64) ^ (1 << 63);
            if ((u128::from(place) * u128::from(rounds)) >> 64) as u64 == round {
                keys.push(KeyRow { key, event_id });
            }
        }
    }
    keys
}

fn add_visit(
    stretch: &mut Stretch,
    plan: &Plan,
    world: &World,
    visit: &Visit,
    session: i64,
    event: &mut i64,
) {
    let acts = acts(plan, visit, world.begin);
    let (Some(first), Some(last)) = (acts.first(), acts.last()) else {
        return;
    };
    let source_id = world.source(visit.contact);
    let is_page = |kind: EventKind| i64::from(kind == EventKind::Page);
    stretch.sessions.push(SessionRow {
        id: session,
        identity_id: plan.device(visit.contact),
        source_id,
        started_at: first.at,
        ended_at: last.at,
        event_count: acts.len() as i64,
        page_count: acts.iter().map(|act| is_page(act.deed().kind)).sum(),
        entry: first.deed().path,
        touch: Some(touch(plan, visit, first)),
        device: Some(device(plan, visit.contact)),
    });
    for act in &acts {
        *event += 1;
        stretch.events.push(EventRow {
            id: *event,
            identity_id: plan.owner(visit),
            name_id: world.name_id(act.deed),
            source_id,
            session_id: Some(session),
            at: act.at,
            original_at: act.at,
            sent_at: None,
            received_at: act.at,
            message_id: message_id(plan.size.seed, *event),
            properties: act.properties(visit),
            context: act.context(),
        });
    }
}

fn message_id(seed: u64, event: i64) -> String {
    format!("scale-{seed:x}-{event:010}")
}

/// Events of each source and minute, in the order of the table's key.
fn minutes(plan: &Plan, world: &World) -> Vec<(i64, i64, i64)> {
    let (from, width) = (
        world.begin.minute(),
        (DAYS + 4) as usize * (DAY / MINUTE) as usize,
    );
    let mut all = Vec::new();
    for source in world.sources {
        let mut counts = vec![0_u32; width];
        for visit in plan
            .visits
            .iter()
            .filter(|v| world.source(v.contact) == source)
        {
            for n in 0..u32::from(visit.events) {
                let minute = (visit.start + n * u32::from(visit.gap)) / 60;
                if let Some(count) = counts.get_mut(minute as usize) {
                    *count += 1;
                }
            }
        }
        let there = counts.iter().enumerate().filter(|(_, n)| **n > 0);
        all.extend(there.map(|(minute, n)| (source, from + minute as i64, i64::from(*n))));
    }
    all
}

fn minute_row((source_id, minute, n): &(i64, i64, i64)) -> MinuteRow {
    MinuteRow {
        source_id: *source_id,
        minute: *minute,
        accepted: *n,
        stored: *n,
        duplicates: 0,
        quarantined: 0,
        rejected: 0,
    }
}

/// Has blocks made on a second thread and writes each in a transaction of its own. `write` says how much one was.
pub(super) fn pipe<B: Send>(
    conn: &mut Conn,
    what: &str,
    total: u64,
    make: impl FnOnce(Sender<B>) + Send,
    write: impl Fn(&mut Conn, &B) -> QueryResult<u64>,
) -> Result<(), Failure> {
    let (out, blocks) = crossbeam_channel::bounded(2);
    let (started, mut told, mut done) = (Instant::now(), Instant::now(), 0);
    std::thread::scope(|scope| {
        scope.spawn(|| make(out));
        // Dropped at the end of this closure, also after an error: then the maker ends too.
        for block in blocks {
            done += Db::transaction_on(conn, |conn| write(conn, &block))?;
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                say_error(&format!("{what}: {done} of {total}"));
            }
        }
        QueryResult::Ok(())
    })?;
    say_error(&format!(
        "{what}: {done} in {:.0} s",
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}
