//! Contacts for programs: `/api/v1/contacts`, JSON in and out, by API key.

mod body;
mod read;
mod write;

use actix_web::web;

use crate::web::{get, patch, post};

pub use read::one;

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/contacts", get().to(read::index))
        .route("/api/v1/contacts", post().to(write::create))
        .route("/api/v1/contacts/{id}", get().to(read::show))
        .route("/api/v1/contacts/{id}", patch().to(write::change));
}
