//! A field and its options, and what has to be known around a value to read and show it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::FieldKind;
use crate::base::Timestamp;
use crate::base::ids::{TraitKeyId, UserId};
use crate::base::money::Currency;
use crate::text_enum;

text_enum!(
    /// What has fields.
    Object {
        /// People.
        Contact => "contact",
        /// Organisations.
        Company => "company",
    }
);

impl Object {
    /// For people, several.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Company => "companies",
        }
    }
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// As it is kept and sent; never changes once made.
    pub value: String,
    /// For people.
    pub label: String,
    /// Tone of its chip, or empty.
    #[serde(default)]
    pub tone: String,
}

/// A field: a trait that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Id of its key.
    pub id: TraitKeyId,
    /// Of whom.
    pub object: Object,
    /// As programs name it.
    pub key: String,
    /// As people name it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Heading under which it stands.
    pub group: String,
    /// Place among the fields of its object.
    pub position: i64,
    /// What can be chosen, in order.
    pub options: Vec<FieldOption>,
    /// Currency of an amount that does not say its own.
    pub currency: Currency,
    /// Whether people must fill it in.
    pub is_required: bool,
    /// Whether people and programs may give a value only once.
    pub is_unique: bool,
    /// Whether only some roles see it.
    pub is_sensitive: bool,
    /// The type it is to get, while its values are looked at or where some do not read.
    pub wanted_kind: Option<FieldKind>,
    /// JSON: which values did not read in the type that was wanted.
    pub faults: Option<String>,
    /// Since when lists know all its values.
    pub filled_at: Option<Timestamp>,
    /// Since when it is out of use.
    pub retired_at: Option<Timestamp>,
}

impl Field {
    /// Whether it is in use.
    pub fn is_live(&self) -> bool {
        self.retired_at.is_none()
    }

    /// Its option of this value.
    pub fn option(&self, value: &str) -> Option<&FieldOption> {
        self.options.iter().find(|option| option.value == value)
    }
}

/// A field to be made.
#[derive(Debug, Clone)]
pub struct NewField {
    /// Of whom.
    pub object: Object,
    /// As programs name it; made from the label where it is empty. A key that sources send already becomes declared.
    pub key: String,
    /// As people name it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Heading under which it stands.
    pub group: String,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
    /// Currency of an amount that does not say its own.
    pub currency: Currency,
    /// Whether people must fill it in.
    pub is_required: bool,
    /// Whether people and programs may give a value only once.
    pub is_unique: bool,
    /// Whether only some roles see it.
    pub is_sensitive: bool,
}

impl NewField {
    /// A field of a contact with this name and type and nothing special about it.
    pub fn of_contact(label: &str, kind: FieldKind) -> Self {
        Self {
            object: Object::Contact,
            key: String::new(),
            label: label.to_owned(),
            kind,
            group: String::new(),
            options: Vec::new(),
            currency: Currency::EUR,
            is_required: false,
            is_unique: false,
            is_sensitive: false,
        }
    }
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// How people here write and read: without it no number, day or name of a colleague can be told.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Country in which numbers without `+` are read, and whose order of day and month counts.
    pub country: Option<String>,
    /// The zone in which moments are written.
    pub zone: Tz,
    /// Today, there.
    pub today: NaiveDate,
    /// Who works here.
    pub people: Vec<Colleague>,
    /// Whether they see fields that are sensitive.
    pub sees_sensitive: bool,
    /// Whether a refusal may name the record that has a value already.
    pub names_others: bool,
}

impl Ways {
    /// The same for somebody in `zone`.
    pub fn of(self, sees_sensitive: bool, zone: Tz, now: Timestamp) -> Self {
        Self {
            zone,
            today: now.utc().with_timezone(&zone).date_naive(),
            sees_sensitive,
            ..self
        }
    }

    /// Whether they see a field.
    pub fn see(&self, field: &Field) -> bool {
        self.sees_sensitive || !field.is_sensitive
    }

    /// Of nobody: UTC, no country, no colleagues.
    pub fn plain(now: Timestamp) -> Self {
        Self {
            country: None,
            zone: Tz::UTC,
            today: now.utc().date_naive(),
            people: Vec::new(),
            sees_sensitive: false,
            names_others: true,
        }
    }
}
