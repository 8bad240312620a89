//! One's picture, and stored files as browsers get them.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{Either, HttpResponse};

use super::account::{self, AccountPage};
use crate::accounts::Can;
use crate::accounts::actions;
use crate::accounts::rights::SignedIn;
use crate::base::ids::FileId;
use crate::db::Db;
use crate::files::{self, Files};
use crate::web::{Error, Errors, Page, Redirect, Result, Upload, path_id, redirect};

/// Largest form with a picture: 2 MB and what stands around it.
const LARGEST: usize = (2 << 20) + 4096;

/// Pictures that are taken, by the bytes they begin with.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        _ if is_webp => Some("image/webp"),
        _ => None,
    }
}

/// `POST /settings/account/picture`.
pub async fn change(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    files: Data<Files>,
    upload: Upload<LARGEST>,
) -> Result<Either<Page<AccountPage>, Redirect>> {
    let picture = upload.file("picture");
    let why = match picture {
        _ if upload.is_too_large() => "The picture is larger than 2 MB.",
        None => "Choose a picture first.",
        Some(part) if part.bytes.len() > 2 << 20 => "The picture is larger than 2 MB.",
        Some(part) if media_type(&part.bytes).is_none() => "This is no PNG, JPEG or WebP picture.",
        Some(_) => "",
    };
    let (Some(part), true) = (picture, why.is_empty()) else {
        let page = account::page(&viewer, &db, None, Errors::one("picture", why)).await?;
        return Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)));
    };
    let media_type = media_type(&part.bytes).unwrap_or("application/octet-stream");
    let name = part.file_name.clone().unwrap_or_default();
    let stored = files
        .put(
            &db,
            &name,
            media_type,
            part.bytes.clone().into(),
            viewer.now,
        )
        .await;
    replace(
        &viewer,
        &db,
        &files,
        Some(stored.map_err(Error::internal)?.id),
    )
    .await?;
    Ok(Either::Right(
        redirect("/settings/account").saying("Picture changed"),
    ))
}

/// `POST /settings/account/picture/remove`.
pub async fn remove(viewer: Can<SignedIn>, db: Data<Db>, files: Data<Files>) -> Result<Redirect> {
    replace(&viewer, &db, &files, None).await?;
    Ok(redirect("/settings/account").saying("Picture removed"))
}

/// `GET /files/{id}`: to whoever is signed in, as the type it was checked to be; anything but a picture is a download.
pub async fn file(
    _viewer: Can<SignedIn>,
    db: Data<Db>,
    files: Data<Files>,
    id: Path<String>,
) -> Result<HttpResponse> {
    let id: FileId = path_id(&id)?;
    let file = db
        .read(move |conn| files::by_id(conn, id))
        .await?
        .ok_or(Error::NotFound)?;
    let bytes = files.get(&file).await.map_err(Error::internal)?;
    let is_picture = ["image/png", "image/jpeg", "image/webp"].contains(&file.media_type.as_str());
    let name =
        percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC);
    let (how, media_type) = if is_picture {
        ("inline", file.media_type.as_str())
    } else {
        ("attachment", "application/octet-stream")
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("{how}; filename*=UTF-8''{name}"),
        ))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(bytes))
}

/// Puts a picture in place of the old one, and removes the old one's file.
async fn replace(
    viewer: &Can<SignedIn>,
    db: &Db,
    files: &Files,
    file: Option<FileId>,
) -> Result<()> {
    let (id, now) = (viewer.id(), viewer.now);
    let before = db
        .write(move |conn| actions::change_picture(conn, id, file, now))
        .await?;
    if let Some(before) = before {
        files.delete(db, before).await.map_err(Error::internal)?;
    }
    Ok(())
}
