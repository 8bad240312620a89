//! Reading contacts: with identities, traits and counters, one query per kind for a whole page.

use std::collections::{BTreeMap, HashMap};

use actix_web::web;
use chrono_tz::Tz;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::rights::ReadContacts;
use crate::accounts::{self, Access, ApiCan};
use crate::base::ids::{ContactId, IdentityId, TraitKeyId};
use crate::base::{EmailAddress, Timestamp, phone};
use crate::contacts::fields::{self, Field, FieldKind, Object, Ways};
use crate::contacts::model::{Contact, Stage};
use crate::contacts::{identities, store};
use crate::db::schema::{
    contacts, event_days, event_names, identities as ids, sources, trait_keys, traits, users,
};
use crate::db::{Cached, Conn, Db, padded};
use crate::web::{ApiError, ApiResult, Cursor, Paged, path_id};

diesel::allow_columns_to_appear_in_same_group_by_clause!(ids::contact_id, event_names::name);

/// Contacts on a page, where nothing is said.
const PAGE: usize = 50;
/// Contacts on a page at the most.
const MOST: usize = 200;
/// Names of events counted for one page.
const MOST_NAMES: i64 = 20_000;

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    email: Option<String>,
    phone: Option<String>,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// A page of contacts.
#[derive(Debug, Serialize)]
pub struct List {
    contacts: Vec<ContactJson>,
    next_cursor: Option<String>,
}

/// A contact as programs see it.
#[derive(Debug, Serialize)]
pub struct ContactJson {
    id: ContactId,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    job_title: String,
    stage: Stage,
    owner: Option<String>,
    company: Option<String>,
    city: String,
    country: String,
    time_zone: String,
    language: String,
    is_known: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    first_seen_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    identities: Vec<IdentityJson>,
    traits: Vec<TraitJson>,
    counters: Counters,
}

#[derive(Debug, Serialize)]
struct IdentityJson {
    namespace: String,
    value: String,
    is_primary: bool,
}

#[derive(Debug, Serialize)]
struct TraitJson {
    key: String,
    /// What it holds, where it is a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<FieldKind>,
    value: Value,
    source: String,
    at: Timestamp,
}

#[derive(Debug, Default, Serialize)]
struct Counters {
    events: i64,
    page_views: i64,
    sessions: i64,
    by_name: BTreeMap<String, i64>,
}

/// `GET /api/v1/contacts`. Needs: contacts:read.
pub async fn index(
    program: ApiCan<ReadContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> ApiResult<web::Json<List>> {
    let params = params.into_inner();
    let limit = match params.limit.as_deref().map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(n)) if (1..=MOST).contains(&n) => n,
        Some(_) => return Err(ApiError::invalid("limit", "Write a number from 1 to 200.")),
    };
    let after = match params.cursor.as_deref() {
        None => None,
        Some(text) => match Cursor::decode(text) {
            Some(cursor) => Some(ContactId(cursor.id)),
            None => return Err(ApiError::invalid("cursor", "This is no cursor of ours.")),
        },
    };
    let (access, now) = (program.access.clone(), program.now);
    let list = db
        .read(move |conn| {
            let ways = fields::ways(conn, &access, Tz::UTC, now)?;
            list(conn, &params, after, limit, &ways, &access)
        })
        .await
        .map_err(ApiError::from)?;
    Ok(web::Json(list))
}

/// `GET /api/v1/contacts/{id}`; a merged one answers as the one it lives on in. Needs: contacts:read.
pub async fn show(
    program: ApiCan<ReadContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> ApiResult<web::Json<ContactJson>> {
    let id: ContactId = path_id(&path)?;
    let (access, now) = (program.access.clone(), program.now);
    let found = db
        .read(move |conn| {
            let ways = fields::ways(conn, &access, Tz::UTC, now)?;
            one(conn, id, &ways, &access)
        })
        .await
        .map_err(ApiError::from)?;
    found.map(web::Json).ok_or_else(not_found)
}

/// One contact, following merges; none where it is in the trash.
pub fn one(
    conn: &mut Conn,
    id: ContactId,
    ways: &Ways,
    access: &Access,
) -> QueryResult<Option<ContactJson>> {
    let id = store::survivor(conn, id)?;
    let contact = store::live(conn, id)?.into_iter().collect();
    Ok(dressed(conn, contact, ways, access)?.pop())
}

pub fn not_found() -> ApiError {
    crate::web::Error::NotFound.into()
}

fn list(
    conn: &mut Conn,
    params: &Params,
    after: Option<ContactId>,
    limit: usize,
    ways: &Ways,
    access: &Access,
) -> QueryResult<List> {
    let mut query = Contact::query()
        .filter(contacts::deleted_at.is_null())
        .order(contacts::id.asc())
        .limit(limit as i64 + 1)
        .into_boxed();
    let email = |text: &String| {
        EmailAddress::parse(text).map_or_else(|| text.clone(), EmailAddress::into_string)
    };
    let number = |text: &String| phone::parse(text, None).unwrap_or_else(|| text.clone());
    let by = [
        ("email", params.email.as_ref().map(email)),
        ("phone", params.phone.as_ref().map(number)),
        ("user_id", params.user_id.clone()),
        ("anonymous_id", params.anonymous_id.clone()),
    ];
    for (namespace, value) in by {
        if let Some(value) = value {
            let holder = identities::holder(conn, namespace, value.trim())?;
            // Nobody has it: an id that no row has.
            query = query.filter(contacts::id.eq(holder.unwrap_or_default()));
        }
    }
    if let Some(after) = after {
        query = query.filter(contacts::id.gt(after));
    }
    if let Some(held) = access
        .sees(accounts::Object::Contacts)
        .on("contacts.owner_id")
    {
        query = query.filter(held);
    }
    let rows = query.load(conn)?;
    let page = Paged::from_loaded(rows, limit, |contact| Cursor {
        key: String::new(),
        id: contact.id.0,
    });
    Ok(List {
        contacts: dressed(conn, page.rows, ways, access)?,
        next_cursor: page.next,
    })
}

/// Contacts with all that hangs on them.
fn dressed(
    conn: &mut Conn,
    rows: Vec<Contact>,
    ways: &Ways,
    access: &Access,
) -> QueryResult<Vec<ContactJson>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let page: Vec<ContactId> = rows.iter().map(|contact| contact.id).collect();
    let mut seen = seen(conn, &page)?;
    let mut traits = traits_of(conn, &page, ways)?;
    let mut names = names_of(conn, &page)?;
    let owners: HashMap<_, String> = Cached(
        users::table
            .filter(users::id.eq_any(padded(rows.iter().filter_map(|c| c.owner_id).collect())))
            .select((users::id, users::email)),
    )
    .load::<(crate::base::ids::UserId, String)>(conn)?
    .into_iter()
    .collect();
    let firms = rows.iter().filter_map(|contact| contact.company_id);
    let firms = store::companies_seen(conn, access, firms)?;
    let some = |at: Timestamp| Some(at).filter(|at| !at.is_zero());
    let json = |contact: Contact| {
        let seen = seen.remove(&contact.id).unwrap_or_default();
        ContactJson {
            id: contact.id,
            owner: contact.owner_id.and_then(|id| owners.get(&id).cloned()),
            company: contact.company_id.and_then(|id| firms.get(&id).cloned()),
            first_seen_at: seen.first,
            last_seen_at: seen.last.max(some(contact.last_seen_at)),
            identities: seen.identities,
            traits: traits.remove(&contact.id).unwrap_or_default(),
            counters: Counters {
                by_name: names.remove(&contact.id).unwrap_or_default(),
                ..seen.counters
            },
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
            job_title: contact.job_title,
            stage: contact.stage,
            city: contact.city,
            country: contact.country,
            time_zone: contact.time_zone,
            language: contact.language,
            is_known: contact.is_known,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    };
    Ok(rows.into_iter().map(json).collect())
}

/// What the identities of a contact add up to.
#[derive(Debug, Default)]
struct Seen {
    identities: Vec<IdentityJson>,
    counters: Counters,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

fn seen(conn: &mut Conn, page: &[ContactId]) -> QueryResult<HashMap<ContactId, Seen>> {
    type Row = (
        ContactId,
        IdentityId,
        String,
        String,
        bool,
        Timestamp,
        Timestamp,
        (i64, i64, i64),
    );
    let rows: Vec<Row> = Cached(
        ids::table
            .filter(ids::contact_id.eq_any(padded(page.to_vec())))
            .order((ids::contact_id, ids::is_primary.desc(), ids::id))
            .select((
                ids::contact_id,
                ids::id,
                ids::namespace,
                ids::value,
                ids::is_primary,
                ids::first_seen_at,
                ids::last_seen_at,
                (ids::event_count, ids::page_count, ids::session_count),
            )),
    )
    .load(conn)?;
    let some = |at: Timestamp| Some(at).filter(|at| !at.is_zero());
    let mut seen: HashMap<ContactId, Seen> = HashMap::new();
    for (contact, _, namespace, value, is_primary, first, last, counts) in rows {
        let all = seen.entry(contact).or_default();
        all.first = match (all.first, some(first)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        all.last = all.last.max(some(last));
        all.counters.events += counts.0;
        all.counters.page_views += counts.1;
        all.counters.sessions += counts.2;
        if namespace != "record" {
            all.identities.push(IdentityJson {
                namespace,
                value,
                is_primary,
            });
        }
    }
    Ok(seen)
}

fn traits_of(
    conn: &mut Conn,
    page: &[ContactId],
    ways: &Ways,
) -> QueryResult<HashMap<ContactId, Vec<TraitJson>>> {
    type Row = (
        ContactId,
        TraitKeyId,
        String,
        String,
        Timestamp,
        Option<String>,
    );
    let fields: HashMap<TraitKeyId, Field> = fields::store::every(conn, Object::Contact)?
        .into_iter()
        .map(|field| (field.id, field))
        .collect();
    let rows: Vec<Row> = Cached(
        traits::table
            .inner_join(trait_keys::table.on(trait_keys::id.eq(traits::key_id)))
            .left_join(sources::table.on(sources::id.eq(traits::source_id)))
            .filter(traits::contact_id.eq_any(padded(page.to_vec())))
            .order((traits::contact_id, trait_keys::key))
            .select((
                traits::contact_id,
                trait_keys::id,
                trait_keys::key,
                traits::value,
                traits::at,
                sources::name.nullable(),
            )),
    )
    .load(conn)?;
    let mut found: HashMap<ContactId, Vec<TraitJson>> = HashMap::new();
    for (contact, id, key, value, at, source) in rows {
        let field = fields.get(&id);
        if field.is_some_and(|field| !ways.see(field)) {
            continue;
        }
        let field = field.filter(|field| field.is_live());
        let came = serde_json::from_str(&value).unwrap_or(Value::String(value));
        // What does not read is given as it came.
        let read = field.and_then(|field| field.check(&came, ways).ok()?);
        found.entry(contact).or_default().push(TraitJson {
            key,
            kind: field.map(|field| field.kind),
            value: read.unwrap_or(came),
            source: source.unwrap_or_default(),
            at,
        });
    }
    Ok(found)
}

fn names_of(
    conn: &mut Conn,
    page: &[ContactId],
) -> QueryResult<HashMap<ContactId, BTreeMap<String, i64>>> {
    let rows: Vec<(ContactId, String, Option<i64>)> = Cached(
        ids::table
            .inner_join(event_days::table.on(event_days::identity_id.eq(ids::id)))
            .inner_join(event_names::table.on(event_names::id.eq(event_days::name_id)))
            .filter(ids::contact_id.eq_any(padded(page.to_vec())))
            .filter(event_names::kind.eq("track"))
            .group_by((ids::contact_id, event_names::name))
            .select((
                ids::contact_id,
                event_names::name,
                sql::<Nullable<BigInt>>("CAST(SUM(event_days.n) AS BIGINT)"),
            ))
            .limit(MOST_NAMES),
    )
    .load(conn)?;
    let mut found: HashMap<ContactId, BTreeMap<String, i64>> = HashMap::new();
    for (contact, name, n) in rows {
        let all = found.entry(contact).or_default();
        all.insert(name, n.unwrap_or_default());
    }
    Ok(found)
}
