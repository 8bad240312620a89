//! What people type and programs send, read by the type of a field. The canonical JSON of each type is what [`Field::check`]
//! gives; it is kept, and reads back as itself.

use serde_json::{Number, Value, json};

use super::{Colleague, Field, FieldKind, FieldOption, Ways, moments};
use crate::base::money::{self, Currency, Money};
use crate::base::{EmailAddress, Timestamp, phone, text};

/// Characters of a line.
const LINE: usize = 500;
/// Characters of lines.
const LINES: usize = 10_000;
/// Figures beyond this are no longer told apart.
const MOST: f64 = 9_007_199_254_740_992.0;

/// What a type does not know by itself.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What can be chosen.
    pub options: &'a [FieldOption],
    /// Of an amount that does not say its own.
    pub currency: Currency,
    /// How people here write.
    pub ways: &'a Ways,
}

impl Field {
    /// What was typed, in its canonical form; none where nothing was typed; else what is wrong with it.
    pub fn read(&self, typed: &str, ways: &Ways) -> Result<Option<Value>, String> {
        self.kind.read(typed, self.ground(ways))
    }

    /// What a program sent or a source claims, in its canonical form; none where it says nothing.
    pub fn check(&self, value: &Value, ways: &Ways) -> Result<Option<Value>, String> {
        self.kind.check(value, self.ground(ways))
    }

    fn ground<'a>(&'a self, ways: &'a Ways) -> Ground<'a> {
        Ground {
            options: &self.options,
            currency: self.currency,
            ways,
        }
    }
}

impl FieldKind {
    /// What was typed, in its canonical form; none where nothing was typed; else what is wrong with it.
    pub fn read(self, typed: &str, ground: Ground<'_>) -> Result<Option<Value>, String> {
        let line = text::line(typed, LINE);
        if line.is_empty() {
            return Ok(None);
        }
        if typed.chars().count() > LINES + LINE {
            return Err("That is too long.".to_owned());
        }
        let value = match self {
            Self::Text => Some(Value::String(line)),
            Self::LongText => Some(Value::String(text::clean(typed, LINES))),
            Self::Number => number(&line),
            Self::Money => return amount(&line, ground.currency),
            Self::Date => moments::day(&line, ground.ways).map(|day| json!(day.to_string())),
            Self::DateTime => moments::moment(&line, ground.ways).map(|at| json!(at)),
            Self::YesNo => yes_no(&line).map(Value::Bool),
            Self::Select => option(&line, ground.options).map(|o| json!(o.value)),
            Self::MultiSelect => {
                return several(typed.split([',', ';', '\n', '|']), ground.options);
            }
            Self::User => colleague(&line, &ground.ways.people).map(|who| json!(who.id)),
            Self::Url => url(&line).map(Value::String),
            Self::Email => EmailAddress::parse(&line).map(|a| json!(a.into_string())),
            Self::Phone => phone::parse(&line, ground.ways.country.as_deref()).map(Value::String),
        };
        value.map(Some).ok_or_else(|| self.wanted(ground.options))
    }

    /// What a program sent or a source claims, in its canonical form; none where it says nothing.
    pub fn check(self, value: &Value, ground: Ground<'_>) -> Result<Option<Value>, String> {
        let wrong = || self.wanted(ground.options);
        match (self, value) {
            (_, Value::Null) => Ok(None),
            (_, Value::String(typed)) => self.read(typed, ground),
            (Self::Text | Self::LongText | Self::Select | Self::Phone, Value::Number(n)) => {
                self.read(&n.to_string(), ground)
            }
            (Self::Text | Self::LongText, Value::Bool(b)) => {
                self.read(if *b { "Yes" } else { "No" }, ground)
            }
            (Self::Number, Value::Number(n)) => figure(n).map(Some).ok_or_else(wrong),
            (Self::Money, Value::Number(n)) => amount(&n.to_string(), ground.currency),
            (Self::Money, Value::Object(parts)) => {
                let minor = parts.get("amount").and_then(Value::as_i64);
                let currency = match parts.get("currency") {
                    Some(code) => code.as_str().and_then(Currency::parse),
                    None => Some(ground.currency),
                };
                let (Some(minor), Some(currency)) = (minor, currency) else {
                    return Err(wrong());
                };
                Ok(Some(of_money(Money::new(minor, currency))))
            }
            (Self::DateTime, Value::Number(n)) => instant(n).map(Some).ok_or_else(wrong),
            (Self::YesNo, Value::Bool(_)) => Ok(Some(value.clone())),
            (Self::YesNo, Value::Number(n)) => match n.as_i64() {
                Some(n @ (0 | 1)) => Ok(Some(Value::Bool(n == 1))),
                _ => Err(wrong()),
            },
            (Self::Select, Value::Bool(b)) => self.read(&b.to_string(), ground),
            (Self::MultiSelect, Value::Array(items)) => {
                let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                several(words.ok_or_else(wrong)?.into_iter(), ground.options)
            }
            (Self::User, Value::Number(n)) => self.read(&n.to_string(), ground),
            _ => Err(wrong()),
        }
    }

    /// What to write instead.
    fn wanted(self, options: &[FieldOption]) -> String {
        let words = match self {
            Self::Text | Self::LongText => "Write a text.",
            Self::Number => "Write a number such as 1250 or 12.5.",
            Self::Money => "Write an amount such as 1,250.00 or 1.250,00 EUR.",
            Self::Date => "Write a day such as 2026-03-09 or 9 March 2026.",
            Self::DateTime => "Write a day and a time such as 2026-03-09 14:30.",
            Self::YesNo => "Write yes or no.",
            Self::Select | Self::MultiSelect => {
                let mut labels: Vec<&str> = options.iter().map(|o| o.label.as_str()).collect();
                let has_more = labels.len() > 12;
                labels.truncate(12);
                let more = if has_more { " or another option" } else { "" };
                return format!("Choose from {}{more}.", labels.join(", "));
            }
            Self::User => "Write the name or address of somebody who works here.",
            Self::Url => "Write it as example.com or https://example.com.",
            Self::Email => "Write an address such as name@example.com.",
            Self::Phone => "Write the number with its country code, such as +47 57 85 12 04.",
        };
        words.to_owned()
    }
}

/// `1250`, `-12.5`, `1,250.75`, `1.250,75`, `1 250`, `(12)`, `12 %`, `1e6`. One point alone always stands before decimals, as
/// programs write it; one comma alone before exactly three figures groups them.
fn number(typed: &str) -> Option<Value> {
    let plain = money::ascii(typed);
    let bare: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'')
        .collect();
    let bare = bare.strip_suffix('%').unwrap_or(&bare);
    let (bare, is_negative) = match bare.strip_prefix('(').and_then(|b| b.strip_suffix(')')) {
        Some(bare) => (bare, true),
        None => match bare.strip_prefix('-') {
            Some(bare) => (bare, true),
            None => (bare.strip_prefix('+').unwrap_or(bare), false),
        },
    };
    // What is left begins with a figure or its point; names such as "inf" are none.
    if !bare.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) || bare.len() > 40
    {
        return None;
    }
    let unified = decimal(bare)?;
    let sign = if is_negative { "-" } else { "" };
    let text = format!("{sign}{unified}");
    match text.parse::<i64>() {
        Ok(whole) => figure(&Number::from(whole)),
        Err(_) => figure(&Number::from_f64(text.parse().ok()?)?),
    }
}

/// The same with a point before the decimals and nothing between the others.
fn decimal(figures: &str) -> Option<String> {
    let points = figures.matches('.').count();
    let commas = figures.matches(',').count();
    let groups = |sign: char| {
        let mut parts = figures.split(sign);
        let first = parts.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && parts.all(|part| part.len() == 3)
    };
    match (points, commas) {
        (_, 0) if points <= 1 => Some(figures.to_owned()),
        (0, 1) if groups(',') && !figures.starts_with("0,") => Some(figures.replace(',', "")),
        (0, 1) => Some(figures.replace(',', ".")),
        (0, _) => groups(',').then(|| figures.replace(',', "")),
        (_, 0) => groups('.').then(|| figures.replace('.', "")),
        (1, _) if figures.rfind(',') < figures.find('.') => {
            let (whole, part) = figures.split_once('.')?;
            let is_grouped = whole.split(',').skip(1).all(|g| (2..=3).contains(&g.len()));
            is_grouped.then(|| format!("{}.{part}", whole.replace(',', "")))
        }
        (_, 1) if figures.rfind('.') < figures.find(',') => {
            let (whole, part) = figures.split_once(',')?;
            let is_grouped = whole.split('.').skip(1).all(|g| g.len() == 3);
            is_grouped.then(|| format!("{}.{part}", whole.replace('.', "")))
        }
        _ => None,
    }
}

/// A number as it is kept: whole where it is whole, and one that computers still tell from the next.
fn figure(n: &Number) -> Option<Value> {
    let float = n.as_f64().filter(|f| f.is_finite() && f.abs() <= MOST)?;
    if float.fract() == 0.0 {
        return Some(Value::from(float as i64));
    }
    Number::from_f64(float).map(Value::Number)
}

fn amount(typed: &str, currency: Currency) -> Result<Option<Value>, String> {
    let read = Money::parse(typed, currency)?;
    Ok(read.map(of_money))
}

fn of_money(money: Money) -> Value {
    json!({ "amount": money.amount, "currency": money.currency })
}

/// Seconds or milliseconds since 1970, as programs send them.
fn instant(n: &Number) -> Option<Value> {
    let n = n.as_f64()?;
    let micros = if n.abs() > 1e11 { n * 1e3 } else { n * 1e6 };
    // Year 1 to 9999.
    let is_sensible = (-6.2e16..2.53e17).contains(&micros);
    is_sensible.then(|| json!(Timestamp(micros as i64)))
}

fn yes_no(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" | "x" | "✓" | "ja" | "oui" | "si" | "sí" => {
            Some(true)
        }
        "no" | "n" | "false" | "f" | "0" | "off" | "-" | "nei" | "nein" | "non" => Some(false),
        _ => None,
    }
}

/// By what is kept, else by what people see, however it is written.
fn option<'a>(typed: &str, options: &'a [FieldOption]) -> Option<&'a FieldOption> {
    let typed = typed.trim();
    let folded = text::fold(typed);
    let exact = options.iter().find(|option| option.value == typed);
    exact.or_else(|| {
        options
            .iter()
            .find(|o| text::fold(&o.label) == folded || text::fold(&o.value) == folded)
    })
}

/// Options in the order of the field, each once.
fn several<'a>(
    words: impl Iterator<Item = &'a str>,
    options: &[FieldOption],
) -> Result<Option<Value>, String> {
    let mut chosen = Vec::new();
    for word in words.map(str::trim).filter(|word| !word.is_empty()) {
        let Some(found) = option(word, options) else {
            let wanted = FieldKind::MultiSelect.wanted(options);
            return Err(format!("“{}” is no option. {wanted}", text::cut(word, 60)));
        };
        chosen.push(found.value.as_str());
    }
    let ordered: Vec<&str> = options
        .iter()
        .map(|option| option.value.as_str())
        .filter(|value| chosen.contains(value))
        .collect();
    Ok((!ordered.is_empty()).then(|| json!(ordered)))
}

/// By id, address or name, if only one is meant.
fn colleague<'a>(typed: &str, people: &'a [Colleague]) -> Option<&'a Colleague> {
    let folded = text::fold(typed.trim());
    let by_id = people.iter().find(|who| who.id.to_string() == folded);
    let by_address = || people.iter().find(|who| text::fold(&who.email) == folded);
    let by_name = || {
        let mut alike = people.iter().filter(|who| text::fold(&who.name) == folded);
        let first = alike.next();
        first.filter(|_| alike.next().is_none())
    };
    by_id.or_else(by_address).or_else(by_name)
}

/// A web address with its scheme; only http and https are ever linked to.
fn url(typed: &str) -> Option<String> {
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let url = url::Url::parse(&with_scheme).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some_and(|host| host.contains('.'));
    is_web.then(|| url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::UserId;

    fn options() -> Vec<FieldOption> {
        [
            ("gold", "Gold"),
            ("silver", "Silver plan"),
            ("cafe", "Café"),
        ]
        .map(|(value, label)| FieldOption {
            value: value.to_owned(),
            label: label.to_owned(),
            tone: String::new(),
        })
        .into()
    }

    fn ways() -> Ways {
        let person = |id, name: &str| Colleague {
            id: UserId(id),
            name: name.to_owned(),
            email: format!("{}@house.example", text::fold(name)),
        };
        Ways {
            country: Some("NO".to_owned()),
            people: vec![person(3, "Ada"), person(4, "Bo"), person(5, "Bo")],
            ..Ways::plain(Timestamp::parse("2026-11-23T12:00:00Z").expect("a time"))
        }
    }

    fn checked(kind: FieldKind, value: &Value) -> Result<Option<Value>, String> {
        let (options, ways) = (options(), ways());
        kind.check(
            value,
            Ground {
                options: &options,
                currency: Currency::EUR,
                ways: &ways,
            },
        )
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn what_is_typed_becomes_canonical_or_says_what_is_wrong() {
        use FieldKind as K;
        let wrong = || json!({ "wrong": true });
        for (kind, typed, want) in [
            (K::Text, "  a \n b\u{0} ", json!("a b")),
            (K::LongText, " a\r\nb ", json!("a\nb")),
            (K::Number, "1250", json!(1250)),
            (K::Number, "-12.50", json!(-12.5)),
            (K::Number, "1,250.75", json!(1250.75)),
            (K::Number, "1.250,75", json!(1250.75)),
            (K::Number, "1.250", json!(1.25)),
            (K::Number, "1,250", json!(1250)),
            (K::Number, "0,250", json!(0.25)),
            (K::Number, "1,25", json!(1.25)),
            (K::Number, "1\u{202f}250", json!(1250)),
            (K::Number, "1’250’000", json!(1_250_000)),
            (K::Number, "12,34,567.5", json!(1_234_567.5)),
            (K::Number, "(12)", json!(-12)),
            (K::Number, "−5 %", json!(-5)),
            (K::Number, "٤٢", json!(42)),
            (K::Number, "1e3", json!(1000)),
            (K::Number, ".5", json!(0.5)),
            (K::Number, "1e400", wrong()),
            (K::Number, "NaN", wrong()),
            (K::Number, "inf", wrong()),
            (K::Number, "0x10", wrong()),
            (K::Number, "1.2.3", wrong()),
            (K::Number, "12 apples", wrong()),
            (K::Number, "99999999999999999999", wrong()),
            (K::Number, "--5", wrong()),
            (
                K::Money,
                "1.250,00",
                json!({"amount": 125_000, "currency": "EUR"}),
            ),
            (
                K::Money,
                "¥1,200",
                json!({"amount": 1200, "currency": "JPY"}),
            ),
            (
                K::Money,
                "KWD 1.250",
                json!({"amount": 1250, "currency": "KWD"}),
            ),
            (K::Money, "lots", wrong()),
            (K::Date, "9.3.2026", json!("2026-03-09")),
            (K::Date, "45000", wrong()),
            (
                K::DateTime,
                "9.3.2026 14:30",
                json!("2026-03-09T14:30:00.000Z"),
            ),
            (K::YesNo, "Ja", json!(true)),
            (K::YesNo, "off", json!(false)),
            (K::YesNo, "maybe", wrong()),
            (K::Select, "GOLD", json!("gold")),
            (K::Select, "silver PLAN", json!("silver")),
            (K::Select, "cafe\u{301}", json!("cafe")),
            (K::Select, "bronze", wrong()),
            (K::MultiSelect, "Café; gold, gold", json!(["gold", "cafe"])),
            (K::MultiSelect, "gold, lead", wrong()),
            (K::User, "ada@house.example", json!(3)),
            (K::User, "Ada", json!(3)),
            (K::User, "4", json!(4)),
            (K::User, "Bo", wrong()),
            (
                K::Url,
                "nordfjord.example/a",
                json!("https://nordfjord.example/a"),
            ),
            (K::Url, "HTTPS://A.example/", json!("https://a.example")),
            (K::Url, "javascript:alert(1)", wrong()),
            (K::Url, "javascript://a.example/%0aalert(1)", wrong()),
            (K::Url, "https://user:pw@a.example", wrong()),
            (K::Url, "ftp://a.example", wrong()),
            (K::Email, "Ada@House.example", json!("ada@house.example")),
            (K::Email, "ada@", wrong()),
            (K::Phone, "57 85 12 04", json!("+4757851204")),
            (K::Phone, "call me", wrong()),
        ] {
            let got = checked(kind, &json!(typed));
            let got = got.map_or_else(|_| wrong(), Option::unwrap_or_default);
            assert_eq!(got, want, "{kind} {typed:?}");
        }
    }

    #[test]
    fn what_is_canonical_reads_back_as_itself_and_nothing_typed_is_nothing() {
        use FieldKind as K;
        for (kind, value) in [
            (K::Text, json!("a")),
            (K::LongText, json!("a\nb")),
            (K::Number, json!(-12.5)),
            (K::Number, json!(1.25)),
            (K::Money, json!({"amount": -1250, "currency": "KWD"})),
            (K::Date, json!("2026-03-09")),
            (K::DateTime, json!("2026-03-09T14:30:00.000Z")),
            (K::YesNo, json!(false)),
            (K::Select, json!("silver")),
            (K::MultiSelect, json!(["gold", "cafe"])),
            (K::User, json!(4)),
            (K::Url, json!("https://a.example/b?c=d#e")),
            (K::Email, json!("ada@house.example")),
            (K::Phone, json!("+4757851204")),
        ] {
            assert_eq!(checked(kind, &value), Ok(Some(value)), "{kind}");
            assert_eq!(checked(kind, &json!(" \u{0}\n ")), Ok(None), "{kind}");
            assert_eq!(checked(kind, &Value::Null), Ok(None), "{kind}");
        }
    }

    #[test]
    fn programs_send_what_they_have() {
        use FieldKind as K;
        for (kind, value, want) in [
            (K::Text, json!(42), Some(json!("42"))),
            (K::Number, json!("42"), Some(json!(42))),
            (K::Number, json!(42.0), Some(json!(42))),
            (K::Number, json!(1e300), None),
            (K::Number, json!([1]), None),
            (
                K::Money,
                json!(12.5),
                Some(json!({"amount": 1250, "currency": "EUR"})),
            ),
            (K::Money, json!({"amount": "12"}), None),
            (K::Money, json!({"amount": 1, "currency": "XX"}), None),
            (
                K::DateTime,
                json!(1_773_066_600),
                Some(json!("2026-03-09T14:30:00.000Z")),
            ),
            (
                K::DateTime,
                json!(1_773_066_600_000_i64),
                Some(json!("2026-03-09T14:30:00.000Z")),
            ),
            (K::DateTime, json!(1e300), None),
            (K::YesNo, json!(1), Some(json!(true))),
            (K::YesNo, json!(2), None),
            (K::MultiSelect, json!("gold"), Some(json!(["gold"]))),
            (K::MultiSelect, json!([{"a": 1}]), None),
            (K::Date, json!({}), None),
            (K::Text, json!({"a": 1}), None),
            (K::User, json!(9), None),
        ] {
            assert_eq!(checked(kind, &value).ok().flatten(), want, "{kind} {value}");
        }
        let long = "x".repeat(100_000);
        assert!(checked(K::LongText, &json!(long)).is_err());
        assert!(checked(K::Number, &json!("9".repeat(5_000))).is_err());
    }
}
