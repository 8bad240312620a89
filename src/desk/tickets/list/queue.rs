//! The queue as a page shows it, alone or beside a ticket.

use askama::Template;
use askama::filters::HtmlSafe;
use diesel::QueryResult;

use super::ask::{Ask, View};
use super::query::{self, Counts, MOST_COUNTED};
use crate::accounts::rights::{EditTickets, Right};
use crate::accounts::{Object, Viewer};
use crate::base::ids::{TicketId, UserId};
use crate::base::text;
use crate::contacts::store as people;
use crate::contacts::tags::Tag;
use crate::db::Conn;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::model::{Kind, Priority, Status, Ticket};
use crate::desk::tickets::store;
use crate::web::{Cursor, When, number};

/// A line of the queue.
pub struct Line {
    /// Id.
    pub id: TicketId,
    /// Its page.
    pub href: String,
    /// Whether it is the one that is open.
    pub is_here: bool,
    /// Whether the last word is theirs and it is ours to act.
    pub is_unread: bool,
    /// What the contact is called.
    pub who: String,
    /// What it is about.
    pub subject: String,
    /// First words of the newest message.
    pub preview: String,
    /// When that came.
    pub when: When,
    /// How much it matters.
    pub priority: Priority,
    /// Where it stands.
    pub status: Status,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Whose it is: name, initials, tone.
    pub assignee: Option<(String, String, &'static str)>,
}

/// One page of it.
#[derive(Template)]
#[template(path = "desk/_queue.html")]
pub struct Queue {
    /// What was asked.
    pub ask: Ask,
    /// Tickets.
    pub lines: Vec<Line>,
    /// The next page, or empty.
    pub after: String,
    /// Whether this is not the first page.
    pub is_later: bool,
    /// Figures.
    pub counts: Counts,
    /// Mailboxes to choose from: id and name.
    pub mailboxes: Vec<(String, String)>,
    /// Whether the reader may make tickets.
    pub can_edit: bool,
    /// The heading of the queue's part: the page's own where nothing else stands on it.
    pub level: u8,
}

impl HtmlSafe for Queue {}

impl Queue {
    /// Reads the page that is asked for; `here` is the ticket that is open beside it.
    pub fn read(
        conn: &mut Conn,
        ask: Ask,
        viewer: &Viewer,
        here: Option<TicketId>,
    ) -> QueryResult<Self> {
        let reach = viewer.access.sees(Object::Tickets);
        let found = query::page(conn, &ask, viewer.id(), &reach, query::PAGE)?;
        let counts = query::counts(conn, &ask, viewer.id(), &reach)?;
        let lines = lines(conn, found.rows, &ask, viewer, here)?;
        let next = found.next.as_deref().and_then(Cursor::decode);
        let after = next.map_or_else(String::new, |cursor| {
            ask.href(|ask| ask.after = Some(cursor))
        });
        let boxes = mailboxes::all(conn)?;
        Ok(Self {
            is_later: ask.after.is_some(),
            lines,
            after,
            counts,
            mailboxes: boxes
                .into_iter()
                .map(|mailbox| (mailbox.id.to_string(), mailbox.name))
                .collect(),
            can_edit: EditTickets::allows(&viewer.access),
            level: if here.is_some() { 2 } else { 1 },
            ask,
        })
    }

    fn views(&self) -> Vec<(&'static str, String, bool, String)> {
        let each = |view: &View| {
            let n = match view {
                View::Mine => self.counts.mine,
                View::Unassigned => self.counts.unassigned,
                View::All => self.counts.all,
            };
            let href = self.ask.href(|ask| {
                ask.view = *view;
                ask.q.clear();
            });
            (view.label(), href, self.is_at(*view), shown(n))
        };
        View::ALL.iter().map(each).collect()
    }

    fn statuses(&self) -> Vec<(&'static str, String, bool, String)> {
        let each = |status: &Status| {
            let n = match status {
                Status::Open => self.counts.open,
                Status::Waiting => self.counts.waiting,
                Status::Solved => self.counts.solved,
                Status::Closed => self.counts.closed,
            };
            let href = self.ask.href(|ask| {
                ask.status = *status;
                ask.q.clear();
            });
            let is_here = self.ask.status == *status && self.ask.q.is_empty();
            (status.label(), href, is_here, shown(n))
        };
        Status::ALL.iter().map(each).collect()
    }

    fn is_at(&self, view: View) -> bool {
        self.ask.view == view && self.ask.q.is_empty()
    }

    fn in_mailbox(&self, id: &str) -> String {
        self.ask.href(|ask| ask.mailbox = id.parse().ok())
    }

    fn is_in(&self, id: &str) -> bool {
        self.ask.mailbox.map(|m| m.to_string()).unwrap_or_default() == *id
    }

    fn newest(&self) -> String {
        self.ask.href(|_| {})
    }

    fn without_words(&self) -> String {
        self.ask.href(|ask| ask.q.clear())
    }

    fn mailbox_name(&self) -> &str {
        let found = self.mailboxes.iter().find(|(id, _)| self.is_in(id));
        found.map_or("", |(_, name)| name.as_str())
    }
}

fn lines(
    conn: &mut Conn,
    rows: Vec<Ticket>,
    ask: &Ask,
    viewer: &Viewer,
    here: Option<TicketId>,
) -> QueryResult<Vec<Line>> {
    let ids: Vec<TicketId> = rows.iter().map(|row| row.id).collect();
    let names = store::contact_names(conn, rows.iter().filter_map(|row| row.contact_id))?;
    let users = people::user_names(conn, rows.iter().filter_map(|row| row.assignee_id))?;
    let mut tags = store::tags_of(conn, &ids)?;
    let (now, zone) = (viewer.now, viewer.zone());
    let assignee = |id: UserId| {
        users
            .get(&id)
            .map(|name| (name.clone(), text::initials(name), text::tone(id.0)))
    };
    let line = |row: Ticket| Line {
        id: row.id,
        href: ask.ticket(row.id),
        is_here: Some(row.id) == here,
        is_unread: row.status == Status::Open && row.last_kind == Kind::Received,
        who: row
            .contact_id
            .and_then(|id| names.get(&id).cloned())
            .unwrap_or_else(|| "No sender".to_owned()),
        when: When::new(row.last_at, now, zone),
        priority: row.priority,
        status: row.status,
        tags: tags.remove(&row.id).unwrap_or_default(),
        assignee: row.assignee_id.and_then(assignee),
        preview: row.preview,
        subject: row.subject,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// "12", "1,000+".
pub fn shown(n: i64) -> String {
    if n > MOST_COUNTED {
        format!("{}+", number(MOST_COUNTED))
    } else {
        number(n)
    }
}
