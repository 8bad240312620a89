//! `POST /api/v1/mail-in`: a mail server hands in one mail as it is.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::actions;
use super::model::Via;
use crate::accounts::ApiCan;
use crate::accounts::rights::TakeMail;
use crate::db::Db;
use crate::desk::mailboxes::store as mailboxes;
use crate::files::Files;
use crate::web::{ApiError, ApiResult, Error, post};

/// The largest mail that comes by HTTP, in bytes.
const LARGEST: usize = 64 << 20;

/// The query of its URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    mailbox: String,
}

/// Mounts the address with a limit of its own.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/api/v1/mail-in")
            .app_data(web::PayloadConfig::new(LARGEST))
            .route(post().to(take)),
    );
}

/// Needs: mail:in. 202 says that the mail is on the disk and will be filed.
async fn take(
    program: ApiCan<TakeMail>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    params: web::Query<Params>,
    body: Result<web::Bytes, actix_web::Error>,
) -> ApiResult<HttpResponse> {
    let body = body.map_err(|error| {
        let message = format!("The mail could not be read: {error}. At most 64 MB are taken.");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    })?;
    if body.is_empty() {
        let message = "The body is empty; send the mail itself, as message/rfc822.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "empty", message));
    }
    let address = params.into_inner().mailbox;
    let mailbox = if address.is_empty() {
        None
    } else {
        let found = db
            .read(move |conn| mailboxes::by_address(conn, &address))
            .await
            .map_err(ApiError::from)?;
        let message =
            "There is no such mailbox. Leave it out, and the mail's own recipients count.";
        Some(
            found
                .ok_or_else(|| ApiError::invalid("mailbox", message))?
                .id,
        )
    };
    let kept = actions::keep(&files, body, mailbox, Via::Api)
        .await
        .map_err(Error::internal)?;
    let now = program.now;
    let (id, is_new) = db
        .write(move |conn| actions::record(conn, &kept, now))
        .await
        .map_err(ApiError::from)?;
    let state = if is_new { "stored" } else { "known" };
    Ok(HttpResponse::Accepted().json(json!({ "id": id, "state": state })))
}
