//! Rows and words of imports: what is to be done with a file, and how far it is.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::base::Timestamp;
use crate::base::ids::{ContactId, ImportId, UserId};
use crate::db::schema::{import_rows, imports};
use crate::text_enum;

text_enum!(
    /// Where an import stands.
    State {
        /// The file is there; what to do with it is being decided.
        Draft => "draft",
        /// Rows are being written.
        Running => "running",
        /// All rows were.
        Done => "done",
        /// It could not go on.
        Failed => "failed",
        /// It is being taken back.
        Undoing => "undoing",
        /// It was.
        Undone => "undone",
    }
);

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Not started",
            Self::Running => "Running",
            Self::Done => "Done",
            Self::Failed => "Stopped",
            Self::Undoing => "Being taken back",
            Self::Undone => "Taken back",
        }
    }

    /// Tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Undone => "",
            Self::Running | Self::Undoing => "accent",
            Self::Done => "green",
            Self::Failed => "red",
        }
    }

    /// Whether a job is at it.
    pub fn is_at_work(self) -> bool {
        matches!(self, Self::Running | Self::Undoing)
    }
}

text_enum!(
    /// What became of a row.
    Outcome {
        /// A contact was made.
        Created => "created",
        /// A contact was changed.
        Updated => "updated",
        /// A contact was found and had all of it.
        Unchanged => "unchanged",
        /// Its contact stands in an earlier row too.
        Duplicate => "duplicate",
        /// It could not be taken.
        Failed => "failed",
        /// The import was taken back, this contact stayed: somebody touched it since.
        Kept => "kept",
        /// It was taken back.
        Undone => "undone",
    }
);

text_enum!(
    /// By what a contact is recognised.
    MatchKey {
        /// Any of its addresses.
        Email => "email",
        /// Any of its numbers.
        Phone => "phone",
        /// The id that programs know it by.
        UserId => "user_id",
        /// An id in another system.
        External => "external",
    }
);

impl MatchKey {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "E-mail address",
            Self::Phone => "Phone number",
            Self::UserId => "User id",
            Self::External => "Id in the other system",
        }
    }
}

text_enum!(
    /// What happens to a contact that is there already.
    Conflict {
        /// What it has stays.
        Fill => "fill",
        /// The file is right.
        Overwrite => "overwrite",
        /// Nothing.
        Never => "never",
    }
);

impl Conflict {
    /// Pairs for a select.
    pub const OPTIONS: &'static [(&'static str, &'static str)] = &[
        ("fill", "Fill in what is empty, change nothing else"),
        ("overwrite", "Take over what the file says"),
        ("never", "Leave them as they are"),
    ];
}

text_enum!(
    /// What happens to a second row about the same contact.
    Twins {
        /// It is counted and left out.
        Skip => "skip",
        /// It is treated as a change of the first.
        Merge => "merge",
    }
);

impl Twins {
    /// Pairs for a select.
    pub const OPTIONS: &'static [(&'static str, &'static str)] = &[
        ("skip", "Leave out all but the first"),
        ("merge", "Add what they say to the first"),
    ];
}

text_enum!(
    /// What happens to a row with a cell that cannot be taken.
    Strictness {
        /// The row waits in the file of failed rows.
        Row => "row",
        /// The cell is left out.
        Cell => "cell",
    }
);

impl Strictness {
    /// Pairs for a select.
    pub const OPTIONS: &'static [(&'static str, &'static str)] = &[
        (
            "row",
            "Leave the row out; it can be repaired and imported again",
        ),
        ("cell", "Import the row without that cell"),
    ];
}

/// How the file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Format {
    /// Delimited text.
    Text {
        /// Label of its encoding.
        encoding: String,
        /// What stands between cells.
        delimiter: char,
        /// Rows above the header.
        above: usize,
        /// Whether there is a header.
        has_header: bool,
    },
    /// A sheet of an Excel workbook.
    Workbook {
        /// Its place, from 0.
        sheet: usize,
        /// Rows above the header.
        above: usize,
        /// Whether there is a header.
        has_header: bool,
    },
    /// Contact cards.
    Cards {
        /// Label of its encoding.
        encoding: String,
    },
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// Where it goes.
    pub to: Target,
    /// What it holds, in a few rows.
    pub sample: Vec<String>,
}

/// What is to be done with a file. Kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromSqlRow)]
pub struct Settings {
    /// How it is read.
    pub format: Format,
    /// Its columns.
    pub columns: Vec<Column>,
    /// By what contacts are recognised, the surest first.
    pub keys: Vec<MatchKey>,
    /// What happens to those that are there.
    pub conflict: Conflict,
    /// What happens to a second row about the same one.
    pub twins: Twins,
    /// What happens to a row with a cell that cannot be taken.
    pub strictness: Strictness,
    /// The country in which numbers without `+` are read where the row names none.
    pub country: String,
    /// A tag for everybody in the file, or empty.
    pub tag: String,
    /// Who looks after those nobody looks after.
    pub owner: Option<UserId>,
    /// The person who looks at it has seen and confirmed where columns go.
    pub is_mapped: bool,
}

impl<DB: Backend> FromSql<Text, DB> for Settings
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(bytes)?)?)
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Contacts made.
    pub created: i64,
    /// Contacts changed.
    pub updated: i64,
    /// Contacts that had all of it.
    pub unchanged: i64,
    /// Rows about a contact of an earlier row.
    pub duplicates: i64,
    /// Rows that could not be taken.
    pub failed: i64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Failed | Outcome::Kept | Outcome::Undone => self.failed += 1,
        }
    }

    /// All of them.
    pub fn rows(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.duplicates + self.failed
    }
}

/// An import as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = imports)]
pub struct Import {
    /// Id.
    pub id: ImportId,
    /// Whose it is.
    pub user_id: UserId,
    /// Name of the file.
    pub name: String,
    /// Where its bytes are; empty once they are gone.
    pub file_key: String,
    /// How many bytes it has.
    pub size: i64,
    /// What is to be done with it.
    pub settings: Settings,
    /// Where it stands.
    pub state: State,
    /// Rows of the file that are done.
    pub position: i64,
    /// Bytes of the file that were read for them.
    pub bytes_read: i64,
    /// Contacts made.
    pub created: i64,
    /// Contacts changed.
    pub updated: i64,
    /// Contacts that had all of it.
    pub unchanged: i64,
    /// Rows about a contact of an earlier row.
    pub duplicates: i64,
    /// Rows that could not be taken.
    pub failed: i64,
    /// Contacts that stayed when it was taken back.
    pub kept: i64,
    /// Why it stopped.
    pub trouble: String,
    /// When the file came.
    pub created_at: Timestamp,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Import {
    /// How many rows came to what.
    pub fn tally(&self) -> Tally {
        Tally {
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            duplicates: self.duplicates,
            failed: self.failed,
        }
    }

    /// How far it is, in hundredths.
    pub fn percent(&self) -> i64 {
        match self.state {
            State::Done | State::Undone => 100,
            _ => (self.bytes_read * 100 / self.size.max(1)).clamp(0, 99),
        }
    }
}

/// What became of a row, as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = import_rows)]
pub struct RowDone {
    /// Its number in the file.
    pub line: i64,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, for people.
    pub reason: String,
    /// JSON: its cells, or what the contact was before.
    pub data: String,
    /// Of the contact, right after.
    pub revision: i64,
}
