//! Pages on which records become one, and two again.

mod asked;
mod pick;
mod said;
mod undo;
mod unite;

use actix_web::web;

use super::card;
use super::store::Kind;
use crate::web::{get, post};

/// Routes of merges.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/contacts/merge", get().to(unite::contacts))
        .route("/contacts/merge", post().to(unite::merge_contacts))
        .route("/companies/merge", get().to(unite::companies))
        .route("/companies/merge", post().to(unite::merge_companies))
        .route("/contacts/merges/undo", post().to(undo::take_all_back))
        .route("/contacts/merges/{id}", get().to(undo::asked))
        .route("/contacts/merges/{id}/undo", post().to(undo::take_back));
}

/// Words and address of the list the records stand in.
fn list(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Contact => ("Contacts", "/contacts"),
        Kind::Company => ("Companies", "/companies"),
    }
}
