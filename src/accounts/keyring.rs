//! The keys that come from the instance's one secret: one seals what must be read again (TOTP seeds), one
//! signs what a browser carries for us (a half-done sign-in, a known device).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::base::token;

/// Keys of this instance. Prints as nothing.
#[derive(Clone)]
pub struct Keyring {
    seal: [u8; 32],
    sign: [u8; 32],
}

impl Keyring {
    /// Derives both keys from the configured secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            seal: mac(&secret, b"rapport: seal"),
            sign: mac(&secret, b"rapport: sign"),
        }
    }

    /// Encrypts for `purpose`; what was sealed for one purpose opens for no other.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let nonce = token::random_bytes::<12>();
        let mut sealed = nonce.to_vec();
        sealed.extend(
            self.cipher(purpose)
                .encrypt(&Nonce::from(nonce), plain)
                .ok()?,
        );
        Some(sealed)
    }

    /// Decrypts what [`Keyring::seal`] made.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(12)?;
        let nonce: [u8; 12] = nonce.try_into().ok()?;
        self.cipher(purpose).decrypt(&Nonce::from(nonce), text).ok()
    }

    /// `words` and a signature that binds them to `purpose`, safe in a cookie.
    pub fn sign(&self, purpose: &str, words: &str) -> String {
        let signature = mac(&self.sign, format!("{purpose}:{words}").as_bytes());
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(words),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// The words, if the signature is ours.
    pub fn signed(&self, purpose: &str, text: &str) -> Option<String> {
        let (words, signature) = text.split_once('.')?;
        let words = String::from_utf8(URL_SAFE_NO_PAD.decode(words).ok()?).ok()?;
        let ours = mac(&self.sign, format!("{purpose}:{words}").as_bytes());
        token::same(&ours, &URL_SAFE_NO_PAD.decode(signature).ok()?).then_some(words)
    }

    /// A hash of `words` that nobody without the instance's secret can make.
    pub fn fingerprint(&self, purpose: &str, words: &str) -> Vec<u8> {
        mac(&self.sign, format!("{purpose}:{words}").as_bytes()).to_vec()
    }

    /// The secret of a one-time link, made of a word that may lie open: whoever has the word and not the instance's
    /// secret has nothing.
    pub fn link_token(&self, word: &str) -> String {
        let made = mac(&self.sign, format!("one-time link:{word}").as_bytes());
        URL_SAFE_NO_PAD.encode(made.get(..24).unwrap_or(&made))
    }

    fn cipher(&self, purpose: &str) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(mac(&self.seal, purpose.as_bytes())))
    }
}

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_for_its_purpose_and_whole() {
        let keys = Keyring::new([7; 32]);
        let sealed = keys.seal("totp:1", b"seed").expect("sealed");
        assert_eq!(
            keys.open("totp:1", &sealed).as_deref(),
            Some(b"seed".as_slice())
        );
        assert_eq!(keys.open("totp:2", &sealed), None);
        assert_eq!(Keyring::new([8; 32]).open("totp:1", &sealed), None);
        let mut torn = sealed.clone();
        torn.pop();
        assert_eq!(keys.open("totp:1", &torn), None);
        assert_eq!(keys.open("totp:1", b"short"), None);
    }

    #[test]
    fn signed_words_come_back_only_unchanged() {
        let keys = Keyring::new([7; 32]);
        let text = keys.sign("device", "1:абв");
        assert_eq!(keys.signed("device", &text).as_deref(), Some("1:абв"));
        assert_eq!(keys.signed("challenge", &text), None);
        assert_eq!(keys.signed("device", &text.replace('.', "A.")), None);
        assert_eq!(keys.signed("device", "no.thing"), None);
    }
}
