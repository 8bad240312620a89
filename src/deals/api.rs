//! Deals for programs: `/api/v1/deals`, JSON in and out, by API key.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::actions::{self, Move};
use super::model::{Deal, DealField, LostReason, NewDeal, date_word};
use super::pipelines::model::{Stage, StageKind};
use super::pipelines::store as pipelines;
use super::refusal::Refusal;
use super::store;
use crate::accounts::rights::{EditDeals, ReadDeals, Right};
use crate::accounts::{Access, Action, ApiCan, Object, seen};
use crate::base::Money;
use crate::base::ids::{ContactId, DealId, StageId, UserId};
use crate::base::{Currency, Timestamp};
use crate::contacts::{By, store as contacts};
use crate::db::schema::{deal_contacts, deals, users};
use crate::db::{Cached, Conn, Db, padded};
use crate::web::{
    self as kit, ApiError, ApiResult, Cursor, Error, Paged, client_ip, get, path_id, post,
};

/// Deals on a page, where nothing is said.
const PAGE: usize = 50;
/// Deals on a page at the most.
const MOST: usize = 200;

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/deals", get().to(index))
        .route("/api/v1/deals", post().to(create))
        .route("/api/v1/deals/{id}", get().to(show))
        .route("/api/v1/deals/{id}", kit::patch().to(change));
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    contact: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// A page of deals.
#[derive(Debug, Serialize)]
pub struct List {
    deals: Vec<DealJson>,
    next_cursor: Option<String>,
}

/// A deal as programs see it. The amount is a text of figures, because no number of JSON holds every amount.
#[derive(Debug, Serialize)]
pub struct DealJson {
    id: DealId,
    title: String,
    stage: String,
    state: StageKind,
    amount: Option<String>,
    currency: Currency,
    probability: i64,
    closes_on: Option<String>,
    owner: Option<String>,
    company: Option<String>,
    contacts: Vec<ContactJson>,
    source: String,
    next_step: String,
    lost_reason: Option<LostReason>,
    lost_note: String,
    entered_at: Timestamp,
    closed_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    revision: i64,
}

#[derive(Debug, Serialize)]
struct ContactJson {
    id: ContactId,
    role: String,
}

/// `GET /api/v1/deals`, oldest first; `?contact=` for those of one contact. Needs: deals:read.
pub async fn index(
    program: ApiCan<ReadDeals>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> ApiResult<web::Json<List>> {
    let limit = match params.limit.as_deref().map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(n)) if (1..=MOST).contains(&n) => n,
        Some(_) => return Err(ApiError::invalid("limit", "Write a number from 1 to 200.")),
    };
    let after = match params.cursor.as_deref() {
        None => None,
        Some(text) => match Cursor::decode(text) {
            Some(cursor) => Some(DealId(cursor.id)),
            None => return Err(ApiError::invalid("cursor", "This is no cursor of ours.")),
        },
    };
    let contact = match params.contact.as_deref().map(str::parse::<ContactId>) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err(ApiError::invalid("contact", "Write the id of a contact.")),
    };
    let list = db
        .read(move |conn| list(conn, contact, after, limit, &program.access))
        .await
        .map_err(ApiError::from)?;
    Ok(web::Json(list))
}

/// `GET /api/v1/deals/{id}`. Needs: deals:read.
pub async fn show(
    program: ApiCan<ReadDeals>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> ApiResult<web::Json<DealJson>> {
    let id: DealId = path_id(&path)?;
    let found = db
        .read(move |conn| one(conn, id, &program.access))
        .await
        .map_err(ApiError::from)?;
    found.map(web::Json).ok_or_else(|| Error::NotFound.into())
}

/// `POST /api/v1/deals`. Needs: deals:write.
pub async fn create(
    program: ApiCan<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    body: web::Bytes,
) -> ApiResult<HttpResponse> {
    let body = Body::read(&body)?;
    let by = by(&program, &request);
    let made = db
        .write(move |conn| {
            let new = NewDeal {
                facts: body.facts.clone(),
                stage_id: match &body.stage {
                    Some(name) => Some(stage(conn, name)?.id),
                    None => None,
                },
                owner_id: owner(conn, &body)?.flatten(),
                company_id: None,
                contacts: body.contacts.clone().unwrap_or_default(),
            };
            let id = actions::create(conn, &new, &by)?;
            one(conn, id, &by.access)?.ok_or(Refusal::Missing)
        })
        .await
        .map_err(ApiError::from)?;
    let place = format!("/api/v1/deals/{}", made.id);
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, place))
        .json(made))
}

/// `PATCH /api/v1/deals/{id}`: only what is said changes; null takes away. Needs: deals:write.
pub async fn change(
    program: ApiCan<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Bytes,
) -> ApiResult<web::Json<DealJson>> {
    let id: DealId = path_id(&path)?;
    let body = Body::read(&body)?;
    let by = by(&program, &request);
    let changed = db
        .write(move |conn| {
            patch(conn, id, &body, &by)?;
            one(conn, id, &by.access)?.ok_or(Refusal::Missing)
        })
        .await;
    changed.map(web::Json).map_err(ApiError::from)
}

fn patch(conn: &mut Conn, id: DealId, body: &Body, by: &By) -> Result<(), Refusal> {
    let now = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    if body.revision.is_some_and(|seen| seen != now.revision) {
        let words = format!("its revision, which is {}", now.revision);
        return Err(Refusal::Moved(words));
    }
    let changes: Vec<actions::Change> = body
        .facts
        .iter()
        .map(|(field, to)| (*field, None, to.clone()))
        .collect();
    actions::change(conn, id, &changes, by)?;
    if let Some(owner) = owner(conn, body)? {
        actions::set_owner(conn, id, owner, by)?;
    }
    if let Some(people) = &body.contacts {
        let mut before = store::contact_ids(conn, id)?;
        let seen = seen::contacts(conn, &by.access, Action::Read, before.iter().copied())?;
        before.retain(|id| seen.has(*id));
        for gone in before
            .iter()
            .filter(|id| !people.iter().any(|(p, _)| p == *id))
        {
            actions::remove_contact(conn, id, *gone, by)?;
        }
        for (contact, role) in people {
            actions::add_contact(conn, id, *contact, role, by)?;
        }
    }
    if let Some(name) = &body.stage {
        let ask = Move {
            to: stage(conn, name)?.id,
            from: None,
            reason: body.lost_reason,
            note: body.lost_note.clone(),
        };
        actions::go(conn, id, &ask, by)?;
    }
    Ok(())
}

fn stage(conn: &mut Conn, name: &str) -> Result<Stage, Refusal> {
    let pipeline = pipelines::default(conn)?;
    let all = pipelines::stages_of(conn, pipeline.id)?;
    let names: Vec<String> = all.iter().map(|stage| stage.name.clone()).collect();
    let is_meant = |stage: &Stage| stage.name.to_lowercase() == name.trim().to_lowercase();
    all.into_iter()
        .find(is_meant)
        .ok_or_else(|| Refusal::invalid("stage", format!("Write one of {}.", names.join(", "))))
}

fn owner(conn: &mut Conn, body: &Body) -> Result<Option<Option<UserId>>, Refusal> {
    match &body.owner {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(email)) => match contacts::user_by_email(conn, &email.trim().to_lowercase())? {
            Some(id) => Ok(Some(Some(id))),
            None => Err(Refusal::invalid("owner", "Nobody here has this address.")),
        },
    }
}

/// What a program wants a deal to be. `None`: not said; of texts, empty takes the value away.
#[derive(Debug, Default)]
struct Body {
    facts: Vec<(DealField, String)>,
    stage: Option<String>,
    owner: Option<Option<String>>,
    contacts: Option<Vec<(ContactId, String)>>,
    lost_reason: Option<LostReason>,
    lost_note: String,
    revision: Option<i64>,
}

impl Body {
    fn read(bytes: &[u8]) -> ApiResult<Self> {
        let wrong =
            |message: String| ApiError::new(StatusCode::BAD_REQUEST, "invalid_json", message);
        let mut fields: Map<String, Value> = match serde_json::from_slice::<Value>(bytes) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(wrong("Send a JSON object.".to_owned())),
            Err(error) => return Err(wrong(format!("The body is no JSON: {error}."))),
        };
        let mut body = Self::default();
        let currency = fields.remove("currency");
        for (name, value) in fields {
            match name.as_str() {
                "amount" => {
                    let figures = match &value {
                        Value::Number(number) => number.to_string(),
                        _ => text(&name, value)?.unwrap_or_default(),
                    };
                    let code = match &currency {
                        Some(code) => text("currency", code.clone())?.unwrap_or_default(),
                        None => String::new(),
                    };
                    let amount = format!("{figures} {code}");
                    body.facts
                        .push((DealField::Amount, amount.trim().to_owned()));
                }
                "stage" => body.stage = text(&name, value)?,
                "owner" => body.owner = Some(text(&name, value)?),
                "contacts" => body.contacts = Some(people(value)?),
                "lost_note" => body.lost_note = text(&name, value)?.unwrap_or_default(),
                "revision" => {
                    let seen = value.as_i64().ok_or_else(|| {
                        ApiError::invalid("revision", "Write the revision you have seen.")
                    })?;
                    body.revision = Some(seen);
                }
                "lost_reason" => {
                    let word = text(&name, value)?.unwrap_or_default();
                    let words: Vec<&str> = LostReason::ALL.iter().map(|r| r.word()).collect();
                    let reason = LostReason::from_word(&word).ok_or_else(|| {
                        let message = format!("Write one of {}.", words.join(", "));
                        ApiError::invalid("lost_reason", message)
                    })?;
                    body.lost_reason = Some(reason);
                }
                "probability" => {
                    let said = match &value {
                        Value::Number(number) => number.to_string(),
                        _ => text(&name, value)?.unwrap_or_default(),
                    };
                    body.facts.push((DealField::Probability, said));
                }
                name => {
                    let field = DealField::from_word(name)
                        .ok_or_else(|| ApiError::invalid(name, "There is no such field."))?;
                    let value = text(name, value)?.unwrap_or_default();
                    body.facts.push((field, value));
                }
            }
        }
        Ok(body)
    }
}

fn text(field: &str, value: Value) -> ApiResult<Option<String>> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(ApiError::invalid(field, "Write a text, or null.")),
    }
}

fn people(value: Value) -> ApiResult<Vec<(ContactId, String)>> {
    #[derive(Deserialize)]
    struct Person {
        id: ContactId,
        #[serde(default)]
        role: String,
    }
    let people: Vec<Person> = serde_json::from_value(value).map_err(|_| {
        ApiError::invalid(
            "contacts",
            "Write a list of {\"id\": 7, \"role\": \"Champion\"}.",
        )
    })?;
    Ok(people.into_iter().map(|p| (p.id, p.role)).collect())
}

fn by<R: Right>(program: &ApiCan<R>, request: &HttpRequest) -> By {
    By {
        user: program.user.id,
        name: program.user.name.clone(),
        ip: client_ip(request),
        now: program.now,
        access: program.access.clone(),
    }
}

fn list(
    conn: &mut Conn,
    contact: Option<ContactId>,
    after: Option<DealId>,
    limit: usize,
    access: &Access,
) -> QueryResult<List> {
    let mut query = Deal::query()
        .filter(deals::deleted_at.is_null())
        .order(deals::id.asc())
        .limit(limit as i64 + 1)
        .into_boxed();
    if let Some(contact) = contact {
        let own = deal_contacts::table
            .filter(deal_contacts::contact_id.eq(contact))
            .select(deal_contacts::deal_id);
        query = query.filter(deals::id.eq_any(own));
    }
    if let Some(after) = after {
        query = query.filter(deals::id.gt(after));
    }
    if let Some(held) = access.sees(Object::Deals).on("deals.owner_id") {
        query = query.filter(held);
    }
    let rows = query.load(conn)?;
    let page = Paged::from_loaded(rows, limit, |deal| Cursor {
        key: String::new(),
        id: deal.id.0,
    });
    Ok(List {
        deals: dressed(conn, page.rows, access)?,
        next_cursor: page.next,
    })
}

fn one(conn: &mut Conn, id: DealId, access: &Access) -> QueryResult<Option<DealJson>> {
    let deal = store::live(conn, id)?.into_iter().collect();
    Ok(dressed(conn, deal, access)?.pop())
}

/// Deals with all that hangs on them, one question per kind for the whole page.
fn dressed(conn: &mut Conn, rows: Vec<Deal>, access: &Access) -> QueryResult<Vec<DealJson>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let stages: HashMap<StageId, Stage> = pipelines::all_stages(conn)?;
    let companies =
        contacts::companies_seen(conn, access, rows.iter().filter_map(|deal| deal.company_id))?;
    let owners: Vec<UserId> = rows.iter().filter_map(|deal| deal.owner_id).collect();
    let owners: HashMap<UserId, String> = if owners.is_empty() {
        HashMap::new()
    } else {
        let query = users::table
            .filter(users::id.eq_any(padded(owners)))
            .select((users::id, users::email));
        let rows: Vec<(UserId, String)> = Cached(query).load(conn)?;
        rows.into_iter().collect()
    };
    let ids: Vec<DealId> = rows.iter().map(|deal| deal.id).collect();
    let query = deal_contacts::table
        .filter(deal_contacts::deal_id.eq_any(padded(ids)))
        .order(deal_contacts::id)
        .select((
            deal_contacts::deal_id,
            deal_contacts::contact_id,
            deal_contacts::role,
        ));
    let members: Vec<(DealId, ContactId, String)> = Cached(query).load(conn)?;
    let ids = members.iter().map(|(_, id, _)| *id);
    let seen = seen::contacts(conn, access, Action::Read, ids)?;
    let mut people: HashMap<DealId, Vec<ContactJson>> = HashMap::new();
    for (deal, id, role) in members.into_iter().filter(|(_, id, _)| seen.has(*id)) {
        people
            .entry(deal)
            .or_default()
            .push(ContactJson { id, role });
    }
    let json = |deal: Deal| DealJson {
        stage: stages
            .get(&deal.stage_id)
            .map_or_else(String::new, |stage| stage.name.clone()),
        state: deal.stage_kind,
        amount: deal.money().map(Money::plain),
        currency: deal.currency,
        probability: deal.probability,
        closes_on: deal.closes_on.map(date_word),
        owner: deal.owner_id.and_then(|id| owners.get(&id)).cloned(),
        company: deal.company_id.and_then(|id| companies.get(&id)).cloned(),
        contacts: people.remove(&deal.id).unwrap_or_default(),
        id: deal.id,
        title: deal.title,
        source: deal.source,
        next_step: deal.next_step,
        lost_reason: deal.lost_reason,
        lost_note: deal.lost_note,
        entered_at: deal.entered_at,
        closed_at: deal.closed_at,
        created_at: deal.created_at,
        updated_at: deal.updated_at,
        revision: deal.revision,
    };
    Ok(rows.into_iter().map(json).collect())
}
