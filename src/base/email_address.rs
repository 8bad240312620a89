//! An e-mail address as the house compares them: trimmed, NFC, lower case, domain in ASCII.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::{text, token};

/// A normalised address. Dots and plus parts are kept: they may tell two people apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Accepts what mail systems in use accept; quoted local parts and address literals are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().nfc().collect();
        if text.len() > 254 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        if local.is_empty()
            || local.len() > 64
            || local.starts_with('.')
            || local.ends_with('.')
            || local.contains("..")
            || local.chars().any(|c| "\"(),:;<>@[\\]".contains(c))
        {
            return None;
        }
        let domain = Self::domain_name(domain)?;
        Some(Self(format!("{}@{domain}", local.to_lowercase())))
    }

    /// A domain name in lower-case ASCII (IDNA), with at least one dot; `None` where it is none.
    pub fn domain_name(text: &str) -> Option<String> {
        let text = text.trim().trim_end_matches('.');
        let url::Host::Domain(domain) = url::Host::parse(text).ok()? else {
            return None;
        };
        let is_well_formed = domain.len() <= 253
            && domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
            && domain
                .rsplit('.')
                .next()
                .is_some_and(|tld| !tld.bytes().all(|b| b.is_ascii_digit()));
        is_well_formed.then_some(domain)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands for it where the address itself must not be kept.
    pub fn hash(&self) -> String {
        Self::hash_of(&self.0)
    }

    /// The hash of an address that is normalised already: SHA-256, as both databases can make it too.
    pub fn hash_of(normalised: &str) -> String {
        text::hex(&token::hash(normalised))
    }

    /// The address as an owned string.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_one_form() {
        for (text, want) in [
            ("  Ada@Example.COM ", Some("ada@example.com")),
            ("ada+x@example.com", Some("ada+x@example.com")),
            ("ada@bücher.example", Some("ada@xn--bcher-kva.example")),
            ("用户@例子.公司", Some("用户@xn--fsqu00a.xn--55qx5d")),
            ("ada@localhost", None),
            ("ada@@example.com", None),
            (".ada@example.com", None),
            ("ada@example..com", None),
            ("ada@-example.com", None),
            ("a b@example.com", None),
            ("ada@127.0.0.1", None),
            ("", None),
        ] {
            assert_eq!(
                EmailAddress::parse(text).as_ref().map(EmailAddress::as_str),
                want,
                "{text}"
            );
        }
    }
}
