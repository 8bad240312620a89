//! What hangs on a message: its HTML in a frame, its attachments, its bytes. None of it is ever run in our name.

use std::collections::HashMap;

use actix_web::http::header::{
    self, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::accounts::Can;
use crate::accounts::rights::ReadTickets;
use crate::base::ids::{MessageId, TicketId};
use crate::db::Db;
use crate::desk::inbound::{html, store as mails};
use crate::desk::tickets::model::TicketFile;
use crate::desk::tickets::store;
use crate::files::Files;
use crate::web::{Error, Result, path_id};

/// Pictures that are shown as such; everything else is only ever saved.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The query of a frame.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    images: String,
}

/// `GET /tickets/{id}/messages/{message}/formatted`: for a frame. Needs: see tickets.
pub async fn formatted(
    _viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
    params: web::Query<Params>,
) -> Result<HttpResponse> {
    let (id, message): (TicketId, MessageId) = (path_id(&path.0)?, path_id(&path.1)?);
    let (html, files) = db
        .read(move |conn| {
            let found = store::message(conn, id, message)?.ok_or(Error::NotFound)?;
            let html = found.html.ok_or(Error::NotFound)?;
            let files = store::files(conn, &[message])?;
            Ok::<_, Error>((html, files.into_values().flatten().collect::<Vec<_>>()))
        })
        .await?;
    let pictures: HashMap<String, String> = files
        .iter()
        .filter(|file| !file.content_id.is_empty() && is_picture(file))
        .map(|file| {
            (
                file.content_id.clone(),
                format!("/tickets/{id}/files/{}", file.id),
            )
        })
        .collect();
    let shows_images = params.images == "1";
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("content-security-policy", html::policy(shows_images)))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html::page(&html, &pictures, shows_images)))
}

/// `GET /tickets/{id}/files/{file}`. Needs: see tickets.
pub async fn file(
    _viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, file): (TicketId, i64) = (path_id(&path.0)?, path_id(&path.1)?);
    let found = db
        .read(move |conn| store::file(conn, id, file))
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = files
        .bytes_at(&found.key)
        .await
        .map_err(Error::internal)?
        .ok_or(Error::NotFound)?;
    let is_picture = is_picture(&found);
    let media_type = if is_picture {
        found.media_type.clone()
    } else {
        "application/octet-stream".to_owned()
    };
    let kind = if is_picture {
        DispositionType::Inline
    } else {
        DispositionType::Attachment
    };
    Ok(kept(kind, &found.name, media_type, bytes))
}

/// `GET /tickets/{id}/messages/{message}/source`: the mail as it came. Needs: see tickets.
pub async fn source(
    _viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, message): (TicketId, MessageId) = (path_id(&path.0)?, path_id(&path.1)?);
    let mail = db
        .read(move |conn| {
            let found = store::message(conn, id, message)?;
            match found.and_then(|found| found.inbound_id) {
                Some(inbound) => mails::find(conn, inbound),
                None => Ok(None),
            }
        })
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = files
        .bytes_at(&mail.key)
        .await
        .map_err(Error::internal)?
        .ok_or(Error::NotFound)?;
    let name = format!("ticket-{id}-{message}.eml");
    Ok(to_save(&name, bytes))
}

/// Bytes that are saved, whatever they say they are.
pub fn to_save(name: &str, bytes: web::Bytes) -> HttpResponse {
    let media_type = "application/octet-stream".to_owned();
    kept(DispositionType::Attachment, name, media_type, bytes)
}

fn is_picture(file: &TicketFile) -> bool {
    PICTURES.contains(&file.media_type.as_str())
}

fn kept(kind: DispositionType, name: &str, media_type: String, bytes: web::Bytes) -> HttpResponse {
    let disposition = ContentDisposition {
        disposition: kind,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: header::Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.as_bytes().to_vec(),
        })],
    };
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header(disposition)
        .insert_header(("content-security-policy", "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .body(bytes)
}
