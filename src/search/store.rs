//! Queries of records that somebody opened lately.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::dialect::search::Kind;
use crate::db::schema::recent_records as recent;
use crate::db::{Conn, PortableExt};

/// Records that are remembered of somebody.
pub const MOST: usize = 20;

/// A record and when it was opened.
pub type Opened = (Kind, i64, Timestamp);

/// What somebody opened, the last first.
pub fn opened(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Opened>> {
    let rows: Vec<(i64, i64, Timestamp)> = recent::table
        .filter(recent::user_id.eq(user))
        .order((recent::at.desc(), recent::kind, recent::record_id))
        .select((recent::kind, recent::record_id, recent::at))
        .limit(MOST as i64)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(kind, id, at)| Some((Kind::of_number(kind)?, id, at)))
        .collect())
}

/// Keeps what somebody opened, and no more than the last of it.
pub fn keep(conn: &mut Conn, user: UserId, opened: &[Opened]) -> QueryResult<()> {
    for (kind, id, at) in opened {
        diesel::insert_into(recent::table)
            .values((
                recent::user_id.eq(user),
                recent::kind.eq(kind.number()),
                recent::record_id.eq(id),
                recent::at.eq(at),
            ))
            .on_conflict((recent::user_id, recent::kind, recent::record_id))
            .do_update()
            .set(recent::at.eq(at))
            .portable()
            .execute(conn)?;
    }
    let oldest: Option<Timestamp> = recent::table
        .filter(recent::user_id.eq(user))
        .order(recent::at.desc())
        .offset(MOST as i64 - 1)
        .select(recent::at)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(
            recent::table
                .filter(recent::user_id.eq(user))
                .filter(recent::at.lt(oldest)),
        )
        .execute(conn)?;
    }
    Ok(())
}
