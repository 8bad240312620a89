//! Every deed of the team, in the order of their times.

use super::words;
use crate::base::Timestamp;
use crate::base::clock::{HOUR, MINUTE};
use crate::contacts::Stage;
use crate::demo::calendar::{Calendar, YEAR};
use crate::demo::cast::{
    self, ALMA, Course, FIRMS, Fate, Firm, INGRID, JONAS, PRIYA, Person, SADE, TEAM, Trade,
};
use crate::demo::dice::Dice;

/// What is done.
#[derive(Debug, Clone)]
pub(in crate::demo) enum Do {
    /// Typed in.
    Create,
    /// What is known of a company, completed.
    Fill,
    /// Given to somebody of the team.
    Owner(usize),
    /// Moved along.
    Stage(Stage),
    /// Tagged.
    Tag(&'static str),
    /// A role in their company.
    Role(&'static str),
    /// A note; whether it stays on top.
    Note(String, bool),
    /// A trait set by hand.
    Trait(&'static str, i64),
}

/// About whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum On {
    /// Place among the people.
    Person(usize),
    /// Place among the companies.
    Firm(usize),
}

/// One deed.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who of the team.
    pub by: usize,
    /// About whom.
    pub on: On,
    /// What.
    pub what: Do,
}

impl Deed {
    /// Whether it makes a record that events then find.
    pub fn makes(&self) -> bool {
        matches!(self.what, Do::Create)
    }
}

/// Plans everything.
pub(in crate::demo) fn plan(calendar: Calendar, people: &[Person], seed: u64) -> Vec<Deed> {
    let mut agenda = Agenda {
        calendar,
        dice: Dice::new(seed, "office"),
        deeds: Vec::new(),
    };
    for (index, firm) in FIRMS.iter().enumerate() {
        // A small world has not every company.
        if people.iter().any(|person| person.firm == Some(index)) {
            agenda.firm(index, firm);
        }
    }
    for (who, person) in people.iter().enumerate() {
        match person.fate {
            None => {}
            Some(fate) => agenda.person(who, person, fate),
        }
    }
    agenda.named();
    let now = calendar.now;
    agenda.deeds.retain(|deed| deed.at < now);
    agenda.deeds.sort_by_key(|deed| deed.at);
    agenda.deeds
}

struct Agenda {
    calendar: Calendar,
    dice: Dice,
    deeds: Vec<Deed>,
}

impl Agenda {
    fn firm(&mut self, index: usize, firm: &Firm) {
        let seller = cast::seller(firm.language);
        let on = On::Firm(index);
        let day = match firm.course {
            Course::Prospect => self.dice.between(60, YEAR - 2),
            Course::Trial(days) => days - 1,
            Course::Customer(days) | Course::Former(days, _) => (days + 14).min(YEAR - 7),
        };
        if firm.course == Course::Prospect {
            self.add(YEAR - 1, seller, on, Do::Create);
        } else {
            self.add(day, seller, on, Do::Fill);
        }
        self.add(day, seller, on, Do::Owner(seller));
        let tag = match firm.trade {
            Trade::Farm => "Aquaculture",
            Trade::Port => "Ports",
            Trade::Water => "Water works",
            Trade::Lab => "Research",
        };
        self.add(day, SADE, on, Do::Tag(tag));
        self.stages(on, firm, day, seller);
        if let Some(note) = words::of_firm(&mut self.dice, firm) {
            let day = self.dice.between(
                firm.left().unwrap_or(2) + 1,
                day.max(firm.left().unwrap_or(2) + 2),
            );
            self.add(day, seller, on, Do::Note(note, false));
        }
    }

    /// Follows how far a company has come.
    fn stages(&mut self, on: On, firm: &Firm, day: i64, seller: usize) {
        match firm.course {
            Course::Prospect if self.dice.chance(40) => {
                let later = self.dice.between(1, day - 1);
                self.add(later, seller, on, Do::Stage(Stage::Qualified));
            }
            Course::Prospect => {}
            Course::Trial(_) => self.add(day, seller, on, Do::Stage(Stage::Qualified)),
            Course::Customer(days) | Course::Former(days, _) => {
                // Who joins after the purchase is a customer from the first day.
                let bought = days.min(day);
                if bought < day && days + 14 < YEAR {
                    self.add(day, seller, on, Do::Stage(Stage::Qualified));
                }
                self.add(bought, seller, on, Do::Stage(Stage::Customer));
            }
        }
        if let Some(left) = firm.left() {
            self.add(left - 1, seller, on, Do::Stage(Stage::Former));
        }
    }

    fn person(&mut self, who: usize, person: &Person, fate: Fate) {
        let on = On::Person(who);
        let seller = cast::seller(person.locale.language);
        let day = person.since;
        if person.is_typed {
            let before = if fate == Fate::Card {
                0
            } else {
                self.dice.between(3, 40)
            };
            let by = if self.dice.chance(25) { SADE } else { seller };
            self.add((day + before).min(YEAR - 1), by, on, Do::Create);
        }
        if let Some(owner) = person.owner {
            self.add(day, owner, on, Do::Owner(owner));
        }
        if let Some(firm) = person.employer() {
            let is_buyer = matches!(fate, Fate::Champion | Fate::Payer);
            if is_buyer || firm.course != Course::Prospect {
                self.stages(on, firm, day, seller);
            }
            if is_buyer {
                let role = if fate == Fate::Champion {
                    "Decision maker"
                } else {
                    "Billing"
                };
                self.add(day - 1, seller, on, Do::Role(role));
            }
            let chance = if is_buyer { 75 } else { 12 };
            if self.dice.chance(chance) {
                let note = words::of_person(&mut self.dice, person, firm);
                let last = firm.left().unwrap_or(0) + 1;
                let day = self.dice.between(last.min(day), day);
                self.add(day, seller, on, Do::Note(note, false));
            }
        } else if person.owner.is_some() && self.dice.chance(50) {
            let later = self.dice.between(0, day);
            self.add(later, seller, on, Do::Stage(Stage::Qualified));
        }
        self.tags(on, person, fate);
    }

    fn tags(&mut self, on: On, person: &Person, fate: Fate) {
        let day = person.since;
        let tags: &[(u32, &str)] = match fate {
            Fate::Champion | Fate::Payer => {
                &[(30, "Reference"), (18, "Beta"), (10, "Speaks at events")]
            }
            Fate::Reader => &[(34, "Newsletter"), (16, "Webinar: calibration")],
            Fate::Card => &[(55, "Havbruk 2026, Ålesund"), (20, "Partner")],
            Fate::Operator | Fate::Shift => &[(9, "Beta"), (6, "Trained")],
        };
        for (percent, tag) in tags {
            if self.dice.chance(*percent) {
                let later = self.dice.between(0, day);
                self.add(later, SADE, on, Do::Tag(tag));
            }
        }
    }

    /// What is written of the people one looks at first.
    fn named(&mut self) {
        for (minutes, by, who, text, is_pinned) in words::NAMED_NOTES {
            let at = self.calendar.now.plus(-minutes * MINUTE);
            let what = Do::Note((*text).to_owned(), *is_pinned);
            self.put(at, *by, On::Person(*who), what);
        }
        let at = self.calendar.now.plus(-30 * 24 * HOUR);
        // The app counts three sites, Jonas two that are paid for.
        self.put(at, JONAS, On::Person(INGRID), Do::Trait("paid_sites", 2));
        self.put(
            at,
            ALMA,
            On::Person(INGRID),
            Do::Tag("Havbruk 2026, Ålesund"),
        );
        self.put(at, PRIYA, On::Person(INGRID), Do::Tag("Reference"));
    }

    /// A deed at some moment of the colleague's working day.
    fn add(&mut self, day: i64, by: usize, on: On, what: Do) {
        let zone = TEAM
            .get(by)
            .and_then(|colleague| colleague.zone.parse().ok())
            .unwrap_or(chrono_tz::UTC);
        let day = day.clamp(0, YEAR);
        let at = self.calendar.at_work(&mut self.dice, zone, day);
        self.put(at, by, on, what);
    }

    fn put(&mut self, at: Timestamp, by: usize, on: On, what: Do) {
        self.deeds.push(Deed { at, by, on, what });
    }
}
