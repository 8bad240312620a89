//! Writing what a batch decided about people: new rows first, then merges, then what changed on rows that were there.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::model::EventKind;
use super::people::World;
use crate::base::clock::{MINUTE, Timestamp};
use crate::base::ids::ContactId;
use crate::contacts::merge::{self, Followers, Kind};
use crate::db::dialect::tally;
use crate::db::schema::{contacts, duplicates, identities};
use crate::db::{Conn, PortableExt};
use crate::insert_all;

const CHUNK: usize = 500;
/// Per cent: an event named both.
const SURE: i64 = 95;

impl World {
    /// Writes new contacts and identities, then merges, then what changed on contacts that were there.
    pub fn write(&mut self, conn: &mut Conn, followers: Followers) -> QueryResult<()> {
        for row in &mut self.new_contacts {
            if let Some(person) = self.people.get_mut(&row.id) {
                row.is_known = person.is_known;
                let stage = if person.is_known { "lead" } else { "visitor" };
                stage.clone_into(&mut row.stage);
                row.last_seen_at = person.newest;
                person.becomes_known = false;
                person.last_seen_at = person.newest;
            }
        }
        insert_all!(conn, contacts::table, &self.new_contacts);
        insert_all!(conn, identities::table, &self.new_identities);
        for (winner, loser, kind, evidence, at) in &self.merges {
            let rule = if *kind == EventKind::Alias {
                "alias"
            } else {
                "same identifiers"
            };
            merge::merge(
                conn,
                ContactId(*winner),
                ContactId(*loser),
                rule,
                evidence,
                None,
                *at,
                followers,
            )?;
        }
        self.write_suggestions(conn)?;
        self.write_changes(conn)
    }

    /// Known contacts that are to be found by other words than before: those who became known, were merged, or have a
    /// new identifier that people search for.
    pub fn found_by(&self) -> BTreeSet<ContactId> {
        let named = self
            .new_identities
            .iter()
            .filter(|row| matches!(row.namespace.as_str(), "email" | "phone" | "user_id"))
            .map(|row| row.contact_id);
        let known = self
            .touched()
            .filter(|(_, person)| person.becomes_known)
            .map(|(id, _)| id);
        let merged = self.merges.iter().map(|(winner, ..)| *winner);
        named
            .chain(known)
            .chain(merged)
            .map(|id| self.survivor(id))
            .filter(|id| self.is_known(*id))
            .map(ContactId)
            .collect()
    }

    fn write_suggestions(&self, conn: &mut Conn) -> QueryResult<()> {
        for (a, b, evidence) in &self.suggestions {
            diesel::insert_into(duplicates::table)
                .values((
                    duplicates::kind.eq(Kind::Contact),
                    duplicates::a.eq(a.min(b)),
                    duplicates::b.eq(a.max(b)),
                    duplicates::reason.eq("same identifiers"),
                    duplicates::confidence.eq(SURE),
                    duplicates::evidence.eq(evidence),
                    duplicates::state.eq("open"),
                    duplicates::at.eq(self.now),
                ))
                .on_conflict_do_nothing()
                .portable()
                .execute(conn)?;
        }
        Ok(())
    }

    fn write_changes(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let mut known = Vec::new();
        let mut seen = Vec::new();
        for (id, person) in self.touched() {
            if person.becomes_known {
                known.push(id);
            }
            // To the minute: six indexes hang on this column.
            if person.newest.since(person.last_seen_at) >= MINUTE && !self.moved.contains_key(&id) {
                seen.push((id, person.newest.0));
            }
        }
        for (id, at) in &seen {
            if let Some(person) = self.people.get_mut(id) {
                person.last_seen_at = Timestamp(*at);
            }
        }
        for chunk in known.chunks(CHUNK) {
            let stage =
                diesel::dsl::case_when(contacts::stage.eq("visitor"), "lead".into_sql::<Text>())
                    .otherwise(contacts::stage);
            diesel::update(contacts::table.filter(contacts::id.eq_any(chunk)))
                .set((
                    contacts::is_known.eq(true),
                    contacts::updated_at.eq(self.now),
                    contacts::stage.eq(stage),
                ))
                .execute(conn)?;
        }
        seen.sort_unstable();
        tally::last_seen(conn, &seen)
    }
}
