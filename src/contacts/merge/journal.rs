//! The book of one merge, as those see it who do something for it: what they change and make is written down here.

use diesel::QueryResult;
use serde_json::Value;

use super::store::{self, Kind};
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::db::Conn;

/// The book of one merge: every row that was moved, taken away, changed or made, and what it was before.
#[derive(Debug, Clone, Copy)]
pub struct Journal {
    pub(super) merge: i64,
    pub(super) kind: Kind,
    pub(super) winner: i64,
    pub(super) loser: i64,
}

impl Journal {
    /// What is merged.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The contact that stays.
    pub fn winner(&self) -> ContactId {
        ContactId(self.winner)
    }

    /// The contact that lives on in the other.
    pub fn loser(&self) -> ContactId {
        ContactId(self.loser)
    }

    /// Notes what a row was before it is changed.
    pub fn changed(
        &self,
        conn: &mut Conn,
        table: &str,
        row: i64,
        before: &Value,
    ) -> QueryResult<()> {
        store::note(conn, self.merge, table, row, "changed", before)
    }

    /// Notes that a row is there only because of this merge.
    pub fn made(&self, conn: &mut Conn, table: &str, row: i64) -> QueryResult<()> {
        store::note(conn, self.merge, table, row, "made", &Value::Null)
    }
}

/// A merge that is being undone, every row being back.
#[derive(Debug, Clone, Copy)]
pub struct Parting<'a> {
    pub(super) merge: i64,
    pub(super) kind: Kind,
    pub(super) holder: i64,
    pub(super) loser: i64,
    pub(super) at: Timestamp,
    pub(super) way: &'a [i64],
}

impl Parting<'_> {
    /// What was merged.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Who had everything until now.
    pub fn holder(&self) -> ContactId {
        ContactId(self.holder)
    }

    /// Who is back.
    pub fn loser(&self) -> ContactId {
        ContactId(self.loser)
    }

    /// When they became one.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What the merge changed of a table: row, and what was noted.
    pub fn changed(&self, conn: &mut Conn, table: &str) -> QueryResult<Vec<(i64, Value)>> {
        let lines = store::lines(conn, self.merge, table, "changed")?;
        Ok(lines.into_iter().map(|(_, row, was)| (row, was)).collect())
    }

    /// What the merge moved of a table.
    pub fn moved(&self, conn: &mut Conn, table: &str) -> QueryResult<Vec<i64>> {
        let lines = store::lines(conn, self.merge, table, "moved")?;
        Ok(lines.into_iter().map(|(_, row, _)| row).collect())
    }

    /// The merges by which the winner itself went on to the holder, in their order.
    pub fn way(&self) -> &[i64] {
        self.way
    }
}
