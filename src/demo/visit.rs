//! What the stories are made of: a visit is one stay of one person on one device, and what they did there.

use serde_json::{Map, Value};

use super::site::{Campaign, Leaf};
use crate::base::Timestamp;

/// Which of the four sources it comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Via {
    /// The website's script.
    Website,
    /// The app on phones.
    App,
    /// Tidewater's own server.
    Backend,
    /// The billing system.
    Billing,
}

/// Something done.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// Looked at a page.
    Page(&'static Leaf),
    /// Looked at a screen of the app.
    Screen(&'static str),
    /// Did something with a name.
    Track(&'static str, Vec<(&'static str, Value)>),
    /// Said who they are.
    Identify(Map<String, Value>),
    /// Said whom they work for.
    Group(Map<String, Value>),
    /// Sent as it stands, broken as it is.
    Broken(&'static str),
}

/// One deed of a visit.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// Seconds since the visit began.
    pub after: i64,
    /// What.
    pub what: What,
}

/// One stay.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// Whose: place among the people.
    pub who: usize,
    /// Through which source.
    pub via: Via,
    /// On which of their devices.
    pub device: usize,
    /// Whether they are signed in from the start.
    pub is_signed_in: bool,
    /// When it began.
    pub at: Timestamp,
    /// The campaign that led here.
    pub campaign: Option<&'static Campaign>,
    /// The page that led here.
    pub referrer: &'static str,
    /// Microseconds until it was sent: a phone out at sea sends when it is back.
    pub delay: i64,
    /// Microseconds by which the device's clock is fast.
    pub skew: i64,
    /// In order.
    pub acts: Vec<Act>,
}

impl Visit {
    /// One without a past or deeds.
    pub fn new(who: usize, via: Via, at: Timestamp) -> Self {
        Self {
            who,
            via,
            device: 0,
            is_signed_in: false,
            at,
            campaign: None,
            referrer: "",
            delay: 0,
            skew: 0,
            acts: Vec::new(),
        }
    }

    /// Somebody who is signed in.
    pub fn signed_in(mut self) -> Self {
        self.is_signed_in = true;
        self
    }

    /// Adds a deed so many seconds after the one before.
    pub fn then(&mut self, pause: i64, what: What) {
        let after = self.acts.last().map_or(0, |act| act.after + pause);
        self.acts.push(Act { after, what });
    }

    /// When the last deed was done.
    pub fn end(&self) -> Timestamp {
        let secs = self.acts.last().map_or(0, |act| act.after);
        self.at.plus(secs * crate::base::clock::SECOND)
    }

    /// When it reached Rapport.
    pub fn received(&self) -> Timestamp {
        self.end().plus(1_400_000 + self.delay)
    }
}

/// Properties from pairs.
pub(super) fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
