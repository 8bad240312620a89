//! Passwords: what is taken as one, and how it is kept (argon2id). Hashing costs a core for some
//! milliseconds and 19 MB, so that at most two run at once, away from the threads that answer.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use super::AccountError;

/// Shortest password, in characters.
pub const SHORTEST: usize = 10;
/// Longest password, in characters: enough for a phrase, too little to keep the hash busy.
pub const LONGEST: usize = 200;

/// Long enough, and still what everybody tries first.
const COMMON: &str = "\
    0123456789 0987654321 1029384756 1111111111 1122334455 11223344556677889900 123456789a \
    12345678910 1234567890 1234567891 12345qwert 123qweasdzxc 147258369a 1q2w3e4r5t 1q2w3e4r5t6y \
    1qaz2wsx3edc 9876543210 a123456789 abc123456789 abcd123456 abcdefghij administrator \
    administrator1 asdfghjkl1 asdfghjkl; asdfghjklm baseball123 basketball changeme123 \
    chocolate1 computer123 correcthorsebatterystaple dragon12345 football123 iloveyou123 \
    letmein123 liverpool1 manchester michelle123 monkey12345 p@ssw0rd123 p@ssword123 passw0rd123 \
    password01 password10 password11 password12 password123 password1234 password12345 \
    password123456 password1! password2024 password2025 password2026 passwordpassword \
    princess123 q1w2e3r4t5 qazwsxedcrfv qwerty12345 qwerty123456 qwerty1234 qwertyuiop \
    qwertyuiop123 rapport123 rapport1234 secret12345 spiderman1 starwars123 strawberry \
    summer2024 summer2025 summer2026 sunshine123 superman123 trustno1234 welcome123 welcome1234 \
    welcome2025 welcome2026 winter2025 winter2026 zxcvbnm123";

/// Why a password is refused, for people; `None` if it is taken.
pub fn objection(password: &str, email: &str) -> Option<String> {
    let length = password.chars().count();
    let lower = password.trim().to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let mut letters = lower.chars();
    let first = letters.next();
    if length < SHORTEST {
        Some(format!(
            "Use at least {SHORTEST} characters; a few words make a good password."
        ))
    } else if length > LONGEST {
        Some(format!("Use at most {LONGEST} characters."))
    } else if lower == email.to_lowercase() || (!local.is_empty() && lower == local.to_lowercase())
    {
        Some("Your e-mail address is the first thing anybody would try.".to_owned())
    } else if COMMON.split(' ').any(|word| word == lower) || letters.all(|c| Some(c) == first) {
        Some("Many people use this password, so it is tried first. Choose another one.".to_owned())
    } else {
        None
    }
}

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    kib: u32,
    passes: u32,
}

impl Cost {
    /// What OWASP recommends at least; about 15 ms of one core.
    pub const STRONG: Self = Self {
        kib: 19 * 1024,
        passes: 2,
    };
    /// Next to nothing: for tests, handed over as an argument.
    pub const CHEAP: Self = Self { kib: 8, passes: 1 };

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.kib, self.passes, 1, None).unwrap_or_default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    /// Hashes on this thread: for the command line and for threads of their own.
    pub fn hash(self, password: &str) -> Result<String, AccountError> {
        let hash = self.argon2().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|error| AccountError::Hashing(error.to_string()))
    }

    /// Whether `hash` was made with another cost, and should be made anew when the password is at hand.
    pub fn is_outdated(self, hash: &str) -> bool {
        let params = PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Params::try_from(&hash).ok());
        params.is_none_or(|p| (p.m_cost(), p.t_cost(), p.p_cost()) != (self.kib, self.passes, 1))
    }
}

/// Hashes and checks passwords off the threads that answer, two at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    cost: Cost,
    slots: Arc<Semaphore>,
    /// What is checked for an address nobody has, so that it takes as long as a real one.
    nobody: Arc<str>,
}

impl Passwords {
    /// With hashes of this cost.
    pub fn new(cost: Cost) -> Result<Self, AccountError> {
        Ok(Self {
            cost,
            slots: Arc::new(Semaphore::new(2)),
            nobody: cost.hash("nobody's password")?.into(),
        })
    }

    /// The cost of new hashes.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Hashes a password.
    pub async fn hash(&self, password: String) -> Result<String, AccountError> {
        let cost = self.cost;
        self.away(move || cost.hash(&password)).await?
    }

    /// Whether `password` is the one behind `hash`; without a hash the same work is done for nothing.
    pub async fn check(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, AccountError> {
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let cost = self.cost;
        let is_right = self
            .away(move || {
                cost.argon2()
                    .verify_password(password.as_bytes(), hash.as_str())
                    .is_ok()
            })
            .await?;
        Ok(is_right && is_somebody)
    }

    async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let failed = |error: &dyn std::fmt::Display| AccountError::Hashing(error.to_string());
        let slot = self
            .slots
            .clone()
            .acquire_owned()
            .await
            .map_err(|error| failed(&error))?;
        let answer = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(slot);
            answer
        });
        answer.await.map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_anybody_would_guess_are_refused() {
        for (password, is_taken) in [
            ("correct horse battery staple", true),
            ("пароль-на-каждый-день", true),
            ("密码密码密码一二三四", true),
            ("short", false),
            ("Password123", false),
            ("aaaaaaaaaaaa", false),
            ("ada.lovelace@example.com", false),
            ("ADA.LOVELACE", false),
            (&"x y".repeat(100), false),
        ] {
            assert_eq!(
                objection(password, "ada.lovelace@example.com").is_none(),
                is_taken,
                "{password}"
            );
        }
    }

    #[test]
    fn a_hash_of_another_cost_is_outdated() {
        let hash = Cost::CHEAP.hash("correct horse").expect("a hash");
        assert!(!Cost::CHEAP.is_outdated(&hash));
        assert!(Cost::STRONG.is_outdated(&hash));
        assert!(Cost::CHEAP.is_outdated("no hash"));
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash() {
        let passwords = Passwords::new(Cost::CHEAP).expect("hashing works");
        let hash = passwords
            .hash("correct horse".to_owned())
            .await
            .expect("a hash");
        for (password, hash, want) in [
            ("correct horse", Some(hash.clone()), true),
            ("Correct horse", Some(hash), false),
            ("nobody's password", None, false),
            ("correct horse", Some("damaged".to_owned()), false),
        ] {
            assert_eq!(
                passwords
                    .check(password.to_owned(), hash)
                    .await
                    .expect("checked"),
                want
            );
        }
    }
}
