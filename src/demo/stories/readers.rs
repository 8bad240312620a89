//! Those who read, and at some point leave an address: for the newsletter, a webinar, a data sheet.

use serde_json::json;

use super::saying::{self, track};
use super::{Stage, strolls};
use crate::demo::dice::Dice;
use crate::demo::site::{CONTACT, NEWSLETTER};
use crate::demo::visit::{Via, Visit};

pub(super) fn tell(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    let zone = person.city.zone;
    // Anonymous at first.
    let times = dice.between(0, 3);
    for _ in 0..times {
        let day = person.since + dice.between(1, 30);
        if day >= crate::demo::calendar::YEAR {
            continue;
        }
        let mut visit = Visit::new(who, Via::Website, stage.calendar.at_home(dice, zone, day));
        strolls::arrive(&mut visit, dice, day, 35);
        let pages = dice.between(1, 5);
        strolls::read(&mut visit, dice, trade, pages);
        visits.push(visit);
    }
    let day = person.since;
    let mut visit = Visit::new(who, Via::Website, stage.calendar.at_work(dice, zone, day));
    strolls::arrive(&mut visit, dice, day, 45);
    let pages = dice.between(1, 4);
    strolls::read(&mut visit, dice, trade, pages);
    let done = match dice.below(10) {
        0..=4 => {
            strolls::look(&mut visit, dice, &NEWSLETTER);
            track("Newsletter Subscribed", [("list", json!("The Tide Table"))])
        }
        5..=7 => track(
            "Webinar Registered",
            [("webinar", json!("Calibration in spring"))],
        ),
        _ => {
            strolls::look(&mut visit, dice, &CONTACT);
            track("Contact Form Sent", [("topic", json!("Prices"))])
        }
    };
    visit.then(dice.between(20, 70), saying::form(person));
    visit.then(1, done);
    visits.push(visit);
    later(stage, who, dice, visits);
}

/// Comes back by the newsletter now and then.
fn later(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    let mut day = person.since - dice.between(9, 50);
    while day >= 0 && dice.chance(62) {
        let at = stage.calendar.at_work(dice, person.city.zone, day);
        let mut visit = Visit::new(who, Via::Website, at);
        strolls::arrive(&mut visit, dice, day, 70);
        let pages = dice.between(1, 4);
        strolls::read(&mut visit, dice, trade, pages);
        if dice.chance(15) {
            strolls::prices(&mut visit, dice, trade);
        }
        visits.push(visit);
        day -= dice.between(20, 60);
    }
}
