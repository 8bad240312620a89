//! Traits as they are sent: keys brought to the names that records use, values kept as JSON, nothing enormous.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::fields::{self, Field};
use crate::base::text;
use crate::contacts::survivorship::is_empty;

/// A value claimed for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub key: String,
    /// JSON text, at most 4 kB.
    pub value: String,
}

/// Keys of one call at the most.
const MOST_KEYS: usize = 200;
/// Bytes of one value at the most; larger ones are no facts but documents.
const MOST_VALUE: usize = 4 << 10;

impl Claim {
    /// The value as text, if it is a text or a number.
    pub fn text(&self) -> Option<String> {
        let raw: &RawValue = serde_json::from_str(&self.value).ok()?;
        fields::text(Some(raw))
    }
}

type Object<'a> = BTreeMap<String, &'a RawValue>;

/// Reads `traits`, and `context.traits` below it; the former wins, key by key.
pub(super) fn read(traits: Field<'_>, context: Field<'_>) -> Vec<Claim> {
    let mut claims: BTreeMap<String, String> = BTreeMap::new();
    for field in [context, traits] {
        let object: Object<'_> = field
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        for (key, value) in object.into_iter().take(MOST_KEYS) {
            match key.as_str() {
                "address" | "location" if value.get().starts_with('{') => {
                    flatten(&mut claims, value);
                }
                "company" | "organization" if value.get().starts_with('{') => {
                    let company: Object<'_> = serde_json::from_str(value.get()).unwrap_or_default();
                    if let Some(name) = company.get("name") {
                        put(&mut claims, "company", name);
                    }
                }
                _ => put(&mut claims, canonical(&key), value),
            }
        }
    }
    claims
        .into_iter()
        .take(MOST_KEYS)
        .map(|(key, value)| Claim { key, value })
        .collect()
}

/// Language and zone of the device, where the person did not say otherwise.
pub(super) fn add_context(claims: &mut Vec<Claim>, locale: Field<'_>, timezone: Field<'_>) {
    let zone = fields::text(timezone).filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
    for (key, value) in [("language", fields::text(locale)), ("time_zone", zone)] {
        if let Some(value) = value
            && !claims.iter().any(|claim| claim.key == key)
        {
            let value = serde_json::Value::String(text::line(&value, 60)).to_string();
            claims.push(Claim {
                key: key.to_owned(),
                value,
            });
        }
    }
}

fn flatten(claims: &mut BTreeMap<String, String>, address: &RawValue) {
    let parts: Object<'_> = serde_json::from_str(address.get()).unwrap_or_default();
    for (part, value) in &parts {
        let key = match part.as_str() {
            "street" | "line1" | "address1" => "street",
            "city" | "town" => "city",
            "state" | "region" | "province" => "region",
            "postalCode" | "postal_code" | "zip" | "zipcode" => "postal_code",
            "country" | "countryCode" => "country",
            _ => continue,
        };
        put(claims, key, value);
    }
}

fn put(claims: &mut BTreeMap<String, String>, key: &str, value: &RawValue) {
    let json = value.get();
    let key = text::line(key, 100);
    if key.is_empty() || is_empty(json) || json.len() > MOST_VALUE {
        return;
    }
    // PostgreSQL keeps no NUL in a text, and neither does anybody's name.
    let json = if json.contains("\\u0000") {
        json.replace("\\u0000", "")
    } else {
        json.to_owned()
    };
    claims.insert(key, json);
}

/// The key that records use for what SDKs and people spell in many ways.
fn canonical(key: &str) -> &str {
    match key {
        "firstName" | "first_name" | "firstname" | "givenName" => "given_name",
        "lastName" | "last_name" | "lastname" | "familyName" | "surname" => "family_name",
        "fullName" | "full_name" | "displayName" => "name",
        "title" | "jobTitle" | "position" => "job_title",
        "emailAddress" | "email_address" | "Email" | "e-mail" => "email",
        "phoneNumber" | "phone_number" | "mobile" | "tel" => "phone",
        "timezone" | "timeZone" => "time_zone",
        "lang" | "locale" => "language",
        "state" => "region",
        "zip" | "postalCode" => "postal_code",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(traits: &str, context: &str) -> Vec<(String, String)> {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).expect("JSON");
        read(Some(&raw(traits)), Some(&raw(context)))
            .into_iter()
            .map(|c| (c.key, c.value))
            .collect()
    }

    #[test]
    fn both_places_are_read_and_the_outer_wins() {
        assert_eq!(
            claims(
                r#"{"plan": "pro"}"#,
                r#"{"plan": "free", "firstName": "Ada"}"#
            ),
            [
                ("given_name".to_owned(), "\"Ada\"".to_owned()),
                ("plan".to_owned(), "\"pro\"".to_owned())
            ]
        );
    }

    #[test]
    fn an_address_is_taken_apart_and_empty_values_say_nothing() {
        assert_eq!(
            claims(
                r#"{"address": {"city": "Bergen", "zip": 5003, "moon": 1}, "x": "", "y": null, "z": {}}"#,
                "null"
            ),
            [
                ("city".to_owned(), "\"Bergen\"".to_owned()),
                ("postal_code".to_owned(), "5003".to_owned())
            ]
        );
    }

    #[test]
    fn nothing_enormous_and_nothing_of_the_wrong_type() {
        let long = format!(r#"{{"a": "{}"}}"#, "x".repeat(5_000));
        assert!(claims(&long, "7").is_empty());
        assert!(claims("[1]", "\"x\"").is_empty());
    }
}
