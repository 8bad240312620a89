//! The settings of a source as fields: filled in from a source, checked when they come back.

use serde::Deserialize;

use crate::base::{phone, text};
use crate::events::sources::{Source, SourceSettings, model};
use crate::web::Errors;

/// More origins than this are no list any more.
const MOST_ORIGINS: usize = 50;

/// The fields as they are shown and posted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// Name of the source.
    pub name: String,
    /// One origin a line.
    pub allowed_origins: String,
    /// `create` or `enrich`.
    pub unknown_people: String,
    /// Drop the last part of addresses.
    pub anonymise_ip: bool,
    /// Honour consent in events.
    pub respect_consent: bool,
    /// The category that must not be refused.
    pub consent_category: String,
    /// Honour "do not track".
    pub honour_dnt: bool,
    /// Country of phone numbers.
    pub default_country: String,
    /// Goes before other sources.
    pub is_verified: bool,
}

impl SettingsForm {
    /// As it is now.
    pub fn of(source: &Source) -> Self {
        let settings = &source.settings;
        let unknown_people = if settings.create_contacts {
            "create"
        } else {
            "enrich"
        };
        Self {
            name: source.name.clone(),
            allowed_origins: settings.allowed_origins.join("\n"),
            unknown_people: unknown_people.to_owned(),
            anonymise_ip: settings.anonymise_ip,
            respect_consent: settings.respect_consent,
            consent_category: settings.consent_category.clone(),
            honour_dnt: settings.honour_dnt,
            default_country: settings.default_country.clone(),
            is_verified: source.is_verified,
        }
    }

    /// The name and the settings meant, or what is wrong with the fields.
    pub(super) fn check(&self) -> Result<(String, SourceSettings), Errors> {
        let mut errors = Errors::new();
        let name = text::line(&self.name, 80);
        if name.is_empty() {
            errors.add(
                "name",
                "Give it a name, such as “Website” or “Shop server”.",
            );
        }
        let allowed_origins = self.origins(&mut errors);
        let default_country = text::line(&self.default_country, 10).to_uppercase();
        if !default_country.is_empty() && !phone::is_country(&default_country) {
            errors.add(
                "default_country",
                "Write the two letters of a country, such as NO or US, or leave it empty.",
            );
        }
        let settings = SourceSettings {
            allowed_origins,
            create_contacts: self.unknown_people != "enrich",
            anonymise_ip: self.anonymise_ip,
            respect_consent: self.respect_consent,
            consent_category: text::line(&self.consent_category, 80),
            honour_dnt: self.honour_dnt,
            default_country,
        };
        if errors.is_empty() {
            Ok((name, settings))
        } else {
            Err(errors)
        }
    }

    fn origins(&self, errors: &mut Errors) -> Vec<String> {
        let mut origins: Vec<String> = Vec::new();
        for line in self.allowed_origins.lines().map(str::trim) {
            match model::origin(line) {
                _ if line.is_empty() => {}
                Some(origin) if !origins.contains(&origin) => origins.push(origin),
                Some(_) => {}
                None => errors.add(
                    "allowed_origins",
                    format!(
                        "“{}” is no origin. Write it as https://www.example.com, without a path; \
                         https://*.example.com stands for every name below.",
                        text::cut(line, 100)
                    ),
                ),
            }
        }
        if origins.len() > MOST_ORIGINS {
            errors.add(
                "allowed_origins",
                format!("At most {MOST_ORIGINS}; a * stands for many: https://*.example.com."),
            );
        }
        origins
    }
}
