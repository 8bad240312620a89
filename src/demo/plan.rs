//! The whole world on paper, before any of it is built: the same for the same size and the same now.

use super::Size;
use super::calendar::Calendar;
use super::cast::{self, Person};
use super::office::{self, Deed};
use super::stories::{self, Stage};
use super::visit::{Visit, What};
use super::wire::{self, Post};
use crate::base::Timestamp;

/// The one seed: change it, and everybody has another life.
const SEED: u64 = 0x7469_6465;

/// A planned world.
#[derive(Debug)]
pub struct Plan {
    pub(super) people: Vec<Person>,
    /// In the order they reach Rapport.
    pub(super) visits: Vec<Visit>,
    /// In the order the team does them.
    pub(super) deeds: Vec<Deed>,
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
        Self {
            people,
            visits,
            deeds,
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
