//! Visits: events of one device less than 30 minutes apart. A late event joins the visit it fell into.

use diesel::prelude::*;
use foldhash::{HashMap, HashSet};

use super::super::model::EventKind;
use super::device;
use super::people::Owner;
use super::read::Draft;
use super::rows::SessionRow;
use super::touch::Touch;
use crate::base::clock::{DAY, MINUTE, Timestamp};
use crate::base::text;
use crate::db::dialect::{reserve, tally};
use crate::db::schema::sessions;
use crate::db::{Cached, Conn, padded};
use crate::insert_all;

/// The longest pause within a visit.
const PAUSE: i64 = 30 * MINUTE;
/// The longest visit: a page left open that reports every minute is a new visit the next day.
const LONGEST: i64 = DAY;
const CHUNK: usize = 500;
/// Devices whose visits are kept from one batch to the next, and descriptions of devices.
const MOST_KEPT: usize = 50_000;
/// How much later than the batch before a batch may begin and still be served by what was kept.
const SLACK: i64 = 10 * MINUTE;

#[derive(Debug)]
struct Visit {
    id: i64,
    started: Timestamp,
    ended: Timestamp,
    events: i64,
    pages: i64,
    is_changed: bool,
    /// Index among the new ones.
    new: Option<usize>,
}

/// What happened to an event's visit.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub session: Option<i64>,
    pub began: bool,
    pub touch: Option<Touch>,
    pub device: Option<String>,
}

/// The visits a batch touches, and those of batches before that nobody else has changed since.
#[derive(Debug, Default)]
pub(super) struct Visits {
    by_device: HashMap<i64, Vec<Visit>>,
    /// From here on what is kept is all there is.
    from: Timestamp,
    /// Devices of this batch.
    touched: Vec<i64>,
    new: Vec<SessionRow>,
    spare: Vec<i64>,
    devices: HashMap<String, String>,
}

impl Visits {
    /// Loads the visits that events of these devices in this span of time can belong to.
    pub fn load(&mut self, conn: &mut Conn, drafts: &[(&Draft, Owner)]) -> QueryResult<()> {
        let first = drafts.iter().map(|(d, _)| d.at).min().unwrap_or_default();
        if self.by_device.is_empty() || first < self.from {
            self.by_device.clear();
            self.from = first.plus(-SLACK);
        }
        self.touched = drafts
            .iter()
            .map(|(_, o)| o.device)
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        let is_new = |device: &&i64| !self.by_device.contains_key(*device);
        let devices: Vec<i64> = self.touched.iter().filter(is_new).copied().collect();
        self.by_device
            .extend(devices.iter().map(|device| (*device, Vec::new())));
        let first = self.from;
        for chunk in devices.chunks(CHUNK) {
            type Row = (i64, i64, Timestamp, Timestamp, i64, i64);
            let query = sessions::table
                .filter(sessions::identity_id.eq_any(padded(chunk.to_vec())))
                .filter(sessions::started_at.ge(first.plus(-PAUSE - LONGEST)))
                .filter(sessions::ended_at.ge(first.plus(-PAUSE)))
                .select((
                    sessions::id,
                    sessions::identity_id,
                    sessions::started_at,
                    sessions::ended_at,
                    sessions::event_count,
                    sessions::page_count,
                ));
            let rows: Vec<Row> = Cached(query).load(conn)?;
            for (id, device, started, ended, events, pages) in rows {
                let visit = Visit {
                    id,
                    started,
                    ended,
                    events,
                    pages,
                    is_changed: false,
                    new: None,
                };
                self.by_device.entry(device).or_default().push(visit);
            }
        }
        Ok(())
    }

    /// Puts an event into its visit, or begins one. Saying who one is begins none, and acts in the house belong to none.
    pub fn join(&mut self, conn: &mut Conn, draft: &Draft, owner: Owner) -> QueryResult<Joined> {
        if draft.is_act {
            return Ok(Joined::default());
        }
        let is_page = matches!(draft.kind, EventKind::Page | EventKind::Screen);
        let visits = self.by_device.entry(owner.device).or_default();
        // Between two visits it belongs to the later one, in whatever order they were learned of.
        let near = visits.iter_mut().filter(|visit| visit.takes(draft.at));
        let found = near.max_by_key(|visit| (visit.started, visit.id));
        if let Some(visit) = found {
            visit.started = visit.started.min(draft.at);
            visit.ended = visit.ended.max(draft.at);
            visit.events += 1;
            visit.pages += i64::from(is_page);
            visit.is_changed = true;
            if let Some(row) = visit.new.and_then(|n| self.new.get_mut(n)) {
                row.started_at = visit.started;
                row.ended_at = visit.ended;
                row.event_count = visit.events;
                row.page_count = visit.pages;
            }
            return Ok(Joined {
                session: Some(visit.id),
                ..Joined::default()
            });
        }
        if matches!(
            draft.kind,
            EventKind::Identify | EventKind::Group | EventKind::Alias
        ) {
            return Ok(Joined::default());
        }
        self.begin(conn, draft, owner, is_page)
    }

    /// Writes what is new and what has grown.
    pub fn write(&self, conn: &mut Conn) -> QueryResult<()> {
        insert_all!(conn, sessions::table, &self.new);
        let touched = self.touched.iter();
        let grown: Vec<tally::SessionTally> = touched
            .filter_map(|device| self.by_device.get(device))
            .flatten()
            .filter(|visit| visit.is_changed && visit.new.is_none())
            .map(|visit| tally::SessionTally {
                id: visit.id,
                started: visit.started.0,
                ended: visit.ended.0,
                events: visit.events,
                pages: visit.pages,
            })
            .collect();
        tally::sessions(conn, &grown)
    }

    /// The batch is written: its visits stay for the next one.
    pub fn settle(&mut self) {
        self.new.clear();
        self.spare.clear();
        if self.by_device.len() > MOST_KEPT || self.devices.len() > MOST_KEPT {
            *self = Self::default();
            return;
        }
        for device in std::mem::take(&mut self.touched) {
            for visit in self.by_device.get_mut(&device).into_iter().flatten() {
                visit.is_changed = false;
                visit.new = None;
            }
        }
    }

    fn begin(
        &mut self,
        conn: &mut Conn,
        draft: &Draft,
        owner: Owner,
        is_page: bool,
    ) -> QueryResult<Joined> {
        let id = self.next_id(conn)?;
        let touch = draft.page.as_ref().map(|page| page.touch(draft.at));
        let device = draft
            .agent
            .as_deref()
            .map(|agent| self.describe(agent))
            .filter(|device| !device.is_empty());
        let entry = draft
            .page
            .as_ref()
            .map_or(draft.name.as_str(), |page| page.shown());
        let pages = i64::from(is_page);
        self.by_device.entry(owner.device).or_default().push(Visit {
            id,
            started: draft.at,
            ended: draft.at,
            events: 1,
            pages,
            is_changed: true,
            new: Some(self.new.len()),
        });
        self.new.push(SessionRow {
            id,
            identity_id: owner.device,
            source_id: draft.source_id.0,
            started_at: draft.at,
            ended_at: draft.at,
            event_count: 1,
            page_count: pages,
            entry: text::cut(entry, 500).to_owned(),
            touch: touch
                .as_ref()
                .and_then(|touch| serde_json::to_string(touch).ok()),
            device: device.clone(),
        });
        Ok(Joined {
            session: Some(id),
            began: true,
            touch,
            device,
        })
    }

    fn next_id(&mut self, conn: &mut Conn) -> QueryResult<i64> {
        if let Some(id) = self.spare.pop() {
            return Ok(id);
        }
        // Nothing new is in the table yet, so what was handed out in this batch is counted on top.
        let taken = self.new.len();
        let mut fresh = reserve::ids(conn, "sessions", taken + 256)?;
        if conn.is_sqlite() {
            fresh.drain(..taken);
        }
        fresh.reverse();
        self.spare = fresh;
        Ok(self.spare.pop().unwrap_or_default())
    }

    fn describe(&mut self, agent: &str) -> String {
        if let Some(known) = self.devices.get(agent) {
            return known.clone();
        }
        let device = device::describe(agent);
        self.devices.insert(agent.to_owned(), device.clone());
        device
    }
}

impl Visit {
    fn takes(&self, at: Timestamp) -> bool {
        at >= self.started.plus(-PAUSE)
            && at <= self.ended.plus(PAUSE)
            && self.ended.max(at).since(self.started.min(at)) <= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_takes_what_is_near_and_ends_within_a_day() {
        let visit = |hours: i64| Visit {
            id: 1,
            started: Timestamp(DAY),
            ended: Timestamp(DAY + hours * 60 * MINUTE),
            events: 1,
            pages: 1,
            is_changed: false,
            new: None,
        };
        assert!(visit(0).takes(Timestamp(DAY + PAUSE)));
        assert!(!visit(0).takes(Timestamp(DAY + PAUSE + 1)));
        assert!(visit(0).takes(Timestamp(DAY - PAUSE)));
        assert!(!visit(24).takes(Timestamp(2 * DAY + 1)));
    }
}
