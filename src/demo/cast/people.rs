//! Everybody who is known, then everybody who only passes by.

use std::collections::HashSet;

use super::letters::{self, Word};
use super::named::{Fate, NAMED, Named};
use super::{City, FIRMS, Firm, LOCALES, Locale, team};
use crate::demo::Size;
use crate::demo::calendar::{Calendar, YEAR};
use crate::demo::dice::Dice;
use crate::demo::site::{Agent, BROWSERS, PHONES};

/// What somebody browses on.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Device {
    /// The id the script gave it.
    pub anonymous: String,
    /// What it calls itself.
    pub agent: &'static Agent,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Person {
    /// As they write it; empty for who is not known by name.
    pub name: String,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Address; empty for who only passes by.
    pub email: String,
    /// Number, where their country has numbers for stories.
    pub phone: Option<String>,
    /// Job title.
    pub title: &'static str,
    /// Country and language.
    pub locale: &'static Locale,
    /// City and zone.
    pub city: &'static City,
    /// Place of their company.
    pub firm: Option<usize>,
    /// What they go through; `None` for who only passes by.
    pub fate: Option<Fate>,
    /// Their id at Tidewater's systems, once they have an account.
    pub user_id: Option<String>,
    /// Whether sales typed them in.
    pub is_typed: bool,
    /// Days since Tidewater has known them, as far as the year goes.
    pub since: i64,
    /// The first is where they browse, the second a phone.
    pub devices: Vec<Device>,
    /// Who of the team looks after them.
    pub owner: Option<usize>,
}

impl Person {
    /// Their company.
    pub fn employer(&self) -> Option<&'static Firm> {
        self.firm.and_then(|firm| FIRMS.get(firm))
    }
}

/// Everybody of a world, the known ones first, those with stories of their own before all.
pub(in crate::demo) fn people(size: Size, calendar: Calendar, seed: u64) -> Vec<Person> {
    let mut census = Census {
        calendar,
        dice: Dice::new(seed, "people"),
        names: Names::new(),
        people: Vec::with_capacity(size.known() + size.visitors()),
    };
    for who in NAMED {
        census.named(who);
    }
    let left = size.known() - census.people.len();
    let wanted = left * 7 / 10;
    let weights: Vec<usize> = FIRMS.iter().take(size.firms()).map(weight).collect();
    let sum: usize = weights.iter().sum();
    for (firm, weight) in weights.iter().enumerate() {
        for n in 0..(wanted * weight).div_ceil(sum) {
            if census.people.len() < size.known() {
                census.employee(firm, n);
            }
        }
    }
    while census.people.len() < size.known() {
        census.reader();
    }
    for _ in 0..size.visitors() {
        census.passer();
    }
    census.people
}

/// How many of a company's people are known, against the others'.
fn weight(firm: &Firm) -> usize {
    let size = 5 + firm.employees.isqrt() as usize;
    if firm.bought().is_some() {
        size
    } else {
        size / 3
    }
}

struct Census {
    calendar: Calendar,
    dice: Dice,
    names: Names,
    people: Vec<Person>,
}

impl Census {
    fn named(&mut self, who: &Named) {
        let firm = who.firm.and_then(|firm| FIRMS.get(firm));
        let locale = super::locale(firm.map_or(who.language, |firm| firm.language));
        let name = match (who.given, who.family) {
            ("", _) => String::new(),
            (given, family) => joined(locale, given, family),
        };
        self.names.taken.insert(name.clone());
        let host = firm.map_or_else(|| "postbox.example".to_owned(), Firm::domain);
        let email = format!("{}@{host}", who.local);
        self.names.addresses.insert(email.clone());
        let mut person = self.blank(locale, firm);
        person.name = name;
        who.given.clone_into(&mut person.given);
        who.family.clone_into(&mut person.family);
        person.email = email;
        person.title = who.title;
        person.firm = who.firm;
        person.fate = Some(who.fate);
        person.owner = firm.map(|firm| team::seller(firm.language));
        person.since = since(self.calendar, &mut self.dice, &person).max(1);
        self.admit(person);
    }

    fn employee(&mut self, index: usize, n: usize) {
        let Some(firm) = FIRMS.get(index) else { return };
        let has_champion = NAMED.iter().any(|who| who.firm == Some(index));
        let rank = n + usize::from(has_champion);
        let titles = super::titles(firm.trade);
        let buys = firm.course != super::Course::Prospect;
        let fate = match rank {
            0 => Fate::Champion,
            1 if buys => Fate::Payer,
            _ if buys => Fate::Operator,
            _ if n.is_multiple_of(2) => Fate::Reader,
            _ => Fate::Card,
        };
        let locale = super::locale(firm.language);
        let mut person = self.blank(locale, Some(firm));
        self.name(&mut person, &firm.domain());
        person.title = titles.get(rank % titles.len()).copied().unwrap_or_default();
        person.firm = Some(index);
        person.fate = Some(fate);
        person.is_typed = fate == Fate::Card || !buys && self.dice.chance(50);
        person.owner = match fate {
            Fate::Champion | Fate::Payer | Fate::Card => Some(team::seller(firm.language)),
            _ if self.dice.chance(22) => Some(team::seller(firm.language)),
            _ => None,
        };
        person.since = since(self.calendar, &mut self.dice, &person).max(1);
        self.admit(person);
    }

    fn reader(&mut self) {
        let locale = self.dice.pick(LOCALES);
        let mut person = self.blank(locale, None);
        let hosts = ["postbox.example", "mail.example", "letters.example"];
        let host = *self.dice.pick(&hosts);
        self.name(&mut person, host);
        let titles = ["", "", "Consultant", "Student", "Journalist", "Engineer"];
        person.title = *self.dice.pick(&titles);
        person.is_typed = self.dice.chance(12);
        person.fate = Some(if person.is_typed && self.dice.chance(50) {
            Fate::Card
        } else {
            Fate::Reader
        });
        person.owner = self.dice.chance(18).then(|| team::seller(locale.language));
        person.since = since(self.calendar, &mut self.dice, &person).max(1);
        self.admit(person);
    }

    fn passer(&mut self) {
        let locale = self.dice.pick(LOCALES);
        let mut person = self.blank(locale, None);
        person.since = self
            .calendar
            .day(&mut self.dice, locale, YEAR - 1, 1)
            .max(1);
        self.people.push(person);
    }

    /// Somebody of whom only place and browser are known.
    fn blank(&mut self, locale: &'static Locale, firm: Option<&Firm>) -> Person {
        let home = firm.and_then(|firm| locale.cities.get(firm.city));
        let city = home.unwrap_or_else(|| self.dice.pick(locale.cities));
        let mut device = |agents| Device {
            anonymous: self.dice.uuid(),
            agent: self.dice.weighted(agents),
        };
        let devices = vec![device(BROWSERS), device(PHONES)];
        Person {
            name: String::new(),
            given: String::new(),
            family: String::new(),
            email: String::new(),
            phone: None,
            title: "",
            locale,
            city,
            firm: None,
            fate: None,
            user_id: None,
            is_typed: false,
            since: 0,
            devices,
            owner: None,
        }
    }

    fn name(&mut self, person: &mut Person, host: &str) {
        let (given, family) = self.names.next(person.locale);
        person.name = joined(person.locale, &given.0, &family.0);
        person.email = self.names.address(&given.1, &family.1, host);
        person.given = given.0;
        person.family = family.0;
        if self.dice.chance(45) {
            let number = number(&mut self.dice, person.locale.phone);
            // Two people with one number would become one.
            person.phone = number.filter(|number| self.names.numbers.insert(number.clone()));
        }
    }

    fn admit(&mut self, mut person: Person) {
        let has_account = matches!(
            person.fate,
            Some(Fate::Champion | Fate::Payer | Fate::Operator | Fate::Shift)
        ) && person
            .employer()
            .is_some_and(|firm| firm.course != super::Course::Prospect);
        person.user_id = has_account.then(|| format!("u_{}", 48_213 + self.people.len() * 7));
        self.people.push(person);
    }
}

/// Days since Tidewater has known them: champions before the purchase, the others after it.
fn since(calendar: Calendar, dice: &mut Dice, person: &Person) -> i64 {
    use super::Course::{Customer, Former, Prospect, Trial};
    let last = |days: i64| days.clamp(1, YEAR - 6);
    let course = person.employer().map_or(Prospect, |firm| firm.course);
    match (person.fate, course) {
        (Some(Fate::Champion), Customer(days) | Former(days, _)) => last(days + 15),
        (Some(Fate::Champion), Trial(days))
        | (Some(Fate::Payer), Customer(days) | Former(days, _)) => last(days),
        (Some(Fate::Payer), Trial(days)) => last(days - 2),
        (_, Trial(days)) => calendar.day(dice, person.locale, last(days), 1),
        (_, Customer(days)) => {
            // Most join early, some only lately.
            let first = last(days - 1);
            let share = dice.part() * dice.part();
            last(first - (share * first as f64) as i64)
        }
        (_, Former(days, left)) => calendar.day(dice, person.locale, last(days - 1), left + 30),
        (Some(Fate::Champion), Prospect) => dice.between(1, 40),
        (_, Prospect) => calendar.day(dice, person.locale, YEAR - 10, 1),
    }
}

fn joined(locale: &Locale, given: &str, family: &str) -> String {
    match (given, family) {
        (one, "") | ("", one) => one.to_owned(),
        _ if locale.is_family_first => format!("{family}{}{given}", locale.joint),
        _ => format!("{given}{}{family}", locale.joint),
    }
}

fn number(dice: &mut Dice, pattern: &str) -> Option<String> {
    let digits = pattern.chars().map(|c| match c {
        '#' => char::from(b'0' + dice.below(10) as u8),
        c => c,
    });
    let number: String = digits.collect();
    crate::base::phone::parse(&number, None)
}

/// Names and addresses, none twice.
struct Names {
    lists: Vec<(Vec<Word>, Vec<Word>, usize)>,
    taken: HashSet<String>,
    addresses: HashSet<String>,
    numbers: HashSet<String>,
}

impl Names {
    fn new() -> Self {
        let lists = LOCALES
            .iter()
            .map(|l| (letters::words(l.given), letters::words(l.family), 0))
            .collect();
        Self {
            lists,
            taken: HashSet::new(),
            addresses: HashSet::new(),
            numbers: HashSet::new(),
        }
    }

    /// The next name of a country: walks through all pairs before any comes again.
    fn next(&mut self, locale: &Locale) -> (Word, Word) {
        let place = LOCALES.iter().position(|l| l.language == locale.language);
        let Some((given, family, next)) = place.and_then(|place| self.lists.get_mut(place)) else {
            return Default::default();
        };
        loop {
            let (row, column) = (*next / given.len(), *next % given.len());
            *next += 1;
            let step = if locale.is_gendered() {
                row * 2 + column % 2 + column / 2 * 4
            } else {
                row + column * 5
            };
            let pair = (
                given.get(column).cloned().unwrap_or_default(),
                family.get(step % family.len()).cloned().unwrap_or_default(),
            );
            let name = joined(locale, &pair.0.0, &pair.1.0);
            if self.taken.insert(name) || *next > given.len() * family.len() {
                return pair;
            }
        }
    }

    fn address(&mut self, given: &str, family: &str, host: &str) -> String {
        let mut address = format!("{given}.{family}@{host}");
        let mut n = 2;
        while !self.addresses.insert(address.clone()) {
            address = format!("{given}.{family}{n}@{host}");
            n += 1;
        }
        address
    }
}
