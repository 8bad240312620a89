//! What tags are put on: how many there are of each, and how a tag is carried over to another.

use diesel::prelude::*;

use crate::base::ids::TagId;
use crate::db::Conn;

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

/// A use whose table has a tag and a record to a row: the table, its column of the record, heading, list.
#[macro_export]
macro_rules! tag_use {
    ($table:ident, $record:ident, $words:literal, $list:literal) => {
        $crate::contacts::tags::TagUse {
            words: $words,
            list: $list,
            held: |conn, ids| {
                use diesel::prelude::*;
                use $crate::db::schema::tags;
                let held = diesel::dsl::sql::<diesel::sql_types::BigInt>(concat!(
                    "(SELECT COUNT(*) FROM (SELECT 1 FROM ",
                    stringify!($table),
                    " AS held WHERE held.tag_id = tags.id LIMIT 1001) AS counted)"
                ));
                tags::table
                    .filter(tags::id.eq_any(ids.to_vec()))
                    .select((tags::id, held))
                    .load(conn)
            },
            carry: |conn, from, to| {
                use diesel::prelude::*;
                use $crate::db::schema::$table;
                if let Some(to) = to {
                    let other = diesel::alias!($table as other);
                    let already = other
                        .filter(other.field($table::tag_id).eq(to))
                        .select(other.field($table::$record));
                    let moved = $table::table
                        .filter($table::tag_id.eq(from))
                        .filter($table::$record.ne_all(already));
                    diesel::update(moved)
                        .set($table::tag_id.eq(to))
                        .execute(conn)?;
                }
                diesel::delete($table::table.filter($table::tag_id.eq(from)))
                    .execute(conn)
                    .map(|_| ())
            },
        }
    };
}

/// Contacts.
pub const CONTACTS: TagUse = tag_use!(contact_tags, contact_id, "Contacts", "/contacts?tag=");

/// Companies.
pub const COMPANIES: TagUse = tag_use!(company_tags, company_id, "Companies", "");

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
