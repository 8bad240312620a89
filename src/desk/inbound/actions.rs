//! A mail is taken in: its bytes are kept, its row is written, a job is asked for; what could not be filed is tried again.

use bytes::Bytes;
use diesel::prelude::*;

use super::filing::FileMail;
use super::model::{NewMail, State, Via};
use super::store;
use crate::base::ids::{InboundId, MailboxId};
use crate::base::{Timestamp, token};
use crate::db::Conn;
use crate::db::PortableExt;
use crate::db::schema::inbound_mails;
use crate::files::{FileError, Files};
use crate::jobs;

/// The largest mail that is taken at all.
pub const LARGEST: usize = 256 << 20;

/// Puts the bytes on the disk, so that their row can be written.
pub async fn keep(
    files: &Files,
    bytes: Bytes,
    mailbox: Option<MailboxId>,
    via: Via,
) -> Result<NewMail, FileError> {
    let (sha256, size) = (token::checksum(&bytes), bytes.len() as i64);
    let key = files.keep(bytes).await?;
    Ok(NewMail {
        sha256,
        mailbox_id: mailbox.unwrap_or_default(),
        key,
        size,
        via,
    })
}

/// Writes a mail down and asks for it to be filed. The same bytes for the same mailbox are one mail: false says that it
/// was here already.
pub fn record(conn: &mut Conn, new: &NewMail, now: Timestamp) -> QueryResult<(InboundId, bool)> {
    let written = diesel::insert_into(inbound_mails::table)
        .values((
            inbound_mails::sha256.eq(&new.sha256),
            inbound_mails::mailbox_id.eq(new.mailbox_id),
            inbound_mails::key.eq(&new.key),
            inbound_mails::size.eq(new.size),
            inbound_mails::via.eq(new.via),
            inbound_mails::state.eq(State::Waiting),
            inbound_mails::cause.eq(""),
            inbound_mails::from_shown.eq(""),
            inbound_mails::subject.eq(""),
            inbound_mails::tries.eq(0),
            inbound_mails::received_at.eq(now),
        ))
        .on_conflict((inbound_mails::sha256, inbound_mails::mailbox_id))
        .do_nothing()
        .portable()
        .execute(conn)?;
    let id: InboundId = inbound_mails::table
        .filter(inbound_mails::sha256.eq(&new.sha256))
        .filter(inbound_mails::mailbox_id.eq(new.mailbox_id))
        .select(inbound_mails::id)
        .first(conn)?;
    if written > 0 {
        jobs::enqueue(conn, &FileMail { id, force: false }, now)?;
    }
    Ok((id, written > 0))
}

/// Tries again what was not filed; `force` files it whatever it is by nature. False where there is nothing to try.
pub fn retry(conn: &mut Conn, id: InboundId, force: bool, now: Timestamp) -> QueryResult<bool> {
    let Some(mail) = store::find(conn, id)? else {
        return Ok(false);
    };
    if mail.state == State::Filed {
        return Ok(false);
    }
    diesel::update(inbound_mails::table.filter(inbound_mails::id.eq(id)))
        .set((
            inbound_mails::state.eq(State::Waiting),
            inbound_mails::cause.eq(""),
        ))
        .execute(conn)?;
    jobs::enqueue(conn, &FileMail { id, force }, now)?;
    Ok(true)
}
