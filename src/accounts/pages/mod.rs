//! The pages of accounts: sign-in and set-up without a session, one's own account, people, keys, audit.

mod home;
mod invitation;
mod passwords;
mod set_up;
mod sign_in;
mod sign_in_code;

use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post, resource};
use askama::Template;

use crate::accounts::actions::Begun;
use crate::accounts::keyring::Keyring;
use crate::accounts::{Guest, cookies, store};
use crate::base::ids::UserId;
use crate::db::Db;
use crate::web::{Page, Redirect, Result, Shell, redirect};

/// Mounts every page of accounts.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(resource("/").route(get().to(home::home)))
        .service(
            resource("/setup")
                .route(get().to(set_up::form))
                .route(post().to(set_up::create)),
        )
        .service(resource("/setup/start").route(get().to(set_up::start)))
        .service(resource("/setup/demo").route(post().to(set_up::demo)))
        .service(
            resource("/sign-in")
                .route(get().to(sign_in::form))
                .route(post().to(sign_in::sign_in)),
        )
        .service(
            resource("/sign-in/code")
                .route(get().to(sign_in_code::form))
                .route(post().to(sign_in_code::check)),
        )
        .service(
            resource("/forgot-password")
                .route(get().to(passwords::forgotten))
                .route(post().to(passwords::request)),
        )
        .service(
            resource("/reset-password/{token}")
                .route(get().to(passwords::reset_form))
                .route(post().to(passwords::reset)),
        )
        .service(
            resource("/invitation/{token}")
                .route(get().to(invitation::form))
                .route(post().to(invitation::join)),
        )
        .service(resource("/sign-out").route(post().to(sign_in::sign_out)));
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
