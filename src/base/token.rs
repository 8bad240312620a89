//! Secrets people and programs carry: random tokens, and the hash under which they are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Random bytes from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness no secret is safe; the process must not go on.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A secret of 192 random bits, 32 characters, safe in URLs.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<24>())
}

/// A short random word of letters and digits without look-alikes.
pub fn readable(length: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut word = String::with_capacity(length);
    while word.len() < length {
        for byte in random_bytes::<32>() {
            // 31 letters: drop what would make some likelier than others.
            if let Some(letter) = LETTERS.get(usize::from(byte) & 31) {
                word.push(char::from(*letter));
                if word.len() == length {
                    break;
                }
            }
        }
    }
    word
}

/// SHA-256 of a token: what the database keeps. Tokens are random, so no salt is needed.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// SHA-256 of bytes as it is written in names of files.
pub fn checksum(bytes: &[u8]) -> String {
    super::text::hex(&Sha256::digest(bytes))
}

/// Compares two secrets in time that depends on their length only.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0_u8, |acc, (x, y)| acc | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_hash_to_one_value() {
        let (a, b) = (secret(), secret());
        assert_ne!(a, b);
        assert_eq!(a.len(), 32);
        assert_eq!(hash(&a), hash(&a));
        assert!(same(a.as_bytes(), a.as_bytes()));
        assert!(!same(a.as_bytes(), b.as_bytes()));
    }

    #[test]
    fn readable_words_have_the_length_asked_for() {
        assert_eq!(readable(0), "");
        assert_eq!(readable(20).len(), 20);
    }
}
