//! Looking after a running instance: probes for whatever watches it, figures, and the jobs it could not do.

mod actions;
pub mod pages;
pub mod probes;

use actix_web::web;
use diesel::QueryResult;

use crate::accounts::Access;
use crate::accounts::figures::{self, COUNTED};
use crate::accounts::rights::{ManageJobs, Right};
use crate::db::Conn;
use crate::jobs::{self, State};
use crate::web::{NavCount, get, post};

/// Routes of this slice.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", get().to(probes::health))
        .route("/readyz", get().to(probes::ready))
        .route("/metrics", get().to(probes::metrics))
        .route("/settings/jobs", get().to(pages::index))
        .route("/settings/jobs/retry", post().to(pages::retry_all))
        .route("/settings/jobs/{id}/retry", post().to(pages::retry))
        .route("/settings/jobs/{id}/discard", post().to(pages::discard));
}

/// Jobs that were given up, for the sidebar.
pub fn figure(conn: &mut Conn, access: &Access) -> QueryResult<Option<NavCount>> {
    if !ManageJobs::allows(access) {
        return Ok(None);
    }
    let dead = jobs::count(conn, State::Dead, COUNTED)?;
    Ok(figures::due("jobs", dead))
}
