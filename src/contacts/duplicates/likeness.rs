//! How much two records look like one: pure, on folded text. Exact keys first (mailbox, number, domain), then names, which
//! count only beside something else that is shared: many people are called the same.

use crate::base::text;
use crate::contacts::companies::is_free_mail;

/// Per cent from which a pair is worth a person's time.
pub const WORTH_ASKING: i64 = 60;
/// Names that are the same but for a slip.
const NEAR: f64 = 0.9;
/// Names of companies: longer, so that less must be the same.
const NEAR_COMPANY: f64 = 0.93;
/// Digits that tell a number, whatever stands in front.
const DIGITS: usize = 7;

/// What is compared of a record, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Words of the name, in order.
    name: String,
    /// The same, sorted: family names stand in front for some.
    sorted: String,
    /// The address without what some write behind a plus.
    mailbox: String,
    /// The domain, unless it is a mail provider's.
    domain: String,
    /// The last digits of the number.
    number: String,
    /// The company, without what kind of company it is.
    company: String,
}

impl Likeness {
    /// Of a person.
    pub fn of_person(name: &str, email: Option<&str>, phone: Option<&str>, company: &str) -> Self {
        let email = email
            .map(|email| text::fold(email.trim()))
            .unwrap_or_default();
        let (local, domain) = email.split_once('@').unwrap_or_default();
        let local = local.split('+').next().unwrap_or_default();
        Self {
            mailbox: if local.is_empty() {
                String::new()
            } else {
                format!("{local}@{domain}")
            },
            domain: Some(domain)
                .filter(|domain| !is_free_mail(domain))
                .unwrap_or_default()
                .to_owned(),
            number: digits(phone.unwrap_or_default()),
            company: bare_company(company),
            ..Self::named(&words(name))
        }
    }

    /// Of a company: its name, domain and switchboard.
    pub fn of_company(name: &str, domain: &str, phone: Option<&str>) -> Self {
        let name = bare_company(name);
        let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
        Self {
            domain: text::fold(domain.strip_prefix("www.").unwrap_or(domain)),
            number: digits(phone.unwrap_or_default()),
            ..Self::named(&words)
        }
    }

    fn named(words: &[String]) -> Self {
        let mut sorted = words.to_vec();
        sorted.sort();
        Self {
            name: words.join(" "),
            sorted: sorted.join(" "),
            ..Self::default()
        }
    }

    /// Whether there is a name to compare.
    pub fn has_name(&self) -> bool {
        !self.name.is_empty()
    }

    /// The domain, unless it is a mail provider's; empty where there is none.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The domain turned out to be a mail provider's.
    pub fn forget_domain(&mut self) {
        self.domain.clear();
    }

    /// How near the names are, 1 for the same.
    fn name_nearness(&self, other: &Self) -> f64 {
        if self.name.is_empty() || other.name.is_empty() {
            return 0.0;
        }
        nearness(&self.name, &other.name).max(nearness(&self.sorted, &other.sorted))
    }
}

/// Why two records look like one, and how sure that is, in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Per cent.
    pub confidence: i64,
    /// For people.
    pub reason: &'static str,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it ends functions that may find nothing"
)]
const fn verdict(confidence: i64, reason: &'static str) -> Option<Verdict> {
    Some(Verdict { confidence, reason })
}

/// Two people.
pub fn people(a: &Likeness, b: &Likeness) -> Option<Verdict> {
    let same = |x: &str, y: &str| !x.is_empty() && x == y;
    let near = a.name_nearness(b);
    let same_name = near >= 1.0;
    if same(&a.mailbox, &b.mailbox) {
        return if near >= NEAR {
            verdict(97, "same mailbox, same name")
        } else if a.has_name() && b.has_name() {
            verdict(75, "same mailbox, other name")
        } else {
            verdict(85, "same mailbox")
        };
    }
    if same(&a.number, &b.number) && near >= NEAR {
        return verdict(if same_name { 92 } else { 85 }, "same name, same number");
    }
    if same(&a.company, &b.company) && near >= NEAR {
        return if same_name {
            verdict(82, "same name, same company")
        } else {
            verdict(66, "similar name, same company")
        };
    }
    if same(&a.domain, &b.domain) && near >= NEAR {
        return if same_name {
            verdict(80, "same name, same e-mail domain")
        } else {
            verdict(64, "similar name, same e-mail domain")
        };
    }
    None
}

/// Two companies.
pub fn companies(a: &Likeness, b: &Likeness) -> Option<Verdict> {
    let same = |x: &str, y: &str| !x.is_empty() && x == y;
    let near = a.name_nearness(b);
    if same(&a.domain, &b.domain) {
        return if near >= NEAR {
            verdict(95, "same domain, same name")
        } else {
            verdict(70, "same domain")
        };
    }
    if same(&a.number, &b.number) && near >= NEAR {
        return verdict(88, "same name, same number");
    }
    // Two with domains of their own are two, unless they are called exactly the same.
    let has_both = !a.domain.is_empty() && !b.domain.is_empty();
    match (near >= 1.0, has_both) {
        (true, false) => verdict(80, "same name"),
        (true, true) => verdict(65, "same name, other domain"),
        (false, false) if near >= NEAR_COMPANY && a.name.chars().count() >= 6 => {
            verdict(62, "similar name")
        }
        _ => None,
    }
}

/// The words of a name, folded, without signs.
fn words(name: &str) -> Vec<String> {
    text::fold(name)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A company's name without the words that only say what kind of company it is.
pub fn bare_company(name: &str) -> String {
    let all = words(&name.replace('.', ""));
    let mut kept: &[String] = &all;
    while let Some((last, rest)) = kept.split_last() {
        if rest.is_empty() || !KINDS.contains(&last.as_str()) {
            break;
        }
        kept = rest;
    }
    kept.join(" ")
}

const KINDS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "eirl",
    "gmbh",
    "group",
    "holding",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kk",
    "ks",
    "limited",
    "llc",
    "llp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sl",
    "spa",
    "spol",
    "srl",
    "sro",
    "zrt",
];

fn digits(phone: &str) -> String {
    let digits: Vec<char> = phone
        .split(['x', '#'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    if digits.len() < DIGITS {
        return String::new();
    }
    digits.iter().skip(digits.len() - DIGITS).collect()
}

/// Jaro's measure with Winkler's weight on the beginning: 1 for the same, 0 for nothing in common.
fn nearness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let jaro = jaro(&a, &b);
    let head = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * count(head) * (1.0 - jaro)
}

fn jaro(a: &[char], b: &[char]) -> f64 {
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut mine = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let (from, upto) = (i.saturating_sub(window), (i + window + 1).min(b.len()));
        let hit = b
            .iter()
            .zip(&taken)
            .enumerate()
            .take(upto)
            .skip(from)
            .find(|(_, (y, taken))| *y == x && !**taken);
        if let Some((j, _)) = hit {
            if let Some(slot) = taken.get_mut(j) {
                *slot = true;
            }
            mine.push(*x);
        }
    }
    if mine.is_empty() {
        return 0.0;
    }
    let theirs = b.iter().zip(&taken).filter(|(_, taken)| **taken);
    let swapped = mine.iter().zip(theirs).filter(|(x, (y, _))| x != y).count();
    let (n, swapped) = (count(mine.len()), count(swapped) / 2.0);
    (n / count(a.len()) + n / count(b.len()) + (n - swapped) / n) / 3.0
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, email: &str, phone: &str, company: &str) -> Likeness {
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        Likeness::of_person(name, some(email), some(phone), company)
    }

    fn sure(a: &Likeness, b: &Likeness) -> i64 {
        assert_eq!(people(a, b), people(b, a));
        people(a, b).map_or(0, |verdict| verdict.confidence)
    }

    #[test]
    fn a_name_counts_only_beside_something_else() {
        let mara = person("Mara Lindqvist", "mara@gmail.com", "", "Nordfjord AS");
        for (other, want) in [
            (
                person("Lindqvist, Mara", "m@gmail.com", "", "Nordfjord"),
                82,
            ),
            (
                person("Mara Lindqvsit", "m@gmail.com", "", "nordfjord a.s."),
                66,
            ),
            (person("Mara Lindqvist", "m@gmail.com", "", "Venezia"), 0),
            (
                person("Noor Haddad", "noor@gmail.com", "", "Nordfjord AS"),
                0,
            ),
            (person("M. L.", "Mara+news@gmail.com", "", ""), 75),
            (person("", "mara+news@gmail.com", "", ""), 85),
        ] {
            assert_eq!(sure(&mara, &other), want, "{other:?}");
        }
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        let a = person("Ada", "", "+47 57 85 12 04", "");
        let b = person("Ada", "", "(057) 851204", "");
        assert_eq!(sure(&a, &b), 92);
        assert_eq!(sure(&a, &person("Grace", "", "+47 57 85 12 04", "")), 0);
        assert_eq!(digits("12 34"), "");
    }

    #[test]
    fn what_kind_of_company_it_is_tells_no_two_apart() {
        for (a, b) in [
            ("Broeckx NV s.r.o.", "Broeckx NV"),
            ("Acme, Inc.", "ACME"),
            ("Holding AG", "Holding"),
        ] {
            assert_eq!(bare_company(a), bare_company(b), "{a}");
        }
        let company = |name, domain| Likeness::of_company(name, domain, None);
        let sure = |a, b| companies(&a, &b).map_or(0, |verdict| verdict.confidence);
        assert_eq!(
            sure(company("Acme Inc", ""), company("ACME", "acme.com")),
            80
        );
        assert_eq!(
            sure(company("Acme", "acme.de"), company("ACME", "acme.com")),
            65
        );
        assert_eq!(
            sure(
                company("Nordfjrod Sjømat", ""),
                company("Nordfjord Sjømat", "")
            ),
            62
        );
        assert_eq!(
            sure(company("Nordfjord", "a.no"), company("Nordfjrod", "b.no")),
            0
        );
    }

    #[test]
    fn the_measure_is_the_known_one() {
        for (a, b, want) in [
            ("martha", "marhta", 0.961),
            ("dwayne", "duane", 0.84),
            ("dixon", "dicksonx", 0.813),
            ("", "x", 0.0),
        ] {
            assert!((nearness(a, b) - want).abs() < 0.001, "{a} {b}");
        }
    }
}
