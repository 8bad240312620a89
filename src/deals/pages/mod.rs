//! Pages of deals: the board, the list, the record, and the small forms on them.

mod board;
mod card;
mod change;
pub mod facts;
mod lane;
mod list;
mod live;
mod lose;
mod moves;
mod new;
mod people;
mod show;
mod task_line;
mod tasks;

use actix_web::web;

use super::pipelines::pages as pipelines;
use super::purge;
use crate::web::{get, post};

/// Routes of deals.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/deals", get().to(board::index))
        .route("/deals", post().to(new::create))
        .route("/deals/new", get().to(new::form))
        .route("/deals/trash", get().to(list::trash))
        .route("/deals/{id}/purge", post().to(purge::now))
        .route("/deals/live", get().to(live::live))
        .route("/deals/people", get().to(people::suggest))
        .route("/deals/lane/{stage}", get().to(lane::show))
        .route("/deals/{id}", get().to(show::show))
        .route("/deals/{id}/move", post().to(moves::go))
        .route("/deals/{id}/lose", get().to(lose::form))
        .route("/deals/{id}/lose", post().to(lose::save))
        .route("/deals/{id}/fields/{field}", post().to(change::field))
        .route("/deals/{id}/owner", post().to(change::owner))
        .route("/deals/{id}/notes", post().to(change::note))
        .route("/deals/{id}/delete", post().to(change::delete))
        .route("/deals/{id}/restore", post().to(change::restore))
        .route("/deals/{id}/people/new", get().to(people::form))
        .route("/deals/{id}/people", post().to(people::add))
        .route("/deals/{id}/people/{contact}", post().to(people::role))
        .route(
            "/deals/{id}/people/{contact}/remove",
            post().to(people::remove),
        )
        .configure(tasks::routes)
        .configure(pipelines::routes)
        .configure(super::api::routes);
}

/// Where a form leads back to: a path of ours, or `otherwise`.
fn back(asked: &str, otherwise: impl Into<String>) -> String {
    let is_ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains(['\\', '\r', '\n'])
        && asked.len() < 500;
    if is_ours {
        asked.to_owned()
    } else {
        otherwise.into()
    }
}

/// A path with a query.
fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let given: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if given.is_empty() {
        return path.to_owned();
    }
    let query = serde_urlencoded::to_string(given).unwrap_or_default();
    format!("{path}?{query}")
}
