//! The pages of accounts: sign-in and set-up without a session, one's own account, people, keys, audit.

mod account;
mod audit;
mod confirm;
mod home;
mod invitation;
mod keys;
mod passwords;
mod people;
mod picture;
mod roles;
mod second_factor;
mod set_up;
mod sign_in;
mod sign_in_code;
mod teams;
mod workspace;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use crate::accounts::actions::Begun;
use crate::accounts::keyring::Keyring;
use crate::accounts::{Guest, cookies, store};
use crate::base::ids::UserId;
use crate::db::Db;
use crate::web::{Page, Redirect, Result, Shell, get, post, redirect};

/// Mounts every page of accounts.
pub fn routes(cfg: &mut ServiceConfig) {
    doors(cfg);
    own(cfg);
    administration(cfg);
    cfg.route("/", get().to(home::home))
        .route("/files/{id}", get().to(picture::file));
}

/// What is open to somebody who is not signed in.
fn doors(cfg: &mut ServiceConfig) {
    cfg.route("/setup", get().to(set_up::form))
        .route("/setup", post().to(set_up::create))
        .route("/setup/start", get().to(set_up::start))
        .route("/setup/demo", post().to(set_up::demo))
        .route("/sign-in", get().to(sign_in::form))
        .route("/sign-in", post().to(sign_in::sign_in))
        .route("/sign-in/code", get().to(sign_in_code::form))
        .route("/sign-in/code", post().to(sign_in_code::check))
        .route("/sign-out", post().to(sign_in::sign_out))
        .route("/forgot-password", get().to(passwords::forgotten))
        .route("/forgot-password", post().to(passwords::request))
        .route("/reset-password/{token}", get().to(passwords::reset_form))
        .route("/reset-password/{token}", post().to(passwords::reset))
        .route("/invitation/{token}", get().to(invitation::form))
        .route("/invitation/{token}", post().to(invitation::join));
}

/// One's own account.
fn own(cfg: &mut ServiceConfig) {
    cfg.route("/settings", get().to(workspace::settings))
        .route("/settings/account", get().to(account::show))
        .route("/settings/account", post().to(account::change_profile))
        .route(
            "/settings/account/password",
            post().to(account::change_password),
        )
        .route("/settings/account/picture", post().to(picture::change))
        .route(
            "/settings/account/picture/remove",
            post().to(picture::remove),
        )
        .route(
            "/settings/account/sessions/end-others",
            post().to(account::end_other_sessions),
        )
        .route(
            "/settings/account/sessions/{id}/end",
            post().to(account::end_session),
        )
        .route(
            "/settings/account/second-factor",
            get().to(second_factor::show),
        )
        .route(
            "/settings/account/second-factor/qr.svg",
            get().to(second_factor::qr),
        )
        .route(
            "/settings/account/second-factor/begin",
            post().to(second_factor::begin),
        )
        .route(
            "/settings/account/second-factor/confirm",
            post().to(second_factor::confirm),
        )
        .route(
            "/settings/account/second-factor/codes",
            post().to(second_factor::renew_codes),
        )
        .route(
            "/settings/account/second-factor/off",
            post().to(second_factor::disable),
        )
        .route("/settings/keys", get().to(keys::index))
        .route("/settings/keys", post().to(keys::create))
        .route("/settings/keys/{id}/revoke", post().to(keys::revoke));
}

/// What administrators do.
fn administration(cfg: &mut ServiceConfig) {
    cfg.route("/settings/workspace", get().to(workspace::form))
        .route("/settings/workspace", post().to(workspace::change))
        .route("/settings/people", get().to(people::index))
        .route("/settings/people/invite", get().to(people::invite_form))
        .route("/settings/people/invite", post().to(people::invite))
        .route(
            "/settings/people/invitations/{id}/resend",
            post().to(people::resend),
        )
        .route(
            "/settings/people/invitations/{id}/withdraw",
            post().to(people::withdraw),
        )
        .route("/settings/people/{id}/role", post().to(people::change_role))
        .route(
            "/settings/people/{id}/deactivate",
            post().to(people::deactivate),
        )
        .route(
            "/settings/people/{id}/reactivate",
            post().to(people::reactivate),
        )
        .route("/settings/audit", get().to(audit::index))
        .route("/settings/roles", get().to(roles::index))
        .route("/settings/roles", post().to(roles::create))
        .route("/settings/roles/new", get().to(roles::new))
        .route("/settings/roles/{id}", get().to(roles::edit))
        .route("/settings/roles/{id}", post().to(roles::save))
        .route("/settings/roles/{id}/delete", post().to(roles::delete))
        .route("/settings/teams", get().to(teams::index))
        .route("/settings/teams", post().to(teams::create))
        .route("/settings/teams/new", get().to(teams::new))
        .route("/settings/teams/{id}", get().to(teams::edit))
        .route("/settings/teams/{id}", post().to(teams::save))
        .route("/settings/teams/{id}/delete", post().to(teams::delete));
}

/// What a one-time link shows that opens nothing any more.
#[derive(Template)]
#[template(path = "accounts/link_gone.html")]
pub struct LinkGonePage {
    is_reset: bool,
}

impl LinkGonePage {
    fn answer(shell: Shell, is_reset: bool) -> Page<Self> {
        Page::new(shell, Self { is_reset }).status(StatusCode::GONE)
    }
}

/// Where to go on to: a path of ours, or home. What a browser could read as another site is no path of ours.
fn next(asked: &str) -> &str {
    let is_ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.chars().any(|c| c == '\\' || c.is_control());
    if is_ours { asked } else { "/" }
}

/// Goes on with a session that has begun.
fn enter(
    begun: Option<Begun>,
    user: UserId,
    guest: &Guest,
    keys: &Keyring,
    next: String,
) -> Redirect {
    match begun {
        Some(begun) => redirect(next)
            .cookie(cookies::session(&begun, guest))
            .cookie(cookies::device(&begun, user, keys, guest)),
        None => redirect("/sign-in"),
    }
}

/// Name of the workspace, for pages without a session.
async fn workspace(db: &Db) -> Result<String> {
    let name = db
        .read(|conn| store::setting(conn, "workspace.name"))
        .await?;
    Ok(name.unwrap_or_else(|| "Rapport".to_owned()))
}

/// A pause, for people.
fn in_words(secs: u64) -> String {
    match secs {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{secs} seconds"),
        _ => format!("{} minutes", secs.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        for (asked, want) in [
            ("/contacts?q=ada", "/contacts?q=ada"),
            ("", "/"),
            ("https://evil.example", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("contacts", "/"),
        ] {
            assert_eq!(next(asked), want, "{asked}");
        }
    }
}
