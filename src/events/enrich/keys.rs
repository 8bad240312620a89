//! Keeping duplicates out: the hash of (source, messageId) of every stored event.
//!
//! Hashes fall anywhere in their table, so writing each with its event would cost a page of the table per event as soon
//! as there are some millions. Young keys therefore stay in memory, in [`PARTS`] ranges; when too many are young, the
//! fullest range goes to the table in one run, and that range's cursor says up to which event it is complete. After a
//! restart the events beyond the cursors give the young keys back: nothing has to be saved, and nothing can be lost.
//! (Whoever comes to delete events must see to it that an id is never used again, or a cursor speaks for the wrong one.)

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::super::model::message_key;
use super::read::Draft;
use super::rows::{CursorRow, KeyRow};
use super::sieve::Sieve;
use crate::base::ids::SourceId;
use crate::db::schema::{cursors, event_keys, events};
use crate::db::{Cached, Conn, padded};
use crate::{insert_all, upsert_all};

/// Ranges of the hash, by its highest byte.
const PARTS: usize = 256;
/// Young keys at the most: about ten megabytes, and about a dozen keys to a page where ten million are stored.
const MOST_YOUNG: usize = 400_000;
/// Values asked for in one statement.
const CHUNK: usize = 500;
/// Events of one batch from which on it is a flood.
const FLOOD: usize = 2_000;
/// Keys read for the sieve in one batch, about.
const MOST_STUDIED: usize = 300_000;
/// Events read at a time after a restart.
const PAGE: i64 = 20_000;

/// What is known of stored keys beside the table; belongs to the one worker that writes events.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Young keys by range, each with its event; no ranges before the first [`Keys::load`].
    parts: Vec<BTreeSet<(i64, i64)>>,
    young: usize,
    /// Of the keys in the table.
    sieve: Sieve,
}

impl Keys {
    /// Reads the keys of events that the table does not hold yet, unless that was done before.
    pub fn load(&mut self, conn: &mut Conn) -> QueryResult<()> {
        if !self.parts.is_empty() {
            return Ok(());
        }
        let complete = complete_up_to(conn)?;
        let oldest = complete.iter().copied().min().unwrap_or(0);
        let mut loaded = Self {
            parts: vec![BTreeSet::new(); PARTS],
            young: 0,
            sieve: Sieve::default(),
        };
        let mut after = oldest;
        loop {
            let rows: Vec<(i64, SourceId, String)> = events::table
                .filter(events::id.gt(after))
                .order(events::id)
                .limit(PAGE)
                .select((events::id, events::source_id, events::message_id))
                .load(conn)?;
            let Some((last, ..)) = rows.last() else {
                *self = loaded;
                return Ok(());
            };
            after = *last;
            for (event, source, message) in rows {
                let key = message_key(source, &message);
                if complete.get(part_of(key)).is_none_or(|done| event > *done) {
                    loaded.add(key, event);
                }
            }
        }
    }

    /// Which drafts have not been stored before: neither in the tables nor earlier among themselves. One flag a draft.
    pub fn fresh(&self, conn: &mut Conn, drafts: &[Draft]) -> QueryResult<Vec<bool>> {
        // By key, and by place within a key: doubles are neighbours, the first of them comes first.
        let mut order: Vec<(i64, usize)> =
            drafts.iter().enumerate().map(|(n, d)| (d.key, n)).collect();
        order.sort_unstable();
        let mut fresh = vec![true; drafts.len()];
        for same_key in order
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|run| run.len() > 1)
        {
            strike_doubles(drafts, same_key, &mut fresh);
        }
        let mut keys: Vec<i64> = order.iter().map(|(key, _)| *key).collect();
        keys.dedup();
        let hits = self.stored(conn, &keys)?;
        for chunk in hits.chunks(CHUNK) {
            let ids = chunk.iter().map(|(_, event)| event);
            let stored: HashMap<i64, (SourceId, String)> = events::table
                .filter(events::id.eq_any(ids))
                .select((events::id, (events::source_id, events::message_id)))
                .load::<(i64, (SourceId, String))>(conn)?
                .into_iter()
                .collect();
            for (key, event) in chunk {
                // Two ids with one hash are two events.
                let Some((source, message)) = stored.get(event) else {
                    continue;
                };
                let first = order.partition_point(|(k, _)| k < key);
                for (_, n) in order.iter().skip(first).take_while(|(k, _)| k == key) {
                    let is_stored = drafts
                        .get(*n)
                        .is_some_and(|d| d.source_id == *source && d.message_id == *message);
                    if let Some(flag) = fresh.get_mut(*n).filter(|_| is_stored) {
                        *flag = false;
                    }
                }
            }
        }
        Ok(fresh)
    }

    /// In a flood on PostgreSQL, reads some ranges of the table so that fewer questions have to be asked. SQLite answers
    /// them from its own memory.
    pub fn study(&mut self, conn: &mut Conn, drafts: usize) -> QueryResult<()> {
        if conn.is_sqlite() || drafts < FLOOD {
            return Ok(());
        }
        let mut read = 0;
        while read < MOST_STUDIED
            && let Some(part) = self.sieve.missing(PARTS)
        {
            let first = ((part as u64) << 56) as i64;
            let keys: Vec<i64> = event_keys::table
                .filter(event_keys::key.between(first, first | 0x00FF_FFFF_FFFF_FFFF))
                .select(event_keys::key)
                .load(conn)?;
            self.sieve.learn(part, &keys);
            read += keys.len() + 1_000;
        }
        Ok(())
    }

    /// Remembers the key of an event that is being stored.
    pub fn add(&mut self, key: i64, event: i64) {
        if let Some(part) = self.parts.get_mut(part_of(key)) {
            self.young += usize::from(part.insert((key, event)));
        }
    }

    /// Writes the fullest ranges while too many keys are young. `newest`: the highest event stored so far, by this
    /// transaction or before.
    pub fn settle(&mut self, conn: &mut Conn, newest: i64) -> QueryResult<()> {
        self.settle_down_to(conn, newest, MOST_YOUNG)
    }

    fn settle_down_to(&mut self, conn: &mut Conn, newest: i64, most: usize) -> QueryResult<()> {
        while self.young > most {
            let fullest = self
                .parts
                .iter_mut()
                .enumerate()
                .max_by_key(|(_, keys)| keys.len());
            let Some((part, keys)) = fullest else {
                return Ok(());
            };
            let rows: Vec<KeyRow> = std::mem::take(keys)
                .into_iter()
                .map(|(key, event_id)| KeyRow { key, event_id })
                .collect();
            self.young -= rows.len();
            for row in &rows {
                self.sieve.add(part, row.key);
            }
            insert_all!(conn, event_keys::table, &rows);
            mark(conn, &[part], newest)?;
        }
        Ok(())
    }

    /// Events that have one of these keys.
    fn stored(&self, conn: &mut Conn, keys: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
        let mut hits = Vec::new();
        for key in keys {
            if let Some(part) = self.parts.get(part_of(*key)) {
                hits.extend(part.range((*key, i64::MIN)..=(*key, i64::MAX)));
            }
        }
        let suspects: Vec<i64> = keys
            .iter()
            .copied()
            .filter(|key| self.sieve.may_hold(part_of(*key), *key))
            .collect();
        for chunk in suspects.chunks(CHUNK) {
            let query = event_keys::table
                .filter(event_keys::key.eq_any(padded(chunk.to_vec())))
                .select((event_keys::key, event_keys::event_id));
            let old: Vec<(i64, i64)> = Cached(query).load(conn)?;
            hits.extend(old);
        }
        Ok(hits)
    }
}

/// Says that the table holds the keys of every event up to `newest`: for whoever writes events past the worker.
pub(crate) fn mark_all(conn: &mut Conn, newest: i64) -> QueryResult<()> {
    mark(conn, &(0..PARTS).collect::<Vec<_>>(), newest)
}

fn mark(conn: &mut Conn, parts: &[usize], newest: i64) -> QueryResult<()> {
    let rows: Vec<CursorRow> = parts
        .iter()
        .map(|part| CursorRow {
            name: cursor(*part),
            position: newest,
        })
        .collect();
    upsert_all!(
        conn,
        cursors::table,
        &rows,
        cursors::name,
        cursors::position.eq(diesel::upsert::excluded(cursors::position))
    );
    Ok(())
}

/// Per range, the event up to which the table is complete.
fn complete_up_to(conn: &mut Conn) -> QueryResult<Vec<i64>> {
    let names: Vec<String> = (0..PARTS).map(cursor).collect();
    let found: HashMap<String, i64> = cursors::table
        .filter(cursors::name.eq_any(&names))
        .select((cursors::name, cursors::position))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    Ok(names
        .iter()
        .map(|name| found.get(name).copied().unwrap_or(0))
        .collect())
}

fn cursor(part: usize) -> String {
    format!("event_keys/{part:02x}")
}

/// Neighbours in the table share a range.
fn part_of(key: i64) -> usize {
    usize::from((key as u64 >> 56) as u8)
}

/// Of drafts with one key, keeps the first of each id.
fn strike_doubles(drafts: &[Draft], same_key: &[(i64, usize)], fresh: &mut [bool]) {
    let mut kept: Vec<&Draft> = Vec::new();
    for (_, n) in same_key {
        let (Some(draft), Some(flag)) = (drafts.get(*n), fresh.get_mut(*n)) else {
            continue;
        };
        let is_double = kept
            .iter()
            .any(|d| d.source_id == draft.source_id && d.message_id == draft.message_id);
        if is_double {
            *flag = false;
        } else {
            kept.push(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{DatabaseUrl, Db, migrate};

    /// Three events whose keys lie far apart.
    fn stored(conn: &mut Conn) -> Vec<(i64, i64)> {
        let keys: Vec<(i64, i64)> = (1..=3)
            .map(|id| (message_key(SourceId(1), &format!("m{id}")), id))
            .collect();
        for (_, id) in &keys {
            diesel::sql_query(format!(
                "INSERT INTO events (id, identity_id, name_id, source_id, at, original_at, received_at, message_id, properties, context) \
                 VALUES ({id}, 1, 1, 1, 0, 0, 0, 'm{id}', '{{}}', '{{}}')"
            ))
            .execute(conn)
            .expect("an event");
        }
        keys
    }

    #[test]
    fn keys_are_found_young_or_old_and_after_every_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("keys.db"));
        migrate::run(&url).expect("tables");
        let mut conn = Db::connect_to(&url).expect("a connection");
        let all = stored(&mut conn);
        let asked: Vec<i64> = all.iter().map(|(key, _)| *key).collect();
        for most_young in [3, 2, 1, 0] {
            let mut keys = Keys::default();
            keys.load(&mut conn).expect("loaded");
            keys.settle_down_to(&mut conn, 3, most_young)
                .expect("settled");
            assert_eq!(keys.young, most_young);
            let old: i64 = event_keys::table
                .count()
                .get_result(&mut conn)
                .expect("a count");
            assert_eq!(old, 3 - most_young as i64, "each key is in one place");
            let mut hits = keys.stored(&mut conn, &asked).expect("hits");
            hits.sort_unstable_by_key(|(_, event)| *event);
            assert_eq!(hits, all);
        }
    }

    #[test]
    fn whoever_writes_past_the_worker_leaves_nothing_young() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("keys.db"));
        migrate::run(&url).expect("tables");
        let mut conn = Db::connect_to(&url).expect("a connection");
        stored(&mut conn);
        mark_all(&mut conn, 2).expect("marked");
        let mut keys = Keys::default();
        keys.load(&mut conn).expect("loaded");
        assert_eq!(keys.young, 1);
    }
}
