//! What was made on the merged record since the merge: nobody but a person knows whose it is, so an undoing asks.

use diesel::prelude::*;

use super::holding::Followers;
use super::store::{self, Merge};
use crate::base::ids::MergeId;
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::{activities, identities as ids, merge_moves};

/// Rows asked about, of each kind.
const MOST: i64 = 100;
/// Characters of one.
const WORDS: usize = 120;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SinceAsk {
    /// Who has the rows.
    pub holder: i64,
    /// Made then or later.
    pub at: Timestamp,
    /// At most so many.
    pub limit: i64,
}

/// A row made since.
#[derive(Debug, Clone)]
pub struct Since {
    /// Its table.
    pub table: &'static str,
    /// Its id.
    pub row: i64,
    /// What it is: "Note".
    pub what: &'static str,
    /// Which.
    pub words: String,
    /// When it was made.
    pub at: Timestamp,
}

impl Since {
    /// A row, its words cut to a line.
    pub fn new(
        table: &'static str,
        row: i64,
        what: &'static str,
        words: &str,
        at: Timestamp,
    ) -> Self {
        Self {
            table,
            row,
            what,
            words: text::line(words, WORDS),
            at,
        }
    }

    /// Its name in a form.
    pub fn name(&self) -> String {
        format!("{}:{}", self.table, self.row)
    }
}

/// Reads the rows of one table.
pub type SinceReader = fn(&mut Conn, &SinceAsk) -> QueryResult<Vec<Since>>;

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

/// Identifiers that came since.
pub(super) fn identities(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows: Vec<(i64, String, String, Timestamp)> = ids::table
        .filter(ids::contact_id.eq(ask.holder))
        .filter(ids::created_at.ge(ask.at))
        .filter(ids::namespace.ne("record"))
        .order(ids::id)
        .limit(ask.limit)
        .select((ids::id, ids::namespace, ids::value, ids::created_at))
        .load(conn)?;
    let row = |(id, namespace, value, at): (i64, String, String, Timestamp)| {
        let what = match namespace.as_str() {
            "email" => "E-mail address",
            "phone" => "Phone number",
            "user_id" => "User id",
            "anonymous_id" | "device" => "Device",
            _ => "Identifier",
        };
        Since::new("identities", id, what, &value, at)
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Notes and tasks about a contact.
pub(super) fn notes_of_contact(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = activities::table
        .filter(activities::contact_id.eq(ask.holder))
        .filter(activities::created_at.ge(ask.at))
        .filter(activities::deleted_at.is_null())
        .order(activities::id)
        .limit(ask.limit)
        .select(ACTIVITY)
        .load(conn)?;
    Ok(rows.into_iter().map(activity).collect())
}

/// Notes and tasks about a company.
pub(super) fn notes_of_company(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = activities::table
        .filter(activities::company_id.eq(ask.holder))
        .filter(activities::created_at.ge(ask.at))
        .filter(activities::deleted_at.is_null())
        .order(activities::id)
        .limit(ask.limit)
        .select(ACTIVITY)
        .load(conn)?;
    Ok(rows.into_iter().map(activity).collect())
}

const ACTIVITY: (
    activities::id,
    activities::kind,
    activities::body,
    activities::created_at,
) = (
    activities::id,
    activities::kind,
    activities::body,
    activities::created_at,
);

fn activity((id, kind, body, at): (i64, String, String, Timestamp)) -> Since {
    let what = if kind == "task" { "Task" } else { "Note" };
    Since::new("activities", id, what, &body, at)
}
