//! Those who pass by: a page or two, most of them never seen again.

use super::{Stage, strolls};
use crate::demo::dice::Dice;
use crate::demo::visit::{Via, Visit};

pub(super) fn tell(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    let times = *dice.weighted(&[(74, 1), (16, 2), (7, 3), (3, 5)]);
    let mut day = person.since;
    // One browser in a hundred thinks it is later than it is.
    let skew = if dice.chance(1) {
        dice.between(1, 9) * crate::base::clock::HOUR
    } else {
        0
    };
    for n in 0..times {
        let at = if dice.chance(60) {
            stage.calendar.at_work(dice, person.city.zone, day)
        } else {
            stage.calendar.at_home(dice, person.city.zone, day)
        };
        let mut visit = Visit::new(who, Via::Website, at);
        visit.skew = skew;
        strolls::arrive(&mut visit, dice, day, 28);
        let pages = *dice.weighted(&[(42, 1), (25, 2), (17, 4), (11, 6), (5, 11)]);
        strolls::read(&mut visit, dice, trade, pages);
        if pages > 2 && dice.chance(30) || n > 0 && dice.chance(35) {
            strolls::prices(&mut visit, dice, trade);
        }
        visits.push(visit);
        day = (day - dice.between(1, 24)).max(0);
    }
}
