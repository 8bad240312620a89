//! Asking for everybody, and fetching what was written.

use std::io::Read;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;

use super::model::{Export, ExportAsk, Format, State};
use super::{columns, start, store};
use crate::accounts::rights::ExportContacts;
use crate::accounts::{Can, Role};
use crate::base::ids::ExportId;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::files::Files;
use crate::web::{Error, Form, Redirect, Result, get, path_id, post, redirect};

/// Routes of exports.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/exports", post().to(ask))
        .route("/exports/{id}/file", get().to(file));
}

/// What the form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskForm {
    format: String,
}

/// `POST /exports`: every known contact as a file. Needs: export contacts.
pub async fn ask(
    viewer: Can<ExportContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<AskForm>,
) -> Result<Redirect> {
    let format = Format::from_word(&form.0.format)
        .ok_or_else(|| Error::Invalid("Choose CSV or Excel.".to_owned()))?;
    let (by, zone) = (by(&viewer, &request), viewer.zone().name().to_owned());
    db.write(move |conn| {
        let ask = ExportAsk {
            name: "Contacts".to_owned(),
            format,
            columns: columns::default(conn)?,
            which: String::new(),
            zone,
            with_bom: true,
        };
        start(conn, &ask, &by)
    })
    .await?;
    Ok(redirect("/imports").saying("The file is being written; it appears here"))
}

/// `GET /exports/{id}/file`: to whoever asked for it, and to administrators. Needs: export contacts.
pub async fn file(
    viewer: Can<ExportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: ExportId = path_id(&path)?;
    let found: Option<Export> = db.read(move |conn| store::find(conn, id)).await?;
    let is_theirs =
        |export: &Export| export.user_id == viewer.id() || viewer.user.role == Role::Admin;
    let export = found
        .filter(|export| is_theirs(export) && export.state == State::Done)
        .ok_or(Error::NotFound)?;
    let file = files.open_kept(&export.file_key).map_err(Error::internal)?;
    // Piece by piece, as the browser takes it.
    let pieces = futures_util::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut piece = vec![0; 64 << 10];
        match file.read(&mut piece) {
            Ok(0) => None,
            Ok(n) => {
                piece.truncate(n);
                Some((Ok::<_, std::io::Error>(Bytes::from(piece)), Some(file)))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    let name = export.file_name();
    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, export.format.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(pieces))
}
