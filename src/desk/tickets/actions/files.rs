//! Attachments of messages: the bytes are kept before the row that names them is written.

use bytes::Bytes;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::ids::MessageId;
use crate::db::Conn;
use crate::db::schema::ticket_files;
use crate::desk::inbound::parse;
use crate::files::{FileError, Files};

/// Of one answer, with everything that is typed.
pub const MOST_BYTES: usize = 25 << 20;
/// Of one answer.
const MOST_FILES: usize = 20;
/// What is said where files do not fit.
pub const TOO_LARGE: &str = "More than 25 MB do not fit into one mail; send a link instead.";

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

/// Keeps the bytes of files, given by name.
pub async fn keep<'a>(
    files: &Files,
    given: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<Kept>, FileError> {
    let mut kept = Vec::new();
    for (name, bytes) in given {
        let name = parse::safe_name(name);
        kept.push(Kept {
            key: files.keep(Bytes::copy_from_slice(bytes)).await?,
            media_type: media_type(&name).to_owned(),
            name,
            size: bytes.len() as i64,
            content_id: String::new(),
        });
    }
    Ok(kept)
}

/// What is wrong with so many files.
pub fn refusal(files: &[Kept]) -> Option<&'static str> {
    let size: i64 = files.iter().map(|file| file.size).sum();
    match files.len() {
        n if n > MOST_FILES => Some("Twenty files are enough for one mail."),
        _ if size > MOST_BYTES as i64 => Some(TOO_LARGE),
        _ => None,
    }
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
fn media_type(name: &str) -> &'static str {
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
