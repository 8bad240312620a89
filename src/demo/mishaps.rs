//! What goes wrong on the way, as it does everywhere: events that a program sent broken. They lie in the quarantine.

use super::calendar::Calendar;
use super::visit::{Via, Visit, What};
use crate::base::clock::{HOUR, MINUTE};

/// Each with the minutes before now, its source, and the event as it was sent.
const BROKEN: &[(i64, Via, &str)] = &[
    (
        12,
        Via::Backend,
        r#"{"type":"trak","event":"Sensor Connected","userId":"u_48213","properties":{"model":"OX-3"}}"#,
    ),
    (
        47,
        Via::App,
        r#"{"type":"track","userId":"u_48220","properties":{"screen":"Alarms"}}"#,
    ),
    (
        53,
        Via::App,
        r#"{"type":"track","event":"","userId":"u_48227","properties":{"screen":"Alarms"}}"#,
    ),
    (
        190,
        Via::Billing,
        r#"{"type":"group","userId":"u_48318","traits":{"name":"Nordfjord Havbruk AS"}}"#,
    ),
    (
        2_900,
        Via::Website,
        r#"{"type":"page","anonymousId":null,"userId":"null","properties":{"path":"/pricing"}}"#,
    ),
    (
        11_000,
        Via::Backend,
        r#"{"type":"track","event":"Report Sent","userId":"u_48213","timestamp":"yesterday at noon"}"#,
    ),
    (
        41_000,
        Via::Backend,
        r#"{"type":"delete","userId":"u_48241"}"#,
    ),
];

/// The requests they came in.
pub(super) fn visits(calendar: Calendar) -> Vec<Visit> {
    let broken = BROKEN.iter().map(|(minutes, via, json)| {
        let at = calendar.now.plus(-minutes * MINUTE);
        let mut visit = Visit::new(0, *via, at).signed_in();
        visit.then(0, What::Broken(json));
        visit.delay = if *minutes > 10_000 { HOUR / 60 } else { 0 };
        visit
    });
    broken.collect()
}
