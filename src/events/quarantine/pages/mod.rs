//! Settings, Quarantine: the list with acts on many, and one event with the way to repair it.

mod index;
mod many;
mod show;

use actix_web::web;

use crate::web::{get, post};

pub use index::QuarantinePage;
pub use show::ItemPage;

/// Mounts every page of the quarantine.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/quarantine", get().to(index::index))
        .route("/settings/quarantine/picked", post().to(many::picked))
        .route("/settings/quarantine/all", post().to(many::all))
        .route("/settings/quarantine/reopen", post().to(many::reopen))
        .route("/settings/quarantine/{id}", get().to(show::show))
        .route("/settings/quarantine/{id}/replay", post().to(show::replay))
        .route("/settings/quarantine/{id}/drop", post().to(show::drop));
}

/// "1 event", "1,000+ events".
fn events(n: i64, most: i64) -> String {
    match n {
        1 => "1 event".to_owned(),
        n if n > most => format!("{}+ events", crate::web::number(most)),
        n => format!("{} events", crate::web::number(n)),
    }
}
