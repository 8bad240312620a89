//! Loading the people of a batch, and keeping them for the next one.

use diesel::prelude::*;
use foldhash::HashSet;

use super::ids::Id;
use super::people::{Known, Person, World, before, survivor};
use super::read::Draft;
use crate::base::Timestamp;
use crate::db::dialect::reserve;
use crate::db::schema::{contacts, identities};
use crate::db::{Cached, Conn, padded};

/// Values asked for in one statement.
const CHUNK: usize = 500;
/// Identifiers kept from one batch to the next: some twenty megabytes.
const MOST_KEPT: usize = 100_000;

impl World {
    /// Loads whatever is known of the drafts' identifiers and was not loaded before, and sets ids aside for those that are
    /// new.
    pub fn load(&mut self, conn: &mut Conn, drafts: &[&Draft], now: Timestamp) -> QueryResult<()> {
        self.now = now;
        let previous: Vec<Id> = drafts
            .iter()
            .filter_map(|d| d.previous.as_deref())
            .flat_map(before)
            .collect();
        let all = drafts.iter().flat_map(|draft| &draft.ids).chain(&previous);
        let asked: HashSet<&Id> = all.filter(|id| !self.known.contains_key(*id)).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let values: Vec<&str> = asked
            .iter()
            .map(|id| id.value.as_str())
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        let mut found: Vec<i64> = Vec::new();
        for chunk in values.chunks(CHUNK) {
            let query = identities::table
                .filter(identities::value.eq_any(padded(chunk.to_vec())))
                .select((
                    identities::id,
                    identities::contact_id,
                    identities::namespace,
                    identities::value,
                    identities::first_touch.is_not_null(),
                ));
            let rows: Vec<(i64, i64, String, String, bool)> = Cached(query).load(conn)?;
            for (identity, contact, namespace, value, has_first_touch) in rows {
                let id = Id {
                    namespace: namespace.into(),
                    value,
                };
                found.push(contact);
                self.known.insert(
                    id,
                    Known {
                        identity,
                        contact,
                        has_first_touch,
                    },
                );
            }
        }
        let unknown = asked
            .iter()
            .filter(|id| !self.known.contains_key(**id))
            .count();
        self.load_people(conn, found)?;
        if unknown > 0 {
            self.spare_identities = reserve::ids(conn, "identities", unknown)?;
            self.spare_contacts = reserve::ids(conn, "contacts", unknown)?;
            self.spare_identities.reverse();
            self.spare_contacts.reverse();
        }
        Ok(())
    }

    /// The batch is written: what it learned stays for the next one, what it did is done.
    pub fn settle(&mut self) {
        self.new_contacts.clear();
        self.new_identities.clear();
        self.merges.clear();
        self.suggestions.clear();
        self.apart.clear();
        self.spare_contacts.clear();
        self.spare_identities.clear();
        if self.known.len() > MOST_KEPT {
            *self = Self::default();
            return;
        }
        if !self.moved.is_empty() {
            let moved = std::mem::take(&mut self.moved);
            for known in self.known.values_mut() {
                known.contact = survivor(&moved, known.contact);
            }
            self.people.retain(|id, _| !moved.contains_key(id));
        }
        for id in std::mem::take(&mut self.touched) {
            if let Some(person) = self.people.get_mut(&id) {
                person.is_touched = false;
                person.becomes_known = false;
            }
        }
    }

    /// The contacts of this batch that are still there.
    pub(super) fn touched(&self) -> impl Iterator<Item = (i64, &Person)> {
        let there = self.touched.iter();
        there.filter_map(|id| Some((*id, self.people.get(id)?)))
    }

    /// The first touch of whoever did this is known from now on.
    pub fn has_first_touch(&mut self, draft: &Draft) {
        if let Some(known) = draft.ids.first().and_then(|id| self.known.get_mut(id)) {
            known.has_first_touch = true;
        }
    }

    fn load_people(&mut self, conn: &mut Conn, mut ids: Vec<i64>) -> QueryResult<()> {
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !self.people.contains_key(id));
        for chunk in ids.chunks(CHUNK) {
            type Row = (i64, bool, bool, String, Timestamp);
            let query = contacts::table
                .filter(contacts::id.eq_any(padded(chunk.to_vec())))
                .select((
                    contacts::id,
                    contacts::is_known,
                    contacts::is_person_owned,
                    contacts::name,
                    contacts::last_seen_at,
                ));
            let rows: Vec<Row> = Cached(query).load(conn)?;
            for (id, is_known, is_owned, name, last_seen_at) in rows {
                let newest = Timestamp::ZERO;
                self.people.insert(
                    id,
                    Person {
                        is_known,
                        is_owned,
                        name,
                        last_seen_at,
                        users: None,
                        newest,
                        becomes_known: false,
                        is_touched: false,
                    },
                );
            }
        }
        Ok(())
    }
}
