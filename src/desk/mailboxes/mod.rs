//! Mailboxes: addresses tickets arrive at, and how their answers look.

pub mod actions;
pub mod model;
pub mod pages;
pub mod store;

use actix_web::web;

/// Routes of mailboxes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    let (get, post) = (web::get, web::post);
    cfg.route("/settings/mailboxes", get().to(pages::index))
        .route("/settings/mailboxes", post().to(pages::create))
        .route("/settings/mailboxes/new", get().to(pages::new))
        .route("/settings/mailboxes/{id}", get().to(pages::edit))
        .route("/settings/mailboxes/{id}", post().to(pages::save));
}
