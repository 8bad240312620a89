//! Reading a request of the inbox: it becomes drafts of events and refusals, without a look at the database.

use std::borrow::Cow;

use super::super::acts;
use super::super::inbox::Waiting;
use super::super::model::{EventKind, Reason, message_key};
use super::super::sources::SourceSettings;
use super::around;
pub(super) use super::draft::Draft;
use super::draft::{Fault, Frame, MOST_EVENT};
use super::fields;
use super::sent::{Envelope, Sent};
use crate::base::ids::SourceId;
use crate::base::{Timestamp, text};

/// What one request turned out to hold.
#[derive(Debug, Default)]
pub struct Reading {
    /// Events to store, in the order in which they were sent.
    pub drafts: Vec<Draft>,
    /// Events that cannot be stored, and why.
    pub refusals: Vec<Refusal>,
    /// Events dropped because their sender refused consent.
    pub unconsented: i64,
}

/// An event that could not be understood.
#[derive(Debug)]
pub struct Refusal {
    pub(super) source_id: SourceId,
    pub(super) reason: Reason,
    pub(super) detail: String,
    pub(super) body: String,
    pub(super) key: i64,
    pub(super) ip: String,
    pub(super) user_agent: String,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) received_at: Timestamp,
}

impl Refusal {
    /// A whole request that could not be stored.
    pub(super) fn whole(request: &Waiting, cause: &str) -> Self {
        let body = String::from_utf8_lossy(&request.body).replace('\0', "");
        Self {
            source_id: request.source_id,
            reason: Reason::Internal,
            detail: text::line(cause, 300),
            key: message_key(request.source_id, &body),
            body,
            ip: request.ip.clone(),
            user_agent: request.user_agent.clone(),
            sent_at: None,
            received_at: request.received_at,
        }
    }
}

/// Reads a request of the inbox. `keep_raw`: somebody may be watching.
pub fn read(request: &Waiting, settings: &SourceSettings, keep_raw: bool) -> Reading {
    let mut reading = Reading::default();
    let frame = Frame {
        request,
        settings,
        sent_at: None,
        context: None,
        keep_raw,
    };
    let Ok(body) = std::str::from_utf8(&request.body) else {
        let lossy = String::from_utf8_lossy(&request.body).replace('\0', "");
        let refusal = frame.refusal(Reason::NotJson, "It is not UTF-8.", lossy, 0);
        reading.refusals.push(refusal);
        return reading;
    };
    let may_hold_several = matches!(
        request.kind.as_str(),
        "batch" | "import" | "replay" | acts::KIND
    );
    match serde_json::from_str::<Envelope<'_>>(body) {
        // serde takes a list for a struct, too: what is no object is left to the reader of single events, who says so.
        Ok(Envelope {
            batch: Some(events),
            context,
            sent_at,
        }) if may_hold_several && body.trim_start().starts_with('{') => {
            let frame = Frame {
                sent_at: fields::time(sent_at).ok().flatten(),
                context,
                ..frame
            };
            let laid = context.filter(|context| around::fits(context, events.len(), body.len()));
            for (n, event) in events.iter().enumerate() {
                let json = around::laid_under(event.get(), laid);
                frame.event(&json, n, None, &mut reading);
            }
        }
        Ok(_) => frame.event(body, 0, EventKind::from_word(&request.kind), &mut reading),
        Err(error) => {
            let body = body.replace('\0', "");
            let refusal = frame.refusal(Reason::NotJson, &error.to_string(), body, 0);
            reading.refusals.push(refusal);
        }
    }
    reading
}

impl<'a> Frame<'a> {
    fn event(&self, json: &'a str, n: usize, kind: Option<EventKind>, reading: &mut Reading) {
        match self.understand(json, n, kind) {
            Ok(Some(draft)) => reading.drafts.push(draft),
            Ok(None) => reading.unconsented += 1,
            Err((Fault(reason, detail), key)) => {
                let body = text::cut(&typed(json, kind), MOST_EVENT).replace('\0', "");
                reading
                    .refusals
                    .push(self.refusal(reason, &detail, body, key));
            }
        }
    }

    fn refusal(&self, reason: Reason, detail: &str, body: String, key: i64) -> Refusal {
        let key = if key == 0 {
            message_key(self.request.source_id, &body)
        } else {
            key
        };
        Refusal {
            source_id: self.request.source_id,
            reason,
            detail: text::line(detail, 300),
            body,
            key,
            ip: self.request.ip.clone(),
            user_agent: self.request.user_agent.clone(),
            sent_at: self.sent_at,
            received_at: self.request.received_at,
        }
    }
}

/// The event with the type that its address gave it, so that it means the same when it is replayed without the address.
fn typed(json: &str, kind: Option<EventKind>) -> Cow<'_, str> {
    let says_nothing = serde_json::from_str::<Sent<'_>>(json).is_ok_and(|sent| sent.kind.is_none());
    match (kind, json.trim_start().strip_prefix('{')) {
        (Some(kind), Some(rest)) if says_nothing && !rest.trim_start().starts_with('}') => {
            format!("{{\"type\":\"{kind}\",{rest}").into()
        }
        _ => json.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by fuzzing: a list of lists read as an envelope without events, and nobody heard of it.
    #[test]
    fn a_list_is_no_envelope() {
        let read_body = |body: &str| {
            let request = Waiting {
                id: 1,
                source_id: SourceId(1),
                received_at: Timestamp(1),
                kind: "batch".to_owned(),
                ip: String::new(),
                user_agent: String::new(),
                body: body.as_bytes().to_vec(),
            };
            read(&request, &SourceSettings::default(), false)
        };
        for body in [
            "[[]]",
            " [[{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\"}]]",
        ] {
            let reading = read_body(body);
            assert!(reading.drafts.is_empty(), "{body}");
            assert_eq!(reading.refusals.len(), 1, "{body}");
        }
        assert!(read_body("{\"batch\":[]}").refusals.is_empty());
    }

    #[test]
    fn what_the_address_said_stays_with_the_event() {
        for (json, want) in [
            ("{\"userId\":1}", "{\"type\":\"track\",\"userId\":1}"),
            ("{\"type\":\"page\"}", "{\"type\":\"page\"}"),
            ("{}", "{}"),
            ("[1]", "[1]"),
            ("{", "{"),
        ] {
            assert_eq!(typed(json, Some(EventKind::Track)), want);
        }
        assert_eq!(typed("{\"a\":1}", None), "{\"a\":1}");
    }
}
