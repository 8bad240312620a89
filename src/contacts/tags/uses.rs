//! What tags are put on: how many there are of each, and how a tag is carried over to another.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::ids::TagId;
use crate::db::Conn;
use crate::db::schema::{company_tags, contact_tags, tags};

/// Counts stop here: above it a page says "1,000+".
pub const COUNTED: i64 = 1_000;

/// How many have each of some tags.
pub type Held = Vec<(TagId, i64)>;

/// One kind of record that tags are put on. Slices further right hand in theirs through `app`.
#[derive(Debug, Clone, Copy)]
pub struct TagUse {
    /// Heading and word: "Tickets".
    pub words: &'static str,
    /// Address of the list of those with a tag, which its id follows; empty where there is none.
    pub list: &'static str,
    /// How many have each of these tags, counted up to one more than `COUNTED`.
    pub held: fn(&mut Conn, &[TagId]) -> QueryResult<Held>,
    /// Gives all that have the first tag the second instead, or none.
    pub carry: fn(&mut Conn, TagId, Option<TagId>) -> QueryResult<()>,
}

/// Every kind, in the order of the columns.
#[derive(Debug, Clone, Default)]
pub struct TagUses(pub Vec<TagUse>);

/// Contacts.
pub const CONTACTS: TagUse = TagUse {
    words: "Contacts",
    list: "/contacts?tag=",
    held: |conn, ids| {
        let held = sql::<BigInt>(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE contact_tags.tag_id = tags.id LIMIT 1001) AS held)",
        );
        tags::table
            .filter(tags::id.eq_any(ids.to_vec()))
            .select((tags::id, held))
            .load(conn)
    },
    carry: |conn, from, to| {
        if let Some(to) = to {
            let other = diesel::alias!(contact_tags as other);
            let already = other
                .filter(other.field(contact_tags::tag_id).eq(to))
                .select(other.field(contact_tags::contact_id));
            let moved = contact_tags::table
                .filter(contact_tags::tag_id.eq(from))
                .filter(contact_tags::contact_id.ne_all(already));
            diesel::update(moved)
                .set(contact_tags::tag_id.eq(to))
                .execute(conn)?;
        }
        diesel::delete(contact_tags::table.filter(contact_tags::tag_id.eq(from)))
            .execute(conn)
            .map(|_| ())
    },
};

/// Companies.
pub const COMPANIES: TagUse = TagUse {
    words: "Companies",
    list: "",
    held: |conn, ids| {
        let held = sql::<BigInt>(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM company_tags WHERE company_tags.tag_id = tags.id LIMIT 1001) AS held)",
        );
        tags::table
            .filter(tags::id.eq_any(ids.to_vec()))
            .select((tags::id, held))
            .load(conn)
    },
    carry: |conn, from, to| {
        if let Some(to) = to {
            let other = diesel::alias!(company_tags as other);
            let already = other
                .filter(other.field(company_tags::tag_id).eq(to))
                .select(other.field(company_tags::company_id));
            let moved = company_tags::table
                .filter(company_tags::tag_id.eq(from))
                .filter(company_tags::company_id.ne_all(already));
            diesel::update(moved)
                .set(company_tags::tag_id.eq(to))
                .execute(conn)?;
        }
        diesel::delete(company_tags::table.filter(company_tags::tag_id.eq(from)))
            .execute(conn)
            .map(|_| ())
    },
};

impl TagUses {
    /// How many of each kind have each of these tags, kind by kind.
    pub(super) fn held(&self, conn: &mut Conn, ids: &[TagId]) -> QueryResult<Vec<Held>> {
        self.0.iter().map(|one| (one.held)(conn, ids)).collect()
    }

    /// Gives everything that has the first tag the second instead, or none.
    pub(super) fn carry(&self, conn: &mut Conn, from: TagId, to: Option<TagId>) -> QueryResult<()> {
        self.0
            .iter()
            .try_for_each(|one| (one.carry)(conn, from, to))
    }
}
