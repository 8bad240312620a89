//! Two to ten records become one, as somebody decided, in one transaction; and the same, only to see what it would do.

use diesel::prelude::*;
use serde_json::json;

use super::fields::Supply;
use super::holding::Followers;
use super::join::{self, Ask};
use super::store::{self, Kind};
use crate::accounts::audit;
use crate::base::ids::{CompanyId, ContactId, MergeId};
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::contacts::{companies, store as contacts_store, words};
use crate::db::Conn;
use crate::db::schema::{
    companies as companies_table, contacts, duplicates, identities, merge_moves,
};

/// Records of one merge.
pub const MOST: usize = 10;

/// What somebody wants to be one.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What they are.
    pub kind: Kind,
    /// Who stays.
    pub keep: i64,
    /// Who lives on in it.
    pub others: Vec<i64>,
    /// Whose values are kept.
    pub supply: Supply,
}

/// What was done, or would be.
#[derive(Debug, Clone, Default)]
pub struct United {
    /// The merges, in their order.
    pub merges: Vec<MergeId>,
    /// What comes along, for people: one of them, several, how many.
    pub moved: Vec<(&'static str, &'static str, usize)>,
}

impl United {
    /// "3 notes and tasks".
    pub fn lines(&self) -> Vec<String> {
        let line = |(one, many, n): &(&str, &str, usize)| {
            let words = if *n == 1 { one } else { many };
            format!("{n} {words}")
        };
        self.moved.iter().map(line).collect()
    }
}

/// Makes them one.
pub fn merge_all(
    conn: &mut Conn,
    wish: &Wish,
    by: &By,
    followers: Followers,
) -> Result<United, Refusal> {
    check(wish)?;
    let all: Vec<i64> = wish.others.iter().copied().chain([wish.keep]).collect();
    if !store::are_within(conn, wish.kind, &by.access, &all)? {
        return Err(Refusal::Missing);
    }
    hold(conn, wish, by)?;
    let mut united = United::default();
    let evidence = json!({ "fields": wish.supply.0 }).to_string();
    for other in &wish.others {
        let ask = Ask {
            kind: wish.kind,
            winner: wish.keep,
            loser: *other,
            rule: "by hand",
            evidence: &evidence,
            actor: Some(by.user),
            at: by.now,
            supply: &wish.supply,
        };
        let merged = join::unite(conn, &ask, followers)?;
        united.merges.push(merged.id);
        let unseen = own_records(conn, merged.id)?;
        for (one, many, n) in merged.moved {
            // The identity that stands for a record itself is nothing people know of.
            let n = if many == "identities" {
                n.saturating_sub(unseen)
            } else {
                n
            };
            if n == 0 {
                continue;
            }
            match united.moved.iter_mut().find(|line| line.1 == many) {
                Some(line) => line.2 += n,
                None => united.moved.push((one, many, n)),
            }
        }
        let object = Some((wish.kind.word(), wish.keep));
        let action = format!("{}.merged", wish.kind);
        let detail = format!("with {other}, merge {}", merged.id);
        audit::record(conn, &by.audited(), &action, object, &detail, by.now)?;
    }
    match wish.kind {
        Kind::Contact => words::refresh(conn, ContactId(wish.keep))?,
        Kind::Company => companies::actions::index(conn, CompanyId(wish.keep))?,
    }
    decide(conn, wish, by)?;
    Ok(united)
}

/// How many of the identities that came along stand for records themselves.
fn own_records(conn: &mut Conn, merge: MergeId) -> QueryResult<usize> {
    let n: i64 = merge_moves::table
        .inner_join(identities::table.on(identities::id.eq(merge_moves::row_id)))
        .filter(merge_moves::merge_id.eq(merge))
        .filter(merge_moves::table_name.eq("identities"))
        .filter(identities::namespace.eq("record"))
        .count()
        .get_result(conn)?;
    Ok(usize::try_from(n).unwrap_or_default())
}

fn check(wish: &Wish) -> Result<(), Refusal> {
    let mut all = wish.others.clone();
    all.push(wish.keep);
    all.sort_unstable();
    all.dedup();
    if all.len() != wish.others.len() + 1 || all.len() < 2 {
        return Err(Refusal::invalid(
            "others",
            "Choose at least two different records.",
        ));
    }
    if all.len() > MOST {
        return Err(Refusal::invalid(
            "others",
            "Ten records can be merged at once.",
        ));
    }
    let strangers = wish.supply.0.values().any(|id| !all.contains(id));
    let unknown = wish.supply.0.keys().find(|word| {
        !wish
            .kind
            .groups()
            .iter()
            .any(|group| group.word == word.as_str())
    });
    if let Some(word) = unknown {
        return Err(Refusal::invalid(
            "fields",
            format!("There is no field “{word}” to choose."),
        ));
    }
    if strangers {
        return Err(Refusal::invalid(
            "fields",
            "A field is taken from one of the merged records.",
        ));
    }
    Ok(())
}

/// Takes the rows for this transaction, in one order for everybody; refuses if one of them is gone.
fn hold(conn: &mut Conn, wish: &Wish, by: &By) -> Result<(), Refusal> {
    let mut all = wish.others.clone();
    all.push(wish.keep);
    all.sort_unstable();
    for id in all {
        let taken = match wish.kind {
            Kind::Contact => diesel::update(contacts::table.filter(contacts::id.eq(id)))
                .filter(contacts::deleted_at.is_null())
                .set(contacts::updated_at.eq(by.now))
                .execute(conn)?,
            Kind::Company => {
                diesel::update(companies_table::table.filter(companies_table::id.eq(id)))
                    .filter(companies_table::deleted_at.is_null())
                    .set(companies_table::updated_at.eq(by.now))
                    .execute(conn)?
            }
        };
        if taken == 1 {
            continue;
        }
        let into = store::merged_into(conn, wish.kind, id)?.flatten();
        return Err(match (wish.kind, into) {
            (Kind::Contact, Some(into)) => {
                Refusal::Merged(contacts_store::survivor(conn, ContactId(into))?)
            }
            (_, Some(_)) => Refusal::invalid("others", "One of them was merged meanwhile."),
            (_, None) => Refusal::Missing,
        });
    }
    Ok(())
}

/// What the queue asks about these is answered.
fn decide(conn: &mut Conn, wish: &Wish, by: &By) -> QueryResult<()> {
    let mut all = wish.others.clone();
    all.push(wish.keep);
    diesel::update(duplicates::table)
        .filter(duplicates::kind.eq(wish.kind))
        .filter(duplicates::a.eq_any(all.clone()))
        .filter(duplicates::b.eq_any(all))
        .set((
            duplicates::state.eq("merged"),
            duplicates::decided_at.eq(Some(by.now)),
            duplicates::decided_by.eq(Some(by.user)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// What a merge would do, told by the merge itself, which is then not kept.
#[derive(Debug)]
pub enum Preview {
    /// This.
    Seen(United),
    /// It would be refused.
    Refused(Refusal),
}

impl From<diesel::result::Error> for Preview {
    fn from(error: diesel::result::Error) -> Self {
        Self::Refused(error.into())
    }
}

/// Does it and takes it back: what it gives is always an error, so that nothing is committed.
pub fn preview(conn: &mut Conn, wish: &Wish, by: &By, followers: Followers) -> Result<(), Preview> {
    Err(match merge_all(conn, wish, by, followers) {
        Ok(united) => Preview::Seen(united),
        Err(refusal) => Preview::Refused(refusal),
    })
}
