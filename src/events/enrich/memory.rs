//! What the worker remembers from one batch to the next. Names and keys are its own: nobody else writes them. People and
//! visits are everybody's, so they are believed only while nobody else has written any of them since
//! (`db::dialect::unchanged`).

use diesel::prelude::*;

use super::keys::Keys;
use super::names::Names;
use super::people::World;
use super::sessions::Visits;
use crate::db::Conn;
use crate::db::dialect::unchanged;

/// A batch that fails leaves it unusable: begin with an empty one.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub names: Names,
    pub keys: Keys,
    pub world: World,
    pub visits: Visits,
    sealed: Option<unchanged::Mark>,
}

impl Memory {
    /// Forgets people and visits if anybody else has written since the last batch. Call it first in a transaction.
    pub fn refresh(&mut self, conn: &mut Conn) -> QueryResult<()> {
        if !unchanged::begin(conn, self.sealed)? {
            self.forget_people();
        }
        Ok(())
    }

    /// Call it last in a transaction: what is remembered is what the database holds now.
    pub fn seal(&mut self, conn: &mut Conn) -> QueryResult<()> {
        self.world.settle();
        self.visits.settle();
        self.sealed = Some(unchanged::mark(conn)?);
        Ok(())
    }

    /// Gives their memory back.
    pub fn forget_people(&mut self) {
        self.world = World::default();
        self.visits = Visits::default();
        self.sealed = None;
    }
}
