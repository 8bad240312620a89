//! Tags: words people put on contacts, companies and, further right, on what else [`TagUses`] lists.

mod change;
mod pages;
mod uses;

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::ids::{ContactId, TagId};
use crate::base::{Timestamp, text};
use crate::db::schema::{contact_tags, tags};
use crate::db::{Cached, Conn, PortableExt, padded};

pub use pages::routes;
pub use uses::{COMPANIES, CONTACTS, TagUse, TagUses};

/// Characters of a tag.
const LONGEST: usize = 60;
/// Tags on one record.
pub const MOST_PER_RECORD: usize = 50;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = tags)]
pub struct Tag {
    /// Id.
    pub id: TagId,
    /// The word.
    pub name: String,
    /// Tone, or empty.
    pub tone: String,
}

/// Tags by name, for filters and suggestions.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Tag>> {
    Tag::query()
        .order((tags::name, tags::id))
        .limit(500)
        .load(conn)
}

/// One tag.
pub fn find(conn: &mut Conn, id: TagId) -> QueryResult<Option<Tag>> {
    Tag::query().filter(tags::id.eq(id)).first(conn).optional()
}

/// Tags of one contact.
pub fn of_contact(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<Tag>> {
    let rows: Vec<(TagId, String, String)> = contact_tags::table
        .inner_join(tags::table.on(tags::id.eq(contact_tags::tag_id)))
        .filter(contact_tags::contact_id.eq(contact))
        .order(tags::name)
        .select((tags::id, tags::name, tags::tone))
        .load(conn)?;
    let tag = |(id, name, tone)| Tag { id, name, tone };
    Ok(rows.into_iter().map(tag).collect())
}

/// Tags of the contacts on a page.
pub fn of_contacts(
    conn: &mut Conn,
    ids: &[ContactId],
) -> QueryResult<HashMap<ContactId, Vec<Tag>>> {
    let query = contact_tags::table
        .inner_join(tags::table.on(tags::id.eq(contact_tags::tag_id)))
        .filter(contact_tags::contact_id.eq_any(padded(ids.to_vec())))
        .order(tags::name)
        .select((contact_tags::contact_id, tags::id, tags::name, tags::tone));
    let rows: Vec<(ContactId, TagId, String, String)> = Cached(query).load(conn)?;
    let mut found: HashMap<ContactId, Vec<Tag>> = HashMap::new();
    for (contact, id, name, tone) in rows {
        let tag = Tag { id, name, tone };
        found.entry(contact).or_default().push(tag);
    }
    Ok(found)
}

/// The tag of that name, made where it is new; `None` where there is no name.
pub fn named(conn: &mut Conn, name: &str, now: Timestamp) -> QueryResult<Option<Tag>> {
    let name = text::line(name, LONGEST);
    if name.is_empty() {
        return Ok(None);
    }
    let existing = |conn: &mut Conn| {
        Tag::query()
            .filter(tags::name.eq(&name))
            .first(conn)
            .optional()
    };
    if let Some(tag) = existing(conn)? {
        return Ok(Some(tag));
    }
    diesel::insert_into(tags::table)
        .values((
            tags::name.eq(&name),
            tags::tone.eq(""),
            tags::created_at.eq(now),
        ))
        .on_conflict(tags::name)
        .do_nothing()
        .portable()
        .execute(conn)?;
    existing(conn)
}

/// Puts a tag on a contact; false where it was there already.
pub fn put(conn: &mut Conn, contact: ContactId, tag: TagId) -> QueryResult<bool> {
    let new = diesel::insert_into(contact_tags::table)
        .values((
            contact_tags::contact_id.eq(contact),
            contact_tags::tag_id.eq(tag),
        ))
        .on_conflict((contact_tags::contact_id, contact_tags::tag_id))
        .do_nothing()
        .portable()
        .execute(conn)?;
    Ok(new > 0)
}

/// Takes a tag off a contact; false where it was not there.
pub fn take_off(conn: &mut Conn, contact: ContactId, tag: TagId) -> QueryResult<bool> {
    let gone = diesel::delete(contact_tags::table)
        .filter(contact_tags::contact_id.eq(contact))
        .filter(contact_tags::tag_id.eq(tag))
        .execute(conn)?;
    Ok(gone > 0)
}
