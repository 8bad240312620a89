//! Rows of mailboxes.

use diesel::prelude::*;

use crate::base::ids::MailboxId;
use crate::db::schema::mailboxes;

/// An address tickets arrive at, and how its answers look.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = mailboxes)]
pub struct Mailbox {
    /// Id.
    pub id: MailboxId,
    /// Its address, normalised.
    pub address: String,
    /// What colleagues call it.
    pub name: String,
    /// What customers see as the sender.
    pub sender_name: String,
    /// Below every answer.
    pub signature: String,
}

/// What a form says of a mailbox.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct MailboxForm {
    /// Its address, as typed.
    pub address: String,
    /// What colleagues call it.
    pub name: String,
    /// What customers see as the sender; the name where empty.
    pub sender_name: String,
    /// Below every answer.
    pub signature: String,
}
