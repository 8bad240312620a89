//! Looking after a running instance: probes for whatever watches it, figures, and the jobs it could not do.

mod actions;
pub mod pages;
pub mod probes;

use actix_web::web;

/// Routes of this slice.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(probes::health))
        .route("/readyz", web::get().to(probes::ready))
        .route("/metrics", web::get().to(probes::metrics))
        .route("/settings/jobs", web::get().to(pages::index))
        .route("/settings/jobs/retry", web::post().to(pages::retry_all))
        .route("/settings/jobs/{id}/retry", web::post().to(pages::retry))
        .route(
            "/settings/jobs/{id}/discard",
            web::post().to(pages::discard),
        );
}
