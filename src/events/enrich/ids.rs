//! Identifiers: their namespaces, their normal form, and the values that identify nobody.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::base::{EmailAddress, phone};

/// One identifier, in the form in which two of them are compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id {
    /// Namespace: `user_id`, `email`, `phone`, `device`, `anonymous_id`, `external:<type>`.
    pub namespace: Cow<'static, str>,
    /// Normal form.
    pub value: String,
}

/// The longest an identifier may be.
pub(super) const MOST: usize = 255;

impl Id {
    /// An id of a user in somebody's system.
    pub fn user(value: &str) -> Option<Self> {
        Self::plain("user_id", value)
    }

    /// An id an SDK made up for a device.
    pub fn anonymous(value: &str) -> Option<Self> {
        Self::plain("anonymous_id", value)
    }

    /// An id of a phone or tablet.
    pub(super) fn device(value: &str) -> Option<Self> {
        Self::plain("device", value)
    }

    /// An id of a named outside system.
    pub(super) fn external(kind: &str, value: &str) -> Option<Self> {
        let kind: String = kind
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c))
            .take(40)
            .collect();
        let id = Self::plain("", value)?;
        (!kind.is_empty()).then(|| Self {
            namespace: format!("external:{}", kind.to_lowercase()).into(),
            ..id
        })
    }

    /// An address; addresses of an office rather than a person identify nobody.
    pub fn email(value: &str) -> Option<Self> {
        let address = EmailAddress::parse(value)?;
        (!is_role(address.local())).then(|| Self {
            namespace: "email".into(),
            value: address.into_string(),
        })
    }

    /// A phone number in E.164, read in `country` where it has no `+`.
    pub fn phone(value: &str, country: Option<&str>) -> Option<Self> {
        phone::parse(value, country).map(|value| Self {
            namespace: "phone".into(),
            value,
        })
    }

    fn plain(namespace: &'static str, value: &str) -> Option<Self> {
        let value = value.trim();
        let value = match is_nfc_quick(value.chars()) {
            IsNormalized::Yes => Cow::Borrowed(value),
            _ => value.nfc().collect(),
        };
        if value.len() > MOST || blocked(&value) {
            return None;
        }
        let value = value.into_owned();
        Some(Self {
            namespace: namespace.into(),
            value,
        })
    }
}

/// Values that programs send when they have none: they would make thousands of people one.
pub fn blocked(value: &str) -> bool {
    let is_filler = value
        .bytes()
        .all(|b| matches!(b, b'0' | b'-' | b' ' | b'{' | b'}'));
    is_filler
        || value.len() <= 20
            && matches!(
                value.to_ascii_lowercase().as_str(),
                "-1" | "null"
                    | "(null)"
                    | "undefined"
                    | "none"
                    | "nil"
                    | "nan"
                    | "n/a"
                    | "na"
                    | "anonymous"
                    | "anon"
                    | "guest"
                    | "unknown"
                    | "true"
                    | "false"
                    | "[object object]"
                    | "user"
                    | "user_id"
                    | "userid"
                    | "anonymous_id"
                    | "test"
                    | "visitor"
                    | "default"
                    | "id"
                    | "not_set"
                    | "(not set)"
            )
}

fn is_role(local: &str) -> bool {
    let local = local.split('+').next().unwrap_or_default();
    matches!(
        local,
        "info"
            | "sales"
            | "support"
            | "contact"
            | "office"
            | "hello"
            | "admin"
            | "administrator"
            | "billing"
            | "help"
            | "noreply"
            | "no-reply"
            | "donotreply"
            | "webmaster"
            | "postmaster"
            | "hostmaster"
            | "abuse"
            | "team"
            | "mail"
            | "marketing"
            | "service"
            | "test"
            | "kontakt"
            | "contacto"
            | "accounts"
            | "accounting"
            | "hr"
            | "jobs"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_identify_nobody() {
        for value in [
            "",
            "0",
            "0000-0000",
            "null",
            "NULL",
            "undefined",
            "-1",
            "[object Object]",
            " ",
            "none",
        ] {
            assert_eq!(Id::user(value), None, "{value:?}");
        }
        for value in ["u_1", "10", "00x", "nullable", "ada", "用户"] {
            assert!(Id::user(value).is_some(), "{value:?}");
        }
        assert_eq!(Id::user(&"x".repeat(10_000)), None);
    }

    #[test]
    fn ids_are_compared_in_nfc() {
        assert_eq!(Id::user("e\u{301}"), Id::user("é"));
    }

    #[test]
    fn office_addresses_and_bad_ones_identify_nobody() {
        assert_eq!(Id::email("info@example.com"), None);
        assert_eq!(Id::email("nobody"), None);
        assert_eq!(
            Id::email(" Ada@Example.com").map(|id| id.value),
            Some("ada@example.com".to_owned())
        );
    }

    #[test]
    fn outside_systems_are_named() {
        let id = Id::external("Billing Id", "cus_1").expect("an id");
        assert_eq!(
            (&*id.namespace, &*id.value),
            ("external:billingid", "cus_1")
        );
    }
}
