//! When an event really happened, from clocks that are wrong. The rule is Segment's: what the client's clock was off
//! when it sent, it was off when the event happened.

use crate::base::Timestamp;
use crate::base::clock::SECOND;

/// A difference this small is the way through the network, not a wrong clock; correcting it would put the events of
/// one slow request behind those of a quick one.
const WAY: i64 = 2 * SECOND;

/// Before this no SDK existed: such a time is a zero of somebody's calendar (1601, 1904, 1970), not a time.
const EARLIEST: Timestamp = Timestamp(631_152_000 * SECOND); // 1990-01-01

/// The time of an event received at `received`, that says it happened at `original` and was sent at `sent`.
pub(super) fn corrected(
    original: Option<Timestamp>,
    sent: Option<Timestamp>,
    received: Timestamp,
) -> Timestamp {
    let Some(original) = original.or(sent) else {
        return received;
    };
    if original < EARLIEST {
        return received;
    }
    let skew = sent.map_or(0, |sent| received.since(sent));
    let at = if skew.abs() <= WAY {
        original
    } else {
        original.plus(skew)
    };
    if at > received || at < EARLIEST {
        received
    } else {
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::{DAY, HOUR};

    #[test]
    fn wrong_clocks_are_corrected_and_late_events_stay_late() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").expect("a time");
        for (name, original, sent, want) in [
            ("nothing said", None, None, now),
            (
                "right clock",
                Some(now.plus(-SECOND)),
                Some(now),
                now.plus(-SECOND),
            ),
            (
                "an hour fast",
                Some(now.plus(HOUR - SECOND)),
                Some(now.plus(HOUR)),
                now.plus(-SECOND),
            ),
            (
                "an hour slow",
                Some(now.plus(-HOUR - SECOND)),
                Some(now.plus(-HOUR)),
                now.plus(-SECOND),
            ),
            (
                "three days late",
                Some(now.plus(-3 * DAY)),
                Some(now),
                now.plus(-3 * DAY),
            ),
            (
                "slow network",
                Some(now.plus(-SECOND)),
                Some(now.plus(-SECOND)),
                now.plus(-SECOND),
            ),
            ("only sent", None, Some(now.plus(-HOUR)), now),
            (
                "no sent: trusted",
                Some(now.plus(-HOUR)),
                None,
                now.plus(-HOUR),
            ),
            ("the future", Some(now.plus(DAY)), None, now),
            ("1601", Timestamp::parse("1601-01-01T00:00:00Z"), None, now),
            (
                "9999",
                Timestamp::parse("9999-12-31T23:59:59Z"),
                Some(now),
                now,
            ),
        ] {
            assert_eq!(corrected(original, sent, now), want, "{name}");
        }
    }
}
