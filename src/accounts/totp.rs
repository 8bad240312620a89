//! One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which is
//! what every app understands. A code is good one step early or late, and never twice.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::base::clock::SECOND;
use crate::base::{Timestamp, token};

/// Length of a step.
const STEP: i64 = 30 * SECOND;
/// Codes run up to this.
const DIGITS: u32 = 1_000_000;

/// A seed to share with an app.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Vec<u8>);

impl Seed {
    /// A new seed of 160 bits.
    pub fn random() -> Self {
        Self(token::random_bytes::<20>().to_vec())
    }

    /// A seed that was kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For keeping, sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing into an app: base 32 without padding, in groups of four.
    pub fn spelled(&self) -> String {
        let letters: Vec<char> = base32(&self.0).chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        groups.join(" ")
    }

    /// For the QR code that apps read.
    pub fn uri(&self, issuer: &str, email: &str) -> String {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (issuer, email) = (encoded(issuer), encoded(email));
        format!(
            "otpauth://totp/{issuer}:{email}?secret={}&issuer={issuer}",
            base32(&self.0)
        )
    }

    /// The step for which `code` is right, if it is one of the three around `now` and later than `used`.
    pub fn step_of(&self, code: &str, now: Timestamp, used: i64) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = now.0.div_euclid(STEP);
        [step, step - 1, step + 1]
            .into_iter()
            .find(|step| *step > used && token::same(self.code(*step).as_bytes(), code.as_bytes()))
    }

    /// The code of a moment, as an app would show it.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(now.0.div_euclid(STEP))
    }

    fn code(&self, step: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else {
            // HMAC takes keys of any length.
            return String::new();
        };
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest.last().copied().unwrap_or(0) & 15);
        let word = digest
            .iter()
            .skip(offset)
            .take(4)
            .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
        format!("{:06}", (word & 0x7fff_ffff) % DIGITS)
    }
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let letter = LETTERS.get(((bits >> held) & 31) as usize);
            text.extend(letter.map(|letter| char::from(*letter)));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        let letter = LETTERS.get(((bits << (5 - held)) & 31) as usize);
        text.extend(letter.map(|letter| char::from(*letter)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed = Seed::from_bytes(b"12345678901234567890".to_vec());
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(seed.code_at(Timestamp::from_secs(secs)), code);
        }
    }

    #[test]
    fn a_code_is_good_one_step_around_and_never_twice() {
        let seed = Seed::from_bytes(b"12345678901234567890".to_vec());
        let now = Timestamp::from_secs(1_234_567_890);
        let step = now.0 / STEP;
        for (off, want) in [
            (-60, None),
            (-30, Some(step - 1)),
            (0, Some(step)),
            (30, Some(step + 1)),
            (60, None),
        ] {
            let code = seed.code_at(now.plus(off * SECOND));
            assert_eq!(seed.step_of(&code, now, 0), want, "{off}");
        }
        let code = seed.code_at(now);
        assert_eq!(
            seed.step_of(&format!(" {code} "), now, step - 1),
            Some(step)
        );
        assert_eq!(seed.step_of(&code, now, step), None);
        assert_eq!(seed.step_of("", now, 0), None);
    }

    #[test]
    fn seeds_are_spelled_as_apps_read_them() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(
            Seed::from_bytes(b"foobar".to_vec()).spelled(),
            "MZXW 6YTB OI"
        );
        let uri = Seed::from_bytes(b"foobar".to_vec()).uri("Sæther & Co", "a+b@x.example");
        assert_eq!(
            uri,
            "otpauth://totp/S%C3%A6ther%20%26%20Co:a%2Bb%40x%2Eexample?secret=MZXW6YTBOI&issuer=S%C3%A6ther%20%26%20Co"
        );
    }
}
