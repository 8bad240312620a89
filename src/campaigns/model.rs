//! Rows and words of mailings.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::clock::{HOUR, MINUTE};
use crate::base::ids::{CampaignId, ContactId, RecipientId, TemplateId, TopicId, UserId, ViewId};
use crate::db::schema::{campaign_tallies, campaigns, recipients, templates};
use crate::text_enum;

text_enum!(
    /// How a body is written.
    Format {
        /// MJML: blocks that become HTML every mail program understands.
        Mjml => "mjml",
        /// HTML as it is.
        Html => "html",
    }
);

text_enum!(
    /// Where a campaign stands.
    State {
        /// Being written.
        Draft => "draft",
        /// Goes out at a time.
        Scheduled => "scheduled",
        /// Going out.
        Sending => "sending",
        /// Held by a person.
        Paused => "paused",
        /// Everybody has it, or will not get it.
        Sent => "sent",
        /// Stopped for good.
        Cancelled => "cancelled",
    }
);

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Scheduled => "Scheduled",
            Self::Sending => "Sending",
            Self::Paused => "Paused",
            Self::Sent => "Sent",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft => "hollow",
            Self::Scheduled => "accent",
            Self::Sending => "live",
            Self::Paused => "amber",
            Self::Sent => "green",
            Self::Cancelled => "",
        }
    }

    /// Whether it may still be changed.
    pub fn is_open(self) -> bool {
        self == Self::Draft
    }
}

text_enum!(
    /// Where a recipient stands.
    Delivery {
        /// Waits for its turn.
        Pending => "pending",
        /// In a worker's hands; nothing went out yet.
        Claimed => "claimed",
        /// The body is going over the line, or was when the worker died.
        Transmitting => "transmitting",
        /// The mail server has it.
        Sent => "sent",
        /// Not taken yet; tried again.
        Deferred => "deferred",
        /// Will never be taken.
        Failed => "failed",
        /// Not to be written to.
        Skipped => "skipped",
        /// The line broke while it was sent: perhaps they have it.
        Unknown => "unknown",
    }
);

impl Delivery {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Waiting",
            Self::Claimed | Self::Transmitting => "Being sent",
            Self::Sent => "Sent",
            Self::Deferred => "Tried again later",
            Self::Failed => "Failed",
            Self::Skipped => "Held back",
            Self::Unknown => "Uncertain",
        }
    }

    /// Tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Pending => "hollow",
            Self::Claimed | Self::Transmitting => "live",
            Self::Sent => "green",
            Self::Deferred | Self::Unknown => "amber",
            Self::Failed => "red",
            Self::Skipped => "",
        }
    }
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Content {
    /// Subject.
    pub subject: String,
    /// What mail programs show behind the subject.
    pub preheader: String,
    /// Name of the sender.
    pub from_name: String,
    /// Address of the sender.
    pub from_email: String,
    /// How the body is written.
    pub format: Format,
    /// The body.
    pub body: String,
}

/// Content to begin from.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = templates)]
pub struct Template {
    /// Id.
    pub id: TemplateId,
    /// Name.
    pub name: String,
    subject: String,
    preheader: String,
    from_name: String,
    from_email: String,
    format: Format,
    body: String,
    /// When it was changed.
    pub updated_at: Timestamp,
}

impl Template {
    /// What it says.
    pub fn content(&self) -> Content {
        Content {
            subject: self.subject.clone(),
            preheader: self.preheader.clone(),
            from_name: self.from_name.clone(),
            from_email: self.from_email.clone(),
            format: self.format,
            body: self.body.clone(),
        }
    }
}

/// A mailing.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = campaigns)]
pub struct Campaign {
    /// Id.
    pub id: CampaignId,
    /// Name, for us.
    pub name: String,
    /// Where it stands.
    pub state: State,
    subject: String,
    preheader: String,
    from_name: String,
    from_email: String,
    format: Format,
    body: String,
    /// The audience.
    pub view_id: Option<ViewId>,
    /// What it is about.
    pub topic_id: Option<TopicId>,
    /// Mails a second at the most; zero: as fast as the server takes them.
    pub per_second: i64,
    /// Where its links lead, from the launch on.
    pub link_base: String,
    /// What is in the way, in words; empty: nothing.
    pub trouble: String,
    /// Rises with every change: an edit of an older state is noticed.
    pub revision: i64,
    /// When it is to go out.
    pub scheduled_at: Option<Timestamp>,
    /// When it went out.
    pub launched_at: Option<Timestamp>,
    /// By whom.
    pub launched_by: Option<UserId>,
    /// When the last recipient was settled.
    pub finished_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

impl Campaign {
    /// What it says.
    pub fn content(&self) -> Content {
        Content {
            subject: self.subject.clone(),
            preheader: self.preheader.clone(),
            from_name: self.from_name.clone(),
            from_email: self.from_email.clone(),
            format: self.format,
            body: self.body.clone(),
        }
    }
}

/// What a campaign's pages count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, HasQuery)]
#[diesel(table_name = campaign_tallies)]
pub struct Tally {
    /// Contacts of the audience at the launch.
    pub audience: i64,
    /// Those without an address.
    pub without_address: i64,
    /// Rows.
    pub recipients: i64,
    /// Not to be written to.
    pub skipped: i64,
    /// Of them: did not allow the topic.
    pub no_consent: i64,
    /// Of them: suppressed addresses.
    pub suppressed: i64,
    /// Of them: cancelled before their turn.
    pub cancelled: i64,
    /// Taken by the mail server.
    pub sent: i64,
    /// Never to be taken.
    pub failed: i64,
    /// Nobody knows.
    pub in_doubt: i64,
    /// Recipients who opened it.
    pub opened: i64,
    /// Recipients who followed a link.
    pub clicked: i64,
    /// Recipients whose mail a program opened.
    pub machine_opened: i64,
    /// Recipients in whose mail a program followed links.
    pub machine_clicked: i64,
    /// Recipients who unsubscribed by it.
    pub unsubscribed: i64,
}

impl Tally {
    /// Held back for another reason: deleted meanwhile, another address.
    pub fn skipped_otherwise(&self) -> i64 {
        self.skipped - self.no_consent - self.suppressed - self.cancelled
    }

    /// Still to be settled.
    pub fn waiting(&self) -> i64 {
        (self.recipients - self.skipped - self.sent - self.failed - self.in_doubt).max(0)
    }
}

/// One address a campaign goes to.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = recipients)]
pub struct Recipient {
    /// Id.
    pub id: RecipientId,
    /// Of what.
    pub campaign_id: CampaignId,
    /// Who.
    pub contact_id: ContactId,
    /// Where.
    pub address: String,
    /// How far.
    pub state: Delivery,
    /// Why: a word of [`held_back`], or what the mail server said.
    pub reason: String,
    /// Tries so far.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt_at: Timestamp,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
    /// First opened.
    pub opened_at: Option<Timestamp>,
    /// First followed a link.
    pub clicked_at: Option<Timestamp>,
    /// First opened by a program.
    pub machine_opened_at: Option<Timestamp>,
    /// A program first followed a link.
    pub machine_clicked_at: Option<Timestamp>,
    /// Unsubscribed by it.
    pub unsubscribed_at: Option<Timestamp>,
}

/// Why somebody is held back, for people. What is no word of ours is said as it is.
pub fn held_back(reason: &str) -> &str {
    match reason {
        "no_consent" => "did not allow this topic",
        "suppressed" => "suppressed address",
        "gone" => "deleted meanwhile",
        "address_changed" => "another address meanwhile",
        "cancelled" => "cancelled before their turn",
        other => other,
    }
}

/// Tries before a deferred mail counts as failed.
pub const MOST_ATTEMPTS: i64 = 8;

/// How long after try number `attempt` the next one comes: 5 min, doubled each time, at most 6 h.
pub fn pause_after(attempt: i64) -> i64 {
    let doubled = 5 * MINUTE * (1 << attempt.clamp(1, 12).saturating_sub(1));
    doubled.min(6 * HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_later_and_end_within_a_day() {
        assert_eq!(pause_after(1), 5 * MINUTE);
        assert_eq!(pause_after(2), 10 * MINUTE);
        assert_eq!(pause_after(30), 6 * HOUR);
        let whole: i64 = (1..MOST_ATTEMPTS).map(pause_after).sum();
        assert!(whole < 24 * HOUR, "{}", whole / HOUR);
    }
}
