//! Mail in: the bytes are kept first, then a job takes them apart, tells people from machines, and finds the ticket. What
//! cannot be understood lies in the quarantine under its cause; what is nobody's ticket is set aside. Nothing is deleted.

pub mod actions;
pub mod api;
pub mod classify;
pub mod filing;
pub mod html;
pub mod mail;
pub mod model;
pub mod pages;
pub mod parse;
pub mod quote;
pub mod settling;
pub mod signs;
pub mod store;

use actix_web::web;

use crate::web::{get, post};

/// Routes of mail in.
pub fn routes(cfg: &mut web::ServiceConfig) {
    api::routes(cfg);
    cfg.route("/tickets/quarantine", get().to(pages::index))
        .route("/tickets/quarantine/{id}/retry", post().to(pages::retry))
        .route("/tickets/quarantine/{id}/file", post().to(pages::file))
        .route("/tickets/quarantine/{id}/source", get().to(pages::source));
}
