//! Every change of a source, each with its line in the audit. The built-in source is out of reach: to these it is not there.

use diesel::prelude::*;

use super::model::{self, NewSource, Source, SourceKind, SourceSettings};
use super::store;
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, SourceId};
use crate::contacts::fields::settling::Settle;
use crate::db::schema::sources;
use crate::db::{Conn, PortableExt};
use crate::jobs;

/// Makes a source with a key of its own.
pub fn create(conn: &mut Conn, new: &NewSource, by: &By, now: Timestamp) -> QueryResult<Source> {
    let id: SourceId = diesel::insert_into(sources::table)
        .values((
            sources::name.eq(&new.name),
            sources::kind.eq(new.kind),
            sources::write_key.eq(model::new_write_key()),
            sources::is_enabled.eq(true),
            sources::settings.eq(words(&SourceSettings::default())?),
            sources::created_at.eq(now),
            sources::updated_at.eq(now),
        ))
        .returning(sources::id)
        .get_result(conn)?;
    record(conn, by, "source.created", id, &new.name, now)?;
    changeable(conn, id)
}

/// Makes source 1, the house itself, where it is missing. It has a key only because every row has one.
pub fn ensure_builtin(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    diesel::insert_into(sources::table)
        .values((
            sources::id.eq(CRM_SOURCE),
            sources::name.eq(SourceKind::Crm.label()),
            sources::kind.eq(SourceKind::Crm),
            sources::write_key.eq(model::new_write_key()),
            sources::is_enabled.eq(false),
            sources::settings.eq(words(&SourceSettings::default())?),
            sources::created_at.eq(now),
            sources::updated_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// Gives a source a new key; the one before works for another 24 hours.
pub fn rotate_key(conn: &mut Conn, id: SourceId, by: &By, now: Timestamp) -> QueryResult<Source> {
    let source = changeable(conn, id)?;
    diesel::update(sources::table.filter(sources::id.eq(id)))
        .set((
            sources::write_key.eq(model::new_write_key()),
            sources::old_write_key.eq(Some(source.write_key)),
            sources::old_key_until.eq(Some(now.plus(model::OLD_KEY_LIFE))),
            sources::updated_at.eq(now),
        ))
        .execute(conn)?;
    record(conn, by, "source.key_replaced", id, &source.name, now)?;
    changeable(conn, id)
}

/// Takes what a source sends, or stops taking it.
pub fn set_enabled(
    conn: &mut Conn,
    id: SourceId,
    is_enabled: bool,
    by: &By,
    now: Timestamp,
) -> QueryResult<Source> {
    let source = changeable(conn, id)?;
    if source.is_enabled == is_enabled {
        return Ok(source);
    }
    diesel::update(sources::table.filter(sources::id.eq(id)))
        .set((
            sources::is_enabled.eq(is_enabled),
            sources::updated_at.eq(now),
        ))
        .execute(conn)?;
    let action = if is_enabled {
        "source.resumed"
    } else {
        "source.paused"
    };
    record(conn, by, action, id, &source.name, now)?;
    changeable(conn, id)
}

/// Gives a source another name.
pub fn rename(
    conn: &mut Conn,
    id: SourceId,
    name: &str,
    by: &By,
    now: Timestamp,
) -> QueryResult<Source> {
    let source = changeable(conn, id)?;
    if source.name == name {
        return Ok(source);
    }
    diesel::update(sources::table.filter(sources::id.eq(id)))
        .set((sources::name.eq(name), sources::updated_at.eq(now)))
        .execute(conn)?;
    let detail = format!("{} → {name}", source.name);
    record(conn, by, "source.renamed", id, &detail, now)?;
    changeable(conn, id)
}

/// Lets what a source says go before what others say, or no longer. Everything that is shown is chosen anew by a job.
pub fn set_verified(
    conn: &mut Conn,
    id: SourceId,
    is_verified: bool,
    by: &By,
    now: Timestamp,
) -> QueryResult<Source> {
    let source = changeable(conn, id)?;
    if source.is_verified == is_verified {
        return Ok(source);
    }
    diesel::update(sources::table.filter(sources::id.eq(id)))
        .set((
            sources::is_verified.eq(is_verified),
            sources::updated_at.eq(now),
        ))
        .execute(conn)?;
    jobs::enqueue(conn, &Settle::of_contacts(), now)?;
    let word = if is_verified {
        "verified"
    } else {
        "not verified"
    };
    let detail = format!("{}: {word}", source.name);
    record(conn, by, "source.changed", id, &detail, now)?;
    changeable(conn, id)
}

/// Changes what is done with what a source sends.
pub fn save_settings(
    conn: &mut Conn,
    id: SourceId,
    settings: &SourceSettings,
    by: &By,
    now: Timestamp,
) -> QueryResult<Source> {
    let source = changeable(conn, id)?;
    let changed = source.settings.changed(settings);
    if changed.is_empty() {
        return Ok(source);
    }
    diesel::update(sources::table.filter(sources::id.eq(id)))
        .set((
            sources::settings.eq(words(settings)?),
            sources::updated_at.eq(now),
        ))
        .execute(conn)?;
    let detail = format!("{}: {}", source.name, changed.join(", "));
    record(conn, by, "source.changed", id, &detail, now)?;
    changeable(conn, id)
}

fn record(
    conn: &mut Conn,
    by: &By,
    action: &str,
    id: SourceId,
    detail: &str,
    now: Timestamp,
) -> QueryResult<()> {
    audit::record(conn, by, action, Some(("source", id.0)), detail, now)
}

fn changeable(conn: &mut Conn, id: SourceId) -> QueryResult<Source> {
    store::made_by_people(conn, id)?.ok_or(diesel::result::Error::NotFound)
}

fn words(settings: &SourceSettings) -> QueryResult<String> {
    serde_json::to_string(settings)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}
