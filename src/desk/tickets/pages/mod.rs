//! Pages of tickets: the conversation, its forms, what hangs on its messages.

pub mod change;
pub mod composer;
pub mod new;
pub mod parts;
pub mod show;
pub mod thread;
pub mod typed;

use actix_web::web;

use super::model::By;
use crate::accounts::Viewer;
use crate::desk::tickets::{api, list, live};
use crate::web::{get, post};

/// Routes of tickets.
pub fn routes(cfg: &mut web::ServiceConfig) {
    api::routes(cfg);
    cfg.route("/tickets", get().to(list::page::index))
        .route("/tickets", post().to(new::create))
        .route("/tickets/new", get().to(new::form))
        .route("/tickets/live", get().to(live::queue))
        .route("/tickets/{id}/live", get().to(live::ticket))
        .route("/tickets/{id}", get().to(show::show))
        .route("/tickets/{id}/messages", post().to(composer::send))
        .route("/tickets/{id}/status", post().to(change::status))
        .route("/tickets/{id}/assignee", post().to(change::assignee))
        .route("/tickets/{id}/priority", post().to(change::priority))
        .route("/tickets/{id}/subject", post().to(change::subject))
        .route("/tickets/{id}/tags", post().to(change::tag))
        .route("/tickets/{id}/tags/{tag}/remove", post().to(change::untag))
        .route(
            "/tickets/{id}/messages/{message}/again",
            post().to(composer::again),
        )
        .route(
            "/tickets/{id}/messages/{message}/formatted",
            get().to(parts::formatted),
        )
        .route(
            "/tickets/{id}/messages/{message}/source",
            get().to(parts::source),
        )
        .route("/tickets/{id}/files/{file}", get().to(parts::file));
}

/// The viewer as the one who acts.
fn by(viewer: &Viewer) -> By {
    By {
        user: Some(viewer.id()),
        now: viewer.now,
    }
}
