//! Pages of privacy: topics and suppressed addresses in the settings, the consents of a contact, and people's own page.

mod card;
mod consents;
mod preferences;
mod suppressed;
mod topics;

use actix_web::{HttpRequest, web};

pub use card::card;

use crate::base::text;
use crate::web::{get, post};

/// Mounts every page of privacy.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/topics", get().to(topics::index))
        .route("/settings/topics", post().to(topics::create))
        .route("/settings/topics/new", get().to(topics::form))
        .route("/settings/topics/{id}", get().to(topics::edit))
        .route("/settings/topics/{id}", post().to(topics::save))
        .route("/settings/topics/{id}/archive", post().to(topics::archive))
        .route("/settings/topics/{id}/restore", post().to(topics::restore))
        .route("/settings/suppressed", get().to(suppressed::index))
        .route("/settings/suppressed", post().to(suppressed::add))
        .route(
            "/settings/suppressed/{hash}/lift",
            post().to(suppressed::lift),
        )
        .route("/contacts/{id}/consents", get().to(consents::show))
        .route("/contacts/{id}/consents", post().to(consents::change))
        .route("/preferences/{token}", get().to(preferences::show))
        .route("/preferences/{token}", post().to(preferences::save));
}

/// What a browser calls itself.
fn agent(request: &HttpRequest) -> String {
    let agent = request
        .headers()
        .get("user-agent")
        .and_then(|value| value.to_str().ok());
    text::line(agent.unwrap_or_default(), 300)
}
