//! Who there is and when they came, decided from the seed alone before anything is written: 12 bytes a visit and
//! 4 a contact, so that a plan of millions fits into memory and every later pass can ask for any part of it.

use super::super::chance::{Chance, mix};

/// Days of behaviour.
pub(super) const DAYS: u32 = 180;
/// Nobody's last visit begins after this: it ends before the last day does.
const LAST: u32 = (DAYS - 1) * 86_400;
/// How much busier the busiest are than the quietest.
const BUSIEST: f64 = 600.0;

/// How large it is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub contacts: u32,
    pub events: u64,
    pub companies: u32,
    pub deals: u32,
    pub seed: u64,
}

/// One visit of one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visit {
    pub contact: u32,
    /// Seconds after the beginning of the window.
    pub start: u32,
    /// Events of it.
    pub events: u8,
    /// Seconds between two of them.
    pub gap: u8,
    /// The contact is signed in: events hang on its user id.
    pub is_signed_in: bool,
    /// The visit in which they say who they are.
    pub says_who: bool,
}

/// What a contact is known by; visitors only by the id of their device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ids {
    pub is_known: bool,
    pub device: bool,
    pub user: bool,
    pub email: bool,
    pub second_email: bool,
    pub phone: bool,
}

/// Everything that is decided beforehand.
#[derive(Debug)]
pub(super) struct Plan {
    pub size: Size,
    /// By contact and start, until [`Plan::by_time`].
    pub visits: Vec<Visit>,
    /// Where each contact's visits begin.
    first_visit: Vec<u32>,
    /// The number of each contact's first identity.
    first_identity: Vec<u32>,
}

impl Plan {
    pub fn new(size: Size) -> Self {
        let total: f64 = (0..size.contacts)
            .map(|contact| weight(size.seed, contact))
            .sum();
        let mut plan = Self {
            size,
            visits: Vec::with_capacity((size.events / 4) as usize),
            first_visit: Vec::with_capacity(size.contacts as usize + 1),
            first_identity: Vec::with_capacity(size.contacts as usize + 1),
        };
        let (mut sum, mut given, mut identity) = (0.0, 0, 1);
        for contact in 0..size.contacts {
            // Rounding the running sum gives away every event, none twice.
            sum += weight(size.seed, contact);
            let upto = if contact + 1 == size.contacts {
                size.events
            } else {
                (size.events as f64 * sum / total).round() as u64
            };
            plan.first_visit.push(plan.visits.len() as u32);
            plan.first_identity.push(identity);
            plan.add_visits(contact, upto.saturating_sub(given));
            given = given.max(upto);
            identity += plan.ids(contact).count();
        }
        plan.first_visit.push(plan.visits.len() as u32);
        plan
    }

    /// Visits of a contact in their order. Only before [`Plan::by_time`].
    pub fn visits_of(&self, contact: u32) -> &[Visit] {
        let at = |n: usize| self.first_visit.get(n).map_or(0, |n| *n as usize);
        let (from, to) = (at(contact as usize), at(contact as usize + 1));
        self.visits.get(from..to).unwrap_or_default()
    }

    /// From here on in the order in which they happened.
    pub fn by_time(&mut self) {
        self.visits
            .sort_unstable_by_key(|visit| (visit.start, visit.contact));
    }

    /// What a contact is known by.
    pub fn ids(&self, contact: u32) -> Ids {
        let mut chance = Chance::of(self.size.seed ^ 0x1d5, u64::from(contact));
        let is_known = is_known(self.size.seed, contact);
        let user = is_known && chance.percent(80);
        Ids {
            is_known,
            device: true,
            user,
            email: is_known && (!user || chance.percent(92)),
            second_email: is_known && chance.percent(8),
            // Numbers are made of the contact's own, which has six digits in them.
            phone: is_known && contact < 1_000_000 && chance.percent(40),
        }
    }

    /// The identity of a contact's device.
    pub fn device(&self, contact: u32) -> i64 {
        self.first_identity
            .get(contact as usize)
            .map_or(0, |id| i64::from(*id))
    }

    /// The identity that a visit's events hang on.
    pub fn owner(&self, visit: &Visit) -> i64 {
        self.device(visit.contact) + i64::from(visit.is_signed_in)
    }

    fn add_visits(&mut self, contact: u32, events: u64) {
        if events == 0 {
            return;
        }
        let mut chance = Chance::of(self.size.seed ^ 0x715, u64::from(contact));
        let from = self.visits.len();
        let newest = f64::from(LAST) * (1.0 - chance.unit().powi(2) * 0.98);
        // Whoever comes often has been coming for long: room for six visits a day.
        let room = events as f64 / 5.0 * 14_400.0;
        let oldest = (newest * chance.unit().sqrt()).min(newest - room).max(0.0);
        let mut left = events;
        while left > 0 {
            let events = (1 + chance.below(5) + chance.below(6)).min(left) as u8;
            left -= u64::from(events);
            let start = oldest + (newest - oldest) * chance.unit();
            self.visits.push(Visit {
                contact,
                start: daytime(start as u32, &mut chance),
                events,
                gap: 4 + chance.below(110) as u8,
                is_signed_in: false,
                says_who: false,
            });
        }
        let has_user = self.ids(contact).user;
        let visits = self.visits.get_mut(from..).unwrap_or_default();
        visits.sort_unstable_by_key(|visit| visit.start);
        let known_from = visits.len() / 3;
        let mut free = 0;
        for (n, visit) in visits.iter_mut().enumerate() {
            visit.start = visit.start.max(free);
            // Two visits of one device are more than half an hour apart.
            free = visit.start + u32::from(visit.events) * u32::from(visit.gap) + 2_400;
            visit.is_signed_in = has_user && n >= known_from;
            visit.says_who = has_user && n == known_from;
        }
    }
}

impl Ids {
    /// How many they are. The device comes first, then the user id.
    fn count(self) -> u32 {
        [
            self.device,
            self.user,
            self.email,
            self.second_email,
            self.phone,
        ]
        .into_iter()
        .map(u32::from)
        .sum()
    }
}

impl Visit {
    /// The chance of this visit, the same in every pass.
    pub fn chance(&self, seed: u64) -> Chance {
        Chance::new(mix(
            seed ^ (u64::from(self.contact) << 32 | u64::from(self.start))
        ))
    }
}

fn is_known(seed: u64, contact: u32) -> bool {
    mix(seed ^ mix(u64::from(contact) ^ 0x6b6e)) % 100 < 30
}

/// Few are busy, many are not.
fn weight(seed: u64, contact: u32) -> f64 {
    let mut chance = Chance::of(seed ^ 0x3e1, u64::from(contact));
    let pareto = (1.0 - chance.unit()).powf(-1.0 / 1.25).min(BUSIEST);
    if is_known(seed, contact) {
        2.0 * pareto
    } else {
        pareto
    }
}

/// Moves a time to the hours in which people are awake.
fn daytime(second: u32, chance: &mut Chance) -> u32 {
    let hour = 6 + chance.below(9) + chance.below(9);
    second / 86_400 * 86_400 + hour as u32 * 3_600 + chance.below(3_600) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan::new(Size {
            contacts: 3_000,
            events: 30_000,
            companies: 30,
            deals: 30,
            seed: 1,
        })
    }

    #[test]
    fn every_event_is_given_away_and_the_seed_repeats() {
        let plan = plan();
        let events: u64 = plan.visits.iter().map(|v| u64::from(v.events)).sum();
        assert_eq!(events, 30_000);
        assert_eq!(plan.visits, self::plan().visits);
        let known = (0..3_000).filter(|c| plan.ids(*c).is_known).count();
        assert!((800..1_000).contains(&known), "{known}");
    }

    #[test]
    fn visits_of_one_contact_do_not_touch() {
        let plan = plan();
        let busiest = (0..3_000)
            .max_by_key(|c| plan.visits_of(*c).len())
            .expect("contacts");
        let visits = plan.visits_of(busiest);
        assert!(visits.len() > 20, "{}", visits.len());
        for pair in visits.windows(2) {
            let end = pair[0].start + u32::from(pair[0].events - 1) * u32::from(pair[0].gap);
            assert!(pair[1].start > end + 1_800);
        }
        assert!(visits.iter().all(|visit| visit.contact == busiest));
    }
}
