//! The cookies of accounts. None is readable by script; all are for our own pages.

use actix_web::cookie::{Cookie, SameSite, time::Duration};

use super::actions::Begun;
use super::guest::{DEVICE_COOKIE, Guest};
use super::keyring::Keyring;
use crate::base::ids::UserId;
use crate::web::SESSION_COOKIE;

/// Cookie of a sign-in that still needs its second factor.
pub const CHALLENGE_COOKIE: &str = "rapport_challenge";

/// The session, for the browser's life or for 30 days.
pub fn session(begun: &Begun, guest: &Guest) -> Cookie<'static> {
    let days = begun.is_kept.then(|| Duration::days(30));
    make(SESSION_COOKIE, begun.token.clone(), guest.is_https, days)
}

/// The device, known from now on.
pub fn device(begun: &Begun, user: UserId, keys: &Keyring, guest: &Guest) -> Cookie<'static> {
    let words = keys.sign("device", &format!("{user}:{}", begun.device));
    make(
        DEVICE_COOKIE,
        words,
        guest.is_https,
        Some(Duration::days(400)),
    )
}

/// A half-done sign-in, for five minutes.
pub fn challenge(words: String, guest: &Guest) -> Cookie<'static> {
    make(
        CHALLENGE_COOKIE,
        words,
        guest.is_https,
        Some(Duration::minutes(5)),
    )
}

/// Takes a cookie away.
pub fn gone(name: &'static str) -> Cookie<'static> {
    let mut cookie = Cookie::build(name, "").path("/").finish();
    cookie.make_removal();
    cookie
}

fn make(
    name: &'static str,
    value: String,
    is_https: bool,
    life: Option<Duration>,
) -> Cookie<'static> {
    let mut cookie = Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(is_https)
        .same_site(SameSite::Lax)
        .finish();
    cookie.set_max_age(life);
    cookie
}
