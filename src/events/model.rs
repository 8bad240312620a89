//! Words of events: their kinds and the reasons why one cannot be processed.

use xxhash_rust::xxh3::Xxh3;

use crate::base::ids::SourceId;
use crate::text_enum;

text_enum!(
    /// What kind of act an event is.
    EventKind {
        /// Something a person did.
        Track => "track",
        /// A page they looked at.
        Page => "page",
        /// A screen of an app they looked at.
        Screen => "screen",
        /// Who they are.
        Identify => "identify",
        /// Which company they belong to.
        Group => "group",
        /// Two ids that are one person.
        Alias => "alias",
    }
);

text_enum!(
    /// Why an event lies in the quarantine.
    Reason {
        /// It is not JSON.
        NotJson => "not_json",
        /// It is JSON, but no object with each field once.
        NotAnObject => "not_an_object",
        /// It is larger than an event may be.
        TooLarge => "too_large",
        /// It is nested too deep.
        TooDeep => "too_deep",
        /// It says neither who nor which device.
        NoIdentity => "no_identity",
        /// It does not say what it is.
        NoType => "no_type",
        /// It says it is something we do not know.
        UnknownType => "unknown_type",
        /// A track without the name of the event.
        NoEventName => "no_event_name",
        /// A group without its id.
        NoGroupId => "no_group_id",
        /// An alias without the id before.
        NoPreviousId => "no_previous_id",
        /// An id that is no text or number, or too long.
        BadUserId => "bad_user_id",
        /// A time that cannot be read.
        BadTimestamp => "bad_timestamp",
        /// The house stumbled over it.
        Internal => "internal",
    }
);

/// The key under which an event is known: hash of its source and messageId, never 0.
pub fn message_key(source: SourceId, message_id: &str) -> i64 {
    let mut hasher = Xxh3::new();
    hasher.update(&source.0.to_le_bytes());
    hasher.update(message_id.as_bytes());
    hasher.digest() as i64 | 1
}
