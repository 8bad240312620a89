//! Tags on tickets, for the settings of tags.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::contacts::tags::TagUse;
use crate::db::schema::{tags, ticket_tags};

/// Tickets.
pub const TICKETS: TagUse = TagUse {
    words: "Tickets",
    list: "",
    held: |conn, ids| {
        let held = sql::<BigInt>(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM ticket_tags WHERE ticket_tags.tag_id = tags.id LIMIT 1001) AS held)",
        );
        tags::table
            .filter(tags::id.eq_any(ids.to_vec()))
            .select((tags::id, held))
            .load(conn)
    },
    carry: |conn, from, to| {
        if let Some(to) = to {
            let other = diesel::alias!(ticket_tags as other);
            let already = other
                .filter(other.field(ticket_tags::tag_id).eq(to))
                .select(other.field(ticket_tags::ticket_id));
            let moved = ticket_tags::table
                .filter(ticket_tags::tag_id.eq(from))
                .filter(ticket_tags::ticket_id.ne_all(already));
            diesel::update(moved)
                .set(ticket_tags::tag_id.eq(to))
                .execute(conn)?;
        }
        diesel::delete(ticket_tags::table.filter(ticket_tags::tag_id.eq(from)))
            .execute(conn)
            .map(|_| ())
    },
};
