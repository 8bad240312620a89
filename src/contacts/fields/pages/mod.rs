//! Settings, Fields: what fields contacts and companies have, by group and in order; new ones, those that sources send already,
//! and what is out of use.

mod form;
mod index;
mod rules;

use actix_web::web;

use crate::web::{get, post};

/// Where they are.
const PATH: &str = "/settings/fields";

/// Routes of the settings.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/fields", get().to(index::index))
        .route("/settings/fields", post().to(form::create))
        .route("/settings/fields/new", get().to(form::new))
        .route("/settings/fields/rules", post().to(rules::save))
        .route("/settings/fields/{id}", get().to(form::edit))
        .route("/settings/fields/{id}", post().to(form::save))
        .route("/settings/fields/{id}/type", post().to(form::kind))
        .route("/settings/fields/{id}/{verb}", post().to(index::act));
}
