//! Saving what may come from a source and what is done with it.

use actix_web::{Either, HttpRequest, Responder, web};

use super::form::SettingsForm;
use super::show::{self, Looking};
use super::source;
use crate::accounts::Can;
use crate::accounts::rights::ManageSources;
use crate::db::Db;
use crate::events::live::Live;
use crate::events::sources::actions;
use crate::web::{Form, Result, redirect};

/// `POST /settings/sources/{id}`
pub async fn save(
    viewer: Can<ManageSources>,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<SettingsForm>,
    db: web::Data<Db>,
    live: web::Data<Live>,
) -> Result<impl Responder> {
    let source = source(&db, &path).await?;
    let (id, by, now) = (source.id, viewer.by(), viewer.now);
    match form.check() {
        Ok((name, settings)) => {
            let is_verified = form.is_verified;
            db.write(move |conn| {
                actions::set_verified(conn, id, is_verified, &by, now)?;
                actions::rename(conn, id, &name, &by, now)?;
                actions::save_settings(conn, id, &settings, &by, now)
            })
            .await?;
            let to = redirect(format!("/settings/sources/{id}"));
            Ok(Either::Left(to.saying("Settings saved")))
        }
        Err(errors) => {
            let refused = Some((form, errors));
            let looking = Looking::default();
            let page = show::page(&viewer, source, &looking, refused, &request, &db, &live);
            Ok(Either::Right(page.await?))
        }
    }
}
