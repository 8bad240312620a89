//! Whose turn it is: on SQLite the cursor must stand where it was read; on PostgreSQL the rows must still be there, and
//! a lease with an epoch keeps several instances from working on the same rows in vain.

use diesel::prelude::*;

use crate::base::clock::{SECOND, Timestamp};
use crate::db::schema::{cursors, inbox as inbox_table, leases};
use crate::db::{Conn, DbError, PortableExt};

/// How long a lease holds without a batch.
const LEASE: i64 = 5 * SECOND;
/// Name of the cursor and of the lease.
pub(super) const CURSOR: &str = "inbox";

/// What keeps a batch from being applied.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("another instance is at work")]
    NotMine,
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How a worker came by its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nobody else was here since its last batch; with the epoch, where there is a lease.
    Mine(Option<i64>),
    /// Somebody may have been: what it remembers is worth nothing.
    TakenOver(i64),
}

/// The position up to which the inbox is done.
pub(super) fn position(conn: &mut Conn) -> QueryResult<i64> {
    let found = cursors::table
        .filter(cursors::name.eq(CURSOR))
        .select(cursors::position)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Marks requests as done, in the transaction of their effects; refuses if somebody else did them.
pub(super) fn consume(
    conn: &mut Conn,
    me: &str,
    from: i64,
    epoch: Option<i64>,
    positions: &[i64],
    now: Timestamp,
) -> Result<Turn, Trouble> {
    let Some(last) = positions.last() else {
        return Ok(Turn::Mine(epoch));
    };
    if conn.is_sqlite() {
        let is_mine = advance(conn, from, *last)?;
        return if is_mine {
            Ok(Turn::Mine(None))
        } else {
            Err(Trouble::NotMine)
        };
    }
    let turn = renew(conn, me, epoch, now)?;
    let removed = diesel::delete(inbox_table::table.filter(inbox_table::id.eq_any(positions)))
        .execute(conn)?;
    if removed == positions.len() {
        Ok(turn)
    } else {
        Err(Trouble::NotMine)
    }
}

/// Moves the cursor on, if it stands where it was read.
fn advance(conn: &mut Conn, from: i64, to: i64) -> QueryResult<bool> {
    let here = cursors::table
        .filter(cursors::name.eq(CURSOR))
        .filter(cursors::position.eq(from));
    if diesel::update(here)
        .set(cursors::position.eq(to))
        .execute(conn)?
        == 1
    {
        return Ok(true);
    }
    let made = diesel::insert_into(cursors::table)
        .values((cursors::name.eq(CURSOR), cursors::position.eq(to)))
        .on_conflict(cursors::name)
        .do_nothing()
        .portable()
        .execute(conn)?;
    Ok(made == 1)
}

/// Takes or renews the lease; its row stays locked until the batch is committed. `epoch`: as it was left last time.
fn renew(conn: &mut Conn, me: &str, epoch: Option<i64>, now: Timestamp) -> Result<Turn, Trouble> {
    let lease = || leases::table.filter(leases::name.eq(CURSOR));
    let values = (
        leases::holder.eq(me),
        leases::expires_at.eq(now.plus(LEASE)),
        leases::epoch.eq(leases::epoch + 1),
    );
    if let Some(epoch) = epoch {
        let untouched = lease()
            .filter(leases::holder.eq(me))
            .filter(leases::epoch.eq(epoch));
        if diesel::update(untouched).set(values).execute(conn)? == 1 {
            return Ok(Turn::Mine(Some(epoch + 1)));
        }
    }
    let free = lease().filter(leases::holder.eq(me).or(leases::expires_at.lt(now)));
    if diesel::update(free).set(values).execute(conn)? == 1 {
        let epoch = lease().select(leases::epoch).first(conn)?;
        return Ok(Turn::TakenOver(epoch));
    }
    let made = diesel::insert_into(leases::table)
        .values((
            leases::name.eq(CURSOR),
            leases::holder.eq(me),
            leases::epoch.eq(1_i64),
            leases::expires_at.eq(now.plus(LEASE)),
        ))
        .on_conflict(leases::name)
        .do_nothing()
        .portable()
        .execute(conn)?;
    if made == 1 {
        Ok(Turn::TakenOver(1))
    } else {
        Err(Trouble::NotMine)
    }
}
