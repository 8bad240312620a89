//! Words and rows of the timeline: what an entry says, and the shape in which every strand hands over its lines.

use diesel::prelude::*;
use serde_json::Value;

use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, DealId, EntryId, UserId};
use crate::db::schema::timeline_entries;
use crate::text_enum;

text_enum!(
    /// What an entry says. The keys of its data stand behind each.
    EntryKind {
        /// The record was made. `by`: what made it, where that was no person.
        Created => "created",
        /// A file brought it, or something of it. `file`, `import`; `labels`: what changed, of a record that was there.
        Imported => "imported",
        /// A fact changed. `label`, `from`, `to`.
        Changed => "changed",
        /// Somebody else looks after it. `from`, `to`: names, or null.
        Owner => "owner",
        /// It moved along. `from`, `to`: labels.
        Stage => "stage",
        /// A tag was put on. `tag`.
        Tagged => "tagged",
        /// A tag was taken off. `tag`.
        Untagged => "untagged",
        /// An identifier came to it. `namespace`, `value`.
        IdentityAdded => "identity_added",
        /// An identifier was taken from it. `namespace`, `value`.
        IdentityRemoved => "identity_removed",
        /// A company was linked. `company`, `company_id`, `role`; on the company's story `contact`, `contact_id`.
        CompanyLinked => "company_linked",
        /// A company was unlinked. As above.
        CompanyUnlinked => "company_unlinked",
        /// To the trash.
        Deleted => "deleted",
        /// Back from the trash.
        Restored => "restored",
        /// Another record was merged into this one. `name`, `rule`, `events`, `undo` (a path, while it can be undone).
        Merged => "merged",
        /// A merge was undone. `name`.
        Unmerged => "unmerged",
        /// A deal was made. `deal`, `deal_id`, `amount`; on the deal's own story they are left unsaid.
        DealCreated => "deal_created",
        /// A deal moved to another stage. As above, `from`, `to`: names of stages, `after`: "19 days".
        DealMoved => "deal_moved",
        /// A deal was won. As above.
        DealWon => "deal_won",
        /// A deal was lost. As above, `reason`, `note`.
        DealLost => "deal_lost",
        /// A closed deal was opened again. As above.
        DealReopened => "deal_reopened",
        /// Somebody joined a deal. `contact`, `contact_id`, `role`; on the contact's story `deal`, `deal_id`.
        DealJoined => "deal_joined",
        /// Somebody left a deal. As above.
        DealLeft => "deal_left",
    }
);

/// Whose story it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A contact.
    Contact(ContactId),
    /// A company.
    Company(CompanyId),
    /// A deal.
    Deal(DealId),
}

impl About {
    /// Where its page is.
    pub fn path(self) -> String {
        match self {
            Self::Contact(id) => format!("/contacts/{id}"),
            Self::Company(id) => format!("/companies/{id}"),
            Self::Deal(id) => format!("/deals/{id}"),
        }
    }

    /// Its id, of whichever kind.
    pub fn id(self) -> i64 {
        match self {
            Self::Contact(id) => id.0,
            Self::Company(id) => id.0,
            Self::Deal(id) => id.0,
        }
    }

    pub(super) fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::Company(_) | Self::Deal(_) => None,
        }
    }

    pub(super) fn company(self) -> Option<CompanyId> {
        match self {
            Self::Company(id) => Some(id),
            Self::Contact(_) | Self::Deal(_) => None,
        }
    }

    pub(super) fn deal(self) -> Option<DealId> {
        match self {
            Self::Deal(id) => Some(id),
            Self::Contact(_) | Self::Company(_) => None,
        }
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The contact it is about.
    pub contact_id: Option<ContactId>,
    /// The company it is about.
    pub company_id: Option<CompanyId>,
    /// The deal it is about.
    pub deal_id: Option<DealId>,
    /// When it happened.
    pub at: Timestamp,
    /// What it says.
    pub kind: EntryKind,
    /// Who did it; none: the house itself.
    pub actor_id: Option<UserId>,
    /// The row it speaks of, where there is one (a merge).
    pub subject_id: Option<i64>,
    /// The words that go with its kind.
    pub data: Value,
}

impl NewEntry {
    /// An entry by a person, without a subject.
    pub fn by(about: About, kind: EntryKind, actor: UserId, at: Timestamp, data: Value) -> Self {
        Self {
            contact_id: about.contact(),
            company_id: about.company(),
            deal_id: about.deal(),
            at,
            kind,
            actor_id: Some(actor),
            subject_id: None,
            data,
        }
    }
}

impl NewEntry {
    /// Its data on one line, for the audit.
    pub fn words(&self) -> String {
        let fields = self.data.as_object().into_iter().flatten();
        let words: Vec<String> = fields
            .filter(|(key, value)| !key.ends_with("_id") && !value.is_null() && *value != "")
            .map(|(key, value)| match value {
                Value::String(text) => format!("{key}: {text}"),
                other => format!("{key}: {other}"),
            })
            .collect();
        words.join(", ")
    }
}

/// An entry as it is stored. A kind this version does not know is shown by its word.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = timeline_entries)]
pub struct Entry {
    /// Id.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// The word of its kind.
    pub kind: String,
    /// Who.
    pub actor_id: Option<UserId>,
    /// JSON.
    pub data: String,
}

text_enum!(
    /// The filter above the story.
    Show {
        /// Everything.
        All => "all",
        /// Visits and what was done on them.
        Web => "web",
        /// Mails.
        Mail => "mail",
        /// What people wrote.
        Notes => "notes",
        /// What was changed.
        Changes => "changes",
    }
);

impl Show {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Web => "Web",
            Self::Mail => "Mail",
            Self::Notes => "Notes",
            Self::Changes => "Changes",
        }
    }

    /// Whether lines of `group` are asked for.
    pub fn wants(self, group: Self) -> bool {
        self == Self::All || self == group
    }
}

/// A piece of the line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The words that carry it.
    Bold(String),
    /// The rest.
    Plain(String),
    /// Something with a page of its own.
    Link {
        /// Words.
        text: String,
        /// Address.
        href: String,
    },
    /// A value, with a tone or none.
    Chip {
        /// Words.
        text: String,
        /// `accent`, `green`, `amber`, `red`, or empty.
        tone: &'static str,
    },
    /// An identifier as machines write it.
    Code(String),
}

impl Part {
    /// The words that carry the line.
    pub fn bold(text: impl Into<String>) -> Self {
        Self::Bold(text.into())
    }

    /// The rest of it.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// A value.
    pub fn chip(text: impl Into<String>, tone: &'static str) -> Self {
        let text = text.into();
        Self::Chip { text, tone }
    }

    /// Something with a page of its own.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self::Link {
            text: text.into(),
            href: href.into(),
        }
    }
}

/// A line below a line: one page view of a visit.
#[derive(Debug, Clone)]
pub struct SubLine {
    /// When, shown as a time of day.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// More, in grey.
    pub quiet: String,
    /// At the right end ("1:40").
    pub right: String,
}

/// What is read when somebody asks for it: a link to a page of its own, whose part with this id takes the link's place.
#[derive(Debug, Clone)]
pub struct Later {
    /// "12 pages".
    pub words: String,
    /// The page.
    pub href: String,
    /// The part of it, without `#`.
    pub id: String,
}

/// Quoted words.
#[derive(Debug, Clone)]
pub struct Slip {
    /// The words, line breaks kept.
    pub text: String,
    /// On the paper of notes: pinned, or internal.
    pub is_note: bool,
}

/// Something that can be done with a line; posted.
#[derive(Debug, Clone)]
pub struct Act {
    /// The verb.
    pub label: &'static str,
    /// Where it is posted.
    pub action: String,
    /// Icon.
    pub icon: &'static str,
    /// Whether it takes something away.
    pub is_danger: bool,
}

/// One line of the story, as a strand hands it over.
#[derive(Debug, Clone)]
pub struct StoryItem {
    /// When.
    pub at: Timestamp,
    /// The strand's rank: breaks ties between strands at one instant.
    pub rank: i64,
    /// The row's id: breaks ties within a strand.
    pub id: i64,
    /// Which filter shows it: `Web`, `Mail`, `Notes`, `Changes`.
    pub group: Show,
    /// Icon.
    pub icon: &'static str,
    /// Tone of the icon, or empty.
    pub tone: &'static str,
    /// The line.
    pub headline: Vec<Part>,
    /// Lines below it: the first few stand open, the rest folds.
    pub lines: Vec<SubLine>,
    /// What stands below it once somebody asks for it.
    pub later: Option<Later>,
    /// Quoted words.
    pub slip: Option<Slip>,
    /// Chips below: words and tone.
    pub chips: Vec<(String, &'static str)>,
    /// Where it is edited.
    pub edit: Option<String>,
    /// What else can be done with it.
    pub acts: Vec<Act>,
}

impl StoryItem {
    /// A line without anything below it.
    pub fn new(at: Timestamp, rank: i64, id: i64, group: Show, headline: Vec<Part>) -> Self {
        Self {
            at,
            rank,
            id,
            group,
            icon: "info",
            tone: "",
            headline,
            lines: Vec::new(),
            later: None,
            slip: None,
            chips: Vec::new(),
            edit: None,
            acts: Vec::new(),
        }
    }
}
