//! The whole world on paper, before any of it is built: the same for the same size and the same now.

use super::Size;
use super::calendar::Calendar;
use super::cast::{self, Person};
use super::office::deals::Pitch;
use super::office::{self, Deed};
use super::stories::{self, Stage};
use super::visit::{Visit, What};
use super::wire::{self, Post};
use crate::base::Timestamp;

/// The one seed: change it, and everybody has another life.
pub(super) const SEED: u64 = 0x7469_6465;

/// A planned world.
#[derive(Debug)]
pub struct Plan {
    pub(super) people: Vec<Person>,
    /// In the order they reach Rapport.
    pub(super) visits: Vec<Visit>,
    /// In the order the team does them.
    pub(super) deeds: Vec<Deed>,
    /// Deals, in the order they were made.
    pub(super) pitches: Vec<Pitch>,
}

impl Plan {
    /// Plans a world that ends now.
    pub fn new(size: Size, now: Timestamp) -> Self {
        let calendar = Calendar { now };
        let people = cast::people(size, calendar, SEED);
        let stage = Stage {
            calendar,
            people: &people,
            size,
        };
        let mut visits = stories::tell(stage, SEED);
        visits.extend(super::mishaps::visits(calendar));
        visits.sort_by_key(|visit| (visit.received(), visit.who, visit.via));
        let deeds = office::plan(calendar, &people, SEED);
        let pitches = office::deals::plan(calendar, &people, SEED);
        Self {
            people,
            visits,
            deeds,
            pitches,
        }
    }

    /// How many people are known.
    pub fn known(&self) -> usize {
        self.people.iter().filter(|p| p.fate.is_some()).count()
    }

    /// How many only pass by.
    pub fn visitors(&self) -> usize {
        self.people.len() - self.known()
    }

    /// Addresses of those who are known.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        let known = self.people.iter().filter(|p| p.fate.is_some());
        known.map(|person| person.email.as_str())
    }

    /// Names of those who are known.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|person| person.name.as_str())
    }

    /// How many events are sent, the broken ones included.
    pub fn events(&self) -> usize {
        self.visits.iter().map(|visit| visit.acts.len()).sum()
    }

    /// How many of them cannot be understood.
    pub fn broken(&self) -> usize {
        let acts = self.visits.iter().flat_map(|visit| &visit.acts);
        acts.filter(|act| matches!(act.what, What::Broken(_)))
            .count()
    }

    /// Everything that is sent, in the order it arrives.
    pub fn posts(&self) -> impl Iterator<Item = Post> {
        self.visits
            .iter()
            .enumerate()
            .filter_map(|(n, visit)| wire::post(&self.people, visit, n))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::base::clock::{DAY, MINUTE};
    use crate::demo::cast::{Fate, INGRID, NATTAWUT, ZOE};
    use crate::demo::visit::Via;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T11:00:00Z").expect("a time")
    }

    fn of(plan: &Plan, who: usize) -> impl Iterator<Item = &Visit> {
        plan.visits.iter().filter(move |visit| visit.who == who)
    }

    #[test]
    fn the_world_is_the_same_twice_and_moves_with_now() {
        let posts = |now| Plan::new(Size::Small, now).posts().collect::<Vec<_>>();
        assert_eq!(posts(now()), posts(now()));
        assert_ne!(posts(now()), posts(now().plus(DAY)));
    }

    #[test]
    fn the_full_world_has_its_size() {
        let plan = Plan::new(Size::Full, now());
        assert_eq!((plan.known(), plan.visitors()), (2_000, 8_000));
        let emails: HashSet<&str> = plan.emails().collect();
        assert_eq!(emails.len(), 2_000, "nobody shares an address");
        let phones: Vec<&str> = plan
            .people
            .iter()
            .filter_map(|p| p.phone.as_deref())
            .collect();
        let distinct: HashSet<&&str> = phones.iter().collect();
        assert_eq!(distinct.len(), phones.len(), "nor a number");
        assert!(emails.iter().all(|email| email.ends_with(".example")));
        let events = plan.events();
        assert!((150_000..=250_000).contains(&events), "{events}");
        let firms: HashSet<usize> = plan.people.iter().filter_map(|p| p.firm).collect();
        assert_eq!(firms.len(), 60);
        let names: Vec<&str> = plan.names().filter(|name| !name.is_empty()).collect();
        let distinct: HashSet<&&str> = names.iter().collect();
        assert!(
            distinct.len() * 100 > names.len() * 97,
            "few share a name: {} of {}",
            distinct.len(),
            names.len()
        );
    }

    #[test]
    fn nothing_lies_ahead_and_the_last_hour_is_alive() {
        for size in [Size::Small, Size::Full] {
            let plan = Plan::new(size, now());
            assert!(plan.visits.iter().all(|visit| visit.received() <= now()));
            assert!(plan.deeds.iter().all(|deed| deed.at < now()));
            let year = now().plus(-367 * DAY);
            assert!(plan.visits.iter().all(|visit| visit.at > year));
            let last = now().plus(-10 * MINUTE);
            assert!(plan.visits.iter().any(|visit| visit.end() > last));
        }
    }

    #[test]
    fn the_stories_can_be_seen() {
        let plan = Plan::new(Size::Full, now());
        let since = |days: i64| now().plus(-days * DAY);
        let gone = of(&plan, NATTAWUT).map(Visit::received).max();
        assert!(gone.is_some_and(|at| at < since(60)), "who left is gone");
        assert!(of(&plan, INGRID).any(|visit| visit.at > since(1)));
        let named = of(&plan, ZOE)
            .find(|visit| visit.is_signed_in)
            .map(|visit| visit.at);
        let anonymous = of(&plan, ZOE).filter(|v| Some(v.at) < named && v.via == Via::Website);
        assert!(
            anonymous.count() >= 3,
            "Zoë read before she said who she is"
        );
        assert!(plan.broken() > 0);
        let former = plan.people.iter().enumerate().filter(|(_, person)| {
            person.fate != Some(Fate::Card)
                && person.employer().is_some_and(|firm| firm.left() > Some(60))
        });
        for (who, person) in former {
            let last = of(&plan, who).map(Visit::received).max();
            assert!(last < Some(since(60)), "{} is still there", person.name);
        }
    }
}
