//! The dictionary of event names: names repeat by the million, so events keep a number. Bounded: a program that puts
//! ids into names must not grow it without end.

use diesel::prelude::*;
use foldhash::HashMap;

use super::super::model::EventKind;
use super::read::Draft;
use crate::db::schema::event_names;
use crate::db::{Conn, PortableExt};

/// Names at the most; later ones share [`OTHER`].
const MOST: usize = 20_000;
/// The name of names beyond the bound.
const OTHER: &str = "(other)";

/// The dictionary as the worker remembers it. Rows are never changed or removed, so it cannot be wrong, only short.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    ids: HashMap<EventKind, HashMap<String, i64>>,
    count: usize,
    is_loaded: bool,
}

impl Names {
    /// Makes sure every draft's name has an id.
    pub fn learn(&mut self, conn: &mut Conn, drafts: &[Draft]) -> QueryResult<()> {
        if !self.is_loaded {
            self.load(conn)?;
        }
        for draft in drafts {
            if self.id(draft).is_none() {
                let name = if self.count < MOST {
                    draft.name.as_str()
                } else {
                    OTHER
                };
                if self.of(draft.kind, name).is_none() {
                    self.add(conn, draft.kind, name)?;
                }
            }
        }
        Ok(())
    }

    /// The id of a draft's name.
    pub fn id(&self, draft: &Draft) -> Option<i64> {
        self.of(draft.kind, &draft.name).or_else(|| {
            let is_full = self.count >= MOST;
            is_full.then(|| self.of(draft.kind, OTHER)).flatten()
        })
    }

    fn of(&self, kind: EventKind, name: &str) -> Option<i64> {
        self.ids.get(&kind)?.get(name).copied()
    }

    fn remember(&mut self, kind: EventKind, name: String, id: i64) {
        let before = self.ids.entry(kind).or_default().insert(name, id);
        self.count += usize::from(before.is_none());
    }

    fn load(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let rows: Vec<(i64, EventKind, String)> = event_names::table
            .order(event_names::id)
            .limit(MOST as i64 + 100)
            .select((event_names::id, event_names::kind, event_names::name))
            .load(conn)?;
        for (id, kind, name) in rows {
            self.remember(kind, name, id);
        }
        self.is_loaded = true;
        Ok(())
    }

    fn add(&mut self, conn: &mut Conn, kind: EventKind, name: &str) -> QueryResult<()> {
        diesel::insert_into(event_names::table)
            .values((event_names::kind.eq(kind), event_names::name.eq(name)))
            .on_conflict((event_names::kind, event_names::name))
            .do_nothing()
            .portable()
            .execute(conn)?;
        let id = event_names::table
            .filter(event_names::kind.eq(kind))
            .filter(event_names::name.eq(name))
            .select(event_names::id)
            .first(conn)?;
        self.remember(kind, name.to_owned(), id);
        Ok(())
    }
}
