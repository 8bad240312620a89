//! Answers leave by a job: a mail server that is down costs nobody a page, and what it says stands on the message.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::model::{Kind, Message, Sending, TicketFile};
use super::store;
use crate::accounts::keyring::Keyring;
use crate::base::ids::{MessageId, TicketId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::ticket_messages;
use crate::desk::inbound::mail::Person;
use crate::desk::inbound::{quote, signs};
use crate::desk::mailboxes::model::Mailbox;
use crate::desk::mailboxes::store as mailboxes;
use crate::files::Files;
use crate::jobs::{self, Context, Fault, Job, Outcome};
use crate::mail::{self, Attached, Exchange, MailError, Mailer};

/// Ids of the conversation that go along: the first and the newest.
const MOST_REFERENCES: i64 = 20;
/// Lines of what is answered that go along.
const MOST_QUOTED: usize = 200;

/// What sending needs besides the database.
#[derive(Clone)]
pub struct Tools {
    /// The way out.
    pub mailer: Mailer,
    /// By what the answer to it is known.
    pub keys: Keyring,
    /// Where attachments are.
    pub files: Files,
}

/// Sends one answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendReply {
    /// Which.
    pub message: MessageId,
}

/// Everything an answer is made of.
struct Outgoing {
    message: Message,
    mailbox: Mailbox,
    before: Option<Message>,
    references: Vec<String>,
    files: Vec<TicketFile>,
}

impl Job for SendReply {
    type Tools = Tools;
    const KIND: &'static str = "desk.send";
    const PRIORITY: i64 = jobs::URGENT;
    const MAX_ATTEMPTS: i64 = 12;

    fn unique_key(&self) -> Option<String> {
        Some(format!("desk.send:{}", self.message))
    }

    async fn run(self, context: Context<Tools>) -> Outcome {
        let (id, now) = (self.message, context.now);
        let found = context.db.read(move |conn| outgoing(conn, id)).await?;
        let Some(outgoing) = found else {
            return context.finish(|_| Ok(())).await;
        };
        let mut mail = letter(&context.tools.keys, &outgoing);
        let sent = match attached(&context.tools.files, &outgoing.files).await {
            Ok(attached) => {
                mail.attached = attached;
                context.tools.mailer.send(&mail, "", now).await
            }
            Err(error) => Err(error),
        };
        let is_last = context.attempt >= Self::MAX_ATTEMPTS;
        let (state, words) = match sent {
            Ok(()) => (Sending::Sent, String::new()),
            Err(MailError::Refused(why)) => (Sending::Failed, why),
            Err(error) if is_last => (Sending::Failed, error.to_string()),
            Err(error) => {
                let words = error.to_string();
                context
                    .db
                    .write(move |conn| set_sending(conn, id, Sending::Queued, &words, now))
                    .await?;
                return Err(Fault::Later(error.to_string()));
            }
        };
        context
            .finish(move |conn| set_sending(conn, id, state, &words, now))
            .await
    }
}

/// The files of an answer as they go along.
async fn attached(store: &Files, files: &[TicketFile]) -> Result<Vec<Attached>, MailError> {
    let mut attached = Vec::with_capacity(files.len());
    for file in files {
        let found = store.bytes_at(&file.key).await;
        let found = found.map_err(|error| MailError::Deferred(error.to_string()))?;
        let gone = || MailError::Refused(format!("{} is not in the file store", file.name));
        attached.push(Attached {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: found.ok_or_else(gone)?.to_vec(),
        });
    }
    Ok(attached)
}

/// Writes down how far an answer has come.
fn set_sending(
    conn: &mut Conn,
    message: MessageId,
    state: Sending,
    words: &str,
    now: Timestamp,
) -> QueryResult<()> {
    let ticket: Option<TicketId> =
        diesel::update(ticket_messages::table.filter(ticket_messages::id.eq(message)))
            .set((
                ticket_messages::state.eq(state),
                ticket_messages::state_words.eq(text::line(words, 500)),
                ticket_messages::state_at.eq(Some(now)),
            ))
            .returning(ticket_messages::ticket_id)
            .get_result(conn)
            .optional()?;
    if let Some(ticket) = ticket {
        store::take(conn, ticket, now)?;
    }
    Ok(())
}

fn outgoing(conn: &mut Conn, id: MessageId) -> QueryResult<Option<Outgoing>> {
    let Some(message) = store::by_id(conn, id)? else {
        return Ok(None);
    };
    if message.kind != Kind::Reply || message.state != Sending::Queued {
        return Ok(None);
    }
    let ticket: TicketId = message.ticket_id;
    let Some(row) = store::find(conn, ticket)? else {
        return Ok(None);
    };
    let Some(mailbox) = mailboxes::find(conn, row.mailbox_id)? else {
        return Ok(None);
    };
    let before = store::last_received_before(conn, ticket, id)?;
    let mut references = store::mail_ids_before(conn, ticket, id, MOST_REFERENCES)?;
    references.retain(|reference| is_plain(reference));
    let files = store::files(conn, &[id])?.remove(&id).unwrap_or_default();
    Ok(Some(Outgoing {
        message,
        mailbox,
        before,
        references,
        files,
    }))
}

/// What may stand in a header of ours; ids of others are theirs to choose.
fn is_plain(id: &str) -> bool {
    id.contains('@')
        && id
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>".contains(c))
}

fn letter(keys: &Keyring, outgoing: &Outgoing) -> mail::Message {
    let (message, mailbox) = (&outgoing.message, &outgoing.mailbox);
    let named = |person: &Person| mail::addressed(&person.name, &person.address);
    let mut to = message.to().into_iter();
    let first = to.next().unwrap_or_default();
    let reply_to = signs::plus_address(keys, &mailbox.address, message.ticket_id);
    let in_reply_to = outgoing
        .before
        .as_ref()
        .map(|before| before.message_id.clone())
        .filter(|id| is_plain(id));
    mail::Message {
        to: named(&first),
        subject: message.subject.clone(),
        text: body(outgoing),
        html: None,
        attached: Vec::new(),
        exchange: Some(Exchange {
            from: mail::addressed(&mailbox.sender_name, &mailbox.address),
            also_to: to.map(|person| named(&person)).collect(),
            cc: message.cc().iter().map(named).collect(),
            reply_to: mail::addressed(&mailbox.sender_name, &reply_to),
            message_id: message.message_id.clone(),
            in_reply_to: in_reply_to
                .or_else(|| outgoing.references.last().cloned())
                .unwrap_or_default(),
            references: outgoing.references.clone(),
        }),
    }
}

/// What was typed, the mailbox's signature, and what it answers.
fn body(outgoing: &Outgoing) -> String {
    let mut body = outgoing.message.text.clone();
    if !outgoing.mailbox.signature.is_empty() {
        body.push_str("\n\n-- \n");
        body.push_str(&outgoing.mailbox.signature);
    }
    if let Some(before) = &outgoing.before {
        let who = if before.from_name.is_empty() {
            &before.from_address
        } else {
            &before.from_name
        };
        let when = before.at.utc().format("%a, %-d %b %Y at %H:%M UTC");
        body.extend(["\n\nOn ", &when.to_string(), ", ", who, " wrote:\n"]);
        for line in quote::fold(&before.text).shown.lines().take(MOST_QUOTED) {
            body.push_str("> ");
            body.push_str(line);
            body.push('\n');
        }
    }
    body
}
