//! The context that an envelope gives all of its events: it lies under each event's own, field by field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::fields::Field;

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// What it may add to a request that is small itself.
const MOST_ADDED: usize = 128 << 10;

/// Whether it may be laid under `events` of a request of `body` bytes: a few bytes must not become gigabytes. Where it may
/// not, it says only whether there is consent.
pub(super) fn fits(context: &RawValue, events: usize, body: usize) -> bool {
    context.get().len().saturating_mul(events) <= MOST_ADDED.max(4 * body)
}

/// The event, and in its context what it does not say there itself. What is no object stays as it came.
pub(super) fn laid_under<'a>(json: &'a str, around: Field<'_>) -> Cow<'a, str> {
    around
        .and_then(|around| merged(json, around.get()))
        .map_or(Cow::Borrowed(json), Cow::Owned)
}

fn merged(json: &str, around: &str) -> Option<String> {
    let mut context: Fields<'_> = serde_json::from_str(around).ok()?;
    let mut event: Fields<'_> = serde_json::from_str(json).ok()?;
    if let Some(own) = event.get("context").filter(|own| own.get() != "null") {
        let own: Fields<'_> = serde_json::from_str(own.get()).ok()?;
        context.extend(own);
    }
    let context = RawValue::from_string(serde_json::to_string(&context).ok()?).ok()?;
    event.insert("context".to_owned(), &context);
    serde_json::to_string(&event).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).expect("JSON")
    }

    #[test]
    fn an_events_own_context_lies_on_top() {
        for (event, around, want) in [
            (
                r#"{"a":1}"#,
                r#"{"locale":"nb"}"#,
                r#"{"a":1,"context":{"locale":"nb"}}"#,
            ),
            ("{}", r#"{"x":1}"#, r#"{"context":{"x":1}}"#),
            (
                r#"{"context":null,"a":[1e400, "\u0000"]}"#,
                r#"{"x":1}"#,
                r#"{"a":[1e400, "\u0000"],"context":{"x":1}}"#,
            ),
            (
                r#"{"context":{"x":2,"y":{}}}"#,
                r#"{"x":1,"z":3}"#,
                r#"{"context":{"x":2,"y":{},"z":3}}"#,
            ),
            (r#"{"context":5}"#, r#"{"x":1}"#, r#"{"context":5}"#),
            (r#"{"a":1}"#, "5", r#"{"a":1}"#),
            ("[1]", r#"{"x":1}"#, "[1]"),
            ("7", r#"{"x":1}"#, "7"),
        ] {
            assert_eq!(laid_under(event, Some(&raw(around))), want);
        }
        assert_eq!(laid_under("{ }", None), "{ }");
    }

    #[test]
    fn it_cannot_blow_a_small_request_up() {
        let context = raw(&format!("{{\"x\":\"{}\"}}", "x".repeat(2_000)));
        assert!(fits(&context, 50, 4_000));
        assert!(!fits(&context, 2_500, 100_000));
        assert!(fits(&context, 2_500, 1_500_000));
    }
}
