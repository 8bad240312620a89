//! Rows and words of exports.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::Timestamp;
use crate::base::ids::{ExportId, UserId};
use crate::db::schema::exports;
use crate::text_enum;

text_enum!(
    /// What kind of file is written.
    Format {
        /// Comma-separated values.
        Csv => "csv",
        /// An Excel workbook.
        Xlsx => "xlsx",
    }
);

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

text_enum!(
    /// Where an export stands.
    State {
        /// Being written.
        Running => "running",
        /// The file is there.
        Done => "done",
        /// It could not be written.
        Failed => "failed",
        /// The file is gone.
        Expired => "expired",
    }
);

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Running => "Being written",
            Self::Done => "Ready",
            Self::Failed => "Failed",
            Self::Expired => "Expired",
        }
    }

    /// Tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Running => "accent",
            Self::Done => "green",
            Self::Failed => "red",
            Self::Expired => "",
        }
    }
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportAsk {
    /// Name of the file, without its ending.
    pub name: String,
    /// What kind of file.
    pub format: Format,
    /// Which columns, in their order.
    pub columns: Vec<String>,
    /// Which contacts: a text that the finder understands.
    pub which: String,
    /// IANA name: the zone in which moments are written.
    pub zone: String,
    /// Whether a CSV begins with the mark by which Excel knows UTF-8.
    pub with_bom: bool,
}

/// An export as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = exports)]
pub struct Export {
    /// Id.
    pub id: ExportId,
    /// Whose it is.
    pub user_id: UserId,
    /// Name of the file, without its ending.
    pub name: String,
    /// What kind of file.
    pub format: Format,
    /// JSON: what is to be written.
    pub ask: String,
    /// Where it stands.
    pub state: State,
    /// Rows written so far.
    pub written: i64,
    /// Where its bytes are.
    pub file_key: String,
    /// How many.
    pub size: i64,
    /// Why it failed.
    pub trouble: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was ready.
    pub finished_at: Option<Timestamp>,
    /// When its file goes.
    pub expires_at: Option<Timestamp>,
}

impl Export {
    /// The name of the file.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.format)
    }
}
