//! Saved filters of contacts: a name and the canonical query of the list. Shown on the list, and the audience of a mailing.

use diesel::prelude::*;

use super::list::ask::{Ask, OwnerFilter, Sort, View};
use crate::base::Timestamp;
use crate::base::ids::{UserId, ViewId};
use crate::db::Conn;
use crate::db::schema::views;

/// More than this nobody looks through.
pub const MOST: i64 = 200;

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = views)]
pub struct SavedView {
    /// Id.
    pub id: ViewId,
    /// Name.
    pub name: String,
    /// Query of the list, without order and place.
    pub query: String,
}

impl SavedView {
    /// Its list.
    pub fn href(&self) -> String {
        if self.query.is_empty() {
            "/contacts".to_owned()
        } else {
            format!("/contacts?{}", self.query)
        }
    }

    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::read(&self.query)
    }
}

/// The query that is saved of a list: without order and place, and "mine" as the one who saves it means it, so that it
/// asks for the same people whoever looks.
pub fn canonical(ask: &Ask, reader: UserId) -> String {
    let fixed = ask.with(|ask| {
        ask.sort = Sort::Seen;
        ask.q.clear();
        if ask.view == View::Mine {
            ask.view = View::Known;
            ask.owner = ask.owner.or(Some(OwnerFilter::Me));
        }
        if ask.owner == Some(OwnerFilter::Me) {
            ask.owner = Some(OwnerFilter::User(reader));
        }
    });
    let href = fixed.href();
    href.split_once('?')
        .map_or_else(String::new, |(_, query)| query.to_owned())
}

/// All of them, by name.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<SavedView>> {
    SavedView::query()
        .order((views::name, views::id))
        .limit(MOST)
        .load(conn)
}

/// One.
pub fn find(conn: &mut Conn, id: ViewId) -> QueryResult<Option<SavedView>> {
    SavedView::query()
        .filter(views::id.eq(id))
        .first(conn)
        .optional()
}

/// Saves one. None: the name is taken.
pub fn save(
    conn: &mut Conn,
    name: &str,
    query: &str,
    by: Option<UserId>,
    now: Timestamp,
) -> QueryResult<Option<ViewId>> {
    let twin: Option<ViewId> = views::table
        .filter(views::name.eq(name))
        .select(views::id)
        .first(conn)
        .optional()?;
    if twin.is_some() {
        return Ok(None);
    }
    diesel::insert_into(views::table)
        .values((
            views::name.eq(name),
            views::query.eq(query),
            views::created_by.eq(by),
            views::created_at.eq(now),
            views::updated_at.eq(now),
        ))
        .returning(views::id)
        .get_result(conn)
        .map(Some)
}

/// Removes one. False where something still uses it.
pub fn remove(conn: &mut Conn, id: ViewId) -> QueryResult<bool> {
    use diesel::result::{DatabaseErrorKind, Error};
    // A savepoint: on PostgreSQL a refused statement would end the whole transaction.
    let removed = conn
        .transaction(|conn| diesel::delete(views::table.filter(views::id.eq(id))).execute(conn));
    match removed {
        Ok(0) => Err(Error::NotFound),
        Ok(_) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}
