//! What somebody typed into the composer, and what comes back with it.

use crate::base::ids::MessageId;
use crate::desk::tickets::actions::files::Kept;
use crate::desk::tickets::actions::reply::Draft;
use crate::desk::tickets::model::Status;
use crate::web::Upload;

/// What the composer posts.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// `reply` or `note`.
    pub mode: String,
    /// Addresses that are picked.
    pub to: Vec<String>,
    /// Addresses that are picked.
    pub cc: Vec<String>,
    /// Addresses that were added.
    pub add: String,
    /// What it says.
    pub text: String,
    /// The newest message its writer saw.
    pub seen: String,
    /// What the ticket is to be afterwards, or empty.
    pub then: String,
    /// What goes along.
    pub files: Vec<Kept>,
    /// The same as the form that comes back names it.
    pub kept: Vec<KeptLine>,
}

/// A file that was kept, in a form that came back.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// What it is known by, signed.
    pub signed: String,
    /// Its name.
    pub name: String,
    /// "1.2 MB".
    pub size: String,
}

/// The composer as it came back.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// What was typed.
    pub typed: Typed,
    /// Field and message.
    pub error: Option<(String, String)>,
    /// The newest message that was known, where newer ones came in.
    pub seen: Option<MessageId>,
}

impl Typed {
    /// From the form, the files aside.
    pub fn read<const MAX: usize>(form: &Upload<MAX>) -> Self {
        Self {
            mode: form.text("mode"),
            to: form.texts("to"),
            cc: form.texts("cc"),
            add: form.text("add"),
            text: form.text("text"),
            seen: form.text("seen"),
            then: form.text("then"),
            files: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// As the actions take it.
    pub fn draft(&self) -> Draft {
        let mut cc = self.cc.clone();
        cc.extend(Some(self.add.clone()).filter(|add| !add.trim().is_empty()));
        Draft {
            to: self.to.clone(),
            cc,
            text: self.text.clone(),
            files: self.files.clone(),
            seen: self.seen.parse().ok(),
            then: Status::from_word(&self.then),
        }
    }

    /// Whether it stays inside.
    pub fn is_note(&self) -> bool {
        self.mode == "note"
    }
}
