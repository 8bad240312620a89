//! Rows and words of consent.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::{TopicId, UserId};
use crate::db::schema::{consent_entries, topics};
use crate::text_enum;

text_enum!(
    /// What somebody said about a topic.
    ConsentState {
        /// They allow it.
        Given => "given",
        /// They do not.
        Withdrawn => "withdrawn",
    }
);

text_enum!(
    /// How they said it.
    ConsentSource {
        /// To somebody who works here, who typed it in.
        Person => "person",
        /// On their own page.
        Preferences => "preferences",
        /// By the button of their mail program.
        OneClick => "one_click",
        /// Elsewhere; brought in with its proof.
        Import => "import",
    }
);

impl ConsentSource {
    /// Whether the contact did it by themselves.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Preferences | Self::OneClick)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "told us",
            Self::Preferences => "on their preference page",
            Self::OneClick => "unsubscribe button of a mail",
            Self::Import => "imported",
        }
    }
}

text_enum!(
    /// Why an address is never written to.
    Reason {
        /// They want no mail of any kind.
        Unsubscribed => "unsubscribed",
        /// It does not exist.
        Bounced => "bounced",
        /// They called a mail spam.
        Complained => "complained",
        /// Somebody here decided it.
        Person => "person",
    }
);

impl Reason {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unsubscribed => "Unsubscribed from everything",
            Self::Bounced => "Does not exist",
            Self::Complained => "Complained",
            Self::Person => "Entered by hand",
        }
    }
}

/// Something people can subscribe to.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = topics)]
pub struct Topic {
    /// Id.
    pub id: TopicId,
    /// Name, as people see it on their preference page.
    pub name: String,
    /// What they would get.
    pub description: String,
    /// Whether nothing new is sent about it.
    pub is_archived: bool,
}

/// Who said it, how, where and by which words.
#[derive(Debug, Clone)]
pub struct Proof {
    /// How.
    pub source: ConsentSource,
    /// What they saw, or said.
    pub wording: String,
    /// Who typed it in.
    pub actor: Option<UserId>,
    /// From where.
    pub ip: String,
    /// With what.
    pub agent: String,
}

/// A line of the ledger.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = consent_entries)]
pub struct ConsentEntry {
    /// Id.
    pub id: i64,
    /// About what.
    pub topic_id: TopicId,
    /// What.
    pub state: ConsentState,
    /// How.
    pub source: ConsentSource,
    /// By which words.
    pub wording: String,
    /// Who typed it in.
    pub actor_id: Option<UserId>,
    /// From where.
    pub ip: String,
    /// When.
    pub at: Timestamp,
}

/// What holds now about one topic.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The topic.
    pub topic: Topic,
    /// What they said last, and when; none: they were never asked.
    pub said: Option<(ConsentState, Timestamp)>,
}

impl Standing {
    /// Whether mail about it may be sent.
    pub fn is_given(&self) -> bool {
        matches!(self.said, Some((ConsentState::Given, _)))
    }
}
