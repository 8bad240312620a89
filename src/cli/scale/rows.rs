//! Rows as they are written in bulk.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::db::schema::{event_keys, events};

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
