//! Reading the audit.

use diesel::prelude::*;

use crate::accounts::model::AuditEntry;
use crate::db::Conn;
use crate::db::schema::audit_entries;

/// Entries below `before`, newest first.
pub fn audit(conn: &mut Conn, before: Option<i64>, limit: i64) -> QueryResult<Vec<AuditEntry>> {
    AuditEntry::query()
        .filter(audit_entries::id.lt(before.unwrap_or(i64::MAX)))
        .order(audit_entries::id.desc())
        .limit(limit)
        .load(conn)
}
