//! Pages of mailings: the list, the steps of writing one, its results, its templates; and what recipients meet.

mod audience;
mod content;
mod index;
mod out;
mod preview;
mod recipients;
mod results;
mod review;
mod templates;
mod verbs;

use actix_web::web;

use super::actions::Refusal;
use super::model::Campaign;
use super::store;
use crate::accounts::keyring::Keyring;
use crate::accounts::{AccountError, actions as accounts};
use crate::base::ids::CampaignId;
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::web::{Error, Result, get, path_id, post};

/// Mounts every page of mailings.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/campaigns", get().to(index::index))
        .route("/campaigns", post().to(index::create))
        .route("/campaigns/new", get().to(index::form))
        .route("/campaigns/templates", get().to(templates::index))
        .route("/campaigns/templates", post().to(templates::create))
        .route("/campaigns/templates/new", get().to(templates::form))
        .route("/campaigns/templates/{id}", get().to(templates::edit))
        .route("/campaigns/templates/{id}", post().to(templates::save))
        .route(
            "/campaigns/templates/{id}/preview",
            get().to(templates::preview),
        )
        .route(
            "/campaigns/templates/{id}/delete",
            post().to(templates::delete),
        )
        .route("/campaigns/{id}", get().to(results::show))
        .route("/campaigns/{id}/content", get().to(content::edit))
        .route("/campaigns/{id}/content", post().to(content::save))
        .route("/campaigns/{id}/preview", get().to(preview::campaign))
        .route("/campaigns/{id}/test", post().to(preview::test))
        .route("/campaigns/{id}/audience", get().to(audience::edit))
        .route("/campaigns/{id}/audience", post().to(audience::save))
        .route("/campaigns/{id}/review", get().to(review::show))
        .route("/campaigns/{id}/try", post().to(review::try_all))
        .route("/campaigns/{id}/launch", post().to(verbs::launch))
        .route("/campaigns/{id}/schedule", post().to(verbs::schedule))
        .route("/campaigns/{id}/unschedule", post().to(verbs::unschedule))
        .route("/campaigns/{id}/pause", post().to(verbs::pause))
        .route("/campaigns/{id}/resume", post().to(verbs::resume))
        .route("/campaigns/{id}/cancel", post().to(verbs::cancel))
        .route("/campaigns/{id}/retry", post().to(verbs::retry))
        .route("/campaigns/{id}/copy", post().to(verbs::copy))
        .route("/campaigns/{id}/delete", post().to(verbs::delete))
        .route("/campaigns/{id}/recipients", get().to(recipients::index))
        .route("/mail/o/{token}", get().to(out::open))
        .route("/mail/o/{token}", web::head().to(out::open))
        .route("/mail/c/{token}", get().to(out::click))
        .route("/mail/c/{token}", web::head().to(out::click))
        .route("/mail/u/{token}", get().to(out::leave))
        .route("/mail/u/{token}", post().to(out::unsubscribe))
        .configure(super::api::routes);
}

/// The campaign an address names.
async fn campaign(db: &Db, path: &str) -> Result<Campaign> {
    let id: CampaignId = path_id(path)?;
    db.read(move |conn| store::find(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

/// Where links in mails lead.
fn link_base(conn: &mut Conn, config: &Config) -> Result<String> {
    accounts::mail_base_url(conn, config).map_err(|error| match error {
        AccountError::Database(error) => error.into(),
        error => Error::internal(error),
    })
}

/// Links for looking at a mail, which nobody follows.
fn sample_links(keys: &Keyring, base: &str) -> super::links::Links {
    super::links::Links::new(keys, base)
}

impl From<Refusal> for Error {
    #[track_caller]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::NotFound,
            Refusal::Query(error) => error.into(),
            refusal => Self::Conflict(format!("That does not work now: {refusal}.")),
        }
    }
}
