//! Visits as lines of the story: forty page views are one line that opens.

use std::collections::HashMap;

use diesel::prelude::*;

use super::visit::{self, Happened, Visit};
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::db::schema::{events, identities, sessions};
use crate::db::{Cached, Conn, padded};
use crate::timeline::{Show, StoryItem, StrandAsk, SubLine};

/// Entries and notes have 0 and 1.
const RANK: i64 = 2;
/// The newest visits show at once what was done on them; the others when somebody opens them. An event lies wherever
/// it was written, so a page of fifty visits would read from hundreds of places for what nobody looks at.
const OPEN_VISITS: usize = 3;
/// Lines of one visit in the story.
const MOST_LINES: usize = 60;
/// Identities of one contact whose events are looked for.
const MOST_IDENTITIES: i64 = 200;

/// The visits of a contact, newest first.
pub fn visits(conn: &mut Conn, ask: &StrandAsk) -> QueryResult<Vec<StoryItem>> {
    if !ask.show.wants(Show::Web) {
        return Ok(Vec::new());
    }
    let own = identities_of(conn, ask.contact)?;
    let visits = newest(conn, &own, ask)?;
    if visits.is_empty() {
        return Ok(Vec::new());
    }
    let open = if ask.before.is_none() { OPEN_VISITS } else { 0 };
    let mut done = of_visits(conn, &own, visits.get(..open).unwrap_or(&visits))?;
    let alone = visits.iter().skip(open).filter(|visit| visit.is_one_act());
    done.extend(of_instants(
        conn,
        &own,
        alone.map(|visit| visit.started_at).collect(),
    )?);
    Ok(visits
        .iter()
        .map(|visit| item(ask.contact, visit, done.remove(&visit.id)))
        .collect())
}

/// Of one identity they are a walk along its index. Of several: first which ones, out of the index alone, however many
/// there are; then those.
fn newest(conn: &mut Conn, own: &[i64], ask: &StrandAsk) -> QueryResult<Vec<Visit>> {
    let below = ask.bound(RANK);
    if let [one] = own {
        let rows = visit::visits()
            .filter(sessions::identity_id.eq(*one))
            .filter(sessions::started_at.le(below.at))
            .filter(
                sessions::started_at
                    .lt(below.at)
                    .or(sessions::id.lt(below.id)),
            )
            .order((sessions::started_at.desc(), sessions::id.desc()))
            .limit(ask.limit);
        return Cached(rows).load(conn);
    }
    let ids = sessions::table
        .filter(sessions::identity_id.eq_any(padded(own.to_vec())))
        .filter(sessions::started_at.le(below.at))
        .filter(
            sessions::started_at
                .lt(below.at)
                .or(sessions::id.lt(below.id)),
        )
        .order((sessions::started_at.desc(), sessions::id.desc()))
        .limit(ask.limit)
        .select((sessions::started_at, sessions::id));
    let ids: Vec<(Timestamp, i64)> = Cached(ids).load(conn)?;
    let ids = ids.into_iter().map(|(_, id)| id).collect();
    let rows = visit::visits()
        .filter(sessions::id.eq_any(padded(ids)))
        .order((sessions::started_at.desc(), sessions::id.desc()));
    Cached(rows).load(conn)
}

/// The identities whose events and visits are the contact's: those that did anything, and devices, whose visits may hold
/// nothing but what was done under a name. Most people have one, and a question about one is planned once and for all.
pub fn identities_of(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<i64>> {
    identities::table
        .filter(identities::contact_id.eq(contact.0))
        .filter(
            identities::event_count
                .gt(0)
                .or(identities::namespace.eq("anonymous_id")),
        )
        .select(identities::id)
        .limit(MOST_IDENTITIES)
        .load(conn)
}

type ByVisit = HashMap<i64, Vec<Happened>>;

/// The beginning of what was done on each of some visits that follow each other. In one question; where it is too much
/// for one, each visit is asked for by itself, so that a long one hides no other.
fn of_visits(conn: &mut Conn, own: &[i64], visits: &[Visit]) -> QueryResult<ByVisit> {
    let most = MOST_LINES * OPEN_VISITS;
    let since = visits.iter().map(|visit| visit.started_at).min();
    let until = visits.iter().map(|visit| visit.ended_at).max();
    let (Some(since), Some(until)) = (since, until) else {
        return Ok(ByVisit::new());
    };
    if visits.iter().map(|visit| visit.event_count).sum::<i64>() <= most as i64 {
        let rows = visit::done_between(conn, own, since, until, most as i64 + 1)?;
        if rows.len() <= most {
            return Ok(by_visit(rows));
        }
    }
    let mut done = ByVisit::new();
    for visit in visits {
        let rows = visit::done_on(conn, own, visit, None, MOST_LINES as i64)?;
        done.insert(visit.id, rows);
    }
    Ok(done)
}

/// What happened at these instants: visits of one event are told by it, and so cost one place each.
fn of_instants(conn: &mut Conn, own: &[i64], at: Vec<Timestamp>) -> QueryResult<ByVisit> {
    if at.is_empty() {
        return Ok(ByVisit::new());
    }
    let most = at.len() as i64 * 4;
    let query = visit::of_people(own)
        .filter(events::at.eq_any(padded(at)))
        .limit(most);
    Ok(by_visit(Cached(query).load(conn)?))
}

fn by_visit(rows: Vec<Happened>) -> ByVisit {
    let mut by_visit = ByVisit::new();
    for row in rows {
        if let Some(session) = row.session_id {
            by_visit.entry(session).or_default().push(row);
        }
    }
    by_visit
}

fn item(contact: ContactId, visit: &Visit, done: Option<Vec<Happened>>) -> StoryItem {
    let first = done.as_ref().and_then(|done| done.first());
    let headline = visit::headline(visit, first);
    let mut item = StoryItem::new(visit.started_at, RANK, visit.id, Show::Web, headline);
    item.icon = if visit.page_count > 0 {
        "globe"
    } else {
        "bolt"
    };
    if visit.is_one_act() {
        let quiet = first.map(Happened::facts).unwrap_or_default();
        if !quiet.is_empty() {
            item.lines.push(SubLine {
                at: visit.started_at,
                text: quiet,
                quiet: String::new(),
                right: String::new(),
            });
        }
        return item;
    }
    let mut done = done.unwrap_or_default();
    done.truncate(MOST_LINES);
    item.lines = visit::lines(&done, None);
    let hidden = visit.event_count - done.len() as i64;
    item.later = (hidden > 0).then(|| visit.rest(contact, done.last(), hidden));
    item
}
