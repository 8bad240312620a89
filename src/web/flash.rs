//! What a redirect says on the page it leads to: one short-lived cookie, read once. It holds words only,
//! shown escaped; an Undo path is taken only if it is a path of ours.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Flash;

/// Name of the cookie.
pub const FLASH_COOKIE: &str = "rapport_flash";

/// The message the last request left, if any.
pub fn take(request: &HttpRequest) -> Option<Flash> {
    let cookie = request.cookie(FLASH_COOKIE)?;
    let json = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
    let mut flash: Flash = serde_json::from_slice(&json).ok()?;
    flash.undo = flash
        .undo
        .filter(|path| path.starts_with('/') && !path.starts_with("//"));
    Some(flash)
}

pub(super) fn cookie(flash: &Flash) -> Cookie<'static> {
    let json = serde_json::to_vec(flash).unwrap_or_default();
    Cookie::build(FLASH_COOKIE, URL_SAFE_NO_PAD.encode(json))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(60))
        .finish()
}

pub(super) fn gone() -> Cookie<'static> {
    let mut cookie = Cookie::build(FLASH_COOKIE, "").path("/").finish();
    cookie.make_removal();
    cookie
}
