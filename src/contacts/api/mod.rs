//! Contacts for programs: `/api/v1/contacts`, JSON in and out, by API key.

mod body;
mod read;
mod write;

use actix_web::web;

pub use read::one;

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/contacts", web::get().to(read::index))
        .route("/api/v1/contacts", web::post().to(write::create))
        .route("/api/v1/contacts/{id}", web::get().to(read::show))
        .route("/api/v1/contacts/{id}", web::patch().to(write::change));
}
