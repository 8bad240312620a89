//! What can be done with a row.

use crate::base::ids::ContactId;

/// What is to be done with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Create,
    Update(ContactId),
    Unchanged(ContactId),
    Duplicate(ContactId),
    Fail(String),
}

impl Decision {
    /// Whether anything of the row is written.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Create | Self::Update(_))
    }
}
