//! Understanding one event: from its JSON to a draft, or to the fault that keeps it from being one.
//! Nothing here may panic or recurse on input; every field may be missing, of any type, or enormous.

use super::super::acts;
use super::super::inbox::Waiting;
use super::super::model::{EventKind, Reason, message_key};
use super::super::sources::SourceSettings;
use super::claims::{self, Claim};
use super::clock_skew::corrected;
use super::consent::{self, Consent, ConsentManagement};
use super::fields::{self, Field};
use super::ids::{self, Id};
use super::sent::{Context, External, Sent, object, page, raw, value};
use super::touch::PageInfo;
use crate::base::ids::SourceId;
use crate::base::{Timestamp, text};

/// Beyond this an event goes to the quarantine.
pub(super) const MOST_EVENT: usize = 512 << 10;
/// The longest messageId kept as it is; longer ones are kept by their hash.
const MOST_MESSAGE_ID: usize = 100;

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
    /// Done in the house (a deal won, a mail clicked): part of no visit.
    pub(super) is_act: bool,
    /// Whether the contact was there when it happened.
    pub(super) was_seen: bool,
    /// The event as it came; kept only where somebody may look.
    pub(super) raw: String,
}

/// Everything known of a request besides its events.
pub(super) struct Frame<'a> {
    pub request: &'a Waiting,
    pub settings: &'a SourceSettings,
    pub sent_at: Option<Timestamp>,
    pub context: Field<'a>,
    pub keep_raw: bool,
}

/// What keeps an event from being understood: the reason and, in words, what of the event it is.
pub(super) struct Fault(pub Reason, pub String);

impl Fault {
    fn new(reason: Reason, detail: &str) -> Self {
        Self(reason, detail.to_owned())
    }
}

impl<'a> Frame<'a> {
    /// The draft of the `n`th event; `None` if its sender refused consent. A fault comes with the key of the message,
    /// 0 as long as that is not known.
    pub fn understand(
        &self,
        json: &'a str,
        n: usize,
        kind: Option<EventKind>,
    ) -> Result<Option<Draft>, (Fault, i64)> {
        let sent = parse(json).map_err(|fault| (fault, 0))?;
        let message_id = self.message_id(sent.message_id, n);
        let key = message_key(self.request.source_id, &message_id);
        let own: Context<'a> = object(sent.context);
        kind_of(&sent, kind)
            .and_then(|kind| {
                if self.lacks_consent(&own) {
                    return Ok(None);
                }
                self.draft(json, kind, &sent, &own, message_id, key)
                    .map(Some)
            })
            .map_err(|fault| (fault, key))
    }

    fn lacks_consent(&self, own: &Context<'a>) -> bool {
        let outer: Context<'a> = object(self.context);
        let consent: Option<Consent> = own
            .consent
            .or(outer.consent)
            .and_then(|raw| serde_json::from_str(raw.get()).ok());
        let management: Option<ConsentManagement> = own
            .consent_management
            .or(outer.consent_management)
            .and_then(|raw| serde_json::from_str(raw.get()).ok());
        consent::refuses(self.settings, consent.as_ref(), management.as_ref())
    }

    fn draft(
        &self,
        json: &str,
        kind: EventKind,
        sent: &Sent<'a>,
        own: &Context<'a>,
        message_id: String,
        key: i64,
    ) -> Result<Draft, Fault> {
        let sender = Sender::read(sent)?;
        let subject = Subject::read(kind, sent)?;
        let times = self.times(sent)?;
        let mut claims = match kind {
            EventKind::Identify => claims::read(sent.traits, own.traits),
            EventKind::Group => claims::read(sent.traits, None),
            _ => Vec::new(),
        };
        let is_act = self.request.kind == acts::KIND;
        let ids = if is_act {
            vec![record(sent)?]
        } else {
            self.ids(kind, &sender, &claims, own)?
        };
        if kind == EventKind::Identify {
            claims::add_context(&mut claims, own.locale, own.timezone);
        }
        let page = page(kind, own.page, sent.properties, own.campaign);
        let mut name = text::line(&subject.name, 200);
        if let Some(page) = page
            .as_ref()
            .filter(|_| kind == EventKind::Page && name.is_empty())
        {
            name = page.place();
        }
        Ok(Draft {
            source_id: self.request.source_id,
            kind,
            name,
            message_id,
            key,
            ids,
            previous: subject.previous,
            group: subject.group,
            claims,
            at: times.at,
            original_at: times.original_at,
            sent_at: times.sent_at,
            received_at: self.request.received_at,
            properties: raw(sent.properties),
            context: raw(sent.context),
            page,
            agent: fields::text(own.user_agent)
                .or_else(|| Some(self.request.user_agent.clone()))
                .filter(|a| !a.is_empty()),
            value: value(sent.properties),
            is_act,
            was_seen: !is_act || fields::text(sent.by_contact).is_some_and(|by| by == "true"),
            raw: if self.keep_raw {
                text::cut(json, 32 << 10).to_owned()
            } else {
                String::new()
            },
        })
    }

    fn times(&self, sent: &Sent<'a>) -> Result<Times, Fault> {
        let (Ok(timestamp), Ok(original)) = (
            fields::time(sent.timestamp),
            fields::time(sent.original_timestamp),
        ) else {
            return Err(Fault::new(
                Reason::BadTimestamp,
                "Its time cannot be read; write it as 2026-11-22T04:32:45.074Z.",
            ));
        };
        let received_at = self.request.received_at;
        let sent_at = fields::time(sent.sent_at).ok().flatten().or(self.sent_at);
        let said = timestamp.or(original);
        let is_import = self.request.kind == "import";
        Ok(Times {
            at: corrected(said, sent_at.filter(|_| !is_import), received_at),
            original_at: said.unwrap_or(received_at),
            sent_at,
        })
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
        sender: &Sender,
        claims: &[Claim],
        own: &Context<'a>,
    ) -> Result<Vec<Id>, Fault> {
        let user = sender.user.as_deref();
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
        ids.extend(sender.anonymous.as_deref().and_then(Id::anonymous));
        if kind != EventKind::Group {
            other_ids(own, &mut ids);
        }
        if ids.is_empty() {
            return Err(Fault::new(
                Reason::NoIdentity,
                "It has neither a userId nor an anonymousId that tells anybody apart.",
            ));
        }
        Ok(ids)
    }
}

/// The record an act in the house is about.
fn record(sent: &Sent<'_>) -> Result<Id, Fault> {
    let value = fields::text(sent.record)
        .ok_or_else(|| Fault::new(Reason::NoIdentity, "It names no record."))?;
    Ok(Id {
        namespace: "record".into(),
        value,
    })
}

/// Who sent it, by their own ids.
struct Sender {
    user: Option<String>,
    anonymous: Option<String>,
}

impl Sender {
    fn read(sent: &Sent<'_>) -> Result<Self, Fault> {
        let fault = |detail: &str| Fault::new(Reason::BadUserId, detail);
        let user =
            fields::word(sent.user_id).map_err(|()| fault("userId is neither text nor number."))?;
        let anonymous = fields::word(sent.anonymous_id)
            .map_err(|()| fault("anonymousId is neither text nor number."))?;
        for (name, id) in [("userId", &user), ("anonymousId", &anonymous)] {
            if let Some(id) = id.as_ref().filter(|id| id.len() > ids::MOST) {
                return Err(fault(&format!(
                    "{name} has {} bytes; {} is the most.",
                    id.len(),
                    ids::MOST
                )));
            }
        }
        Ok(Self { user, anonymous })
    }
}

/// What it is about, beside its sender.
struct Subject {
    name: String,
    previous: Option<String>,
    group: Option<String>,
}

impl Subject {
    fn read(kind: EventKind, sent: &Sent<'_>) -> Result<Self, Fault> {
        let previous = fields::text(sent.previous_id).filter(|id| id.len() <= ids::MOST);
        let group = fields::text(sent.group_id).filter(|id| id.len() <= ids::MOST);
        let name = match kind {
            EventKind::Track => fields::text(sent.event).ok_or_else(|| {
                Fault::new(
                    Reason::NoEventName,
                    "A track needs the name of the event in \"event\".",
                )
            })?,
            EventKind::Page | EventKind::Screen => fields::text(sent.name)
                .or_else(|| fields::text(sent.category))
                .unwrap_or_default(),
            EventKind::Group if group.is_none() => {
                let detail = "A group needs \"groupId\".";
                return Err(Fault::new(Reason::NoGroupId, detail));
            }
            EventKind::Alias if previous.is_none() => {
                let detail = "An alias needs \"previousId\".";
                return Err(Fault::new(Reason::NoPreviousId, detail));
            }
            _ => String::new(),
        };
        Ok(Self {
            name,
            previous,
            group,
        })
    }
}

/// When it happened, as far as the clocks can be believed.
struct Times {
    at: Timestamp,
    original_at: Timestamp,
    sent_at: Option<Timestamp>,
}

/// Its fields, unless it is too large, too deep, or no object.
fn parse(json: &str) -> Result<Sent<'_>, Fault> {
    if json.len() > MOST_EVENT {
        return Err(Fault(
            Reason::TooLarge,
            format!(
                "It has {} kB; {} kB is the most.",
                json.len() >> 10,
                MOST_EVENT >> 10
            ),
        ));
    }
    let depth = fields::depth(json);
    if depth > fields::MOST_DEPTH {
        return Err(Fault(
            Reason::TooDeep,
            format!(
                "It is nested {depth} deep; {} is the most.",
                fields::MOST_DEPTH
            ),
        ));
    }
    serde_json::from_str(json).map_err(|error| Fault(Reason::NotAnObject, error.to_string()))
}

/// The kind that its address gave it, else the one it says itself.
fn kind_of(sent: &Sent<'_>, kind: Option<EventKind>) -> Result<EventKind, Fault> {
    if let Some(kind) = kind {
        return Ok(kind);
    }
    let word =
        fields::text(sent.kind).ok_or_else(|| Fault::new(Reason::NoType, "It has no \"type\"."))?;
    EventKind::from_word(&word.to_ascii_lowercase()).ok_or_else(|| {
        Fault(
            Reason::UnknownType,
            format!("Its type is {:?}.", text::cut(&word, 60)),
        )
    })
}

fn other_ids(context: &Context<'_>, ids: &mut Vec<Id>) {
    let externals: Vec<External<'_>> = context
        .external_ids
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    for external in externals.iter().take(10) {
        if let (Some(kind), Some(id)) = (fields::text(external.kind), fields::text(external.id)) {
            ids.extend(Id::external(&kind, &id));
        }
    }
    if let Some(device) = context.device {
        let device: External<'_> = serde_json::from_str(device.get()).unwrap_or_default();
        ids.extend(fields::text(device.id).and_then(|id| Id::device(&id)));
    }
}
