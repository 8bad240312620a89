//! The pages of accounts: sign-in and set-up without a session, one's own account, people, keys, audit.

mod home;
mod set_up;
mod sign_in;

use actix_web::web::{ServiceConfig, get, post, resource};

use crate::accounts::store;
use crate::db::Db;
use crate::web::Result;

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
        .service(resource("/sign-out").route(post().to(sign_in::sign_out)));
}

/// Where to go on to: a path of ours, or home. What a browser could read as another site is no path of ours.
fn next(asked: &str) -> &str {
    let is_ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.chars().any(|c| c == '\\' || c.is_control());
    if is_ours { asked } else { "/" }
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
