//! Claims of a batch: kept by source, and the shown value chosen anew; the columns every record has follow.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::super::model::EventKind;
use super::companies;
use super::people::{Owner, World};
use super::read::Draft;
use super::rows::{TraitRow, TraitValueRow};
use super::trait_keys::key_ids;
use crate::base::ids::{ContactId, IdentityId, SourceId};
use crate::base::{EmailAddress, Timestamp, phone, text};
use crate::contacts::survivorship::{self, Claim};
use crate::contacts::words;
use crate::db::schema::{contacts, identities, trait_values, traits};
use crate::db::{Conn, PortableExt};
use crate::upsert_all;

const CHUNK: usize = 500;

/// Shown values by contact and key.
type Shown = HashMap<(i64, i64), TraitRow>;

/// Writes the claims of identifies and the companies of groups. Returns, per draft, how many shown values changed.
pub(super) fn write(
    conn: &mut Conn,
    owned: &[(&Draft, Owner)],
    world: &World,
    now: Timestamp,
) -> QueryResult<HashMap<usize, usize>> {
    let mut learned = HashMap::new();
    for (draft, owner) in owned
        .iter()
        .filter(|(draft, _)| draft.kind == EventKind::Group)
    {
        companies::join(
            conn,
            draft,
            ContactId(world.survivor(owner.contact)),
            draft.received_at,
        )?;
    }
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
    keep(conn, &speakers, &keys)?;
    let mut shown = shown(conn, &speakers, world)?;
    let mut changed = Shown::new();
    for (n, draft, owner) in &speakers {
        let contact = world.survivor(owner.contact);
        let news = show(draft, *owner, contact, &keys, &mut shown, &mut changed);
        learned.insert(*n, news);
    }
    let rows: Vec<TraitRow> = changed.into_values().collect();
    upsert_all!(
        conn,
        traits::table,
        &rows,
        (traits::contact_id, traits::key_id),
        (
            traits::value.eq(excluded(traits::value)),
            traits::source_id.eq(excluded(traits::source_id)),
            traits::identity_id.eq(excluded(traits::identity_id)),
            traits::at.eq(excluded(traits::at)),
        )
    );
    project(conn, &rows, &keys, now)?;
    Ok(learned)
}

/// Shows what a draft claims of its contact wherever that outranks what was shown; returns how many values are news.
fn show(
    draft: &Draft,
    owner: Owner,
    contact: i64,
    keys: &HashMap<String, i64>,
    shown: &mut Shown,
    changed: &mut Shown,
) -> usize {
    let mut news = 0;
    for claim in &draft.claims {
        let Some(key_id) = keys.get(&claim.key) else {
            continue;
        };
        let row = TraitRow {
            contact_id: contact,
            key_id: *key_id,
            value: claim.value.clone(),
            source_id: draft.source_id.0,
            identity_id: owner.identity,
            at: draft.at,
        };
        let before = shown.get(&(contact, *key_id));
        if before
            .is_some_and(|before| survivorship::compare(&as_claim(before), &as_claim(&row)).is_ge())
        {
            continue;
        }
        news += usize::from(before.is_none_or(|before| before.value != row.value));
        // The same value said again soon after is not worth a write.
        let is_fresh = before.is_some_and(|b| {
            b.value == row.value && b.source_id == row.source_id && row.at.since(b.at) < FRESH
        });
        if !is_fresh {
            shown.insert((contact, *key_id), row.clone());
            changed.insert((contact, *key_id), row);
        }
    }
    news
}

/// How long a repeated value counts as just said.
const FRESH: i64 = crate::base::clock::MINUTE;

fn as_claim(row: &TraitRow) -> Claim {
    Claim {
        identity_id: IdentityId(row.identity_id),
        source_id: SourceId(row.source_id),
        value: row.value.clone(),
        at: row.at,
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

/// Keeps every claim by identity and source: the latest of each.
fn keep(
    conn: &mut Conn,
    speakers: &[(usize, &Draft, Owner)],
    keys: &HashMap<String, i64>,
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
                .is_none_or(|before| (before.at, &before.value) < (row.at, &row.value))
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
                (*at, value) < (row.at, &row.value)
                    && !(*value == row.value && row.at.since(*at) < FRESH)
            })
    });
    upsert_all!(
        conn,
        trait_values::table,
        &rows,
        (
            trait_values::identity_id,
            trait_values::key_id,
            trait_values::source_id
        ),
        (
            trait_values::value.eq(excluded(trait_values::value)),
            trait_values::at.eq(excluded(trait_values::at))
        )
    );
    Ok(())
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

/// The columns of a record that follow traits of the same name.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = contacts)]
struct Columns {
    name: Option<String>,
    sort_name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    job_title: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    street: Option<String>,
    city: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    updated_at: Option<Timestamp>,
}

type Standing = (String, String, String, Option<String>, Option<String>, bool);

fn project(
    conn: &mut Conn,
    rows: &[TraitRow],
    keys: &HashMap<String, i64>,
    now: Timestamp,
) -> QueryResult<()> {
    let names: HashMap<i64, &str> = keys.iter().map(|(key, id)| (*id, key.as_str())).collect();
    let mut patches: HashMap<i64, Columns> = HashMap::new();
    for row in rows {
        let Some(key) = names.get(&row.key_id) else {
            continue;
        };
        let Some(value) = plain(&row.value) else {
            continue;
        };
        let patch = patches.entry(row.contact_id).or_default();
        let slot = match *key {
            "name" => &mut patch.name,
            "given_name" => &mut patch.given_name,
            "family_name" => &mut patch.family_name,
            "job_title" => &mut patch.job_title,
            "email" => &mut patch.email,
            "phone" => &mut patch.phone,
            "street" => &mut patch.street,
            "city" => &mut patch.city,
            "region" => &mut patch.region,
            "postal_code" => &mut patch.postal_code,
            "country" => &mut patch.country,
            "time_zone" => &mut patch.time_zone,
            "language" => &mut patch.language,
            _ => continue,
        };
        *slot = Some(value);
    }
    for (contact, patch) in patches {
        apply(conn, contact, patch, now)?;
    }
    Ok(())
}

fn apply(conn: &mut Conn, contact: i64, mut patch: Columns, now: Timestamp) -> QueryResult<()> {
    let standing: Option<Standing> = contacts::table
        .filter(contacts::id.eq(contact))
        .select((
            contacts::name,
            contacts::given_name,
            contacts::family_name,
            contacts::email,
            contacts::phone,
            contacts::is_known,
        ))
        .first(conn)
        .optional()?;
    let Some((name, given, family, email, phone_number, is_known)) = standing else {
        return Ok(());
    };
    // An address is shown only if it identifies this contact: it may be somebody else's, or an office's.
    patch.email = patch
        .email
        .and_then(|value| EmailAddress::parse(&value))
        .map(EmailAddress::into_string);
    patch.email = own(conn, contact, "email", patch.email, email.as_deref())?;
    patch.phone = patch.phone.and_then(|value| phone::parse(&value, None));
    patch.phone = own(conn, contact, "phone", patch.phone, phone_number.as_deref())?;
    patch.time_zone = patch
        .time_zone
        .filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
    if patch.name.is_none() && (patch.given_name.is_some() || patch.family_name.is_some()) {
        let before = text::line(&format!("{given} {family}"), 200);
        if name.is_empty() || name == before {
            let given = patch.given_name.as_ref().unwrap_or(&given);
            let family = patch.family_name.as_ref().unwrap_or(&family);
            patch.name = Some(text::line(&format!("{given} {family}"), 200));
        }
    }
    patch.sort_name = patch.name.as_deref().map(text::fold);
    patch.updated_at = Some(now);
    let is_found_by = patch.name.is_some() || patch.email.is_some() || patch.phone.is_some();
    diesel::update(contacts::table.filter(contacts::id.eq(contact)))
        .set(&patch)
        .execute(conn)?;
    if is_found_by && is_known {
        words::refresh(conn, ContactId(contact))?;
    }
    Ok(())
}

/// The value, if it is an identity of this contact and no other one is its primary yet.
fn own(
    conn: &mut Conn,
    contact: i64,
    namespace: &str,
    value: Option<String>,
    standing: Option<&str>,
) -> QueryResult<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    let found: Option<i64> = identities::table
        .filter(identities::value.eq(&value))
        .filter(identities::namespace.eq(namespace))
        .filter(identities::contact_id.eq(contact))
        .select(identities::id)
        .first(conn)
        .optional()?;
    let Some(id) = found.filter(|_| standing.is_none()) else {
        return Ok(None);
    };
    diesel::update(identities::table.filter(identities::id.eq(id)))
        .set(identities::is_primary.eq(true))
        .portable()
        .execute(conn)?;
    Ok(Some(value))
}

/// A text or number for a column; what is structured stays a trait only.
fn plain(json: &str) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        serde_json::Value::String(value) => {
            Some(text::line(&value, 300)).filter(|value| !value.is_empty())
        }
        serde_json::Value::Number(value) => Some(value.to_string()),
        _ => None,
    }
}
