//! The last day, whatever day of the week it is: somebody is always there, and one visitor is hot right now.

use super::{Stage, operators, strolls};
use crate::demo::cast::{Course, Fate};
use crate::demo::dice::Dice;
use crate::demo::visit::{Via, Visit};

pub(super) fn tell(stage: Stage<'_>, mut dice: Dice, visits: &mut Vec<Visit>) {
    let of = |wanted: fn(Option<Fate>) -> bool| -> Vec<usize> {
        let people = stage.people.iter().enumerate();
        people
            .filter(|(_, person)| {
                let firm = person.employer();
                wanted(person.fate)
                    && firm.is_none_or(|firm| matches!(firm.course, Course::Customer(_)))
            })
            .map(|(who, _)| who)
            .collect()
    };
    let workers = of(|fate| fate == Some(Fate::Operator));
    let passers = of(|fate| fate.is_none());
    if workers.is_empty() || passers.is_empty() {
        return;
    }
    for minutes in minutes(stage) {
        let at = stage.calendar.minutes_ago(&mut dice, minutes);
        if dice.chance(55) {
            let who = *dice.pick(&workers);
            let mut visit = Visit::new(who, Via::App, at).signed_in();
            visit.device = operators::PHONE;
            if let Some(person) = stage.people.get(who) {
                if let Some(group) = super::saying::group(person) {
                    visit.then(0, group);
                }
                operators::screens(&mut visit, person, &mut dice);
            }
            visits.push(visit);
        } else {
            let who = *dice.pick(&passers);
            let mut visit = Visit::new(who, Via::Website, at);
            if let Some(person) = stage.people.get(who) {
                let trade = strolls::trade(person, &mut dice);
                strolls::arrive(&mut visit, &mut dice, 0, 35);
                let pages = dice.between(1, 5);
                strolls::read(&mut visit, &mut dice, trade, pages);
            }
            visits.push(visit);
        }
    }
    hot(stage, dice, *passers.first().unwrap_or(&0), visits);
}

/// Minutes before now: dense at the end, thin a day ago.
fn minutes(stage: Stage<'_>) -> Vec<i64> {
    let n = stage.size.pulse();
    (1..=n)
        .map(|i| {
            let part = i as f64 / n as f64;
            2 + (part * part * 1_430.0) as i64
        })
        .collect()
}

/// Nobody knows who it is, but the prices were looked at four times since the morning, the last time just now.
fn hot(stage: Stage<'_>, mut dice: Dice, who: usize, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, &mut dice);
    for minutes in [290, 190, 75, 9] {
        let at = stage.calendar.minutes_ago(&mut dice, minutes);
        let mut visit = Visit::new(who, Via::Website, at);
        visit.referrer = if minutes == 290 {
            "https://www.google.com/"
        } else {
            ""
        };
        strolls::prices(&mut visit, &mut dice, trade);
        strolls::read(&mut visit, &mut dice, trade, 2);
        visits.push(visit);
    }
}
