//! Queries of fields.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Colleague, Field, FieldKind, FieldOption, Object, Ways};
use crate::accounts::rights::{ReadSensitive, Right};
use crate::accounts::{Access, store as accounts};
use crate::base::Timestamp;
use crate::base::ids::{TraitKeyId, UserId};
use crate::base::money::Currency;
use crate::db::Conn;
use crate::db::schema::{company_traits, fields, trait_keys, traits, users};

/// Fields of one object at the most.
pub const MOST: i64 = 500;
/// Colleagues whose names are known.
const MOST_PEOPLE: i64 = 1_000;

/// A field as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = fields)]
struct Row {
    kind: FieldKind,
    group_name: String,
    position: i64,
    options: String,
    currency: Currency,
    is_required: bool,
    is_unique: bool,
    is_sensitive: bool,
    wanted_kind: Option<FieldKind>,
    faults: Option<String>,
    filled_at: Option<Timestamp>,
    retired_at: Option<Timestamp>,
}

type Stored = (TraitKeyId, Object, String, String, Row);

fn field((id, object, key, label, row): Stored) -> Field {
    Field {
        id,
        object,
        key,
        label,
        kind: row.kind,
        group: row.group_name,
        position: row.position,
        options: serde_json::from_str::<Vec<FieldOption>>(&row.options).unwrap_or_default(),
        currency: row.currency,
        is_required: row.is_required,
        is_unique: row.is_unique,
        is_sensitive: row.is_sensitive,
        wanted_kind: row.wanted_kind,
        faults: row.faults,
        filled_at: row.filled_at,
        retired_at: row.retired_at,
    }
}

/// Every field of an object, retired ones too, in order.
pub fn every(conn: &mut Conn, object: Object) -> QueryResult<Vec<Field>> {
    let rows: Vec<Stored> = fields::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(fields::key_id)))
        .filter(trait_keys::object.eq(object))
        .order((fields::position, fields::key_id))
        .select((
            trait_keys::id,
            trait_keys::object,
            trait_keys::key,
            trait_keys::label,
            Row::as_select(),
        ))
        .limit(MOST)
        .load(conn)?;
    Ok(rows.into_iter().map(field).collect())
}

/// The fields of an object that are in use, in order.
pub fn all(conn: &mut Conn, object: Object) -> QueryResult<Vec<Field>> {
    let mut fields = every(conn, object)?;
    fields.retain(Field::is_live);
    Ok(fields)
}

/// One, retired or not.
pub fn find(conn: &mut Conn, id: TraitKeyId) -> QueryResult<Option<Field>> {
    let row: Option<Stored> = fields::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(fields::key_id)))
        .filter(fields::key_id.eq(id))
        .select((
            trait_keys::id,
            trait_keys::object,
            trait_keys::key,
            trait_keys::label,
            Row::as_select(),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(field))
}

/// The field of a key, retired or not.
pub fn of_key(conn: &mut Conn, object: Object, key: &str) -> QueryResult<Option<Field>> {
    let id: Option<TraitKeyId> = trait_keys::table
        .filter(trait_keys::object.eq(object))
        .filter(trait_keys::key.eq(key))
        .select(trait_keys::id)
        .first(conn)
        .optional()?;
    match id {
        Some(id) => find(conn, id),
        None => Ok(None),
    }
}

/// What a record shows, by key, as JSON text.
pub fn shown(
    conn: &mut Conn,
    object: Object,
    record: i64,
) -> QueryResult<HashMap<TraitKeyId, String>> {
    let rows: Vec<(TraitKeyId, String)> = match object {
        Object::Contact => traits::table
            .filter(traits::contact_id.eq(record))
            .select((traits::key_id, traits::value))
            .load(conn)?,
        Object::Company => company_traits::table
            .filter(company_traits::company_id.eq(record))
            .select((company_traits::key_id, company_traits::value))
            .load(conn)?,
    };
    Ok(rows.into_iter().collect())
}

/// How somebody reads and writes, in their zone.
pub fn ways(
    conn: &mut Conn,
    access: &Access,
    zone: chrono_tz::Tz,
    now: Timestamp,
) -> QueryResult<Ways> {
    let ways = ways_of_house(conn)?.of(ReadSensitive::allows(access), zone, now);
    Ok(Ways {
        names_others: access.is_whole(),
        ..ways
    })
}

/// How claims are read: nobody in particular looks, so that the same claim always reads the same.
pub fn ways_of_house(conn: &mut Conn) -> QueryResult<Ways> {
    let country = accounts::setting(conn, "workspace.country")?;
    Ok(Ways {
        country: country
            .map(|code| code.to_uppercase())
            .filter(|code| code.len() == 2),
        people: people(conn)?,
        ..Ways::plain(Timestamp::ZERO)
    })
}

/// Everybody who works or worked here.
fn people(conn: &mut Conn) -> QueryResult<Vec<Colleague>> {
    let rows: Vec<(UserId, String, String)> = users::table
        .order(users::id)
        .select((users::id, users::name, users::email))
        .limit(MOST_PEOPLE)
        .load(conn)?;
    let colleague = |(id, name, email)| Colleague { id, name, email };
    Ok(rows.into_iter().map(colleague).collect())
}
