//! Asking for an export.

use super::model::ExportAsk;
use super::store;
use super::work::Run;
use crate::accounts::audit;
use crate::base::ids::ExportId;
use crate::contacts::model::By;
use crate::db::Conn;
use crate::jobs;

/// Asks for a file; call it in a transaction. The job writes it as soon as that is committed.
pub fn start(conn: &mut Conn, ask: &ExportAsk, by: &By) -> diesel::QueryResult<ExportId> {
    let words = serde_json::to_string(ask)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let id = store::insert(conn, ask, &words, by.user, by.now)?;
    jobs::enqueue(conn, &Run { export: id }, by.now)?;
    audit::record(
        conn,
        &by.audited(),
        "export.started",
        Some(("export", id.0)),
        &ask.name,
        by.now,
    )?;
    Ok(id)
}
