//! A merge is undone: everything that moved goes back, what people did since stays where it belongs.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::holding::Followers;
use super::journal::Parting;
use super::store::{self, Kind, Merge};
use super::{claims, columns, join, since};
use crate::accounts::audit;
use crate::base::clock::MINUTE;
use crate::base::ids::{CompanyId, ContactId, MergeId};
use crate::contacts::companies;
use crate::contacts::identities;
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::contacts::words;
use crate::db::Conn;
use crate::db::dialect::journal;
use crate::db::schema;
use crate::timeline::{self, EntryKind, NewEntry};

/// How a merge is to be undone.
#[derive(Debug, Clone, Copy)]
pub struct Undo<'a> {
    /// Names of what was made since and goes with the one who leaves; the rest stays.
    pub goes: &'a [String],
    /// Who wants it.
    pub by: &'a By,
}

/// Undoes a merge, in one transaction; gives it as it was.
pub fn undo(
    conn: &mut Conn,
    id: MergeId,
    how: &Undo<'_>,
    followers: Followers,
) -> Result<Merge, Refusal> {
    let merge = take(conn, id, how)?;
    let made_since = since(conn, &merge, followers)?;
    let way = store::way(conn, merge.kind, merge.winner_id)?;
    let way_ids: Vec<i64> = way.iter().map(|step| step.id.0).collect();
    let holder = way.last().map_or(merge.winner_id, |last| last.winner_id);
    let back = journal::Back {
        merge: id.0,
        holder,
        loser: merge.loser_id,
        way: &way_ids,
    };
    let holdings = followers.holdings(merge.kind);
    for holding in &holdings {
        journal::back(conn, &holding.rows, &back)?;
        let wanted =
            |row: &&super::Since| row.table == holding.rows.table && how.goes.contains(&row.name());
        let goes: Vec<i64> = made_since.iter().filter(wanted).map(|s| s.row).collect();
        journal::hand(conn, &holding.rows, &goes, holder, merge.loser_id)?;
    }
    refill(conn, &merge, &way, &holdings, holder)?;
    columns::take_back(conn, &merge, &way, how.by.now)?;
    come_back(conn, &merge, how.by)?;
    let parting = Parting {
        merge: id.0,
        kind: merge.kind,
        holder,
        loser: merge.loser_id,
        at: merge.at,
        way: &way_ids,
    };
    for parted in followers.0.iter().filter_map(|follower| follower.parted) {
        parted(conn, &parting)?;
    }
    settle(conn, &merge, holder)?;
    remember(conn, &merge, holder, how.by)?;
    Ok(merge)
}

/// The merge, if it can be undone, marked as undone: of two people who ask at once, one is told that it was done.
fn take(conn: &mut Conn, id: MergeId, how: &Undo<'_>) -> Result<Merge, Refusal> {
    use schema::merges;
    let Some(merge) = store::find(conn, id)? else {
        return Err(Refusal::Missing);
    };
    let taken = diesel::update(merges::table.filter(merges::id.eq(id)))
        .filter(merges::undone_at.is_null())
        .set(merges::undone_at.eq(how.by.now))
        .execute(conn)?;
    if taken == 0 {
        return Err(Refusal::invalid("", "This merge was undone already."));
    }
    if !join::stands(conn, &merge)? {
        return Err(Refusal::invalid(
            "",
            "One of the two records is no longer there, so this merge cannot be undone.",
        ));
    }
    diesel::update(merges::table.filter(merges::id.eq(id)))
        .set(merges::undone_by.eq(Some(how.by.user.0)))
        .execute(conn)?;
    Ok(merge)
}

/// What others brought to the winner, and to those it went on into, and was taken away because the leaving one had it.
fn refill(
    conn: &mut Conn,
    merge: &Merge,
    way: &[Merge],
    holdings: &[&'static super::Holding],
    holder: i64,
) -> QueryResult<()> {
    let mut node = merge.winner_id;
    for step in 0..=way.len() {
        let on: Vec<i64> = way.iter().skip(step).map(|step| step.id.0).collect();
        let others: Vec<i64> = store::later(conn, merge.kind, node, merge.id)?
            .iter()
            .map(|other| other.id.0)
            .filter(|id| !way.iter().any(|step| step.id.0 == *id))
            .collect();
        for holding in holdings {
            journal::refill(conn, &holding.rows, &others, &on, holder)?;
        }
        if let Some(next) = way.get(step) {
            node = next.winner_id;
        }
    }
    Ok(())
}

/// The row of the one who leaves is what it was: in the trash only if it was there before.
fn come_back(conn: &mut Conn, merge: &Merge, by: &By) -> QueryResult<()> {
    let lines = store::lines(conn, merge.id.0, merge.kind.table(), "changed")?;
    let was = lines.into_iter().find(|(_, row, _)| *row == merge.loser_id);
    let deleted_at = was.and_then(|(_, _, was)| was.get("deleted_at").and_then(Value::as_i64));
    match merge.kind {
        Kind::Contact => {
            use schema::contacts;
            diesel::update(contacts::table.filter(contacts::id.eq(merge.loser_id)))
                .set((
                    contacts::merged_into.eq(None::<i64>),
                    contacts::deleted_at.eq(deleted_at),
                    contacts::updated_at.eq(by.now),
                ))
                .execute(conn)?;
        }
        Kind::Company => {
            use schema::companies;
            diesel::update(companies::table.filter(companies::id.eq(merge.loser_id)))
                .set((
                    companies::merged_into.eq(None::<i64>),
                    companies::deleted_at.eq(deleted_at),
                    companies::updated_at.eq(by.now),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// What follows from who has what: shown traits, primary addresses, the words of both.
fn settle(conn: &mut Conn, merge: &Merge, holder: i64) -> QueryResult<()> {
    match merge.kind {
        Kind::Contact => {
            let (stays, leaves) = (ContactId(holder), ContactId(merge.loser_id));
            claims::part(conn, stays, leaves)?;
            for id in [stays, leaves] {
                identities::mend_primary(conn, id)?;
                companies::people::mend_primary(conn, id)?;
            }
            seen(conn, leaves)?;
            words::refresh_all(conn, &[stays, leaves])?;
        }
        Kind::Company => {
            let both = [CompanyId(holder), CompanyId(merge.loser_id)];
            claims::list_companies(conn, both)?;
            companies::people::unmark_main(conn, CompanyId(holder), CompanyId(merge.loser_id))?;
            for id in both {
                companies::actions::index(conn, id)?;
            }
        }
    }
    Ok(())
}

/// The identities of who is back may have been seen meanwhile.
fn seen(conn: &mut Conn, id: ContactId) -> QueryResult<()> {
    use schema::{contacts, identities};
    let newest: Option<i64> = identities::table
        .filter(identities::contact_id.eq(id.0))
        .select(diesel::dsl::max(identities::last_seen_at))
        .first(conn)?;
    let Some(newest) = newest else { return Ok(()) };
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .filter(contacts::last_seen_at.le(newest.saturating_sub(MINUTE)))
        .set(contacts::last_seen_at.eq(newest))
        .execute(conn)
        .map(|_| ())
}

/// Both stories tell of it, the audit has it, and the rules of the house will not do it again.
fn remember(conn: &mut Conn, merge: &Merge, holder: i64, by: &By) -> QueryResult<()> {
    use schema::{duplicates, no_merges};
    for (_, other, _) in store::lines(conn, merge.id.0, "no_merges", "made")? {
        let (a, b) = (merge.winner_id.min(other), merge.winner_id.max(other));
        diesel::delete(no_merges::table)
            .filter(no_merges::kind.eq(merge.kind))
            .filter(no_merges::a.eq(a))
            .filter(no_merges::b.eq(b))
            .execute(conn)?;
    }
    let mut apart = vec![merge.winner_id];
    apart.extend((holder != merge.winner_id).then_some(holder));
    for other in apart {
        let pair = (other, merge.loser_id);
        join::keep_apart(conn, merge.kind, pair, Some(by.user), by.now)?;
        diesel::update(duplicates::table)
            .filter(duplicates::kind.eq(merge.kind))
            .filter(duplicates::a.eq(pair.0.min(pair.1)))
            .filter(duplicates::b.eq(pair.0.max(pair.1)))
            .set((
                duplicates::state.eq("apart"),
                duplicates::decided_at.eq(Some(by.now)),
                duplicates::decided_by.eq(Some(by.user)),
            ))
            .execute(conn)?;
    }
    let names = store::names(conn, merge.kind, &[holder, merge.loser_id])?;
    let pairs = [(holder, merge.loser_id), (merge.loser_id, holder)];
    for (id, other) in pairs {
        let name = names.get(&other);
        let entry = NewEntry {
            contact_id: (merge.kind == Kind::Contact).then_some(ContactId(id)),
            company_id: (merge.kind == Kind::Company).then_some(CompanyId(id)),
            deal_id: None,
            at: by.now,
            kind: EntryKind::Unmerged,
            actor_id: Some(by.user),
            subject_id: Some(merge.id.0),
            data: json!({ "name": name }),
        };
        timeline::add(conn, &entry)?;
        let (action, object) = (
            format!("{}.unmerged", merge.kind),
            Some((merge.kind.word(), id)),
        );
        audit::record(conn, &by.audited(), &action, object, &entry.words(), by.now)?;
    }
    Ok(())
}
