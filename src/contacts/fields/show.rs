//! A value as people see it: words, chips, links; and what stands in its control.

use chrono::NaiveDate;
use serde_json::Value;

use super::{Field, FieldKind, Ways};
use crate::base::money::{Currency, Money};
use crate::base::{Timestamp, phone};
use crate::contacts::said;
use crate::web::number;

/// One word of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub words: String,
    /// Where it leads, or empty.
    pub href: String,
    /// Tone of its chip, where it is one.
    pub chip: Option<String>,
}

/// A value on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its words, in order.
    pub pieces: Vec<Piece>,
    /// Whether it reads as what its field holds.
    pub is_valid: bool,
}

impl Shown {
    /// On one line.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self
            .pieces
            .iter()
            .map(|piece| piece.words.as_str())
            .collect();
        words.join(", ")
    }
}

impl Field {
    /// A value as it is kept, for a page. What does not read is shown as it came.
    pub fn show(&self, json: &str, ways: &Ways) -> Shown {
        let value = serde_json::from_str::<Value>(json).unwrap_or_default();
        match self.check(&value, ways) {
            Ok(None) => Shown {
                is_valid: true,
                ..Shown::default()
            },
            Ok(Some(value)) => Shown {
                pieces: self.pieces(&value, ways),
                is_valid: true,
            },
            Err(_) => Shown {
                pieces: vec![Piece {
                    words: said::shown(json),
                    ..Piece::default()
                }],
                is_valid: false,
            },
        }
    }

    /// What stands in its control.
    pub fn typed(&self, json: &str, ways: &Ways) -> String {
        let value = serde_json::from_str::<Value>(json).unwrap_or_default();
        let Ok(value) = self.check(&value, ways) else {
            return said::shown(json);
        };
        let Some(value) = value else {
            return String::new();
        };
        match (self.kind, &value) {
            (FieldKind::Money, value) => money(value).map_or_else(String::new, |money| {
                if money.currency == self.currency {
                    money.plain()
                } else {
                    format!("{} {}", money.plain(), money.currency)
                }
            }),
            (FieldKind::DateTime, Value::String(at)) => {
                let there = Timestamp::parse(at).map(|at| at.utc().with_timezone(&ways.zone));
                there.map_or_else(String::new, |at| at.format("%Y-%m-%dT%H:%M").to_string())
            }
            (FieldKind::MultiSelect, Value::Array(items)) => {
                let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                words.join(", ")
            }
            (FieldKind::YesNo, Value::Bool(yes)) => (if *yes { "yes" } else { "no" }).to_owned(),
            (_, Value::String(words)) => words.clone(),
            (_, other) => other.to_string(),
        }
    }

    fn pieces(&self, value: &Value, ways: &Ways) -> Vec<Piece> {
        let plain = |words: String| Piece {
            words,
            ..Piece::default()
        };
        let link = |words: &str, href: String| Piece {
            words: words.to_owned(),
            href,
            chip: None,
        };
        let chip = |value: &str| {
            let option = self.option(value);
            Piece {
                words: option.map_or(value, |option| &option.label).to_owned(),
                href: String::new(),
                chip: Some(option.map_or_else(String::new, |option| option.tone.clone())),
            }
        };
        let piece = match (self.kind, value) {
            (FieldKind::MultiSelect, Value::Array(items)) => {
                return items.iter().filter_map(Value::as_str).map(chip).collect();
            }
            (FieldKind::Select, Value::String(value)) => chip(value),
            (FieldKind::Number, value) => plain(figure(value)),
            (FieldKind::Money, value) => plain(money(value).map_or_else(String::new, Money::shown)),
            (FieldKind::Date, Value::String(day)) => plain(date(day)),
            (FieldKind::DateTime, Value::String(at)) => plain(moment(at, ways)),
            (FieldKind::YesNo, Value::Bool(yes)) => {
                plain((if *yes { "Yes" } else { "No" }).to_owned())
            }
            (FieldKind::User, value) => {
                let who = ways
                    .people
                    .iter()
                    .find(|who| Some(who.id.0) == value.as_i64());
                plain(who.map_or_else(|| value.to_string(), |who| who.name.clone()))
            }
            (FieldKind::Url, Value::String(url)) => {
                let bare = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                link(bare, url.clone())
            }
            (FieldKind::Email, Value::String(address)) => {
                link(address, format!("mailto:{address}"))
            }
            (FieldKind::Phone, Value::String(e164)) => {
                link(&phone::shown(e164), format!("tel:{e164}"))
            }
            (_, Value::String(words)) => plain(words.clone()),
            (_, other) => plain(other.to_string()),
        };
        vec![piece]
    }
}

pub(super) fn money(value: &Value) -> Option<Money> {
    let amount = value.get("amount")?.as_i64()?;
    let currency = Currency::parse(value.get("currency")?.as_str()?)?;
    Some(Money::new(amount, currency))
}

/// Grouped, with the decimals it has.
fn figure(value: &Value) -> String {
    let plain = value.to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    match whole.parse::<i64>() {
        Ok(n) => {
            // The sign of -0.5 stands on no figure.
            let sign = if n == 0 && whole.starts_with('-') {
                "-"
            } else {
                ""
            };
            let point = if part.is_empty() { "" } else { "." };
            format!("{sign}{}{point}{part}", number(n)).replace('-', "−")
        }
        Err(_) => plain,
    }
}

fn date(day: &str) -> String {
    NaiveDate::parse_from_str(day, "%Y-%m-%d").map_or_else(
        |_| day.to_owned(),
        |day| day.format("%-d %B %Y").to_string(),
    )
}

fn moment(at: &str, ways: &Ways) -> String {
    Timestamp::parse(at).map_or_else(
        || at.to_owned(),
        |at| {
            let there = at.utc().with_timezone(&ways.zone);
            there.format("%-d %B %Y, %H:%M").to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Colleague, FieldOption, Object};
    use super::*;
    use crate::base::ids::{TraitKeyId, UserId};

    fn field(kind: FieldKind) -> Field {
        Field {
            id: TraitKeyId(1),
            object: Object::Contact,
            key: "x".to_owned(),
            label: "X".to_owned(),
            kind,
            group: String::new(),
            position: 1,
            options: vec![FieldOption {
                value: "gold".to_owned(),
                label: "Gold plan".to_owned(),
                tone: "amber".to_owned(),
            }],
            currency: Currency::EUR,
            is_required: false,
            is_unique: false,
            is_sensitive: false,
            wanted_kind: None,
            faults: None,
            filled_at: None,
            retired_at: None,
        }
    }

    #[test]
    fn values_are_shown_and_edited_in_the_words_of_the_reader() {
        use FieldKind as K;
        let ways = Ways {
            zone: chrono_tz::Tz::Asia__Tokyo,
            people: vec![Colleague {
                id: UserId(3),
                name: "Ada Lovelace".to_owned(),
                email: "ada@house.example".to_owned(),
            }],
            ..Ways::plain(Timestamp::ZERO)
        };
        for (kind, json, words, typed) in [
            (K::Number, "1234567.5", "1,234,567.5", "1234567.5"),
            (K::Number, "-0.5", "−0.5", "-0.5"),
            (K::Number, "\"1,5\"", "1.5", "1.5"),
            (K::Number, "\"many\"", "many", "many"),
            (
                K::Money,
                "{\"amount\":125000,\"currency\":\"EUR\"}",
                "€1,250",
                "1250.00",
            ),
            (
                K::Money,
                "{\"amount\":1200,\"currency\":\"JPY\"}",
                "¥1,200",
                "1200 JPY",
            ),
            (K::Date, "\"2026-03-09\"", "9 March 2026", "2026-03-09"),
            (
                K::DateTime,
                "\"2026-03-09T20:30:00Z\"",
                "10 March 2026, 05:30",
                "2026-03-10T05:30",
            ),
            (K::YesNo, "false", "No", "no"),
            (K::Select, "\"gold\"", "Gold plan", "gold"),
            (K::Select, "\"lead\"", "lead", "lead"),
            (K::MultiSelect, "[\"gold\"]", "Gold plan", "gold"),
            (K::User, "3", "Ada Lovelace", "3"),
            (K::User, "9", "9", "9"),
            (
                K::Url,
                "\"https://a.example/b\"",
                "a.example/b",
                "https://a.example/b",
            ),
            (
                K::Phone,
                "\"+4757851204\"",
                "+47 57 85 12 04",
                "+4757851204",
            ),
            (K::LongText, "\"a\\nb\"", "a\nb", "a\nb"),
            (K::Text, "not json", "", ""),
        ] {
            let field = field(kind);
            assert_eq!(field.show(json, &ways).words(), words, "{kind} {json}");
            assert_eq!(field.typed(json, &ways), typed, "{kind} {json}");
        }
    }

    #[test]
    fn nothing_but_the_web_is_linked_to() {
        let ways = Ways::plain(Timestamp::ZERO);
        let shown = field(FieldKind::Url).show("\"javascript:alert(1)\"", &ways);
        assert!(!shown.is_valid);
        assert!(shown.pieces.iter().all(|piece| piece.href.is_empty()));
    }
}
