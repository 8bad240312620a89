//! Pages of imports: the list, handing in a file, where its columns go, what would happen, and what did.

mod columns;
mod index;
mod preview;
mod show;
mod upload;

use actix_web::web;

use super::model::Import;
use super::store;
use crate::base::ids::ImportId;
use crate::db::Db;
use crate::web::{Error, Result, get, path_id, post};

/// Routes of imports.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/imports", get().to(index::index))
        .route("/imports", post().to(upload::upload))
        .route("/imports/new", get().to(upload::form))
        .route("/imports/{id}", get().to(show::show))
        .route("/imports/{id}/columns", get().to(columns::form))
        .route("/imports/{id}/columns", post().to(columns::save))
        .route("/imports/{id}/reading", post().to(columns::read_again))
        .route("/imports/{id}/preview", get().to(preview::preview))
        .route("/imports/{id}/cells", post().to(preview::repair))
        .route("/imports/{id}/start", post().to(show::start))
        .route("/imports/{id}/undo", post().to(show::undo))
        .route("/imports/{id}/discard", post().to(show::discard))
        .route("/imports/{id}/failed.csv", get().to(show::failed));
}

async fn import(db: &Db, path: &str) -> Result<Import> {
    let id: ImportId = path_id(path)?;
    db.read(move |conn| store::find(conn, id))
        .await?
        .ok_or(Error::NotFound)
}
