//! Writing what a batch decided about people: new rows first, then merges, then what changed on rows that were there.

use diesel::prelude::*;

use super::super::model::EventKind;
use super::people::World;
use crate::base::clock::MINUTE;
use crate::base::ids::ContactId;
use crate::contacts::merge;
use crate::db::schema::{contacts, identities, merge_suggestions};
use crate::db::{Conn, PortableExt};
use crate::insert_all;

impl World {
    /// Writes new contacts and identities, then merges, then what changed on contacts that were there.
    pub fn write(&mut self, conn: &mut Conn) -> QueryResult<()> {
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
            )?;
        }
        self.write_suggestions(conn)?;
        self.write_changes(conn)
    }

    fn write_suggestions(&self, conn: &mut Conn) -> QueryResult<()> {
        for (a, b, evidence) in &self.suggestions {
            diesel::insert_into(merge_suggestions::table)
                .values((
                    merge_suggestions::contact_a.eq(a),
                    merge_suggestions::contact_b.eq(b),
                    merge_suggestions::reason.eq("same identifiers"),
                    merge_suggestions::evidence.eq(evidence),
                    merge_suggestions::at.eq(self.now),
                ))
                .on_conflict((merge_suggestions::contact_a, merge_suggestions::contact_b))
                .do_nothing()
                .portable()
                .execute(conn)?;
        }
        Ok(())
    }

    fn write_changes(&self, conn: &mut Conn) -> QueryResult<()> {
        for (id, person) in &self.people {
            if person.becomes_known {
                diesel::update(contacts::table.filter(contacts::id.eq(id)))
                    .set((
                        contacts::is_known.eq(true),
                        contacts::updated_at.eq(self.now),
                    ))
                    .execute(conn)?;
                diesel::update(
                    contacts::table
                        .filter(contacts::id.eq(id))
                        .filter(contacts::stage.eq("visitor")),
                )
                .set(contacts::stage.eq("lead"))
                .execute(conn)?;
            }
            // To the minute: six indexes hang on this column.
            if person.newest.since(person.last_seen_at) >= MINUTE && !self.moved.contains_key(id) {
                diesel::update(contacts::table.filter(contacts::id.eq(id)))
                    .set(contacts::last_seen_at.eq(person.newest))
                    .execute(conn)?;
            }
        }
        Ok(())
    }
}
