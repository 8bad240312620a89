//! What is asked of the queue. The URL holds all of it.

use serde::Deserialize;

use crate::base::ids::{MailboxId, TicketId};
use crate::base::text;
use crate::desk::tickets::model::Status;
use crate::text_enum;
use crate::web::Cursor;

text_enum!(
    /// Whose tickets.
    View {
        /// The reader's.
        Mine => "mine",
        /// Nobody's.
        Unassigned => "unassigned",
        /// Everybody's.
        All => "all",
    }
);

impl View {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::Unassigned => "Unassigned",
            Self::All => "All",
        }
    }
}

/// The query of the URL, as it comes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// Whose.
    pub view: String,
    /// Where they stand.
    pub status: String,
    /// In which mailbox.
    pub mailbox: String,
    /// Words.
    pub q: String,
    /// Where the page begins.
    pub after: String,
}

/// The same, understood.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Whose.
    pub view: View,
    /// Where they stand.
    pub status: Status,
    /// In which mailbox.
    pub mailbox: Option<MailboxId>,
    /// Words; they are looked for in all tickets.
    pub q: String,
    /// Where the page begins.
    pub after: Option<Cursor>,
}

impl Ask {
    /// Reads the URL; what it does not understand is as if it were not there.
    pub fn read(params: &Params) -> Self {
        Self {
            view: View::from_word(&params.view).unwrap_or(View::All),
            status: Status::from_word(&params.status).unwrap_or(Status::Open),
            mailbox: params.mailbox.parse().ok(),
            q: text::line(&params.q, 200),
            after: Cursor::decode(&params.after),
        }
    }

    /// The query of this list, with its `?`, or nothing.
    pub fn query(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if self.view != View::All {
            pairs.push(("view", self.view.word().to_owned()));
        }
        if self.status != Status::Open {
            pairs.push(("status", self.status.word().to_owned()));
        }
        if let Some(mailbox) = self.mailbox {
            pairs.push(("mailbox", mailbox.to_string()));
        }
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        if let Some(after) = &self.after {
            pairs.push(("after", after.encode()));
        }
        if pairs.is_empty() {
            return String::new();
        }
        format!(
            "?{}",
            serde_urlencoded::to_string(pairs).unwrap_or_default()
        )
    }

    /// The address of the list with something changed, from its beginning.
    pub fn href(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut ask = Self {
            after: None,
            ..self.clone()
        };
        change(&mut ask);
        format!("/tickets{}", ask.query())
    }

    /// The address of a ticket, with this list beside it.
    pub fn ticket(&self, id: TicketId) -> String {
        format!("/tickets/{id}{}", self.query())
    }
}
