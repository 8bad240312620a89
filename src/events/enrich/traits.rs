//! Claims of a batch: kept by source, and the shown value chosen anew; the columns every record has follow.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::super::model::EventKind;
use super::people::{Owner, World};
use super::read::Draft;
use super::rows::{TraitRow, TraitValueRow};
use super::trait_keys::key_ids;
use super::{columns, companies};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, IdentityId, SourceId};
use crate::contacts::fields::{Object, index};
use crate::contacts::rules;
use crate::contacts::survivorship::{Claim, Order};
use crate::db::Conn;
use crate::db::dialect::upsert;
use crate::db::schema::{trait_values, traits};

const CHUNK: usize = 500;

/// Shown values by contact and key.
type Shown = HashMap<(i64, i64), TraitRow>;

/// What a batch changes of them.
#[derive(Default)]
struct Changes {
    rows: Shown,
    /// Those whose value is another one than before.
    news: HashSet<(i64, i64)>,
}

/// Writes the claims of identifies and the companies of groups; the world learns new names. Returns, per draft, how many
/// shown values changed; whoever is to be found by other words than before joins `found_by`.
pub(super) fn write(
    conn: &mut Conn,
    owned: &[(&Draft, Owner)],
    world: &mut World,
    found_by: &mut BTreeSet<ContactId>,
    now: Timestamp,
) -> QueryResult<HashMap<usize, usize>> {
    let mut learned = HashMap::new();
    let is_told = |draft: &Draft| {
        draft.kind == EventKind::Group
            || (draft.kind == EventKind::Identify && !draft.claims.is_empty())
    };
    if !owned.iter().any(|(draft, _)| is_told(draft)) {
        return Ok(learned);
    }
    let order = rules::load(conn)?;
    join_companies(conn, owned, world, &order)?;
    let speakers: Vec<(usize, &Draft, Owner)> = owned
        .iter()
        .enumerate()
        .filter(|(_, (draft, _))| draft.kind == EventKind::Identify && !draft.claims.is_empty())
        .map(|(n, (draft, owner))| (n, *draft, *owner))
        .collect();
    if speakers.is_empty() {
        return Ok(learned);
    }
    let keys = keys(conn, &speakers, now)?;
    keep(conn, &speakers, &keys, &order)?;
    let mut shown = shown(conn, &speakers, world)?;
    let mut changes = Changes::default();
    for (n, draft, owner) in &speakers {
        let contact = world.survivor(owner.contact);
        let said = Said {
            draft,
            owner: *owner,
            contact,
        };
        let news = show(&said, &keys, &order, &mut shown, &mut changes);
        learned.insert(*n, news);
    }
    let rows = put(conn, changes)?;
    found_by.extend(columns::project(conn, &rows, &keys, world, now)?);
    Ok(learned)
}

/// The companies of groups, and who belongs to them.
fn join_companies(
    conn: &mut Conn,
    owned: &[(&Draft, Owner)],
    world: &World,
    order: &Order,
) -> QueryResult<()> {
    let mut groups = owned
        .iter()
        .filter(|(draft, _)| draft.kind == EventKind::Group)
        .peekable();
    if groups.peek().is_none() {
        return Ok(());
    }
    let declared = index::Declared::load(conn, Object::Company)?;
    let rules = companies::Rules {
        order,
        declared: &declared,
    };
    for (draft, owner) in groups {
        let contact = ContactId(world.survivor(owner.contact));
        companies::join(conn, draft, contact, &rules, draft.received_at)?;
    }
    Ok(())
}

/// Writes down what is shown from now on; gives those rows that say something else than before.
fn put(conn: &mut Conn, changes: Changes) -> QueryResult<Vec<TraitRow>> {
    let Changes { rows, news } = changes;
    let mut rows: Vec<TraitRow> = rows.into_values().collect();
    rows.sort_unstable_by_key(|row| (row.contact_id, row.key_id));
    let shown_rows: Vec<upsert::Trait<'_>> = rows
        .iter()
        .map(|row| upsert::Trait {
            contact_id: row.contact_id,
            key_id: row.key_id,
            value: &row.value,
            source_id: row.source_id,
            identity_id: row.identity_id,
            at: row.at.0,
            is_pinned: row.is_pinned,
        })
        .collect();
    upsert::traits(conn, &shown_rows)?;
    let declared = index::Declared::load(conn, Object::Contact)?;
    let typed = rows
        .iter()
        .map(|row| (row.contact_id, row.key_id, Some(row.value.as_str())));
    index::write(conn, &declared, typed)?;
    rows.retain(|row| news.contains(&(row.contact_id, row.key_id)));
    Ok(rows)
}

/// A draft that claims something, on whose identity, and of which contact.
struct Said<'a> {
    draft: &'a Draft,
    owner: Owner,
    contact: i64,
}

/// Shows what a draft claims of its contact wherever that outranks what was shown; returns how many values are news.
fn show(
    said: &Said<'_>,
    keys: &HashMap<String, i64>,
    order: &Order,
    shown: &mut Shown,
    changes: &mut Changes,
) -> usize {
    let mut news = 0;
    for claim in &said.draft.claims {
        let Some(key_id) = keys.get(&claim.key) else {
            continue;
        };
        let place = (said.contact, *key_id);
        let before = shown.get(&place);
        let mut row = TraitRow {
            contact_id: said.contact,
            key_id: *key_id,
            value: claim.value.clone(),
            source_id: said.draft.source_id.0,
            identity_id: said.owner.identity,
            at: said.draft.at,
            is_pinned: false,
        };
        // What a person pinned goes on as its source goes on.
        row.is_pinned = before
            .is_some_and(|before| before.is_pinned && as_claim(before).is_beside(&as_claim(&row)));
        if before.is_some_and(|before| {
            order
                .compare(*key_id, &as_claim(before), &as_claim(&row))
                .is_ge()
        }) {
            continue;
        }
        if before.is_none_or(|before| before.value != row.value) {
            news += 1;
            changes.news.insert(place);
        }
        // The same value said again soon after is not worth a write.
        let is_fresh = before.is_some_and(|b| {
            b.value == row.value && b.source_id == row.source_id && is_soon(row.at, b.at)
        });
        if !is_fresh {
            shown.insert(place, row.clone());
            changes.rows.insert(place, row);
        }
    }
    news
}

/// How long a repeated value counts as just said.
const FRESH: i64 = crate::base::clock::MINUTE;

fn is_soon(at: Timestamp, before: Timestamp) -> bool {
    at.since(before).saturating_abs() < FRESH
}

fn as_claim(row: &TraitRow) -> Claim {
    Claim {
        identity_id: IdentityId(row.identity_id),
        source_id: SourceId(row.source_id),
        value: row.value.clone(),
        at: row.at,
        pinned_at: row.is_pinned.then_some(Timestamp::ZERO),
    }
}

/// The ids of the keys claimed, made where they are new.
pub(super) fn keys(
    conn: &mut Conn,
    speakers: &[(usize, &Draft, Owner)],
    now: Timestamp,
) -> QueryResult<HashMap<String, i64>> {
    let wanted: BTreeSet<&str> = speakers
        .iter()
        .flat_map(|(_, draft, _)| draft.claims.iter().map(|claim| claim.key.as_str()))
        .collect();
    let wanted: Vec<&str> = wanted.into_iter().collect();
    key_ids(conn, "contact", &wanted, now)
}

/// Keeps every claim by identity and source: of each the latest, or the first, where the first is what counts.
fn keep(
    conn: &mut Conn,
    speakers: &[(usize, &Draft, Owner)],
    keys: &HashMap<String, i64>,
    order: &Order,
) -> QueryResult<()> {
    let mut latest: HashMap<(i64, i64, i64), TraitValueRow> = HashMap::new();
    for (_, draft, owner) in speakers {
        for claim in &draft.claims {
            let Some(key_id) = keys.get(&claim.key) else {
                continue;
            };
            let row = TraitValueRow {
                identity_id: owner.identity,
                key_id: *key_id,
                source_id: draft.source_id.0,
                value: claim.value.clone(),
                at: draft.at,
            };
            let slot = (row.identity_id, row.key_id, row.source_id);
            if latest
                .get(&slot)
                .is_none_or(|before| is_outdone(order, &row, before.at, &before.value))
            {
                latest.insert(slot, row);
            }
        }
    }
    let mut rows: Vec<TraitValueRow> = latest.into_values().collect();
    rows.sort_unstable_by_key(|row| (row.identity_id, row.key_id, row.source_id));
    let kept = kept(conn, &rows)?;
    rows.retain(|row| {
        kept.get(&(row.identity_id, row.key_id, row.source_id))
            .is_none_or(|(at, value)| {
                is_outdone(order, row, *at, value) && !(*value == row.value && is_soon(row.at, *at))
            })
    });
    let rows: Vec<upsert::TraitValue<'_>> = rows
        .iter()
        .map(|row| upsert::TraitValue {
            identity_id: row.identity_id,
            key_id: row.key_id,
            source_id: row.source_id,
            value: &row.value,
            at: row.at.0,
        })
        .collect();
    upsert::trait_values(conn, &rows)?;
    Ok(())
}

/// Whether what was claimed in the place of a row gives way to it.
fn is_outdone(order: &Order, row: &TraitValueRow, at: Timestamp, value: &str) -> bool {
    let claim = |at, value: &str| Claim {
        identity_id: IdentityId(row.identity_id),
        source_id: SourceId(row.source_id),
        value: value.to_owned(),
        at,
        pinned_at: None,
    };
    let (before, after) = (claim(at, value), claim(row.at, &row.value));
    order.compare(row.key_id, &before, &after).is_lt()
}

type Kept = HashMap<(i64, i64, i64), (Timestamp, String)>;

fn kept(conn: &mut Conn, rows: &[TraitValueRow]) -> QueryResult<Kept> {
    let identities: Vec<i64> = rows
        .iter()
        .map(|row| row.identity_id)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut kept = Kept::new();
    for chunk in identities.chunks(CHUNK) {
        let found: Vec<(i64, i64, i64, Timestamp, String)> = trait_values::table
            .filter(trait_values::identity_id.eq_any(chunk))
            .select((
                trait_values::identity_id,
                trait_values::key_id,
                trait_values::source_id,
                trait_values::at,
                trait_values::value,
            ))
            .load(conn)?;
        kept.extend(
            found
                .into_iter()
                .map(|(identity, key, source, at, value)| ((identity, key, source), (at, value))),
        );
    }
    Ok(kept)
}

/// What the speakers' contacts show now.
fn shown(
    conn: &mut Conn,
    speakers: &[(usize, &Draft, Owner)],
    world: &World,
) -> QueryResult<Shown> {
    let people: Vec<i64> = speakers
        .iter()
        .map(|(_, _, owner)| world.survivor(owner.contact))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut shown = Shown::new();
    for chunk in people.chunks(CHUNK) {
        let rows: Vec<TraitRow> = traits::table
            .filter(traits::contact_id.eq_any(chunk))
            .select(TraitRow::as_select())
            .load(conn)?;
        shown.extend(
            rows.into_iter()
                .map(|row| ((row.contact_id, row.key_id), row)),
        );
    }
    Ok(shown)
}
