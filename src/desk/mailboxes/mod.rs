//! Mailboxes: addresses tickets arrive at, and how their answers look.

pub mod actions;
pub mod model;
pub mod pages;
pub mod store;

use actix_web::web;

use crate::web::{get, post};

/// Routes of mailboxes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/mailboxes", get().to(pages::index))
        .route("/settings/mailboxes", post().to(pages::create))
        .route("/settings/mailboxes/new", get().to(pages::new))
        .route("/settings/mailboxes/{id}", get().to(pages::edit))
        .route("/settings/mailboxes/{id}", post().to(pages::save));
}
