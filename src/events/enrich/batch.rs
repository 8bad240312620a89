//! The work of one transaction: drafts of a batch become events on contacts, and the cursor moves with them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::super::health::{self, Minute, Rejected};
use super::super::live::LiveEvent;
use super::counters::Counters;
use super::memory::Memory;
use super::people::{Effect, Owner, World};
use super::read::{Draft, Reading, Refusal};
use super::rows::QuarantineRow;
use super::traits;
use crate::base::Timestamp;
use crate::base::ids::{ContactId, SourceId};
use crate::contacts::merge::Followers;
use crate::contacts::words;
use crate::db::Conn;
use crate::db::dialect::{reserve, upsert};
use crate::db::schema::quarantine;
use crate::insert_all;

const CHUNK: usize = 500;

/// Requests read from the inbox, understood, and not yet done.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub drafts: Vec<Draft>,
    pub refusals: Vec<Refusal>,
    /// Sources that only enrich who is known already.
    pub closed: HashSet<SourceId>,
    pub minutes: HashMap<(SourceId, i64), Minute>,
    /// Events whose senders refused consent, by source and minute.
    pub unconsented: HashMap<(SourceId, i64), Rejected>,
    /// Replays: their refusals are news even if they lie in the quarantine already.
    pub has_replays: bool,
    /// What follows a merge of two contacts.
    pub followers: Followers,
}

impl Batch {
    /// Adds what one request held.
    pub fn add(&mut self, source: SourceId, received_at: Timestamp, reading: Reading) {
        let minute = self.minute(source, received_at);
        minute.accepted +=
            reading.drafts.len() as i64 + reading.refusals.len() as i64 + reading.unconsented;
        minute.quarantined += reading.refusals.len() as i64;
        if reading.unconsented > 0 {
            let none = || Rejected::none(source, "consent", received_at);
            let key = (source, received_at.minute());
            let refused = self.unconsented.entry(key).or_insert_with(none);
            refused.add(reading.unconsented, received_at);
        }
        self.drafts.extend(reading.drafts);
        self.refusals.extend(reading.refusals);
    }

    fn minute(&mut self, source: SourceId, at: Timestamp) -> &mut Minute {
        let key = (source, at.minute());
        self.minutes
            .entry(key)
            .or_insert_with(|| Minute::new(key.0, key.1))
    }

    /// Does the work; must run in a transaction. The last `told` events are described for whoever watches.
    pub fn apply(
        &mut self,
        conn: &mut Conn,
        memory: &mut Memory,
        rejected: &[Rejected],
        now: Timestamp,
        told: usize,
    ) -> QueryResult<Vec<LiveEvent>> {
        if !self.drafts.is_empty() {
            memory.keys.load(conn)?;
            memory.keys.study(conn, self.drafts.len())?;
        }
        let fresh = memory.keys.fresh(conn, &self.drafts)?;
        let mut news = News {
            from: self.drafts.len().saturating_sub(told),
            events: Vec::new(),
            now,
        };
        let mut minutes = std::mem::take(&mut self.minutes);
        let mut kept: Vec<(usize, &Draft)> = Vec::with_capacity(self.drafts.len());
        for ((n, draft), is_fresh) in self.drafts.iter().enumerate().zip(fresh) {
            let minute = minutes.get_mut(&(draft.source_id, draft.received_at.minute()));
            if is_fresh {
                kept.push((n, draft));
                if let Some(minute) = minute {
                    minute.stored += 1;
                }
            } else {
                news.duplicate(n, draft);
                if let Some(minute) = minute {
                    minute.duplicates += 1;
                }
            }
        }
        memory.names.learn(conn, &self.drafts)?;
        self.store(conn, &kept, memory, now, &mut news)?;
        self.quarantine(conn, &mut news)?;
        for minute in minutes.values() {
            minute.add(conn)?;
        }
        health::write(conn, rejected.iter().chain(self.unconsented.values()))?;
        Ok(news.events)
    }

    /// Resolves, stores and counts events that are not in the table yet.
    fn store(
        &self,
        conn: &mut Conn,
        fresh: &[(usize, &Draft)],
        memory: &mut Memory,
        now: Timestamp,
        news: &mut News,
    ) -> QueryResult<()> {
        if fresh.is_empty() {
            return Ok(());
        }
        let drafts: Vec<&Draft> = fresh.iter().map(|(_, draft)| *draft).collect();
        let Memory {
            names,
            keys,
            world,
            visits,
            ..
        } = memory;
        world.load(conn, &drafts, now)?;
        let mut owned: Vec<(&Draft, Owner)> = Vec::with_capacity(drafts.len());
        let mut effects: Vec<Effect> = Vec::with_capacity(drafts.len());
        for draft in &drafts {
            let (owner, effect) =
                world.resolve(conn, draft, !self.closed.contains(&draft.source_id))?;
            owned.push((draft, owner));
            effects.push(effect);
        }
        visits.load(conn, &owned)?;
        let mut counters = Counters::default();
        let mut joins = Vec::with_capacity(owned.len());
        for (draft, owner) in &owned {
            let joined = visits.join(conn, draft, *owner)?;
            let name_id = names.id(draft).unwrap_or_default();
            counters.add(draft, *owner, name_id, &joined);
            if joined.touch.is_some() {
                world.has_first_touch(draft);
            }
            joins.push((name_id, joined.session));
        }
        let first = reserve::run(conn, "events", owned.len())?;
        let mut rows = Vec::with_capacity(owned.len());
        let mut newest = 0;
        for (at, id) in by_identity(&owned).into_iter().zip(first..) {
            let (Some((draft, owner)), Some((name_id, session))) = (owned.get(at), joins.get(at))
            else {
                continue;
            };
            keys.add(draft.key, id);
            newest = newest.max(id);
            rows.push(event_row(draft, *owner, id, *name_id, *session));
        }
        world.write(conn, self.followers)?;
        upsert::events(conn, &rows)?;
        keys.settle(conn, newest)?;
        visits.write(conn)?;
        counters.write(conn)?;
        let mut found_by = world.found_by();
        let learned = traits::write(conn, &owned, world, &mut found_by, now)?;
        words::refresh_all(conn, &found_by.into_iter().collect::<Vec<_>>())?;
        let stored = fresh.iter().zip(owned.iter().zip(effects)).enumerate();
        for (i, ((n, draft), ((_, owner), effect))) in stored {
            let contact = world.survivor(owner.contact);
            let learned = learned.get(&i).copied().unwrap_or(0);
            news.stored(*n, draft, contact, world, effect, learned);
        }
        Ok(())
    }

    fn quarantine(&self, conn: &mut Conn, news: &mut News) -> QueryResult<()> {
        let keys: Vec<i64> = self.refusals.iter().map(|r| r.key).collect();
        let mut open: HashSet<i64> = HashSet::new();
        if !self.has_replays {
            for chunk in keys.chunks(CHUNK) {
                let found: Vec<i64> = quarantine::table
                    .filter(quarantine::message_key.eq_any(chunk))
                    .filter(quarantine::state.eq("open"))
                    .select(quarantine::message_key)
                    .load(conn)?;
                open.extend(found);
            }
        }
        let mut rows = Vec::new();
        for refusal in &self.refusals {
            news.refusal(refusal);
            if open.insert(refusal.key) {
                rows.push(QuarantineRow {
                    source_id: refusal.source_id.0,
                    reason: refusal.reason.word(),
                    detail: refusal.detail.clone(),
                    body: refusal.body.clone(),
                    message_key: refusal.key,
                    ip: refusal.ip.clone(),
                    user_agent: refusal.user_agent.clone(),
                    sent_at: refusal.sent_at,
                    received_at: refusal.received_at,
                    state: "open",
                });
            }
        }
        insert_all!(conn, quarantine::table, &rows);
        Ok(())
    }
}

/// The order in which events are stored: those of one identity side by side, each as it was sent. So a page of the index
/// is touched once a batch, and what somebody did is read from few places.
fn by_identity(owned: &[(&Draft, Owner)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..owned.len()).collect();
    order.sort_by_key(|at| owned.get(*at).map(|(_, owner)| owner.identity));
    order
}

fn event_row(
    draft: &Draft,
    owner: Owner,
    id: i64,
    name_id: i64,
    session: Option<i64>,
) -> upsert::Event<'_> {
    upsert::Event {
        id,
        identity_id: owner.identity,
        name_id,
        source_id: draft.source_id.0,
        session_id: session,
        at: draft.at.0,
        original_at: draft.original_at.0,
        sent_at: draft.sent_at.map(|at| at.0),
        received_at: draft.received_at.0,
        message_id: &draft.message_id,
        properties: &draft.properties,
        context: &draft.context,
    }
}

/// What is told to whoever watches: the end of the batch, so that a flood is not described in full.
struct News {
    from: usize,
    events: Vec<LiveEvent>,
    now: Timestamp,
}

impl News {
    fn stored(
        &mut self,
        n: usize,
        draft: &Draft,
        contact: i64,
        world: &World,
        effect: Effect,
        learned: usize,
    ) {
        if n < self.from {
            return;
        }
        let mut did = Vec::new();
        if effect.created {
            did.push("new visitor".to_owned());
        }
        if effect.became_known {
            did.push("now known".to_owned());
        }
        if effect.merged {
            did.push("merged a visitor".to_owned());
        }
        if effect.other_user {
            did.push("another user on this device".to_owned());
        }
        if effect.suggested {
            did.push("suggested a merge".to_owned());
        }
        match learned {
            0 => {}
            1 => did.push("1 trait".to_owned()),
            n => did.push(format!("{n} traits")),
        }
        let person = world
            .name(contact)
            .map_or_else(|| shown_id(draft), str::to_owned);
        self.push(draft, Some(ContactId(contact)), person, did);
    }

    fn duplicate(&mut self, n: usize, draft: &Draft) {
        if n >= self.from {
            self.push(draft, None, shown_id(draft), vec!["duplicate".to_owned()]);
        }
    }

    fn push(
        &mut self,
        draft: &Draft,
        contact_id: Option<ContactId>,
        person: String,
        did: Vec<String>,
    ) {
        self.events.push(LiveEvent {
            source_id: draft.source_id,
            at: draft.received_at,
            kind: draft.kind.word().to_owned(),
            name: match &draft.page {
                Some(page) if draft.name.is_empty() => page.shown().to_owned(),
                _ => draft.name.clone(),
            },
            message_id: draft.message_id.clone(),
            contact_id,
            person,
            did,
            latency_ms: self.now.since(draft.received_at) / 1_000,
            raw: draft.raw.clone(),
            is_bad: false,
        });
    }

    fn refusal(&mut self, refusal: &Refusal) {
        self.events.push(LiveEvent {
            source_id: refusal.source_id,
            at: refusal.received_at,
            kind: String::new(),
            name: String::new(),
            message_id: String::new(),
            contact_id: None,
            person: String::new(),
            did: vec![format!("quarantine: {}", refusal.detail)],
            latency_ms: self.now.since(refusal.received_at) / 1_000,
            raw: crate::base::text::cut(&refusal.body, 32 << 10).to_owned(),
            is_bad: true,
        });
    }
}

fn shown_id(draft: &Draft) -> String {
    draft
        .ids
        .first()
        .map(|id| id.value.clone())
        .unwrap_or_default()
}
