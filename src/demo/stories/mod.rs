//! What everybody does, told person by person; the order in time comes later.

mod champions;
mod named;
mod operators;
mod passers;
mod payers;
mod pulse;
mod readers;
mod saying;
mod strolls;

pub(super) use named::SHARED;
pub(super) use saying::account;

use super::Size;
use super::calendar::Calendar;
use super::cast::{Fate, Person};
use super::dice::Dice;
use super::visit::Visit;

/// What a story needs.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// When things happen.
    pub calendar: Calendar,
    /// Everybody.
    pub people: &'a [Person],
    /// How large the world is.
    pub size: Size,
}

/// Everything that everybody did in the year, in no order; nothing lies ahead of now.
pub(super) fn tell(stage: Stage<'_>, seed: u64) -> Vec<Visit> {
    let dice = Dice::new(seed, "stories");
    let mut visits = Vec::new();
    for (who, person) in stage.people.iter().enumerate() {
        let mut dice = dice.nth(who);
        match person.fate {
            None => passers::tell(stage, who, &mut dice, &mut visits),
            Some(Fate::Reader) => readers::tell(stage, who, &mut dice, &mut visits),
            Some(Fate::Champion) => champions::tell(stage, who, &mut dice, &mut visits),
            Some(Fate::Payer) => payers::tell(stage, who, &mut dice, &mut visits),
            Some(Fate::Operator | Fate::Shift) => {
                operators::tell(stage, who, &mut dice, &mut visits);
            }
            Some(Fate::Card) => {}
        }
    }
    named::tell(stage, &mut visits);
    pulse::tell(stage, Dice::new(seed, "pulse"), &mut visits);
    until_now(&mut visits, stage.calendar);
    visits
}

/// Leaves out what would happen or arrive later than now.
fn until_now(visits: &mut Vec<Visit>, calendar: Calendar) {
    for visit in visits.iter_mut() {
        let left = (calendar.now.since(visit.at) / crate::base::clock::SECOND) - 3;
        visit.acts.retain(|act| act.after <= left);
        if visit.received() > calendar.now {
            visit.delay = 0;
        }
    }
    visits.retain(|visit| !visit.acts.is_empty() && visit.received() <= calendar.now);
}
