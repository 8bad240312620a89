//! What stands between two records: merges, what must stay two, and the queue of duplicates.

use diesel::prelude::*;

use crate::contacts::merge::Kind;
use crate::db::Conn;
use crate::db::schema::{duplicates, merges, no_merges};

/// Forgets everything in which one of these records takes part.
pub(super) fn forget(conn: &mut Conn, kind: Kind, ids: &[i64]) -> QueryResult<()> {
    diesel::delete(merges::table)
        .filter(merges::kind.eq(kind))
        .filter(
            merges::winner_id
                .eq_any(ids)
                .or(merges::loser_id.eq_any(ids)),
        )
        .execute(conn)?;
    diesel::delete(no_merges::table)
        .filter(no_merges::kind.eq(kind))
        .filter(no_merges::a.eq_any(ids).or(no_merges::b.eq_any(ids)))
        .execute(conn)?;
    diesel::delete(duplicates::table)
        .filter(duplicates::kind.eq(kind))
        .filter(duplicates::a.eq_any(ids).or(duplicates::b.eq_any(ids)))
        .execute(conn)?;
    Ok(())
}
