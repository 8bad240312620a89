//! Pages of contacts: the record, making one, changing it by form or in place.

mod change;
mod edit;
pub(super) mod facts;
pub(super) mod glance;
mod new;
mod relate;
mod show;

use actix_web::{HttpRequest, web};

use super::api;
use super::companies;
use super::duplicates;
use super::export;
use super::fields;
use super::import;
use super::list;
use super::merge;
use super::model::By;
use super::purge;
use super::tags;
use crate::accounts::{Viewer, store as accounts};
use crate::config::Config;
use crate::db::Conn;
use crate::web as kit;
use crate::web::{get, post};

/// Routes of contacts and companies.
#[expect(clippy::too_many_lines, reason = "one line a route")]
pub fn routes(cfg: &mut web::ServiceConfig) {
    tags::routes(cfg);
    duplicates::routes(cfg);
    merge::routes(cfg);
    fields::routes(cfg);
    merge::api_routes(cfg);
    purge::pages::routes(cfg);
    cfg.route("/contacts", get().to(list::index))
        .route("/contacts", post().to(new::create))
        .route("/contacts/new", get().to(new::form))
        .route("/contacts/bulk", post().to(list::bulk))
        .route("/contacts/bulk/undo", post().to(list::undo_bulk))
        .route("/contacts/restore", post().to(list::restore_many))
        .route("/contacts/trash", get().to(list::trash))
        .route("/contacts/views", post().to(list::save_view))
        .route("/contacts/filter", get().to(list::filter))
        .route("/contacts/views/new", get().to(list::view_form))
        .route("/contacts/views/{id}", post().to(list::change_view))
        .route("/contacts/views/{id}/pin", post().to(list::pin_view))
        .route("/contacts/views/{id}/unpin", post().to(list::unpin_view))
        .route("/contacts/views/{id}/remove", post().to(list::remove_view))
        .route("/contacts/columns", get().to(list::choose))
        .route("/contacts/export", get().to(list::ask_export))
        .route("/contacts/export", post().to(list::start_export))
        .route("/contacts/bulk/new", get().to(list::runs::ask))
        .route("/contacts/bulk/runs", post().to(list::runs::start))
        .route("/contacts/bulk/{id}", get().to(list::runs::show))
        .route("/contacts/bulk/{id}/stop", post().to(list::runs::stop))
        .route("/contacts/bulk/{id}/undo", post().to(list::runs::undo))
        .route("/contacts/{id}", get().to(show::show))
        .route("/contacts/{id}/edit", get().to(edit::form))
        .route("/contacts/{id}/edit", post().to(edit::save))
        .route("/contacts/{id}/fields/{field}", post().to(change::field))
        .route("/contacts/{id}/owner", post().to(change::owner))
        .route("/contacts/{id}/stage", post().to(change::stage))
        .route("/contacts/{id}/traits", post().to(change::set_trait))
        .route("/contacts/{id}/pins", post().to(change::pin))
        .route("/contacts/{id}/delete", post().to(change::delete))
        .route("/contacts/{id}/restore", post().to(change::restore))
        .route("/contacts/{id}/tags", post().to(relate::tag))
        .route("/contacts/{id}/tags/{tag}/remove", post().to(relate::untag))
        .route("/contacts/{id}/notes", post().to(relate::note))
        .route("/contacts/{id}/identities", post().to(relate::add_identity))
        .route(
            "/contacts/{id}/identities/{identity}/remove",
            post().to(relate::remove_identity),
        )
        .route(
            "/contacts/{id}/identities/{identity}/primary",
            post().to(relate::set_primary),
        )
        .route(
            "/contacts/{id}/companies/new",
            get().to(relate::company_form),
        )
        .route("/contacts/{id}/companies", post().to(relate::link_company))
        .route(
            "/contacts/{id}/companies/{company}/{verb}",
            post().to(relate::company),
        )
        .configure(companies::routes)
        .configure(import::routes)
        .configure(export::pages::routes)
        .configure(api::routes);
}

/// Who makes the change that this request asks for.
pub fn by(viewer: &Viewer, request: &HttpRequest) -> By {
    By {
        user: viewer.id(),
        name: viewer.user.name.clone(),
        ip: kit::client_ip(request),
        now: viewer.now,
        access: viewer.access.clone(),
    }
}

/// The country in which numbers without `+` are read: the workspace's, else the configuration's.
pub fn country(conn: &mut Conn, config: &Config) -> diesel::QueryResult<Option<String>> {
    let set = accounts::setting(conn, "workspace.country")?;
    let country = set.unwrap_or_else(|| config.default_country.clone());
    Ok(Some(country.to_uppercase()).filter(|c| c.len() == 2))
}
