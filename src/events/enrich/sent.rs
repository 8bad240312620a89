//! The shapes of what is sent: every field may be missing or of any type, so each is kept as it came.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::model::EventKind;
use super::fields::{self, Field};
use super::touch::PageInfo;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub batch: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub context: Field<'a>,
    #[serde(borrow, rename = "sentAt")]
    pub sent_at: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Sent<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Field<'a>,
    #[serde(borrow)]
    pub event: Field<'a>,
    #[serde(borrow)]
    pub name: Field<'a>,
    #[serde(borrow)]
    pub category: Field<'a>,
    #[serde(borrow)]
    pub user_id: Field<'a>,
    #[serde(borrow)]
    pub anonymous_id: Field<'a>,
    #[serde(borrow)]
    pub group_id: Field<'a>,
    #[serde(borrow)]
    pub previous_id: Field<'a>,
    #[serde(borrow)]
    pub message_id: Field<'a>,
    #[serde(borrow)]
    pub timestamp: Field<'a>,
    #[serde(borrow)]
    pub original_timestamp: Field<'a>,
    #[serde(borrow)]
    pub sent_at: Field<'a>,
    #[serde(borrow)]
    pub properties: Field<'a>,
    #[serde(borrow)]
    pub traits: Field<'a>,
    #[serde(borrow)]
    pub context: Field<'a>,
    /// The contact, of an act in the house; see `events::acts`.
    #[serde(borrow)]
    pub record: Field<'a>,
    /// Whether the contact did it, of an act in the house.
    #[serde(borrow)]
    pub by_contact: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Context<'a> {
    #[serde(borrow)]
    pub traits: Field<'a>,
    #[serde(borrow)]
    pub page: Field<'a>,
    #[serde(borrow)]
    pub campaign: Field<'a>,
    #[serde(borrow)]
    pub user_agent: Field<'a>,
    #[serde(borrow)]
    pub device: Field<'a>,
    #[serde(borrow)]
    pub external_ids: Field<'a>,
    #[serde(borrow)]
    pub locale: Field<'a>,
    #[serde(borrow)]
    pub timezone: Field<'a>,
    #[serde(borrow)]
    pub consent: Field<'a>,
    #[serde(borrow)]
    pub consent_management: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Page<'a> {
    #[serde(borrow)]
    pub url: Field<'a>,
    #[serde(borrow)]
    pub path: Field<'a>,
    #[serde(borrow)]
    pub referrer: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Campaign<'a> {
    #[serde(borrow)]
    pub source: Field<'a>,
    #[serde(borrow)]
    pub medium: Field<'a>,
    #[serde(borrow)]
    pub name: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Value<'a> {
    #[serde(borrow)]
    pub revenue: Field<'a>,
    #[serde(borrow)]
    pub total: Field<'a>,
    #[serde(borrow)]
    pub value: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct External<'a> {
    #[serde(borrow)]
    pub id: Field<'a>,
    #[serde(borrow, rename = "type")]
    pub kind: Field<'a>,
}

pub(super) fn object<'a, T: Default + Deserialize<'a>>(field: Field<'a>) -> T {
    field
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

pub(super) fn raw(field: Field<'_>) -> String {
    field
        .map(RawValue::get)
        .filter(|json| json.starts_with('{'))
        .unwrap_or("{}")
        .to_owned()
}

pub(super) fn page(
    kind: EventKind,
    context: Field<'_>,
    properties: Field<'_>,
    campaign: Field<'_>,
) -> Option<PageInfo> {
    let own: Page<'_> = if kind == EventKind::Page {
        object(properties)
    } else {
        Page::default()
    };
    let around: Page<'_> = object(context);
    let either = |a: Field<'_>, b: Field<'_>| {
        fields::text(a)
            .or_else(|| fields::text(b))
            .unwrap_or_default()
    };
    let info = PageInfo {
        url: either(own.url, around.url),
        path: either(own.path, around.path),
        referrer: either(own.referrer, around.referrer),
        campaign: campaign.map(|raw| {
            let campaign: Campaign<'_> = serde_json::from_str(raw.get()).unwrap_or_default();
            let text = |field| fields::text(field).unwrap_or_default();
            (
                text(campaign.source),
                text(campaign.medium),
                text(campaign.name),
            )
        }),
    };
    (!info.shown().is_empty() || info.campaign.is_some()).then_some(info)
}

pub(super) fn value(properties: Field<'_>) -> f64 {
    let value: Value<'_> = object(properties);
    fields::number(value.revenue)
        .or_else(|| fields::number(value.total))
        .or_else(|| fields::number(value.value))
        .unwrap_or(0.0)
}
