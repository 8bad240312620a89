//! The conversation as a page shows it: messages and notes, and between them what was changed.

use std::collections::HashMap;

use chrono_tz::Tz;
use diesel::QueryResult;

use crate::base::Timestamp;
use crate::base::ids::{MessageId, TicketId, UserId};
use crate::base::text;
use crate::contacts::store as people;
use crate::db::Conn;
use crate::desk::inbound::html;
use crate::desk::inbound::mail::Person;
use crate::desk::inbound::quote::{self, Folded};
use crate::desk::tickets::model::{
    Change, Changed, Kind, Message, Priority, Sending, Status, TicketFile,
};
use crate::desk::tickets::store;
use crate::web::When;

/// Recipients that stand beside the sender.
const NAMED: usize = 4;

/// A piece of the conversation.
pub enum Piece {
    /// Something was said.
    Said(Box<Said>),
    /// Something was changed.
    Act(String),
}

/// A message or note.
pub struct Said {
    /// Id.
    pub id: MessageId,
    /// What it is.
    pub kind: Kind,
    /// Who says it.
    pub who: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// Address of the sender, where that says more.
    pub address: String,
    /// "to Support, cc Håkon Brekke".
    pub towards: String,
    /// Which machine wrote it, or empty.
    pub machine: &'static str,
    /// When.
    pub when: When,
    /// What it says.
    pub text: Folded,
    /// Why it is in this ticket, or empty.
    pub why: String,
    /// Whether there is HTML to show.
    pub has_html: bool,
    /// Whether its HTML would load something.
    pub has_remote: bool,
    /// Whether the bytes are there.
    pub has_source: bool,
    /// Attachments.
    pub files: Vec<FileLine>,
    /// How far it has come: words and tone.
    pub state: Option<(&'static str, &'static str)>,
    /// What the mail server said.
    pub state_words: String,
    /// Whether it can be sent again.
    pub can_repeat: bool,
    /// Whether it came after the reader began to write.
    pub is_news: bool,
}

/// An attachment.
pub struct FileLine {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// "1.2 MB".
    pub size: String,
    /// Icon.
    pub icon: &'static str,
}

/// What is read for the page.
pub struct Thread {
    /// Oldest first.
    pub pieces: Vec<Piece>,
    /// The oldest of them, if older ones are left.
    pub older: Option<MessageId>,
}

/// Reads the newest messages below `before`; those after `seen` are news.
pub fn read(
    conn: &mut Conn,
    id: TicketId,
    before: MessageId,
    seen: Option<MessageId>,
    now: Timestamp,
    zone: Tz,
) -> QueryResult<Thread> {
    let messages = store::messages(conn, id, before)?;
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let mut files = store::files(conn, &ids)?;
    let changes = store::changes(conn, id)?;
    let users = messages.iter().filter_map(|message| message.user_id);
    let users = users.chain(changes.iter().filter_map(|change| change.user_id));
    let users = people::user_names(conn, users)?;
    let contacts = messages.iter().filter_map(|message| message.contact_id);
    let contacts = store::contact_names(conn, contacts)?;
    let is_full = messages.len() as i64 == store::MOST_MESSAGES;
    let from = messages.first().map_or(Timestamp::ZERO, |first| first.at);
    let older = messages.first().filter(|_| is_full).map(|first| first.id);
    let mut pieces: Vec<(Timestamp, u8, i64, Piece)> = Vec::new();
    for change in changes {
        if older.is_some() && change.at < from {
            continue;
        }
        if let Some(words) = words(&change, &users) {
            let there = change.at.utc().with_timezone(&zone);
            let words = format!("{words} · {}", there.format("%-d %b, %H:%M"));
            pieces.push((change.at, 1, change.id, Piece::Act(words)));
        }
    }
    for message in messages {
        let files = files.remove(&message.id).unwrap_or_default();
        let is_news = seen.is_some_and(|seen| message.id > seen);
        let mut said = said(&message, files, &users, now, zone, is_news);
        // A mail without a display name still comes from somebody with a name.
        if message.kind == Kind::Received
            && message.from_name.is_empty()
            && let Some(name) = message.contact_id.and_then(|id| contacts.get(&id))
        {
            said.initials = text::initials(name);
            said.who.clone_from(name);
            said.address.clone_from(&message.from_address);
        }
        pieces.push((message.at, 0, message.id.0, Piece::Said(Box::new(said))));
    }
    pieces.sort_by_key(|(at, rank, id, _)| (*at, *rank, *id));
    Ok(Thread {
        pieces: pieces.into_iter().map(|(_, _, _, piece)| piece).collect(),
        older,
    })
}

fn said(
    message: &Message,
    files: Vec<TicketFile>,
    users: &HashMap<UserId, String>,
    now: Timestamp,
    zone: Tz,
    is_news: bool,
) -> Said {
    let user = message.user_id.filter(|_| message.kind != Kind::Received);
    let who = match user.and_then(|user| users.get(&user)) {
        Some(name) => name.clone(),
        None if !message.from_name.is_empty() => message.from_name.clone(),
        None if !message.from_address.is_empty() => message.from_address.clone(),
        None if message.kind == Kind::Received => "No sender".to_owned(),
        None => "Rapport".to_owned(),
    };
    let tone = match (user, message.contact_id) {
        (Some(user), _) => text::tone(user.0),
        (None, Some(contact)) => text::tone(contact.0),
        (None, None) => "",
    };
    let has_name = message.kind == Kind::Received && who != message.from_address;
    let text = match message.kind {
        Kind::Received => quote::fold(&message.text),
        Kind::Reply | Kind::Note => Folded {
            shown: message.text.clone(),
            folded: String::new(),
        },
    };
    Said {
        id: message.id,
        kind: message.kind,
        initials: text::initials(&who),
        tone,
        address: if has_name {
            message.from_address.clone()
        } else {
            String::new()
        },
        towards: towards(message),
        machine: message.automatic.label(),
        when: When::new(message.at, now, zone),
        text,
        why: message.why.clone(),
        has_html: message.html.is_some(),
        has_remote: message.html.as_deref().is_some_and(html::has_remote),
        has_source: message.inbound_id.is_some(),
        files: files.into_iter().map(file_line).collect(),
        state: match message.state {
            Sending::Nowhere => None,
            Sending::Queued => Some(("Waits for the mail server", "")),
            Sending::Sent => Some(("Sent", "")),
            Sending::Failed => Some(("Not sent", "red")),
            Sending::Bounced => Some(("Came back", "red")),
        },
        state_words: message.state_words.clone(),
        can_repeat: message.state == Sending::Failed,
        is_news,
        who,
    }
}

fn towards(message: &Message) -> String {
    let list = |people: &[Person]| {
        let mut names: Vec<String> = people
            .iter()
            .take(NAMED)
            .map(|person| match person.name.as_str() {
                "" => person.address.clone(),
                name => name.to_owned(),
            })
            .collect();
        if people.len() > NAMED {
            names.push(format!("{} more", people.len() - NAMED));
        }
        names.join(", ")
    };
    let (to, cc) = (message.to(), message.cc());
    match (to.is_empty(), cc.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("to {}", list(&to)),
        (true, false) => format!("cc {}", list(&cc)),
        (false, false) => format!("to {}, cc {}", list(&to), list(&cc)),
    }
}

fn file_line(file: TicketFile) -> FileLine {
    FileLine {
        id: file.id,
        size: size(file.size),
        icon: if file.media_type.starts_with("image/") {
            "image"
        } else {
            "file"
        },
        name: file.name,
    }
}

/// "1.2 MB".
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        b if b < 1_000 => format!("{b} B"),
        b if b < 1_000_000 => format!("{} kB", b / 1_000),
        b => format!("{}.{} MB", b / 1_000_000, b % 1_000_000 / 100_000),
    }
}

/// A change as a sentence; none where it says nothing that the messages do not.
fn words(change: &Change, users: &HashMap<UserId, String>) -> Option<String> {
    let who = match change.user_id {
        Some(user) => users.get(&user).map_or("Somebody", String::as_str),
        None => "",
    };
    let to = change.to_value.as_str();
    let words = match change.field {
        Changed::Opened => return None,
        Changed::Status if who.is_empty() => {
            format!("{} again, by an answer", Status::from_word(to)?.label())
        }
        Changed::Status => match Status::from_word(to)? {
            Status::Solved => format!("{who} solved it"),
            Status::Closed => format!("{who} closed it"),
            Status::Open => format!("{who} opened it again"),
            Status::Waiting => return None,
        },
        Changed::Assignee if to.is_empty() => format!("{who} gave it back to everybody"),
        Changed::Assignee if to == who => format!("{who} took it"),
        Changed::Assignee => format!("{who} gave it to {to}"),
        Changed::Priority => {
            let label = Priority::from_word(to)?.label().to_lowercase();
            format!("{who} set the priority to {label}")
        }
        Changed::Subject => format!("{who} changed the subject from “{}”", change.from_value),
        Changed::Tag => format!("{who} tagged it {to}"),
        Changed::Untag => format!("{who} took the tag {} off", change.from_value),
        Changed::Mailbox => format!("{who} moved it to {to}"),
        Changed::Contact => format!("{who} gave it the contact {to}"),
        Changed::Moved => format!("{who} moved a message to #{to}"),
    };
    Some(words.trim().to_owned())
}
