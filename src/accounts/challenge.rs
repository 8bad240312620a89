//! A sign-in whose password was right and whose second factor is still missing. It is no session: a signed
//! note that the browser carries for five minutes, void as soon as the password changes.

use super::keyring::Keyring;
use super::store::Credentials;
use crate::base::clock::MINUTE;
use crate::base::ids::UserId;
use crate::base::{Timestamp, text};

/// Half a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Whose password was right.
    pub user: UserId,
    /// Whether the session is to outlive the browser.
    pub is_kept: bool,
}

impl Challenge {
    /// Signed, for a cookie.
    pub fn sign(&self, keys: &Keyring, credentials: &Credentials, now: Timestamp) -> String {
        let until = now.plus(5 * MINUTE).0;
        let words = format!("{}:{}:{until}", self.user, u8::from(self.is_kept));
        keys.sign(&purpose(keys, credentials), &words)
    }

    /// The user a note speaks of, before anything about it is believed.
    pub fn claims(text: &str) -> Option<UserId> {
        use base64::Engine;
        let words = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text.split('.').next()?)
            .ok()?;
        String::from_utf8(words)
            .ok()?
            .split(':')
            .next()?
            .parse()
            .ok()
    }

    /// The note, if we wrote it, for this user and this password, and lately.
    pub fn read(
        text: &str,
        keys: &Keyring,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Option<Self> {
        let words = keys.signed(&purpose(keys, credentials), text)?;
        let mut parts = words.split(':');
        let user: UserId = parts.next()?.parse().ok()?;
        let is_kept = parts.next()? == "1";
        let until = Timestamp(parts.next()?.parse().ok()?);
        (user == credentials.user.id && now < until).then_some(Self { user, is_kept })
    }
}

/// Bound to the password, so that a reset ends what was begun with the old one.
fn purpose(keys: &Keyring, credentials: &Credentials) -> String {
    let hash = credentials.password_hash.as_deref().unwrap_or_default();
    let mark = keys.fingerprint("challenge", hash);
    format!("challenge:{}", text::hex(mark.get(..8).unwrap_or(&mark)))
}
