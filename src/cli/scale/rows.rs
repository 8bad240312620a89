//! Rows as they are written in bulk.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::db::schema::{
    companies, company_domains, company_people, contact_tags, contacts, event_days, event_keys,
    events, identities, sessions, source_minutes, timeline_entries, trait_values, traits,
};

/// An event.
#[derive(Debug, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(in crate::cli) struct EventRow {
    pub id: i64,
    pub identity_id: i64,
    pub name_id: i64,
    pub source_id: i64,
    pub session_id: Option<i64>,
    pub at: Timestamp,
    pub original_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub message_id: String,
    pub properties: String,
    pub context: String,
}

/// What keeps an event from being stored twice.
#[derive(Debug, Insertable)]
#[diesel(table_name = event_keys, treat_none_as_default_value = false)]
pub(in crate::cli) struct KeyRow {
    pub key: i64,
    pub event_id: i64,
}

/// Events of one identity, name and day.
#[derive(Debug, Insertable)]
#[diesel(table_name = event_days, treat_none_as_default_value = false)]
pub(super) struct DayRow {
    pub identity_id: i64,
    pub name_id: i64,
    pub day: i64,
    pub n: i64,
    pub sum: f64,
}

/// A visit.
#[derive(Debug, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    pub id: i64,
    pub identity_id: i64,
    pub source_id: i64,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub event_count: i64,
    pub page_count: i64,
    pub entry: &'static str,
    pub touch: Option<String>,
    pub device: Option<&'static str>,
}

/// A minute of a source.
#[derive(Debug, Insertable)]
#[diesel(table_name = source_minutes, treat_none_as_default_value = false)]
pub(super) struct MinuteRow {
    pub source_id: i64,
    pub minute: i64,
    pub accepted: i64,
    pub stored: i64,
    pub duplicates: i64,
    pub quarantined: i64,
    pub rejected: i64,
}

/// A contact; what no made-up one has is left out where the column may be empty.
#[derive(Debug, Default, Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
pub(super) struct ContactRow {
    pub id: i64,
    pub is_known: bool,
    pub is_person_owned: bool,
    pub name: String,
    pub sort_name: String,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub job_title: &'static str,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub stage: &'static str,
    pub owner_id: Option<i64>,
    pub company_id: Option<i64>,
    pub street: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub postal_code: &'static str,
    pub country: &'static str,
    pub time_zone: &'static str,
    pub language: &'static str,
    pub source_id: i64,
    pub revision: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// An identifier.
#[derive(Debug, Default, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub(super) struct IdentityRow {
    pub id: i64,
    pub contact_id: i64,
    pub namespace: &'static str,
    pub value: String,
    pub shown: String,
    pub label: &'static str,
    pub is_primary: bool,
    pub is_shared: bool,
    pub source_id: i64,
    pub created_at: Timestamp,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub event_count: i64,
    pub page_count: i64,
    pub session_count: i64,
    pub first_touch: Option<String>,
    pub last_touch: Option<String>,
    pub device: Option<&'static str>,
}

/// A claim.
#[derive(Debug, Insertable)]
#[diesel(table_name = trait_values, treat_none_as_default_value = false)]
pub(super) struct TraitValueRow {
    pub identity_id: i64,
    pub key_id: i64,
    pub source_id: i64,
    pub value: String,
    pub at: Timestamp,
}

/// A claim that is shown.
#[derive(Debug, Insertable)]
#[diesel(table_name = traits, treat_none_as_default_value = false)]
pub(super) struct TraitRow {
    pub contact_id: i64,
    pub key_id: i64,
    pub value: String,
    pub source_id: i64,
    pub identity_id: i64,
    pub at: Timestamp,
}

/// A company.
#[derive(Debug, Insertable)]
#[diesel(table_name = companies, treat_none_as_default_value = false)]
pub(super) struct CompanyRow {
    pub id: i64,
    pub name: String,
    pub sort_name: String,
    pub owner_id: Option<i64>,
    pub stage: &'static str,
    pub industry: &'static str,
    pub employees: Option<i64>,
    pub website: String,
    pub street: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub postal_code: &'static str,
    pub country: &'static str,
    pub source_id: i64,
    pub revision: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// A domain of a company.
#[derive(Debug, Insertable)]
#[diesel(table_name = company_domains, treat_none_as_default_value = false)]
pub(super) struct DomainRow {
    pub domain: String,
    pub company_id: i64,
    pub is_primary: bool,
}

/// Somebody at a company.
#[derive(Debug, Insertable)]
#[diesel(table_name = company_people, treat_none_as_default_value = false)]
pub(super) struct MemberRow {
    pub id: i64,
    pub company_id: i64,
    pub contact_id: i64,
    pub role: &'static str,
    pub is_primary: bool,
    pub source_id: i64,
}

/// A tag on a contact.
#[derive(Debug, Insertable)]
#[diesel(table_name = contact_tags, treat_none_as_default_value = false)]
pub(super) struct TaggedRow {
    pub contact_id: i64,
    pub tag_id: i64,
}

/// A line of a story.
#[derive(Debug, Insertable)]
#[diesel(table_name = timeline_entries, treat_none_as_default_value = false)]
pub(super) struct EntryRow {
    pub id: i64,
    pub contact_id: i64,
    pub at: Timestamp,
    pub kind: &'static str,
    pub actor_id: Option<i64>,
    pub data: String,
}
