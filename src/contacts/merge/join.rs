//! Two records become one.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::fields::Supply;
use super::holding::Followers;
use super::journal::Journal;
use super::store::{self, Kind};
use super::{claims, columns};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, MergeId, UserId};
use crate::contacts::companies::people;
use crate::contacts::identities;
use crate::db::dialect::journal;
use crate::db::dialect::search;
use crate::db::schema::{companies, contacts, merges, no_merges};
use crate::db::{Conn, PortableExt};
use crate::timeline::{self, EntryKind, NewEntry};

/// What is to become one, and why.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// What they are.
    pub kind: Kind,
    /// Who stays.
    pub winner: i64,
    /// Who lives on in it.
    pub loser: i64,
    /// By what rule, for people.
    pub rule: &'a str,
    /// Why, as JSON.
    pub evidence: &'a str,
    /// Who decided it; none: the house.
    pub actor: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Whose values were chosen.
    pub supply: &'a Supply,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The merge.
    pub id: MergeId,
    /// What came along, for people: one of them, several, how many.
    pub moved: Vec<(&'static str, &'static str, usize)>,
}

/// Merges a contact into another by a rule of the house; must run in a transaction. `evidence` is JSON that says why.
#[expect(
    clippy::too_many_arguments,
    reason = "who, with whom, why, by whom, when: none of it belongs to another"
)]
pub fn merge(
    conn: &mut Conn,
    winner: ContactId,
    loser: ContactId,
    rule: &str,
    evidence: &str,
    actor: Option<UserId>,
    now: Timestamp,
    followers: Followers,
) -> QueryResult<MergeId> {
    let ask = Ask {
        kind: Kind::Contact,
        winner: winner.0,
        loser: loser.0,
        rule,
        evidence,
        actor,
        at: now,
        supply: &Supply::default(),
    };
    unite(conn, &ask, followers).map(|merged| merged.id)
}

/// Merges two records; must run in a transaction. The words of the winner are left to whoever asks for it.
pub fn unite(conn: &mut Conn, ask: &Ask<'_>, followers: Followers) -> QueryResult<Merged> {
    let id: MergeId = diesel::insert_into(merges::table)
        .values((
            merges::kind.eq(ask.kind),
            merges::winner_id.eq(ask.winner),
            merges::loser_id.eq(ask.loser),
            merges::rule.eq(ask.rule),
            merges::evidence.eq(ask.evidence),
            merges::actor_id.eq(ask.actor),
            merges::at.eq(ask.at),
        ))
        .returning(merges::id)
        .get_result(conn)?;
    let book = Journal {
        merge: id.0,
        kind: ask.kind,
        winner: ask.winner,
        loser: ask.loser,
    };
    for joining in followers.0.iter().filter_map(|follower| follower.joining) {
        joining(conn, &book)?;
    }
    let holdings = followers.holdings(ask.kind);
    let held: Vec<journal::Held> = holdings.iter().map(|holding| holding.rows).collect();
    let counts = journal::give(conn, &held, id.0, ask.winner, ask.loser)?;
    match ask.kind {
        Kind::Contact => claims::join(conn, ContactId(ask.winner), ContactId(ask.loser))?,
        Kind::Company => {
            claims::list_companies(conn, [CompanyId(ask.winner), CompanyId(ask.loser)])?;
            people::mark_main(conn, CompanyId(ask.winner))?;
        }
    }
    let name = rows(conn, &book, ask)?;
    carry_apart(conn, &book, ask)?;
    tell(conn, id, ask, &name)?;
    let moved = holdings
        .iter()
        .zip(counts)
        .filter(|(holding, n)| *n > 0 && !holding.words.0.is_empty())
        .map(|(holding, n)| (holding.words.0, holding.words.1, n))
        .collect();
    Ok(Merged { id, moved })
}

/// The winner's own row is filled, the loser's goes out of sight. Gives the loser's name.
fn rows(conn: &mut Conn, book: &Journal, ask: &Ask<'_>) -> QueryResult<String> {
    let before = columns::load(conn, ask.kind, ask.winner)?;
    let lost = columns::load(conn, ask.kind, ask.loser)?;
    let mut after = columns::filled(
        ask.kind,
        (ask.winner, &before),
        (ask.loser, &lost),
        ask.supply,
    );
    if ask.actor.is_some() && after.contains_key("is_person_owned") {
        after.insert("is_person_owned".to_owned(), Value::Bool(true));
    }
    let (was, is) = columns::difference(&before, &after);
    if !is.is_empty() {
        let revision = columns::revision(conn, ask.kind, ask.winner)?;
        let said = json!({ "was": was, "is": is, "revision": revision });
        book.changed(conn, ask.kind.table(), ask.winner, &said)?;
        columns::save(conn, ask.kind, ask.winner, &after, ask.at)?;
        mend(conn, ask, &is)?;
    }
    let (kind, had_words) = match ask.kind {
        Kind::Contact => (
            search::Kind::Contact,
            !columns::is_empty(lost.get("is_known")),
        ),
        Kind::Company => (search::Kind::Company, true),
    };
    let deleted_at = leave(conn, ask)?;
    if deleted_at.is_some() {
        let said = json!({ "deleted_at": deleted_at });
        book.changed(conn, ask.kind.table(), ask.loser, &said)?;
    }
    if had_words {
        search::put(conn, kind, ask.loser, "")?;
    }
    let name = lost.get("name").and_then(Value::as_str).unwrap_or_default();
    let word = |column: &str| lost.get(column).and_then(Value::as_str);
    Ok(match ask.kind {
        Kind::Company => name.to_owned(),
        Kind::Contact => crate::contacts::model::shown(
            ContactId(ask.loser),
            name,
            word("email"),
            word("phone"),
            had_words,
        ),
    })
}

/// What the row shows now is marked as the primary of its kind.
fn mend(conn: &mut Conn, ask: &Ask<'_>, is: &columns::Row) -> QueryResult<()> {
    if ask.kind == Kind::Company {
        return Ok(());
    }
    let winner = ContactId(ask.winner);
    if is.contains_key("email") || is.contains_key("phone") {
        identities::mend_primary(conn, winner)?;
    }
    if is.contains_key("company_id") {
        people::mend_primary(conn, winner)?;
    }
    Ok(())
}

/// The loser leads to the winner from now on. Since when it had been in the trash, if it was.
fn leave(conn: &mut Conn, ask: &Ask<'_>) -> QueryResult<Option<i64>> {
    match ask.kind {
        Kind::Contact => {
            let row = contacts::table.filter(contacts::id.eq(ask.loser));
            let deleted_at = row.select(contacts::deleted_at).first(conn)?;
            diesel::update(row)
                .set((
                    contacts::merged_into.eq(ask.winner),
                    contacts::deleted_at.eq(ask.at),
                    contacts::updated_at.eq(ask.at),
                ))
                .execute(conn)?;
            Ok(deleted_at)
        }
        Kind::Company => {
            let row = companies::table.filter(companies::id.eq(ask.loser));
            let deleted_at = row.select(companies::deleted_at).first(conn)?;
            diesel::update(row)
                .set((
                    companies::merged_into.eq(ask.winner),
                    companies::deleted_at.eq(ask.at),
                    companies::updated_at.eq(ask.at),
                ))
                .execute(conn)?;
            Ok(deleted_at)
        }
    }
}

/// Whoever must never become one with the loser must not with the winner either. That these two must not is over.
fn carry_apart(conn: &mut Conn, book: &Journal, ask: &Ask<'_>) -> QueryResult<()> {
    let pairs: Vec<(i64, i64)> = no_merges::table
        .filter(no_merges::kind.eq(ask.kind))
        .filter(no_merges::a.eq(ask.loser).or(no_merges::b.eq(ask.loser)))
        .select((no_merges::a, no_merges::b))
        .load(conn)?;
    for (a, b) in pairs {
        let other = if a == ask.loser { b } else { a };
        if other == ask.winner {
            diesel::delete(no_merges::table)
                .filter(no_merges::kind.eq(ask.kind))
                .filter(no_merges::a.eq(a))
                .filter(no_merges::b.eq(b))
                .execute(conn)?;
        } else if keep_apart(conn, ask.kind, (ask.winner, other), ask.actor, ask.at)? {
            book.made(conn, "no_merges", other)?;
        }
    }
    Ok(())
}

/// These two must never become one again; false where that was known.
pub fn keep_apart(
    conn: &mut Conn,
    kind: Kind,
    (a, b): (i64, i64),
    actor: Option<UserId>,
    now: Timestamp,
) -> QueryResult<bool> {
    let new = diesel::insert_into(no_merges::table)
        .values((
            no_merges::kind.eq(kind),
            no_merges::a.eq(a.min(b)),
            no_merges::b.eq(a.max(b)),
            no_merges::actor_id.eq(actor),
            no_merges::at.eq(now),
        ))
        .on_conflict_do_nothing()
        .portable()
        .execute(conn)?;
    Ok(new > 0)
}

/// Writes the merge into the winner's story.
fn tell(conn: &mut Conn, merge: MergeId, ask: &Ask<'_>, name: &str) -> QueryResult<()> {
    let entry = NewEntry {
        contact_id: (ask.kind == Kind::Contact).then_some(ContactId(ask.winner)),
        company_id: (ask.kind == Kind::Company).then_some(CompanyId(ask.winner)),
        deal_id: None,
        at: ask.at,
        kind: EntryKind::Merged,
        actor_id: ask.actor,
        subject_id: Some(merge.0),
        data: json!({ "name": name, "rule": ask.rule }),
    };
    timeline::add(conn, &entry)
}

/// Whether a merge could be undone: it holds, and both rows are there.
pub(super) fn stands(conn: &mut Conn, merge: &super::Merge) -> QueryResult<bool> {
    let into = store::merged_into(conn, merge.kind, merge.loser_id)?.flatten();
    let winner = store::merged_into(conn, merge.kind, merge.winner_id)?;
    Ok(merge.undone_at.is_none() && into == Some(merge.winner_id) && winner.is_some())
}

/// These two may become one again.
pub fn forget_apart(conn: &mut Conn, kind: Kind, (a, b): (i64, i64)) -> QueryResult<()> {
    diesel::delete(no_merges::table)
        .filter(no_merges::kind.eq(kind))
        .filter(no_merges::a.eq(a.min(b)))
        .filter(no_merges::b.eq(a.max(b)))
        .execute(conn)
        .map(|_| ())
}
