//! Whether an event's sender allows it to be used, in Segment's words and in RudderStack's.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::sources::SourceSettings;

/// Segment's: which categories are allowed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Consent {
    #[serde(rename = "categoryPreferences")]
    category_preferences: HashMap<String, bool>,
}

/// RudderStack's: which ids are denied.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConsentManagement {
    #[serde(rename = "deniedConsentIds")]
    denied: Vec<String>,
    #[serde(rename = "allowedConsentIds")]
    allowed: serde_json::Value,
}

/// Whether the event must be dropped.
pub(super) fn refuses(
    settings: &SourceSettings,
    consent: Option<&Consent>,
    management: Option<&ConsentManagement>,
) -> bool {
    if !settings.respect_consent {
        return false;
    }
    let category = settings.consent_category.trim();
    let by_category = consent.is_some_and(|consent| {
        let preferences = &consent.category_preferences;
        if category.is_empty() {
            !preferences.is_empty() && preferences.values().all(|allowed| !allowed)
        } else {
            preferences.get(category) == Some(&false)
        }
    });
    let by_id = management.is_some_and(|management| {
        if category.is_empty() {
            let allows_some = match &management.allowed {
                serde_json::Value::Array(allowed) => !allowed.is_empty(),
                serde_json::Value::Object(allowed) => !allowed.is_empty(),
                _ => false,
            };
            !management.denied.is_empty() && !allows_some
        } else {
            management.denied.iter().any(|denied| denied == category)
        }
    });
    by_category || by_id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(category: &str, json: &str) -> bool {
        let settings = SourceSettings {
            consent_category: category.to_owned(),
            ..SourceSettings::default()
        };
        let consent: Consent = serde_json::from_str(json).expect("a consent");
        let management: ConsentManagement = serde_json::from_str(json).expect("a consent");
        refuses(&settings, Some(&consent), Some(&management))
    }

    #[test]
    fn both_ways_of_saying_no() {
        for (category, json, want) in [
            ("", "{}", false),
            (
                "",
                r#"{"categoryPreferences": {"a": false, "b": false}}"#,
                true,
            ),
            (
                "",
                r#"{"categoryPreferences": {"a": false, "b": true}}"#,
                false,
            ),
            (
                "a",
                r#"{"categoryPreferences": {"a": false, "b": true}}"#,
                true,
            ),
            (
                "b",
                r#"{"categoryPreferences": {"a": false, "b": true}}"#,
                false,
            ),
            (
                "",
                r#"{"deniedConsentIds": ["a"], "allowedConsentIds": []}"#,
                true,
            ),
            (
                "",
                r#"{"deniedConsentIds": ["a"], "allowedConsentIds": ["b"]}"#,
                false,
            ),
            (
                "a",
                r#"{"deniedConsentIds": ["a"], "allowedConsentIds": ["b"]}"#,
                true,
            ),
        ] {
            assert_eq!(refused(category, json), want, "{category} {json}");
        }
    }
}
