//! What programs say in a ticket, with files where they have any, and the files of its messages.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::{by, one, read};
use crate::accounts::ApiCan;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{EditTickets, ReadTickets};
use crate::base::ids::{MessageId, TicketId};
use crate::db::Db;
use crate::desk::tickets::actions::files::{self as attached, MOST_BYTES};
use crate::desk::tickets::actions::reply::{self, Draft};
use crate::desk::tickets::model::Status;
use crate::desk::tickets::pages::parts::to_save;
use crate::desk::tickets::refusal::TicketError;
use crate::desk::tickets::store;
use crate::files::Files;
use crate::web::{ApiError, ApiResult, Error, Part, Upload, path_id};

/// What a program says in a ticket.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewMessage {
    kind: String,
    text: String,
    to: Vec<String>,
    cc: Vec<String>,
    status: Option<Status>,
    last_seen_message_id: Option<i64>,
}

/// The same as JSON, or as a form whose `file` fields go along.
pub(super) struct Said {
    message: NewMessage,
    form: Option<Upload<MOST_BYTES>>,
}

impl FromRequest for Said {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(header::CONTENT_TYPE);
        let is_form = media_type.is_some_and(|t| t.as_bytes().starts_with(b"multipart/"));
        if is_form {
            let form = Upload::from_request(request, payload);
            return Box::pin(async move {
                let form = form.await?;
                let message = in_form(&form)?;
                let form = Some(form);
                Ok(Self { message, form })
            });
        }
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|_| {
                let words =
                    "The body is cut off, or larger than 1 MB; files go as multipart/form-data.";
                ApiError::from(Error::Invalid(words.to_owned()))
            })?;
            let message = read(&body)?;
            Ok(Self {
                message,
                form: None,
            })
        })
    }
}

fn in_form(form: &Upload<MOST_BYTES>) -> ApiResult<NewMessage> {
    let status = match form.text("status").as_str() {
        "" => None,
        word => Some(Status::from_word(word).ok_or_else(|| {
            ApiError::invalid("status", "Write one of open, waiting, solved, closed.")
        })?),
    };
    let last_seen_message_id = match form.text("last_seen_message_id").as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| {
            ApiError::invalid("last_seen_message_id", "This is no id of a message.")
        })?),
    };
    Ok(NewMessage {
        kind: form.text("kind"),
        text: form.text("text"),
        to: form.texts("to"),
        cc: form.texts("cc"),
        status,
        last_seen_message_id,
    })
}

/// `POST /api/v1/tickets/{id}/messages`: a `reply`, which is sent, or a `note`. Needs: tickets:write.
pub(super) async fn say(
    program: ApiCan<EditTickets>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    files: web::Data<Files>,
    path: web::Path<String>,
    said: Said,
) -> ApiResult<HttpResponse> {
    let id: TicketId = path_id(&path)?;
    let Said { message, form } = said;
    let kept = match &form {
        None => Vec::new(),
        Some(form) if form.is_too_large() => {
            return Err(ApiError::invalid("file", attached::TOO_LARGE));
        }
        Some(form) => attached::keep(&files, form.files("file").map(Part::named))
            .await
            .map_err(Error::internal)?,
    };
    if let Some(words) = attached::refusal(&kept) {
        return Err(ApiError::invalid("file", words));
    }
    let (keys, by) = (keys.get_ref().clone(), by(&program));
    let made = db
        .write(move |conn| {
            let mut draft = Draft {
                to: message.to,
                cc: message.cc,
                text: message.text,
                files: kept,
                seen: message.last_seen_message_id.map(MessageId),
                then: message.status,
            };
            match message.kind.as_str() {
                "note" => reply::note(conn, id, &draft, by)?,
                "reply" => {
                    if draft.to.is_empty() {
                        let ticket = store::find(conn, id)?.ok_or(TicketError::Missing)?;
                        let last = store::last_received_before(conn, id, MessageId(i64::MAX))?;
                        let (to, _) = reply::addressed_to(conn, &ticket, last.as_ref())?;
                        draft.to = to.into_iter().map(|person| person.address).collect();
                    }
                    reply::reply(conn, &keys, id, &draft, by)?
                }
                _ => return Err(TicketError::invalid("kind", "Write reply or note.")),
            };
            one(conn, id)?.ok_or(TicketError::Missing)
        })
        .await
        .map_err(ApiError::from)?;
    Ok(HttpResponse::Created().json(made))
}

/// `GET /api/v1/tickets/{id}/files/{file}`: its bytes, never to be shown as a page. Needs: tickets:read.
pub(super) async fn file(
    _program: ApiCan<ReadTickets>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<(String, String)>,
) -> ApiResult<HttpResponse> {
    let (id, file): (TicketId, i64) = (path_id(&path.0)?, path_id(&path.1)?);
    let found = db
        .read(move |conn| {
            let id = store::survivor(conn, id)?;
            store::file(conn, id, file)
        })
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = files
        .bytes_at(&found.key)
        .await
        .map_err(Error::internal)?
        .ok_or(Error::NotFound)?;
    Ok(to_save(&found.name, bytes))
}
