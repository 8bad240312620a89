//! What is known of a mail once it is understood, and what it can be by nature.

use crate::text_enum;

/// Somebody a mail names.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// Display name, or empty.
    pub name: String,
    /// Address, as written but in lower case.
    pub address: String,
}

/// An attachment, or an image the HTML shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name, as it came.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// The id by which HTML names it, or empty.
    pub content_id: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A mail.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// Who wrote it.
    pub from: Person,
    /// Where answers are to go, if elsewhere.
    pub reply_to: String,
    /// To whom.
    pub to: Vec<Person>,
    /// To whom as well.
    pub cc: Vec<Person>,
    /// Every address it was delivered to, of all headers that say so.
    pub recipients: Vec<String>,
    /// On one line.
    pub subject: String,
    /// Without brackets, or empty.
    pub message_id: String,
    /// What it answers: In-Reply-To, then References from the right.
    pub answers: Vec<String>,
    /// Ids of mails that a delivery report gives back.
    pub returned: Vec<String>,
    /// What it says, or what its HTML says.
    pub text: String,
    /// Its HTML, as it came.
    pub html: String,
    /// What is attached.
    pub attached: Vec<Attached>,
    /// By what one tells people from machines.
    pub signs: Signs,
    /// A hash that every delivery of this mail shares.
    pub key: String,
}

text_enum!(
    /// What a mail is by nature.
    Nature {
        /// Somebody wrote it.
        Personal => "",
        /// A machine wrote it by itself.
        Generated => "generated",
        /// A machine answered for somebody.
        AutoReply => "auto_reply",
        /// A server reports what became of a mail.
        Bounce => "bounce",
    }
);

impl Nature {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Personal => "",
            Self::Generated => "Automatic",
            Self::AutoReply => "Automatic reply",
            Self::Bounce => "Delivery report",
        }
    }

    /// Whether a person stands behind it.
    pub fn is_personal(self) -> bool {
        self == Self::Personal
    }
}

/// What the head and the parts of a mail say about its nature.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    /// First word of Auto-Submitted.
    pub auto_submitted: String,
    /// First word of Precedence.
    pub precedence: String,
    /// The type of a multipart/report.
    pub report: String,
    /// Return-Path, where there is one.
    pub return_path: Option<String>,
    /// Whether X-Failed-Recipients is there.
    pub has_failed_recipients: bool,
    /// Whether a header says that a machine answers for somebody.
    pub has_reply_mark: bool,
    /// Whether a part is a delivery status.
    pub has_status_part: bool,
    /// What a report says of the failure, in the server's words.
    pub report_words: String,
}
