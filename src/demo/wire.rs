//! Visits as the SDKs send them: one request with a batch, its clock and its sender, nothing that a browser, a phone or
//! a server would not say.

use serde_json::{Map, Value, json};

use super::cast::{Person, SINDRE};
use super::dice::Dice;
use super::site::Leaf;
use super::stories::{SHARED, account};
use super::visit::{Act, Via, Visit, What, object};
use crate::base::Timestamp;
use crate::base::clock::SECOND;

/// A request as it arrives at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Through which source; see [`super::SOURCES`].
    pub source: usize,
    /// When it came.
    pub received_at: Timestamp,
    /// From where.
    pub ip: String,
    /// What the sender calls itself.
    pub user_agent: String,
    /// JSON.
    pub body: String,
}

const SITE: &str = "https://www.tidewater.example";

/// The request of one visit; `n` numbers it, so that its message ids are its own.
pub(super) fn post(people: &[Person], visit: &Visit, n: usize) -> Option<Post> {
    let person = people.get(visit.who)?;
    let mut dice = Dice::new(n as u64, "message");
    let mut frame = Frame {
        person,
        visit,
        anonymous: anonymous(people, visit),
        is_signed_in: visit.is_signed_in,
        page: None,
        before: visit.referrer.to_owned(),
        dice: dice.clone(),
    };
    let batch: Vec<Value> = visit.acts.iter().map(|act| frame.event(act)).collect();
    let sent = visit
        .received()
        .plus(visit.skew - dice.between(90, 900) * 1_000);
    let net = *dice.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    Some(Post {
        source: visit.via as usize,
        received_at: visit.received(),
        ip: format!("{net}.{}", 1 + visit.who % 254),
        user_agent: agent(person, visit).to_owned(),
        body: json!({ "batch": batch, "sentAt": sent.rfc3339() }).to_string(),
    })
}

fn anonymous<'a>(people: &'a [Person], visit: &Visit) -> Option<&'a str> {
    let who = if visit.device == SHARED {
        people.get(SINDRE)?
    } else {
        people.get(visit.who)?
    };
    let device = who.devices.get(visit.device % SHARED)?;
    matches!(visit.via, Via::Website | Via::App).then_some(device.anonymous.as_str())
}

fn agent(person: &Person, visit: &Visit) -> &'static str {
    match visit.via {
        Via::Backend => "analytics-node/2.3.0",
        Via::Billing => "analytics-python/2.4.1",
        Via::Website | Via::App => person
            .devices
            .get(visit.device % SHARED)
            .map_or("", |device| device.agent.words),
    }
}

/// What one request's events have in common, and what they learn from each other.
struct Frame<'a> {
    person: &'a Person,
    visit: &'a Visit,
    anonymous: Option<&'a str>,
    is_signed_in: bool,
    page: Option<&'static Leaf>,
    before: String,
    dice: Dice,
}

impl Frame<'_> {
    fn event(&mut self, act: &Act) -> Value {
        if let What::Broken(json) = &act.what {
            return serde_json::from_str(json).unwrap_or_default();
        }
        if matches!(act.what, What::Identify(_)) {
            self.is_signed_in |= self.person.user_id.is_some();
        }
        let at = self.visit.at.plus(act.after * SECOND + self.visit.skew);
        let mut event = object([
            ("messageId", json!(self.dice.uuid())),
            ("timestamp", json!(at.rfc3339())),
            ("anonymousId", json!(self.anonymous)),
        ]);
        if self.is_signed_in {
            event.insert("userId".to_owned(), json!(self.person.user_id));
        }
        self.fill(&mut event, &act.what);
        event.insert("context".to_owned(), Value::Object(self.context()));
        Value::Object(event)
    }

    fn fill(&mut self, event: &mut Map<String, Value>, what: &What) {
        let (kind, field, content) = match what {
            What::Page(leaf) => {
                if let Some(page) = self.page {
                    self.before = address(page);
                }
                self.page = Some(leaf);
                ("page", "properties", Value::Object(self.place(leaf)))
            }
            What::Screen(name) => {
                event.insert("name".to_owned(), json!(name));
                ("screen", "properties", json!({}))
            }
            What::Track(name, properties) => {
                event.insert("event".to_owned(), json!(name));
                let properties = properties
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| ((*key).to_owned(), value.clone()));
                ("track", "properties", Value::Object(properties.collect()))
            }
            What::Identify(traits) => ("identify", "traits", Value::Object(traits.clone())),
            What::Group(traits) => {
                event.insert("groupId".to_owned(), json!(account(self.person)));
                ("group", "traits", Value::Object(traits.clone()))
            }
            What::Broken(_) => return,
        };
        event.insert("type".to_owned(), json!(kind));
        event.insert(field.to_owned(), content);
    }

    /// The page as the browser's script describes it.
    fn place(&self, leaf: &Leaf) -> Map<String, Value> {
        let is_landing = self.before == self.visit.referrer;
        let search = self.visit.campaign.filter(|_| is_landing).map(|campaign| {
            format!(
                "?utm_source={}&utm_medium={}&utm_campaign={}",
                campaign.source,
                campaign.medium,
                campaign.name.replace(' ', "+")
            )
        });
        let path = leaf.path.split('#').next().unwrap_or_default();
        let search = search.unwrap_or_default();
        object([
            ("path", json!(path)),
            ("url", json!(format!("{SITE}{path}{search}"))),
            ("title", json!(leaf.title)),
            ("referrer", json!(self.before)),
            ("search", json!(search)),
        ])
    }

    fn context(&self) -> Map<String, Value> {
        let person = self.person;
        match self.visit.via {
            Via::Website => {
                let campaign = self.visit.campaign.map(|campaign| {
                    json!({ "source": campaign.source, "medium": campaign.medium, "name": campaign.name })
                });
                object([
                    (
                        "library",
                        json!({ "name": "rapport.js", "version": "1.0.0" }),
                    ),
                    ("page", json!(self.page.map(|leaf| self.place(leaf)))),
                    ("campaign", json!(campaign)),
                    ("userAgent", json!(agent(person, self.visit))),
                    ("locale", json!(person.locale.language)),
                    ("timezone", json!(person.city.zone.name())),
                ])
            }
            Via::App => object([
                (
                    "library",
                    json!({ "name": "analytics-mobile", "version": "3.2.0" }),
                ),
                ("app", json!({ "name": "Tidewater", "version": "4.12" })),
                ("device", json!({ "type": self.system() })),
                ("locale", json!(person.locale.language)),
                ("timezone", json!(person.city.zone.name())),
            ]),
            Via::Backend => object([(
                "library",
                json!({ "name": "analytics-node", "version": "2.3.0" }),
            )]),
            Via::Billing => object([
                (
                    "library",
                    json!({ "name": "analytics-python", "version": "2.4.1" }),
                ),
                (
                    "externalIds",
                    json!([{ "type": "billing", "id": self.customer(), "collection": "users" }]),
                ),
            ]),
        }
    }

    fn system(&self) -> &'static str {
        self.person
            .devices
            .get(self.visit.device % SHARED)
            .map_or("", |device| device.agent.system)
    }

    /// Their id in the billing system.
    fn customer(&self) -> String {
        let mut dice = Dice::new(self.visit.who as u64, "billing");
        let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        let id: String = (0..8).map(|_| char::from(*dice.pick(letters))).collect();
        format!("cus_{id}")
    }
}

fn address(leaf: &Leaf) -> String {
    format!("{SITE}{}", leaf.path)
}
