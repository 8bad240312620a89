//! Understanding what was sent: a request becomes drafts of events and refusals, without a look at the database.
//! Nothing here may panic or recurse on input; every field may be missing, of any type, or enormous.

use std::borrow::Cow;

use super::super::inbox::Waiting;
use super::super::model::{EventKind, Reason, message_key};
use super::super::sources::SourceSettings;
use super::claims::{self, Claim};
use super::clock_skew::corrected;
use super::consent::{self, Consent, ConsentManagement};
use super::fields::{self, Field};
use super::ids::{self, Id};
use super::sent::{Context, Envelope, External, Sent, object, page, raw, value};
use super::touch::PageInfo;
use crate::base::ids::SourceId;
use crate::base::{Timestamp, text};

/// Beyond this an event goes to the quarantine.
const MOST_EVENT: usize = 512 << 10;
/// The longest messageId kept as it is; longer ones are kept by their hash.
const MOST_MESSAGE_ID: usize = 100;

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

/// An event, understood.
#[derive(Debug)]
pub struct Draft {
    pub(super) source_id: SourceId,
    pub(super) kind: EventKind,
    pub(super) name: String,
    pub(super) message_id: String,
    /// Hash of source and messageId.
    pub(super) key: i64,
    /// Identifiers, strongest first.
    pub(super) ids: Vec<Id>,
    /// For alias: the id before.
    pub(super) previous: Option<String>,
    pub(super) group: Option<String>,
    pub(super) claims: Vec<Claim>,
    pub(super) at: Timestamp,
    pub(super) original_at: Timestamp,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) received_at: Timestamp,
    pub(super) properties: String,
    pub(super) context: String,
    pub(super) page: Option<PageInfo>,
    pub(super) agent: Option<String>,
    pub(super) value: f64,
    /// The event as it came; kept only where somebody may look.
    pub(super) raw: String,
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

/// Everything known of a request besides its events.
struct Frame<'a> {
    request: &'a Waiting,
    settings: &'a SourceSettings,
    sent_at: Option<Timestamp>,
    context: Field<'a>,
    keep_raw: bool,
}

/// Reads a request of the inbox. `keep_raw`: somebody may be watching.
pub fn read(request: &Waiting, settings: &SourceSettings, keep_raw: bool) -> Reading {
    let mut reading = Reading::default();
    let Ok(body) = std::str::from_utf8(&request.body) else {
        let lossy = String::from_utf8_lossy(&request.body).into_owned();
        let frame = Frame {
            request,
            settings,
            sent_at: None,
            context: None,
            keep_raw,
        };
        reading.refusals.push(frame.refusal(
            Reason::NotJson,
            "It is not UTF-8.",
            lossy.replace('\0', ""),
            0,
        ));
        return reading;
    };
    let is_batch = matches!(request.kind.as_str(), "batch" | "import");
    let outline = serde_json::from_str::<Envelope<'_>>(body);
    match outline {
        Ok(Envelope {
            batch: Some(events),
            context,
            sent_at,
        }) if is_batch || request.kind == "replay" => {
            let sent_at = fields::time(sent_at).ok().flatten();
            let frame = Frame {
                request,
                settings,
                sent_at,
                context,
                keep_raw,
            };
            for (n, event) in events.iter().enumerate() {
                frame.event(event.get(), n, None, &mut reading);
            }
        }
        Ok(_) => {
            let frame = Frame {
                request,
                settings,
                sent_at: None,
                context: None,
                keep_raw,
            };
            let kind = EventKind::from_word(&request.kind);
            frame.event(body, 0, kind, &mut reading);
        }
        Err(error) => {
            let frame = Frame {
                request,
                settings,
                sent_at: None,
                context: None,
                keep_raw,
            };
            reading.refusals.push(frame.refusal(
                Reason::NotJson,
                &error.to_string(),
                body.replace('\0', ""),
                0,
            ));
        }
    }
    reading
}

impl<'a> Frame<'a> {
    fn event(&self, json: &'a str, n: usize, kind: Option<EventKind>, reading: &mut Reading) {
        match self.understand(json, n, kind) {
            Ok(Some(draft)) => reading.drafts.push(draft),
            Ok(None) => reading.unconsented += 1,
            Err((reason, detail, key)) => {
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

    fn understand(
        &self,
        json: &'a str,
        n: usize,
        kind: Option<EventKind>,
    ) -> Result<Option<Draft>, (Reason, String, i64)> {
        let refuse = |reason, detail: String| Err((reason, detail, 0));
        if json.len() > MOST_EVENT {
            return refuse(
                Reason::TooLarge,
                format!(
                    "It has {} kB; {} kB is the most.",
                    json.len() >> 10,
                    MOST_EVENT >> 10
                ),
            );
        }
        let depth = fields::depth(json);
        if depth > fields::MOST_DEPTH {
            return refuse(
                Reason::TooDeep,
                format!(
                    "It is nested {depth} deep; {} is the most.",
                    fields::MOST_DEPTH
                ),
            );
        }
        let sent: Sent<'a> = match serde_json::from_str(json) {
            Ok(sent) => sent,
            Err(error) => return refuse(Reason::NotAnObject, error.to_string()),
        };
        let message_id = self.message_id(sent.message_id, n);
        let key = message_key(self.request.source_id, &message_id);
        let refuse = |reason, detail: &str| Err((reason, detail.to_owned(), key));

        let kind = match kind {
            Some(kind) => kind,
            None => match fields::text(sent.kind) {
                None => return refuse(Reason::NoType, "It has no \"type\"."),
                Some(word) => match EventKind::from_word(&word.to_ascii_lowercase()) {
                    Some(kind) => kind,
                    None => {
                        return refuse(
                            Reason::UnknownType,
                            &format!("Its type is {:?}.", text::cut(&word, 60)),
                        );
                    }
                },
            },
        };
        let own: Context<'a> = object(sent.context);
        let outer: Context<'a> = object(self.context);
        let consent: Option<Consent> = own
            .consent
            .or(outer.consent)
            .and_then(|raw| serde_json::from_str(raw.get()).ok());
        let management: Option<ConsentManagement> = own
            .consent_management
            .or(outer.consent_management)
            .and_then(|raw| serde_json::from_str(raw.get()).ok());
        if consent::refuses(self.settings, consent.as_ref(), management.as_ref()) {
            return Ok(None);
        }

        let Ok(user) = fields::word(sent.user_id) else {
            return refuse(Reason::BadUserId, "userId is neither text nor number.");
        };
        let Ok(anonymous) = fields::word(sent.anonymous_id) else {
            return refuse(Reason::BadUserId, "anonymousId is neither text nor number.");
        };
        for (name, id) in [("userId", &user), ("anonymousId", &anonymous)] {
            if let Some(id) = id.as_ref().filter(|id| id.len() > ids::MOST) {
                return refuse(
                    Reason::BadUserId,
                    &format!("{name} has {} bytes; {} is the most.", id.len(), ids::MOST),
                );
            }
        }
        let previous = fields::text(sent.previous_id).filter(|id| id.len() <= ids::MOST);
        let group = fields::text(sent.group_id).filter(|id| id.len() <= ids::MOST);
        let name = match kind {
            EventKind::Track => match fields::text(sent.event) {
                Some(name) => name,
                None => {
                    return refuse(
                        Reason::NoEventName,
                        "A track needs the name of the event in \"event\".",
                    );
                }
            },
            EventKind::Page | EventKind::Screen => fields::text(sent.name)
                .or_else(|| fields::text(sent.category))
                .unwrap_or_default(),
            EventKind::Group if group.is_none() => {
                return refuse(Reason::NoGroupId, "A group needs \"groupId\".");
            }
            EventKind::Alias if previous.is_none() => {
                return refuse(Reason::NoPreviousId, "An alias needs \"previousId\".");
            }
            _ => String::new(),
        };

        let received_at = self.request.received_at;
        let (Ok(timestamp), Ok(original)) = (
            fields::time(sent.timestamp),
            fields::time(sent.original_timestamp),
        ) else {
            return refuse(
                Reason::BadTimestamp,
                "Its time cannot be read; write it as 2026-11-22T04:32:45.074Z.",
            );
        };
        let sent_at = fields::time(sent.sent_at).ok().flatten().or(self.sent_at);
        let said = timestamp.or(original);
        let at = if self.request.kind == "import" {
            corrected(said, None, received_at)
        } else {
            corrected(said, sent_at, received_at)
        };

        let claims = if matches!(kind, EventKind::Identify | EventKind::Group) {
            claims::read(
                sent.traits,
                if kind == EventKind::Identify {
                    own.traits
                } else {
                    None
                },
            )
        } else {
            Vec::new()
        };
        let mut ids = self.ids(kind, user.as_deref(), anonymous.as_deref(), &claims);
        if kind != EventKind::Group {
            self.other_ids(&own, &mut ids);
        }
        if ids.is_empty() {
            return refuse(
                Reason::NoIdentity,
                "It has neither a userId nor an anonymousId that tells anybody apart.",
            );
        }
        let mut claims = claims;
        if kind == EventKind::Identify {
            claims::add_context(&mut claims, own.locale, own.timezone);
        }
        let page = page(kind, own.page, sent.properties, own.campaign);
        Ok(Some(Draft {
            source_id: self.request.source_id,
            kind,
            name: text::line(&name, 200),
            message_id,
            key,
            ids,
            previous,
            group,
            claims,
            at,
            original_at: said.unwrap_or(received_at),
            sent_at,
            received_at,
            properties: raw(sent.properties),
            context: raw(sent.context),
            page,
            agent: fields::text(own.user_agent)
                .or_else(|| Some(self.request.user_agent.clone()))
                .filter(|a| !a.is_empty()),
            value: value(sent.properties),
            raw: if self.keep_raw {
                text::cut(json, 32 << 10).to_owned()
            } else {
                String::new()
            },
        }))
    }

    fn message_id(&self, field: Field<'_>, n: usize) -> String {
        match fields::text(field) {
            Some(id) if id.len() <= MOST_MESSAGE_ID => id,
            Some(id) => format!(
                "{}~{:016x}",
                text::cut(&id, 60),
                xxhash_rust::xxh3::xxh3_64(id.as_bytes())
            ),
            // Stable when the same request is worked on twice.
            None => format!(
                "inbox-{}-{}-{n}",
                self.request.received_at.0, self.request.id
            ),
        }
    }

    /// Identifiers, strongest first. An address identifies only where somebody says who they are: RudderStack's
    /// browser SDK repeats the traits on every later event.
    fn ids(
        &self,
        kind: EventKind,
        user: Option<&str>,
        anonymous: Option<&str>,
        claims: &[Claim],
    ) -> Vec<Id> {
        let mut ids: Vec<Id> = user.and_then(Id::user).into_iter().collect();
        if kind == EventKind::Identify {
            let country = Some(self.settings.default_country.as_str()).filter(|c| !c.is_empty());
            let claimed = |key: &str| claims.iter().find(|c| c.key == key).and_then(Claim::text);
            ids.extend(
                claimed("email")
                    .or_else(|| user.map(str::to_owned))
                    .and_then(|email| Id::email(&email)),
            );
            ids.extend(claimed("phone").and_then(|phone| Id::phone(&phone, country)));
        }
        ids.extend(anonymous.and_then(Id::anonymous));
        ids
    }

    fn other_ids(&self, context: &Context<'a>, ids: &mut Vec<Id>) {
        let externals: Vec<External<'a>> = context
            .external_ids
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        for external in externals.iter().take(10) {
            if let (Some(kind), Some(id)) = (fields::text(external.kind), fields::text(external.id))
            {
                ids.extend(Id::external(&kind, &id));
            }
        }
        if let Some(device) = context.device {
            let device: External<'a> = serde_json::from_str(device.get()).unwrap_or_default();
            ids.extend(fields::text(device.id).and_then(|id| Id::device(&id)));
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
