//! Tags on tickets, for the settings of tags.

use crate::contacts::tags::TagUse;
use crate::tag_use;

/// Tickets.
pub const TICKETS: TagUse = tag_use!(ticket_tags, ticket_id, "Tickets", "");
