//! Rows the worker writes in bulk.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::db::schema::{contacts, cursors, event_keys, identities, quarantine, sessions, traits};

#[derive(Debug, Insertable)]
#[diesel(table_name = event_keys, treat_none_as_default_value = false)]
pub(super) struct KeyRow {
    pub key: i64,
    pub event_id: i64,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = cursors, treat_none_as_default_value = false)]
pub(super) struct CursorRow {
    pub name: String,
    pub position: i64,
}

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
    pub entry: String,
    pub touch: Option<String>,
    pub device: Option<String>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub(super) struct IdentityRow {
    pub id: i64,
    pub contact_id: i64,
    pub namespace: String,
    pub value: String,
    pub shown: String,
    pub label: String,
    pub is_primary: bool,
    pub is_shared: bool,
    pub source_id: i64,
    pub created_at: Timestamp,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub event_count: i64,
    pub page_count: i64,
    pub session_count: i64,
}

#[derive(Debug, Default, Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
pub(super) struct ContactRow {
    pub id: i64,
    pub is_known: bool,
    pub is_person_owned: bool,
    pub name: String,
    pub sort_name: String,
    pub given_name: String,
    pub family_name: String,
    pub job_title: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub stage: String,
    pub street: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub time_zone: String,
    pub language: String,
    pub source_id: i64,
    pub revision: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_seen_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct TraitValueRow {
    pub identity_id: i64,
    pub key_id: i64,
    pub source_id: i64,
    pub value: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = traits)]
pub(super) struct TraitRow {
    pub contact_id: i64,
    pub key_id: i64,
    pub value: String,
    pub source_id: i64,
    pub identity_id: i64,
    pub at: Timestamp,
    pub is_pinned: bool,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = quarantine, treat_none_as_default_value = false)]
pub(super) struct QuarantineRow {
    pub source_id: i64,
    pub reason: &'static str,
    pub detail: String,
    pub body: String,
    pub message_key: i64,
    pub ip: String,
    pub user_agent: String,
    pub sent_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub state: &'static str,
}
