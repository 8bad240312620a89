//! Rows made since a merge, as slices read them out of their tables.

use diesel::prelude::*;

use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::{activities, identities as ids};

/// Characters of one.
const WORDS: usize = 120;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SinceAsk {
    /// Who has the rows.
    pub holder: i64,
    /// Made then or later.
    pub at: Timestamp,
    /// At most so many.
    pub limit: i64,
}

/// A row made since.
#[derive(Debug, Clone)]
pub struct Since {
    /// Its table.
    pub table: &'static str,
    /// Its id.
    pub row: i64,
    /// What it is: "Note".
    pub what: &'static str,
    /// Which.
    pub words: String,
    /// When it was made.
    pub at: Timestamp,
}

impl Since {
    /// A row, its words cut to a line.
    pub fn new(
        table: &'static str,
        row: i64,
        what: &'static str,
        words: &str,
        at: Timestamp,
    ) -> Self {
        Self {
            table,
            row,
            what,
            words: text::line(words, WORDS),
            at,
        }
    }

    /// Its name in a form.
    pub fn name(&self) -> String {
        format!("{}:{}", self.table, self.row)
    }
}

/// Reads the rows of one table.
pub type SinceReader = fn(&mut Conn, &SinceAsk) -> QueryResult<Vec<Since>>;

/// Identifiers that came since.
pub(super) fn identities(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows: Vec<(i64, String, String, Timestamp)> = ids::table
        .filter(ids::contact_id.eq(ask.holder))
        .filter(ids::created_at.ge(ask.at))
        .filter(ids::namespace.ne("record"))
        .order(ids::id)
        .limit(ask.limit)
        .select((ids::id, ids::namespace, ids::value, ids::created_at))
        .load(conn)?;
    let row = |(id, namespace, value, at): (i64, String, String, Timestamp)| {
        let what = match namespace.as_str() {
            "email" => "E-mail address",
            "phone" => "Phone number",
            "user_id" => "User id",
            "anonymous_id" | "device" => "Device",
            _ => "Identifier",
        };
        Since::new("identities", id, what, &value, at)
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Notes and tasks about a contact.
pub(super) fn notes_of_contact(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = activities::table
        .filter(activities::contact_id.eq(ask.holder))
        .filter(activities::created_at.ge(ask.at))
        .filter(activities::deleted_at.is_null())
        .order(activities::id)
        .limit(ask.limit)
        .select(ACTIVITY)
        .load(conn)?;
    Ok(rows.into_iter().map(activity).collect())
}

/// Notes and tasks about a company.
pub(super) fn notes_of_company(conn: &mut Conn, ask: &SinceAsk) -> QueryResult<Vec<Since>> {
    let rows = activities::table
        .filter(activities::company_id.eq(ask.holder))
        .filter(activities::created_at.ge(ask.at))
        .filter(activities::deleted_at.is_null())
        .order(activities::id)
        .limit(ask.limit)
        .select(ACTIVITY)
        .load(conn)?;
    Ok(rows.into_iter().map(activity).collect())
}

const ACTIVITY: (
    activities::id,
    activities::kind,
    activities::body,
    activities::created_at,
) = (
    activities::id,
    activities::kind,
    activities::body,
    activities::created_at,
);

fn activity((id, kind, body, at): (i64, String, String, Timestamp)) -> Since {
    let what = if kind == "task" { "Task" } else { "Note" };
    Since::new("activities", id, what, &body, at)
}
