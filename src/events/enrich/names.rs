//! The dictionary of event names: names repeat by the million, so events keep a number. Bounded: a program that puts
//! ids into names must not grow it without end.

use std::collections::HashMap;

use diesel::prelude::*;

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
    ids: HashMap<(EventKind, String), i64>,
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
                let name = if self.ids.len() < MOST {
                    draft.name.as_str()
                } else {
                    OTHER
                };
                if !self.ids.contains_key(&(draft.kind, name.to_owned())) {
                    self.add(conn, draft.kind, name)?;
                }
            }
        }
        Ok(())
    }

    /// The id of a draft's name.
    pub fn id(&self, draft: &Draft) -> Option<i64> {
        // A borrowed key would need a type of its own; names are short.
        let found = self.ids.get(&(draft.kind, draft.name.clone()));
        found
            .or_else(|| {
                if self.ids.len() >= MOST {
                    self.ids.get(&(draft.kind, OTHER.to_owned()))
                } else {
                    None
                }
            })
            .copied()
    }

    fn load(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let rows: Vec<(i64, EventKind, String)> = event_names::table
            .order(event_names::id)
            .limit(MOST as i64 + 100)
            .select((event_names::id, event_names::kind, event_names::name))
            .load(conn)?;
        self.ids
            .extend(rows.into_iter().map(|(id, kind, name)| ((kind, name), id)));
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
        self.ids.insert((kind, name.to_owned()), id);
        Ok(())
    }
}
