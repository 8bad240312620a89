//! Companies: where contacts work, with what role, and which e-mail domains are theirs.
//! A domain belongs to one company; those of mail providers belong to none.

pub mod actions;
mod change;
mod domains;
mod edit;
pub mod family;
mod fields;
pub mod found;
mod gather;
mod list;
mod member;
pub mod model;
pub mod people;
mod show;
pub mod store;

use actix_web::web;

use crate::web::{get, post};

pub use domains::is_free_mail;
pub use gather::Gather;
pub use model::Company;

/// Routes of companies.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/companies", get().to(list::index))
        .route("/companies", post().to(edit::create))
        .route("/companies/new", get().to(edit::new))
        .route("/companies/suggest", get().to(list::suggest))
        .route("/companies/trash", get().to(list::trash))
        .route("/companies/{id}", get().to(show::show))
        .route("/companies/{id}/edit", get().to(edit::form))
        .route("/companies/{id}/edit", post().to(edit::save))
        .route("/companies/{id}/owner", post().to(change::owner))
        .route("/companies/{id}/stage", post().to(change::stage))
        .route("/companies/{id}/domains", post().to(change::add_domain))
        .route(
            "/companies/{id}/domains/{domain}/remove",
            post().to(change::remove_domain),
        )
        .route("/companies/{id}/tags", post().to(change::tag))
        .route(
            "/companies/{id}/tags/{tag}/remove",
            post().to(change::untag),
        )
        .route("/companies/{id}/people/{contact}", get().to(member::form))
        .route("/companies/{id}/people/{contact}", post().to(member::save))
        .route("/companies/{id}/parent", post().to(change::parent))
        .route("/companies/{id}/gather", post().to(gather::start))
        .route("/companies/{id}/notes", post().to(change::note))
        .route("/companies/{id}/traits", post().to(change::field))
        .route("/companies/{id}/delete", post().to(change::delete))
        .route("/companies/{id}/restore", post().to(change::restore));
}
