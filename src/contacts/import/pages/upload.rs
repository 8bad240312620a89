//! Handing in a file: written to the disk as it arrives.

use std::io::Write;

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;

use crate::accounts::Can;
use crate::accounts::rights::ImportContacts;
use crate::config::Config;
use crate::contacts::import::actions::{self, Reading};
use crate::contacts::pages::{by, country};
use crate::db::Db;
use crate::files::{Files, Incoming};
use crate::web::spool::{Sink, spool};
use crate::web::{Error, Errors, Page, Redirect, Result, redirect};

/// The largest file that is taken: ten gigabytes are some fifty million contacts.
const LARGEST: u64 = 10 << 30;

#[derive(Template)]
#[template(path = "contacts/imports/new.html")]
pub struct NewPage {
    errors: Errors,
}

/// `GET /imports/new`. Needs: import contacts.
pub async fn form(viewer: Can<ImportContacts>) -> Page<NewPage> {
    let errors = Errors::new();
    Page::new(viewer.shell(), NewPage { errors })
}

impl Sink for Incoming {
    async fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| {
            tracing::warn!(%error, "a file on its way in cannot be written");
            Error::Unavailable("The file could not be kept: the disk may be full.".to_owned())
        })
    }
}

/// `POST /imports`. Needs: import contacts.
pub async fn upload(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    config: web::Data<Config>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Either<Page<NewPage>, Redirect>> {
    let mut incoming = files.begin("imports").map_err(Error::internal)?;
    let spooled = spool(&request, payload, "file", LARGEST, &mut incoming).await?;
    let refuse = |why: &str| {
        let page = NewPage {
            errors: Errors::one("file", why),
        };
        let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
        Ok(Either::Left(page))
    };
    if spooled.file_name.is_empty() {
        return refuse("Choose a file.");
    }
    if spooled.is_too_large {
        return refuse(
            "This file is larger than 10 GB. Split it, and import the parts one after the other.",
        );
    }
    let kept = tokio::task::spawn_blocking(move || incoming.keep()).await;
    let (key, size) = kept.map_err(Error::internal)?.map_err(Error::internal)?;
    let config = config.into_inner();
    let default = db
        .read(move |conn| country(conn, &config))
        .await?
        .unwrap_or_default();
    let (own, looked_at) = (files.clone(), key.clone());
    let looked = tokio::task::spawn_blocking(move || {
        actions::look(&own, &looked_at, &Reading::default(), &default)
    });
    let settings = match looked.await.map_err(Error::internal)? {
        Ok(settings) => settings,
        Err(why) => {
            files.discard(&key).await.map_err(Error::internal)?;
            return refuse(&why);
        }
    };
    let by = by(&viewer, &request);
    let name = spooled.file_name;
    let id = db
        .write(move |conn| actions::hand_in(conn, &name, &key, size as i64, &settings, &by))
        .await?;
    Ok(Either::Right(redirect(format!("/imports/{id}/columns"))))
}
