//! Rows and words of the quarantine: reasons with their remedies, what an event wanted to be, how it goes back in.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::Timestamp;
use crate::base::ids::{QuarantineId, SourceId, UserId};
use crate::base::text;
use crate::db::schema::quarantine;
use crate::text_enum;

text_enum!(
    /// What became of a quarantined event.
    State {
        /// Waits for a person.
        Open => "open",
        /// Sent through again.
        Replayed => "replayed",
        /// Given up on purpose.
        Dropped => "dropped",
    }
);

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Replayed => "Replayed",
            Self::Dropped => "Dropped",
        }
    }
}

/// A quarantined event as a list shows it: the body is cut.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = quarantine)]
pub struct Line {
    /// Id.
    pub id: QuarantineId,
    /// Where it came from.
    pub source_id: SourceId,
    /// Code of the reason.
    pub reason: String,
    /// What exactly was wrong.
    pub detail: String,
    /// The beginning of the body.
    #[diesel(select_expression = sql::<Text>("substr(body, 1, 4000)"))]
    #[diesel(select_expression_type = SqlLiteral<Text>)]
    pub beginning: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// What became of it.
    pub state: State,
}

/// A quarantined event.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = quarantine)]
pub struct Item {
    /// Id.
    pub id: QuarantineId,
    /// Where it came from.
    pub source_id: SourceId,
    /// Code of the reason; see [`Diagnosis`].
    pub reason: String,
    /// What exactly was wrong with this one.
    pub detail: String,
    /// The event as it came.
    pub body: String,
    /// The client's address.
    pub ip: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
    /// When the client says it sent it.
    pub sent_at: Option<Timestamp>,
    /// When it was received.
    pub received_at: Timestamp,
    /// What became of it.
    pub state: State,
    /// When a person decided.
    pub resolved_at: Option<Timestamp>,
    /// Who did.
    pub resolved_by: Option<UserId>,
}

impl Item {
    /// The reason with its words.
    pub fn why(&self) -> Diagnosis {
        Diagnosis::of(&self.reason)
    }
}

/// Why events are set aside, in words, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagnosis {
    /// The code the worker writes.
    pub code: &'static str,
    /// A sentence without its full stop.
    pub words: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

const fn told(code: &'static str, words: &'static str, remedy: &'static str) -> Diagnosis {
    Diagnosis {
        code,
        words,
        remedy,
    }
}

/// Every reason, in the order of the filter.
pub const DIAGNOSES: &[Diagnosis] = &[
    told(
        "not_json",
        "It is no JSON",
        "Repair the text below, usually a missing quote, comma or bracket, and replay it. If more arrive, look at what the sender builds by hand.",
    ),
    told(
        "not_an_object",
        "It is no object with each field once",
        "An event is an object such as {\"type\": \"track\", …}, and no field may stand in it twice. Lists belong into \"batch\".",
    ),
    told(
        "too_large",
        "It is too large",
        "An event may hold 512 kB: leave out files, images and whole documents, then replay it.",
    ),
    told(
        "too_deep",
        "It is nested too deeply",
        "Flatten its properties: objects within objects within objects cannot be searched anyway.",
    ),
    told(
        "no_identity",
        "It does not say whose it is",
        "Add a userId or an anonymousId. SDKs do so by themselves; events built by hand often forget it.",
    ),
    told(
        "no_type",
        "It does not say what it is",
        "Add a type: track, page, screen, identify, group or alias.",
    ),
    told(
        "unknown_type",
        "Its type is unknown",
        "Change the type to track, page, screen, identify, group or alias.",
    ),
    told(
        "no_event_name",
        "A track event without a name",
        "Add what happened as event, such as \"Order Completed\".",
    ),
    told(
        "no_group_id",
        "A group event without its group",
        "Add the company's id as groupId.",
    ),
    told(
        "no_previous_id",
        "An alias without the former id",
        "Add the id the person had before as previousId.",
    ),
    told(
        "bad_user_id",
        "Its user id cannot be right",
        "An id is a short text or a number that only one person has. Repair it here and where the event is made.",
    ),
    told(
        "bad_timestamp",
        "Its time cannot be read",
        "Write it as 2026-05-24T07:14:05Z, or leave it out: then it counts from when it was received.",
    ),
    told(
        "too_many",
        "The person has too many identifiers",
        "Usually a test or a shared device: give each person an id of their own, then replay it, or drop it.",
    ),
    told(
        "internal",
        "A fault on our side",
        "Nothing is wrong with the event. Replay it; if it comes back, report what stands under “What exactly”.",
    ),
];

impl Diagnosis {
    /// The reason of a code; one from a later version has the code for words.
    pub fn of(code: &str) -> Self {
        DIAGNOSES
            .iter()
            .copied()
            .find(|known| known.code == code)
            .unwrap_or(told(
                "",
                "It could not be understood",
                "Look at the event below; repair it and replay it, or drop it.",
            ))
    }
}

/// Which events are meant, by a list or by an act on many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only from this source.
    pub source: Option<SourceId>,
    /// Only for this reason; empty: any.
    pub reason: String,
}

/// What an event wanted to be: "track Order Completed", or its first words.
pub fn outline(body: &str) -> String {
    let Ok(Value::Object(event)) = serde_json::from_str(body) else {
        return text::line(text::cut(body, 120), 80);
    };
    let word = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = ["event", "name", "userId", "anonymousId"]
        .into_iter()
        .map(word)
        .find(|word| !word.is_empty());
    let outline = text::line(
        &format!("{} {}", word("type"), name.unwrap_or_default()),
        80,
    );
    if outline.is_empty() {
        text::line(text::cut(body, 120), 80)
    } else {
        outline
    }
}

/// What is wrong with a body that somebody wants to replay, for the place beside it.
pub fn fault(body: &str) -> Option<String> {
    if body.len() > MOST_BYTES {
        return Some(format!(
            "This is too large: at most {} kB.",
            MOST_BYTES >> 10
        ));
    }
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(_)) => None,
        Ok(_) => {
            Some("This is JSON, but no object. An event begins with { and ends with }.".to_owned())
        }
        Err(error) => Some(format!("This is no JSON: {error}.")),
    }
}

/// More than this no repaired event holds.
const MOST_BYTES: usize = 512 << 10;

/// The bytes that go back into the inbox: the event as it stands, with the sending time of the request it came in, by
/// which its clock is corrected, and with a messageId, so that replaying it twice stores it once. The text is
/// only added to: numbers and order stay as they came.
pub fn replayed(body: &str, id: QuarantineId, sent_at: Option<Timestamp>) -> Option<Vec<u8>> {
    let event: Map<String, Value> = serde_json::from_str(body).ok()?;
    let mut added = Vec::new();
    if !event.contains_key("messageId") {
        added.push(format!("\"messageId\":\"quarantine-{id}\""));
    }
    if let Some(sent_at) = sent_at
        && !event.contains_key("sentAt")
    {
        added.push(format!("\"sentAt\":\"{}\"", sent_at.rfc3339()));
    }
    let (before, after) = body.split_once('{')?;
    let comma = if added.is_empty() || event.is_empty() {
        ""
    } else {
        ","
    };
    Some(format!("{before}{{{}{comma}{after}", added.join(",")).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_the_worker_has_words_and_a_remedy() {
        for code in [
            "not_json",
            "not_an_object",
            "too_large",
            "too_deep",
            "no_identity",
            "no_type",
            "unknown_type",
            "no_event_name",
            "no_group_id",
            "no_previous_id",
            "bad_user_id",
            "bad_timestamp",
            "too_many",
            "internal",
        ] {
            let told = Diagnosis::of(code);
            assert_eq!(told.code, code);
            assert!(
                !told.words.is_empty() && !told.words.ends_with('.'),
                "{code}"
            );
            assert!(
                told.remedy.ends_with('.') && told.remedy.len() > 20,
                "{code}"
            );
        }
        assert!(Diagnosis::of("from_tomorrow").words.contains("understood"));
    }

    #[test]
    fn an_outline_says_what_the_event_wanted_to_be() {
        for (body, want) in [
            (
                r#"{"type":"track","event":"Order Completed"}"#,
                "track Order Completed",
            ),
            (r#"{"type":"identify","userId":"u_1"}"#, "identify u_1"),
            (r#"{"type":7}"#, r#"{"type":7}"#),
            (r#"{"type":"track","ev"#, r#"{"type":"track","ev"#),
            ("", ""),
        ] {
            assert_eq!(outline(body), want);
        }
        assert!(outline(&"😀".repeat(500)).chars().count() <= 80);
    }

    #[test]
    fn a_replayed_event_keeps_its_text_and_gains_only_what_it_lacks() {
        let at = Some(Timestamp::parse("2026-05-24T07:14:05.100Z").expect("a time"));
        let of = |body: &str, sent_at| {
            replayed(body, QuarantineId(7), sent_at)
                .map(|bytes| String::from_utf8(bytes).expect("text"))
        };
        for (body, sent_at, want) in [
            (
                r#"{"messageId":"m","n":9007199254740993}"#,
                None,
                r#"{"messageId":"m","n":9007199254740993}"#,
            ),
            (
                r#"{"b":1,"a":2}"#,
                None,
                r#"{"messageId":"quarantine-7","b":1,"a":2}"#,
            ),
            (" {}", None, r#" {"messageId":"quarantine-7"}"#),
            (
                r#"{"messageId":"m","a":"{"}"#,
                at,
                r#"{"sentAt":"2026-05-24T07:14:05.100Z","messageId":"m","a":"{"}"#,
            ),
            (
                r#"{"messageId":"m","sentAt":"x"}"#,
                at,
                r#"{"messageId":"m","sentAt":"x"}"#,
            ),
        ] {
            let replayed = of(body, sent_at).expect("an object");
            assert_eq!(replayed, want);
            serde_json::from_str::<Value>(&replayed).expect("JSON");
        }
        assert_eq!(of("[1]", None), None);
        assert_eq!(of("{", None), None);
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_with_the_place() {
        assert_eq!(fault("{}"), None);
        assert!(fault("[]").expect("a fault").contains("no object"));
        assert!(fault("{\n \"a\" 1}").expect("a fault").contains("line 2"));
    }
}
