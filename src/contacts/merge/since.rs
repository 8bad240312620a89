//! What was made on the merged record since the merge: nobody but a person knows whose it is, so an undoing asks.

use diesel::prelude::*;

use super::holding::Followers;
use super::made::{Since, SinceAsk};
use super::store::{self, Merge};
use crate::base::ids::MergeId;
use crate::db::Conn;
use crate::db::schema::merge_moves;

/// Rows asked about, of each kind.
const MOST: i64 = 100;
/// What was made since a merge on whoever holds its rows now, without what later merges brought.
pub fn since(conn: &mut Conn, merge: &Merge, followers: Followers) -> QueryResult<Vec<Since>> {
    let way = store::way(conn, merge.kind, merge.winner_id)?;
    let ask = SinceAsk {
        holder: way.last().map_or(merge.winner_id, |last| last.winner_id),
        at: merge.at,
        limit: MOST,
    };
    let mut found = Vec::new();
    for holding in followers.holdings(merge.kind) {
        let Some(read) = holding.since else { continue };
        let rows = read(conn, &ask)?;
        if rows.is_empty() {
            continue;
        }
        let asked: Vec<i64> = rows.iter().map(|row| row.row).collect();
        let others = brought(conn, merge, &way, holding.rows.table, &asked)?;
        let own = match way.first() {
            Some(first) => moved_by(conn, &[first.id], holding.rows.table, &asked)?,
            None => Vec::new(),
        };
        // What the one it went on into had already is that one's.
        let met = way.last().map_or(merge.at, |last| last.at);
        found.extend(
            rows.into_iter().filter(|row| {
                !others.contains(&row.row) && (row.at >= met || own.contains(&row.row))
            }),
        );
    }
    found.sort_by_key(|row| row.at);
    Ok(found)
}

/// Which of the rows this merge or others brought to those who had them since.
fn brought(
    conn: &mut Conn,
    merge: &Merge,
    way: &[Merge],
    table: &str,
    rows: &[i64],
) -> QueryResult<Vec<i64>> {
    let mut by = vec![merge.id];
    for node in [merge.winner_id]
        .into_iter()
        .chain(way.iter().map(|step| step.winner_id))
    {
        let later = store::later(conn, merge.kind, node, merge.id)?;
        by.extend(later.iter().map(|other| other.id));
    }
    by.retain(|id| !way.iter().any(|step| step.id == *id));
    moved_by(conn, &by, table, rows)
}

fn moved_by(
    conn: &mut Conn,
    merges: &[MergeId],
    table: &str,
    rows: &[i64],
) -> QueryResult<Vec<i64>> {
    let by: Vec<i64> = merges.iter().map(|id| id.0).collect();
    merge_moves::table
        .filter(merge_moves::merge_id.eq_any(by))
        .filter(merge_moves::table_name.eq(table))
        .filter(merge_moves::row_id.eq_any(rows.to_vec()))
        .filter(merge_moves::act.eq("moved"))
        .select(merge_moves::row_id)
        .load(conn)
}
