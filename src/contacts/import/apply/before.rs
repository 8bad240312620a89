//! What a contact was before a row changed it, and the columns as they are to be.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::Timestamp;
use crate::base::ids::{CompanyId, TagId, UserId};
use crate::contacts::model::{Field, Stage};
use crate::db::schema::contacts;

/// What a contact was before a row changed it. Kept as JSON beside the row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    /// Columns that changed, with what they were.
    pub facts: Vec<(Field, String)>,
    /// Name of the contact, if it changed with its parts.
    pub name: Option<String>,
    /// How far it had come.
    pub stage: Option<Stage>,
    /// Who looked after it.
    pub owner: Option<Option<UserId>>,
    /// Keys of traits that were claimed.
    pub keys: Vec<i64>,
    /// The identity on which they were.
    pub record: i64,
    /// Claims that are no more: identity, key, source, value, when.
    pub claims: Vec<(i64, i64, i64, String, i64)>,
    /// Identifiers that came.
    pub identities: Vec<i64>,
    /// Tags that came.
    pub tags: Vec<TagId>,
    /// The company that was linked, and the main one before.
    pub company: Option<(CompanyId, Option<CompanyId>)>,
    /// The note that was written.
    pub note: Option<i64>,
}

/// A column of a contact, as it is to be.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = contacts)]
pub(super) struct Columns {
    pub name: Option<String>,
    pub sort_name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub job_title: Option<String>,
    pub street: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub country: Option<String>,
    pub time_zone: Option<String>,
    pub language: Option<String>,
    pub stage: Option<Stage>,
    pub owner_id: Option<Option<UserId>>,
    pub company_id: Option<Option<CompanyId>>,
    pub is_known: Option<bool>,
    pub is_person_owned: Option<bool>,
    pub revision: Option<i64>,
    pub updated_at: Option<Timestamp>,
}

impl Columns {
    pub fn set(&mut self, field: Field, value: String) {
        let slot = match field {
            Field::Name => &mut self.name,
            Field::GivenName => &mut self.given_name,
            Field::FamilyName => &mut self.family_name,
            Field::JobTitle => &mut self.job_title,
            Field::Street => &mut self.street,
            Field::PostalCode => &mut self.postal_code,
            Field::City => &mut self.city,
            Field::Region => &mut self.region,
            Field::Country => &mut self.country,
            Field::TimeZone => &mut self.time_zone,
            Field::Language => &mut self.language,
        };
        *slot = Some(value);
    }
}
