//! Tickets for programs: `/api/v1/tickets`, JSON in and out, by API key. Files come and go as they are.

mod said;

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::actions::create::{self, ByHand};
use super::list::ask::View;
use super::list::query;
use super::model::{By, Channel, Kind, Message, Priority, Sending, Status, Ticket};
use super::refusal::TicketError;
use super::store;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{EditTickets, ReadTickets};
use crate::accounts::{Action, ApiCan, Object, seen, store as accounts};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, MailboxId, MessageId, TicketId, UserId};
use crate::db::{Conn, Db};
use crate::desk::inbound::mail::Person;
use crate::desk::mailboxes::store as mailboxes;
use crate::web::{ApiError, ApiResult, Cursor, Error, get, path_id, post};

/// Tickets on a page, where nothing is said, and at the most.
const PAGE: usize = 50;
const MOST: usize = 200;

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/tickets", get().to(index))
        .route("/api/v1/tickets", post().to(open))
        .route("/api/v1/tickets/{id}", get().to(show))
        .route("/api/v1/tickets/{id}/messages", post().to(said::say))
        .route("/api/v1/tickets/{id}/files/{file}", get().to(said::file));
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Params {
    status: Option<String>,
    assignee: Option<String>,
    mailbox: Option<i64>,
    contact: Option<i64>,
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
struct TicketJson {
    id: TicketId,
    subject: String,
    status: Status,
    priority: Priority,
    channel: Channel,
    mailbox_id: MailboxId,
    assignee_id: Option<UserId>,
    contact_id: Option<ContactId>,
    company_id: Option<CompanyId>,
    tags: Vec<String>,
    message_count: i64,
    last_message_id: MessageId,
    last_message_at: Timestamp,
    follows_id: Option<TicketId>,
    first_reply_at: Option<Timestamp>,
    solved_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<MessageJson>>,
}

#[derive(Debug, Serialize)]
struct MessageJson {
    id: MessageId,
    kind: Kind,
    automatic: String,
    at: Timestamp,
    from: Person,
    to: Vec<Person>,
    cc: Vec<Person>,
    subject: String,
    text: String,
    user_id: Option<UserId>,
    state: Sending,
    state_words: String,
    files: Vec<serde_json::Value>,
}

/// `GET /api/v1/tickets`: those of one status, the newest first. Needs: tickets:read.
async fn index(
    program: ApiCan<ReadTickets>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> ApiResult<HttpResponse> {
    let params = params.into_inner();
    let limit = match params.limit {
        None => PAGE,
        Some(n) if (1..=MOST).contains(&n) => n,
        Some(_) => return Err(ApiError::invalid("limit", "Write a number from 1 to 200.")),
    };
    let status = match params.status.as_deref() {
        None => Status::Open,
        Some(word) => Status::from_word(word).ok_or_else(|| {
            ApiError::invalid("status", "Write one of open, waiting, solved, closed.")
        })?,
    };
    let after = match params.cursor.as_deref() {
        None => None,
        Some(text) => {
            let cursor = Cursor::decode(text);
            let message = "This is no cursor of ours.";
            Some(cursor.ok_or_else(|| ApiError::invalid("cursor", message))?)
        }
    };
    let reach = program.access.sees(Object::Tickets);
    let found = db
        .read(move |conn| {
            let (view, reader) = match params.assignee.as_deref() {
                None => (View::All, UserId(0)),
                Some("none") => (View::Unassigned, UserId(0)),
                Some(email) => {
                    let user = accounts::user_by_email(conn, email)?;
                    (View::Mine, user.map_or(UserId(0), |user| user.id))
                }
            };
            let ask = super::list::ask::Ask {
                view,
                status,
                mailbox: params.mailbox.map(MailboxId),
                q: String::new(),
                after,
            };
            let page = match params.contact {
                // Few enough that the status is looked at row by row.
                Some(contact) => {
                    query::page_of_contact(conn, ContactId(contact), &ask, &reach, limit)?
                }
                None => query::page(conn, &ask, reader, &reach, limit)?,
            };
            let tickets = dressed(conn, page.rows)?;
            Ok::<_, diesel::result::Error>(json!({
                "tickets": tickets, "next_cursor": page.next,
            }))
        })
        .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// `GET /api/v1/tickets/{id}`: with its newest hundred messages. Needs: tickets:read.
async fn show(
    _program: ApiCan<ReadTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let id: TicketId = path_id(&path)?;
    let found = db
        .read(move |conn| one(conn, id))
        .await?
        .ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(found))
}

/// What a program says of a new ticket.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewTicket {
    subject: String,
    text: String,
    email: String,
    name: String,
    contact_id: Option<i64>,
    mailbox: Option<String>,
    priority: Option<Priority>,
    assignee: Option<String>,
    send: bool,
}

/// `POST /api/v1/tickets`. `send`: the text goes to the contact by mail. Needs: tickets:write.
async fn open(
    program: ApiCan<EditTickets>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    body: web::Bytes,
) -> ApiResult<HttpResponse> {
    let asked: NewTicket = read(&body)?;
    let (keys, by) = (keys.get_ref().clone(), by(&program));
    let access = program.access.clone();
    let made = db
        .write(move |conn| {
            let mailbox = match &asked.mailbox {
                Some(address) => Some(
                    mailboxes::by_address(conn, address)?
                        .ok_or_else(|| {
                            TicketError::invalid("mailbox", "There is no such mailbox.")
                        })?
                        .id,
                ),
                None => None,
            };
            let assignee = match &asked.assignee {
                Some(email) => Some(
                    accounts::user_by_email(conn, email)?
                        .ok_or_else(|| {
                            TicketError::invalid("assignee", "Nobody here has this address.")
                        })?
                        .id,
                ),
                None => None,
            };
            let new = ByHand {
                channel: Channel::Api,
                mailbox,
                contact: asked.contact_id.map(ContactId),
                email: asked.email,
                name: asked.name,
                subject: asked.subject,
                text: asked.text,
                priority: asked.priority.unwrap_or(Priority::Normal),
                assignee: assignee.or(access.owner_of_new(Object::Tickets)),
                is_outgoing: asked.send,
            };
            if let Some(contact) = new.contact
                && !seen::contact(conn, &access, Action::Read, contact.0)?
            {
                return Err(TicketError::Missing);
            }
            let id = create::create(conn, &keys, &new, by)?;
            one(conn, id)?.ok_or(TicketError::Missing)
        })
        .await
        .map_err(ApiError::from)?;
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, format!("/api/v1/tickets/{}", made.id)))
        .json(made))
}

fn by(program: &ApiCan<EditTickets>) -> By {
    By {
        user: Some(program.user.id),
        now: program.now,
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("The body is not what this address takes: {error}.");
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_json", message)
    })
}

fn one(conn: &mut Conn, id: TicketId) -> QueryResult<Option<TicketJson>> {
    let id = store::survivor(conn, id)?;
    let Some(ticket) = store::find(conn, id)? else {
        return Ok(None);
    };
    let messages = store::messages(conn, id, MessageId(i64::MAX))?;
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let mut files = store::files(conn, &ids)?;
    let message = |message: Message| {
        MessageJson {
        files: files
            .remove(&message.id)
            .unwrap_or_default()
            .into_iter()
            .map(|file| json!({
            "id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size,
            "href": format!("/api/v1/tickets/{id}/files/{}", file.id),
        }))
            .collect(),
        id: message.id,
        kind: message.kind,
        automatic: message.automatic.word().to_owned(),
        at: message.at,
        to: message.to(),
        cc: message.cc(),
        from: Person {
            name: message.from_name,
            address: message.from_address,
        },
        subject: message.subject,
        text: message.text,
        user_id: message.user_id,
        state: message.state,
        state_words: message.state_words,
    }
    };
    let messages: Vec<MessageJson> = messages.into_iter().map(message).collect();
    let dressed = dressed(conn, vec![ticket])?.pop();
    Ok(dressed.map(|ticket| TicketJson {
        messages: Some(messages),
        ..ticket
    }))
}

fn dressed(conn: &mut Conn, rows: Vec<Ticket>) -> QueryResult<Vec<TicketJson>> {
    let ids: Vec<TicketId> = rows.iter().map(|row| row.id).collect();
    let mut tags: HashMap<_, _> = store::tags_of(conn, &ids)?;
    let json = |row: Ticket| TicketJson {
        tags: tags
            .remove(&row.id)
            .unwrap_or_default()
            .into_iter()
            .map(|tag| tag.name)
            .collect(),
        id: row.id,
        subject: row.subject,
        status: row.status,
        priority: row.priority,
        channel: row.channel,
        mailbox_id: row.mailbox_id,
        assignee_id: row.assignee_id,
        contact_id: row.contact_id,
        company_id: row.company_id,
        message_count: row.message_count,
        last_message_id: row.last_message_id,
        last_message_at: row.last_at,
        follows_id: row.follows_id,
        first_reply_at: row.first_reply_at,
        solved_at: row.solved_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        messages: None,
    };
    Ok(rows.into_iter().map(json).collect())
}
