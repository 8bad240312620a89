//! Replacing the write key, pausing and resuming.

use actix_web::web;
use askama::Template;

use super::source;
use crate::accounts::Can;
use crate::accounts::rights::ManageSources;
use crate::db::Db;
use crate::events::sources::{Source, actions};
use crate::web::{Page, Redirect, Result, When, redirect};

/// Asks before the key is replaced.
#[derive(Template)]
#[template(path = "sources/key.html")]
pub struct KeyPage {
    source: Source,
    /// An older key that still works and would stop at once.
    old_until: Option<When>,
}

/// `GET /settings/sources/{id}/key`
pub async fn confirm(
    viewer: Can<ManageSources>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Page<KeyPage>> {
    let source = source(&db, &path).await?;
    let until = source.old_key(viewer.now).and(source.old_key_until);
    let page = KeyPage {
        old_until: until.map(|at| When::new(at, viewer.now, viewer.zone())),
        source,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/sources/{id}/key`
pub async fn rotate(
    viewer: Can<ManageSources>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (id, by, now) = (source(&db, &path).await?.id, viewer.by(), viewer.now);
    db.write(move |conn| actions::rotate_key(conn, id, &by, now))
        .await?;
    Ok(redirect(format!("/settings/sources/{id}"))
        .saying("Key replaced; the one before works for another 24 hours"))
}

/// `POST /settings/sources/{id}/pause`
pub async fn pause(
    viewer: Can<ManageSources>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (id, by, now) = (source(&db, &path).await?.id, viewer.by(), viewer.now);
    let source = db
        .write(move |conn| actions::set_enabled(conn, id, false, &by, now))
        .await?;
    Ok(redirect(format!("/settings/sources/{id}"))
        .saying(format!("{} is paused", source.name))
        .undo(format!("/settings/sources/{id}/resume")))
}

/// `POST /settings/sources/{id}/resume`
pub async fn resume(
    viewer: Can<ManageSources>,
    path: web::Path<String>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (id, by, now) = (source(&db, &path).await?.id, viewer.by(), viewer.now);
    let source = db
        .write(move |conn| actions::set_enabled(conn, id, true, &by, now))
        .await?;
    Ok(redirect(format!("/settings/sources/{id}"))
        .saying(format!("{} takes events again", source.name))
        .undo(format!("/settings/sources/{id}/pause")))
}
