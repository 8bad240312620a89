//! Attachments of messages: the bytes are kept before the row that names them is written.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::ids::MessageId;
use crate::db::Conn;
use crate::db::schema::ticket_files;

/// An attachment whose bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// The id by which HTML names it, or empty.
    pub content_id: String,
}

/// Hangs attachments on a message.
pub(super) fn attach(conn: &mut Conn, message: MessageId, files: &[Kept]) -> QueryResult<()> {
    for file in files {
        diesel::insert_into(ticket_files::table)
            .values((
                ticket_files::message_id.eq(message),
                ticket_files::key.eq(&file.key),
                ticket_files::name.eq(&file.name),
                ticket_files::media_type.eq(&file.media_type),
                ticket_files::size.eq(file.size),
                ticket_files::content_id.eq(&file.content_id),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What a file says it is by the end of its name; whoever receives it looks at that, too.
pub fn media_type(name: &str) -> &'static str {
    let end = name.rsplit('.').next().unwrap_or_default();
    match end.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "zip" => "application/zip",
        "ics" => "text/calendar",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}
