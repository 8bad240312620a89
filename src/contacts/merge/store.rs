//! Queries of merges and their journal.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use crate::accounts::{Access, Action, seen};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, MergeId, UserId};
use crate::contacts::model::Contact;
use crate::db::schema::{companies, contacts, merge_moves, merges, no_merges};
use crate::db::{Conn, padded};
use crate::text_enum;

/// How far a chain of merges is followed.
const LONGEST_CHAIN: usize = 64;
/// Merges read of one record.
const MOST: i64 = 1_000;

text_enum!(
    /// What was merged.
    Kind {
        /// People.
        Contact => "contact",
        /// Organisations.
        Company => "company",
    }
);

impl Kind {
    /// Where its records stand.
    pub fn path(self, id: i64) -> String {
        match self {
            Self::Contact => format!("/contacts/{id}"),
            Self::Company => format!("/companies/{id}"),
        }
    }

    /// The table of its records.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Company => "companies",
        }
    }
}

/// A merge as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = merges)]
pub struct Merge {
    /// Id.
    pub id: MergeId,
    /// What was merged.
    pub kind: Kind,
    /// Who stayed.
    pub winner_id: i64,
    /// Who lives on in it.
    pub loser_id: i64,
    /// By what rule.
    pub rule: String,
    /// Who did it; none: the house.
    pub actor_id: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Since when it is undone.
    pub undone_at: Option<Timestamp>,
}

/// A merge.
pub fn find(conn: &mut Conn, id: MergeId) -> QueryResult<Option<Merge>> {
    Merge::query()
        .filter(merges::id.eq(id))
        .first(conn)
        .optional()
}

/// The merges into a record that hold, the newest first.
pub fn of(conn: &mut Conn, kind: Kind, winner: i64, limit: i64) -> QueryResult<Vec<Merge>> {
    Merge::query()
        .filter(merges::winner_id.eq(winner))
        .filter(merges::kind.eq(kind))
        .filter(merges::undone_at.is_null())
        .order(merges::id.desc())
        .limit(limit)
        .load(conn)
}

/// The merges into a record that hold and came after another, in their order.
pub(super) fn later(
    conn: &mut Conn,
    kind: Kind,
    winner: i64,
    after: MergeId,
) -> QueryResult<Vec<Merge>> {
    Merge::query()
        .filter(merges::winner_id.eq(winner))
        .filter(merges::kind.eq(kind))
        .filter(merges::undone_at.is_null())
        .filter(merges::id.gt(after))
        .order(merges::id)
        .limit(MOST)
        .load(conn)
}

/// The merges by which a record went on into others, in their order.
pub(super) fn way(conn: &mut Conn, kind: Kind, from: i64) -> QueryResult<Vec<Merge>> {
    let mut way: Vec<Merge> = Vec::new();
    let mut at = from;
    while way.len() < LONGEST_CHAIN {
        let next = Merge::query()
            .filter(merges::loser_id.eq(at))
            .filter(merges::kind.eq(kind))
            .filter(merges::undone_at.is_null())
            .order(merges::id.desc())
            .first(conn)
            .optional()?;
        let Some(next) = next else { break };
        at = next.winner_id;
        way.push(next);
    }
    Ok(way)
}

/// Which of these merges hold still.
pub fn live_of(conn: &mut Conn, ids: &[MergeId]) -> QueryResult<Vec<Merge>> {
    Merge::query()
        .filter(merges::id.eq_any(ids.to_vec()))
        .filter(merges::undone_at.is_null())
        .order(merges::id.desc())
        .load(conn)
}

/// Whether a record is there at all, and what it lives on in.
pub(super) fn merged_into(
    conn: &mut Conn,
    kind: Kind,
    id: i64,
) -> QueryResult<Option<Option<i64>>> {
    match kind {
        Kind::Contact => contacts::table
            .filter(contacts::id.eq(id))
            .select(contacts::merged_into)
            .first(conn)
            .optional(),
        Kind::Company => companies::table
            .filter(companies::id.eq(id))
            .select(companies::merged_into)
            .first(conn)
            .optional(),
    }
}

/// Lines of the journal of one merge and table, with what they say: id, row, JSON.
pub(super) fn lines(
    conn: &mut Conn,
    merge: i64,
    table: &str,
    act: &str,
) -> QueryResult<Vec<(i64, i64, Value)>> {
    let rows: Vec<(i64, i64, String)> = merge_moves::table
        .filter(merge_moves::merge_id.eq(merge))
        .filter(merge_moves::table_name.eq(table))
        .filter(merge_moves::act.eq(act))
        .order(merge_moves::id)
        .select((merge_moves::id, merge_moves::row_id, merge_moves::before))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, row, before)| (id, row, serde_json::from_str(&before).unwrap_or_default()))
        .collect())
}

/// Writes a line of the journal anew.
pub(super) fn rewrite(conn: &mut Conn, line: i64, before: &Value) -> QueryResult<()> {
    diesel::update(merge_moves::table.filter(merge_moves::id.eq(line)))
        .set(merge_moves::before.eq(before.to_string()))
        .execute(conn)
        .map(|_| ())
}

/// Writes a line of the journal.
pub(super) fn note(
    conn: &mut Conn,
    merge: i64,
    table: &str,
    row: i64,
    act: &str,
    before: &Value,
) -> QueryResult<()> {
    diesel::insert_into(merge_moves::table)
        .values((
            merge_moves::merge_id.eq(merge),
            merge_moves::table_name.eq(table),
            merge_moves::row_id.eq(row),
            merge_moves::row_key.eq(""),
            merge_moves::act.eq(act),
            merge_moves::before.eq(before.to_string()),
        ))
        .execute(conn)
        .map(|_| ())
}

/// What records are called, wherever they are.
pub(super) fn names(conn: &mut Conn, kind: Kind, ids: &[i64]) -> QueryResult<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    match kind {
        Kind::Contact => {
            let found: Vec<Contact> = Contact::query()
                .filter(contacts::id.eq_any(padded(ids.to_vec())))
                .load(conn)?;
            Ok(found.into_iter().map(|c| (c.id.0, c.shown())).collect())
        }
        Kind::Company => {
            let found: Vec<(i64, String)> = companies::table
                .filter(companies::id.eq_any(padded(ids.to_vec())))
                .select((companies::id, companies::name))
                .load(conn)?;
            Ok(found.into_iter().collect())
        }
    }
}

/// Whether a record is neither in the trash nor merged.
pub(super) fn is_live(conn: &mut Conn, kind: Kind, id: i64) -> QueryResult<bool> {
    let deleted: Option<Option<Timestamp>> = match kind {
        Kind::Contact => contacts::table
            .filter(contacts::id.eq(id))
            .select(contacts::deleted_at)
            .first(conn)
            .optional()?,
        Kind::Company => companies::table
            .filter(companies::id.eq(id))
            .select(companies::deleted_at)
            .first(conn)
            .optional()?,
    };
    Ok(deleted.is_some_and(|at| at.is_none()))
}

/// Whether two of these were said not to be the same.
pub(super) fn are_apart(conn: &mut Conn, kind: Kind, ids: &[i64]) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        no_merges::table
            .filter(no_merges::kind.eq(kind))
            .filter(no_merges::a.eq_any(ids.to_vec()))
            .filter(no_merges::b.eq_any(ids.to_vec())),
    ))
    .get_result(conn)
}

/// Whether somebody may see a record.
pub fn is_seen(conn: &mut Conn, kind: Kind, access: &Access, id: i64) -> QueryResult<bool> {
    match kind {
        Kind::Contact => seen::contact(conn, access, Action::Read, id),
        Kind::Company => seen::company(conn, access, Action::Read, id),
    }
}

/// Whether somebody may change each of some records.
pub fn are_within(conn: &mut Conn, kind: Kind, access: &Access, ids: &[i64]) -> QueryResult<bool> {
    let all = ids.iter().copied();
    match kind {
        Kind::Contact => {
            let seen = seen::contacts(conn, access, Action::Edit, all.map(ContactId))?;
            Ok(ids.iter().all(|id| seen.has(ContactId(*id))))
        }
        Kind::Company => {
            let seen = seen::companies(conn, access, Action::Edit, all.map(CompanyId))?;
            Ok(ids.iter().all(|id| seen.has(CompanyId(*id))))
        }
    }
}
