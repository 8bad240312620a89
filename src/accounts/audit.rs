//! The audit of sign-ins and administrative acts: who did what to what, when and from where. Append-only.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::base::text;
use crate::db::Conn;
use crate::db::schema::audit_entries;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The user, where one is signed in.
    pub user: Option<UserId>,
    /// Their name, or what they called themselves.
    pub name: String,
    /// Where the request came from; empty for the house itself.
    pub ip: String,
}

impl By {
    /// The command line or the house itself.
    pub fn house() -> Self {
        Self {
            user: None,
            name: "Rapport".to_owned(),
            ip: String::new(),
        }
    }
}

/// Writes one line: `action` in the form `noun.done` ("user.deactivated"), `object` as kind and id.
pub fn record(
    conn: &mut Conn,
    by: &By,
    action: &str,
    object: Option<(&str, i64)>,
    detail: &str,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::at.eq(now),
            audit_entries::user_id.eq(by.user),
            audit_entries::actor.eq(text::line(&by.name, 200)),
            audit_entries::action.eq(action),
            audit_entries::object_kind.eq(object.map(|(kind, _)| kind)),
            audit_entries::object_id.eq(object.map(|(_, id)| id)),
            audit_entries::detail.eq(text::line(detail, 500)),
            audit_entries::ip.eq(Some(by.ip.as_str()).filter(|ip| !ip.is_empty())),
        ))
        .execute(conn)
        .map(|_| ())
}
