//! The HTTP contract of Segment's and RudderStack's SDKs, as recorded from them unmodified: every route, four ways to
//! show a key, any content type, gzip by header or by magic, CORS on every answer. A request becomes one row of the
//! inbox; what its events mean is the worker's business.

mod answers;
mod body;
mod cors;
mod handlers;
mod keys;
mod pixel;
mod tracker;

use actix_web::web;

use crate::web::{get, options, post};

pub use keys::Keys;

/// Long and short names of the calls for one event.
const CALLS: &str = "identify|track|page|screen|group|alias|i|t|p|s|g|a";
/// Names of the calls for many.
const BATCHES: &str = "batch|b|import";

/// Mounts the contract.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for (prefix, slash) in [("/v1/", ""), ("/v1/", "/"), ("/", ""), ("/", "/")] {
        cfg.service(
            web::resource(format!("{prefix}{{call:{CALLS}|{BATCHES}}}{slash}"))
                .route(post().to(handlers::take))
                .route(options().to(cors::preflight)),
        );
    }
    for path in [
        "/api/s/{call}",
        "/api/s/s2s/{call}",
        "/beacon/v1/{call:batch}",
        "/beacon/v1/{call:batch}/",
    ] {
        cfg.service(
            web::resource(path)
                .route(post().to(handlers::take))
                .route(options().to(cors::preflight)),
        );
    }
    for path in ["/v1/m", "/v1/m/", "/m", "/rsaMetrics", "/rsaMetrics/"] {
        cfg.service(
            web::resource(path)
                .route(post().to(answers::metrics))
                .route(options().to(cors::preflight)),
        );
    }
    for path in ["/v1/projects/{key}/settings", "/projects/{key}/settings"] {
        cfg.service(
            web::resource(path)
                .route(get().to(answers::settings))
                .route(options().to(cors::preflight)),
        );
    }
    for path in ["/sourceConfig", "/sourceConfig/"] {
        cfg.service(
            web::resource(path)
                .route(get().to(answers::source_config))
                .route(options().to(cors::preflight)),
        );
    }
    cfg.route("/pixel/v1/{call}", get().to(pixel::take));
    cfg.route("/v1/pixel/{call}", get().to(pixel::take));
    cfg.route("/rapport.js", get().to(tracker::script));
}
