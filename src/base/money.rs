//! Money: a whole number of minor units and an ISO 4217 currency. Read as people write it anywhere, written one way.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

/// The largest amount, in whole units of the currency; figures of this size still add up exactly.
const MOST: i128 = 1_000_000_000_000_000;

/// Currencies with other than two decimals.
const DECIMALS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Currencies with two decimals.
const OTHERS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
    NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL \
    THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

/// Signs that stand for one currency, longest first.
const SIGNS: &[(&str, &str)] = &[
    ("R$", "BRL"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("￥", "JPY"),
    ("円", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("₴", "UAH"),
    ("₺", "TRY"),
    ("$", "USD"),
];

/// An ISO 4217 code that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The currency of this code, in any case.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_uppercase();
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let is_known = DECIMALS.iter().any(|(known, _)| *known == code)
            || OTHERS.split_ascii_whitespace().any(|known| known == code);
        is_known.then_some(Self(bytes))
    }

    /// Every currency, by code.
    pub fn all() -> Vec<Self> {
        let codes = DECIMALS.iter().map(|(code, _)| *code);
        let codes = codes.chain(OTHERS.split_ascii_whitespace());
        let mut all: Vec<Self> = codes.filter_map(Self::parse).collect();
        all.sort_unstable();
        all
    }

    /// "EUR".
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits stand behind the point.
    pub fn decimals(self) -> u32 {
        let found = DECIMALS.iter().find(|(code, _)| *code == self.code());
        found.map_or(2, |(_, decimals)| *decimals)
    }

    /// Minor units of one.
    fn minor(self) -> i128 {
        10_i128.pow(self.decimals())
    }

    fn sign(self) -> Option<&'static str> {
        // What has two signs is written with the first that is its own.
        let own = |(_, code): &&(&str, &str)| *code == self.code();
        SIGNS.iter().find(own).map(|(sign, _)| *sign)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<DB: Backend> ToSql<Text, DB> for Currency
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.code().to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Currency
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let code = String::from_sql(bytes)?;
        Self::parse(&code).ok_or_else(|| format!("{code:?} is no currency").into())
    }
}

/// An amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units: cents, or what the currency has.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// What was typed: figures with points, commas, spaces or apostrophes in any order, `k` or `m` behind them, a code or
    /// sign on either side, which wins over `currency`. Nothing typed is no amount.
    pub fn parse(typed: &str, currency: Currency) -> Result<Option<Self>, &'static str> {
        const WHAT: &str = "Write an amount such as 1,250.00 or 1.250,00 EUR.";
        let typed = ascii(typed);
        let (rest, currency) = currency_in(typed.trim(), currency)?;
        let rest: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
        if rest.is_empty() {
            return Ok(None);
        }
        let (rest, is_negative) = match rest.strip_prefix('-').or_else(|| rest.strip_suffix('-')) {
            Some(rest) => (rest.to_owned(), true),
            None => match rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
                Some(rest) => (rest.to_owned(), true),
                None => (rest.strip_prefix('+').unwrap_or(&rest).to_owned(), false),
            },
        };
        let (figures, times) = match rest.chars().last() {
            Some('k' | 'K') => (rest.trim_end_matches(['k', 'K']), 1_000_i128),
            Some('m' | 'M') => (rest.trim_end_matches(['m', 'M']), 1_000_000),
            _ => (rest.as_str(), 1),
        };
        let (whole, part) = split(figures, currency, times > 1).ok_or(WHAT)?;
        let decimals = currency.decimals();
        let part = part.trim_end_matches('0');
        if part.len() > 9 {
            return Err(WHAT);
        }
        let whole: i128 = match whole.as_str() {
            "" => 0,
            digits if digits.len() > 24 => return Err(TOO_MUCH),
            digits => digits.parse().map_err(|_| WHAT)?,
        };
        let scale = 10_i128.pow(part.len() as u32);
        let parts: i128 = if part.is_empty() {
            0
        } else {
            part.parse().map_err(|_| WHAT)?
        };
        let minor = (whole * scale + parts) * times * 10_i128.pow(decimals);
        if minor % scale != 0 {
            return Err(match decimals {
                0 => "This currency has no decimals.",
                3 => "This currency has three decimals.",
                _ => "This currency has two decimals.",
            });
        }
        let minor = minor / scale;
        if minor > MOST * currency.minor() {
            return Err(TOO_MUCH);
        }
        let minor = if is_negative { -minor } else { minor };
        let amount = i64::try_from(minor).map_err(|_| TOO_MUCH)?;
        Ok(Some(Self { amount, currency }))
    }

    /// For a form or a program: "-1250.50", with all the decimals the currency has.
    pub fn plain(self) -> String {
        let minor = self.currency.minor().unsigned_abs();
        let amount = u128::from(self.amount.unsigned_abs());
        let sign = if self.amount < 0 { "-" } else { "" };
        let decimals = self.currency.decimals() as usize;
        let whole = amount / minor;
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{:0decimals$}", amount % minor)
    }

    /// In full: "€1,250.00".
    pub fn exact(self) -> String {
        let plain = self.plain();
        let (sign, figures) = match plain.strip_prefix('-') {
            Some(figures) => ("−", figures),
            None => ("", plain.as_str()),
        };
        let (whole, part) = figures.split_once('.').unwrap_or((figures, ""));
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if !part.is_empty() {
            grouped.push('.');
            grouped.push_str(part);
        }
        match self.currency.sign() {
            Some(mark) => format!("{sign}{mark}{grouped}"),
            None => format!("{sign}{}\u{a0}{grouped}", self.currency),
        }
    }

    /// As lists show it: without decimals where there are none to tell, "€1,250".
    pub fn shown(self) -> String {
        let exact = self.exact();
        match exact.split_once('.') {
            Some((whole, part)) if part.chars().all(|c| c == '0') => whole.to_owned(),
            _ => exact,
        }
    }

    /// As sums show it: whole units once they are many.
    pub fn brief(self) -> String {
        let minor = self.currency.minor();
        let amount = i128::from(self.amount);
        if amount.abs() < minor * 100 {
            return self.shown();
        }
        let half = if amount < 0 { -minor / 2 } else { minor / 2 };
        let whole = (amount + half) / minor * minor;
        let whole = i64::try_from(whole).unwrap_or(self.amount);
        Self::new(whole, self.currency).shown()
    }

    /// So many percent of it, fractions of a minor unit dropped: exactly what the databases make of the same.
    pub fn percent(self, percent: i64) -> Self {
        let amount = self.amount / 100 * percent + self.amount % 100 * percent / 100;
        Self { amount, ..self }
    }

    /// In thousandths of the unit, whatever the currency: what lists sort by.
    pub fn thousandths(self) -> i64 {
        let times = 10_i64.pow(3_u32.saturating_sub(self.currency.decimals()));
        self.amount.saturating_mul(times)
    }
}

const TOO_MUCH: &str = "That is more than a thousand million million.";

/// The same with figures and signs that parsers know.
pub fn ascii(typed: &str) -> String {
    let sign = |c: char| match c {
        '\u{660}'..='\u{669}' => figure(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => figure(c, '\u{6f0}'),
        '\u{ff10}'..='\u{ff19}' => figure(c, '\u{ff10}'),
        '\u{966}'..='\u{96f}' => figure(c, '\u{966}'),
        '\u{66b}' => '.',
        '\u{66c}' | '\u{ff0c}' => ',',
        '\u{2212}' | '\u{2013}' | '\u{2012}' => '-',
        '’' | '`' | '´' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    typed.chars().map(sign).collect()
}

fn figure(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// What is left without the code or sign, and whose it is.
fn currency_in(typed: &str, otherwise: Currency) -> Result<(String, Currency), &'static str> {
    for (sign, code) in SIGNS {
        if typed.contains(sign) {
            let rest = typed.replacen(sign, "", 1);
            // ¥ and $ stand for several; the one that is meant otherwise stays.
            let shares = matches!(
                (*sign, otherwise.code()),
                ("$", "AUD" | "CAD" | "NZD" | "SGD" | "HKD" | "MXN") | ("¥", "CNY")
            );
            let own = Currency::parse(code).filter(|_| !shares);
            return Ok((rest, own.unwrap_or(otherwise)));
        }
    }
    let letters: String = typed.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.chars().count() < 3 {
        return Ok((typed.to_owned(), otherwise));
    }
    // A multiplier may stand before the code: "12k EUR".
    let (code, keep) = match letters.len() {
        3 => (letters.as_str(), ""),
        4 if letters.starts_with(['k', 'K', 'm', 'M']) => {
            (letters.get(1..).unwrap_or_default(), "k")
        }
        _ => return Err("Write the currency as its code, such as EUR."),
    };
    let currency = Currency::parse(code)
        .ok_or("There is no such currency. Write EUR, USD or another code.")?;
    let rest = match typed.rfind(code) {
        Some(at) if !keep.is_empty() => typed.get(..at).unwrap_or_default().to_owned(),
        _ => typed.replacen(code, "", 1),
    };
    Ok((rest, currency))
}

/// Figures before and behind the decimal sign. One sign alone before exactly three figures groups them, unless the
/// currency has three decimals or nothing but a zero stands before it.
fn split(figures: &str, currency: Currency, is_short: bool) -> Option<(String, String)> {
    let is_sign = |c: char| matches!(c, '.' | ',');
    if figures.is_empty()
        || !figures
            .chars()
            .all(|c| c.is_ascii_digit() || is_sign(c) || c == '\'')
        || !figures.chars().any(|c| c.is_ascii_digit())
    {
        return None;
    }
    let figures = figures.replace('\'', "");
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let Some(at) = figures.rfind(is_sign) else {
        return Some((figures, String::new()));
    };
    let (before, rest) = figures.split_at(at);
    let sign = rest.chars().next()?;
    let behind = rest.get(1..)?;
    let repeats = before.contains(sign);
    let has_other = before.chars().any(|c| is_sign(c) && c != sign);
    // 1,234.567,89 is nothing.
    if repeats && has_other {
        return None;
    }
    let is_group = behind.len() == 3
        && !has_other
        && !is_short
        && currency.decimals() != 3
        && !matches!(before, "" | "0");
    if repeats || is_group {
        return (behind.len() == 3).then(|| (digits(&figures), String::new()));
    }
    Some((digits(before), behind.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, code, want) in [
            ("", "EUR", Some(None)),
            ("0", "EUR", Some(Some((0, "EUR")))),
            ("184500", "EUR", Some(Some((18_450_000, "EUR")))),
            ("184,500.00", "EUR", Some(Some((18_450_000, "EUR")))),
            ("184.500,00", "EUR", Some(Some((18_450_000, "EUR")))),
            ("184 500,5", "EUR", Some(Some((18_450_050, "EUR")))),
            ("184\u{202f}500", "EUR", Some(Some((18_450_000, "EUR")))),
            ("184’500.50", "CHF", Some(Some((18_450_050, "CHF")))),
            ("12,34,567.89", "INR", Some(Some((123_456_789, "INR")))),
            ("1.234", "EUR", Some(Some((123_400, "EUR")))),
            ("1.234", "KWD", Some(Some((1_234, "KWD")))),
            ("1,234", "JPY", Some(Some((1_234, "JPY")))),
            ("10.5", "JPY", None),
            ("0.125", "EUR", None),
            ("0.125", "KWD", Some(Some((125, "KWD")))),
            ("1.50", "EUR", Some(Some((150, "EUR")))),
            (",5", "EUR", Some(Some((50, "EUR")))),
            ("-12.50", "EUR", Some(Some((-1_250, "EUR")))),
            ("−12,50", "EUR", Some(Some((-1_250, "EUR")))),
            ("(1,200)", "EUR", Some(Some((-120_000, "EUR")))),
            ("€ 1.200", "USD", Some(Some((120_000, "EUR")))),
            ("1200 usd", "EUR", Some(Some((120_000, "USD")))),
            ("KWD 1,200.125", "EUR", Some(Some((1_200_125, "KWD")))),
            ("$1.2m", "EUR", Some(Some((120_000_000, "USD")))),
            ("12k", "EUR", Some(Some((1_200_000, "EUR")))),
            ("12k EUR", "USD", Some(Some((1_200_000, "EUR")))),
            ("$5", "AUD", Some(Some((500, "AUD")))),
            ("١٢٬٣٤٥", "EUR", Some(Some((1_234_500, "EUR")))),
            ("１２３４円", "EUR", Some(Some((1_234, "JPY")))),
            (
                "1000000000000000",
                "EUR",
                Some(Some((100_000_000_000_000_000, "EUR"))),
            ),
            ("1000000000000001", "EUR", None),
            ("99999999999999999999999999999999", "EUR", None),
            ("many", "EUR", None),
            ("12 XYZ", "EUR", None),
            ("1.2.3", "EUR", None),
            ("1,2.3,4", "EUR", None),
            ("--5", "EUR", None),
            ("12.345.678", "EUR", Some(Some((1_234_567_800, "EUR")))),
        ] {
            let got = Money::parse(typed, currency(code)).ok();
            let want = want.map(|m| m.map(|(amount, code)| Money::new(amount, currency(code))));
            assert_eq!(got, want, "{typed} {code}");
        }
    }

    #[test]
    fn amounts_are_written_one_way_and_read_back() {
        for (amount, code, plain, shown) in [
            (18_450_000, "EUR", "184500.00", "€184,500"),
            (18_450_050, "EUR", "184500.50", "€184,500.50"),
            (-1_250, "GBP", "-12.50", "−£12.50"),
            (1_234_567, "JPY", "1234567", "¥1,234,567"),
            (1_234, "KWD", "1.234", "KWD\u{a0}1.234"),
            (5, "KWD", "0.005", "KWD\u{a0}0.005"),
            (1_200_000, "NOK", "12000.00", "NOK\u{a0}12,000"),
            (0, "EUR", "0.00", "€0"),
        ] {
            let money = Money::new(amount, currency(code));
            assert_eq!(
                (money.plain().as_str(), money.shown().as_str()),
                (plain, shown)
            );
            for written in [money.plain(), money.exact()] {
                assert_eq!(
                    Money::parse(&written, money.currency),
                    Ok(Some(money)),
                    "{written}"
                );
            }
        }
    }

    #[test]
    fn a_part_of_an_amount_never_overflows() {
        let most = Money::new(100_000_000_000_000_000, Currency::EUR);
        assert_eq!(Money::new(9_366_060, Currency::EUR).brief(), "€93,661");
        assert_eq!(Money::new(950, Currency::EUR).brief(), "€9.50");
        assert_eq!(most.percent(75).amount, 75_000_000_000_000_000);
        assert_eq!(Money::new(-199, Currency::EUR).percent(50).amount, -99);
        assert_eq!(
            most.thousandths(),
            Money::new(1_000_000_000_000_000, currency("JPY")).thousandths()
        );
        assert!(Currency::all().len() > 150);
    }
}
