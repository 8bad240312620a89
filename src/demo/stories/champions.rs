//! Those who bring Tidewater into their company: reading, prices, a trial, the purchase, use, renewal; or the end.

use serde_json::json;

use super::saying::{self, track};
use super::{Stage, operators, strolls};
use crate::base::clock::HOUR;
use crate::demo::calendar::YEAR;
use crate::demo::cast::{Course, Firm, Person};
use crate::demo::dice::Dice;
use crate::demo::site::{CANCEL, DEMO, TRIAL};
use crate::demo::visit::{Via, Visit};

pub(super) fn tell(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some((person, firm)) = stage
        .people
        .get(who)
        .and_then(|person| person.employer().map(|firm| (person, firm)))
    else {
        return;
    };
    match firm.course {
        Course::Prospect => {
            research(stage, who, dice, (person.since + 45, person.since), visits);
            ask_for_a_demo(stage, who, dice, visits);
        }
        Course::Trial(days) => {
            research(stage, who, dice, (days + 50, days), visits);
            try_it(stage, who, dice, days, visits);
            operators::work(stage, who, dice, (days - 1, 2), visits);
            let mut visit = web(stage, who, dice, days / 2, true);
            strolls::prices(&mut visit, dice, firm.trade);
            visits.push(visit);
        }
        Course::Customer(days) | Course::Former(days, _) => {
            if person.since < YEAR - 6 {
                let since = person.since;
                research(stage, who, dice, (since + 55, since), visits);
                try_it(stage, who, dice, since, visits);
                buy(stage, who, dice, days, visits);
            } else {
                operators::join(stage, who, dice, "owner", person.since, visits);
            }
            operators::work(stage, who, dice, (person.since - 1, 4), visits);
            renew(stage, who, dice, days, visits);
        }
    }
    if let Course::Former(_, days) = firm.course {
        leave(stage, who, dice, days, visits);
    }
    if firm.bought().is_some() && dice.chance(25) {
        complain(stage, who, dice, visits);
    }
}

/// Reads before anybody knows who it is.
fn research(
    stage: Stage<'_>,
    who: usize,
    dice: &mut Dice,
    (from, to): (i64, i64),
    visits: &mut Vec<Visit>,
) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    for n in 0..dice.between(3, 6) {
        let day = stage
            .calendar
            .day(dice, person.locale, from.min(YEAR - 1), to + 1);
        let mut visit = web(stage, who, dice, day, false);
        let pages = dice.between(2, 6);
        strolls::read(&mut visit, dice, trade, pages);
        if n > 0 && dice.chance(60) {
            strolls::prices(&mut visit, dice, trade);
        }
        visits.push(visit);
    }
}

fn ask_for_a_demo(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    let mut visit = web(stage, who, dice, person.since, false);
    strolls::prices(&mut visit, dice, trade);
    strolls::look(&mut visit, dice, &DEMO);
    visit.then(dice.between(30, 90), saying::form(person));
    visit.then(
        1,
        track(
            "Demo Requested",
            [("sites", json!(person.employer().map(Firm::sites)))],
        ),
    );
    visits.push(visit);
}

/// Signs up: from here on all that was anonymous has a name.
fn try_it(stage: Stage<'_>, who: usize, dice: &mut Dice, day: i64, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let trade = strolls::trade(person, dice);
    let mut visit = web(stage, who, dice, day, false);
    strolls::prices(&mut visit, dice, trade);
    strolls::look(&mut visit, dice, &TRIAL);
    visit.then(dice.between(40, 120), saying::app(stage, person, "owner"));
    if let Some(group) = saying::group(person) {
        visit.then(1, group);
    }
    visit.then(1, track("Signed Up", [("plan", json!("Trial, 14 days"))]));
    let mut started = Visit::new(who, Via::Backend, visit.end().plus(1_000_000)).signed_in();
    let plan = person.employer().map(Firm::plan);
    started.then(0, track("Trial Started", [("plan", json!(plan))]));
    visits.push(visit);
    visits.push(started);
    operators::join(stage, who, dice, "owner", (day - 1).max(0), visits);
}

fn buy(stage: Stage<'_>, who: usize, dice: &mut Dice, day: i64, visits: &mut Vec<Visit>) {
    let Some((person, firm)) = with_firm(stage, who) else {
        return;
    };
    let mut visit = web(stage, who, dice, day, true);
    strolls::prices(&mut visit, dice, firm.trade);
    let mut order = Visit::new(who, Via::Billing, visit.end().plus(HOUR)).signed_in();
    order.then(0, saying::billing(stage, person));
    order.then(
        1,
        track(
            "Order Completed",
            [
                ("order_id", json!(format!("TW-{}", 7_000 + who * 3))),
                ("revenue", json!(firm.monthly() as f64 / 100.0 * 12.0)),
                ("currency", json!("EUR")),
                ("plan", json!(firm.plan())),
            ],
        ),
    );
    visits.push(visit);
    visits.push(order);
}

/// Looks at the prices again, and stays another year.
fn renew(stage: Stage<'_>, who: usize, dice: &mut Dice, bought: i64, visits: &mut Vec<Visit>) {
    let Some((person, firm)) = with_firm(stage, who) else {
        return;
    };
    let day = bought.rem_euclid(365);
    let is_in_year = bought > 365 && (1..YEAR - 20).contains(&day);
    if !is_in_year || firm.left().is_some_and(|left| left >= day) {
        return;
    }
    let before = day + dice.between(3, 14);
    let mut visit = web(stage, who, dice, before, true);
    strolls::prices(&mut visit, dice, firm.trade);
    visits.push(visit);
    let at = stage.calendar.at_work(dice, person.city.zone, day);
    let mut renewed = Visit::new(who, Via::Billing, at).signed_in();
    renewed.then(0, saying::billing(stage, person));
    renewed.then(
        1,
        track(
            "Subscription Renewed",
            [
                ("plan", json!(firm.plan())),
                ("revenue", json!(firm.monthly() as f64 / 100.0 * 12.0)),
                ("currency", json!("EUR")),
            ],
        ),
    );
    visits.push(renewed);
}

/// Reads how to cancel, then does.
fn leave(stage: Stage<'_>, who: usize, dice: &mut Dice, day: i64, visits: &mut Vec<Visit>) {
    let Some((person, _)) = with_firm(stage, who) else {
        return;
    };
    for before in [9, 2] {
        let mut visit = web(stage, who, dice, day + before, true);
        strolls::look(&mut visit, dice, &CANCEL);
        visits.push(visit);
    }
    let at = stage.calendar.at_work(dice, person.city.zone, day);
    let mut end = Visit::new(who, Via::Billing, at).signed_in();
    let reasons = ["too expensive", "project ended", "other supplier"];
    end.then(
        0,
        track(
            "Subscription Cancelled",
            [("reason", json!(*dice.pick(&reasons)))],
        ),
    );
    visits.push(end);
}

/// Something does not work; somebody helps.
fn complain(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some((person, firm)) = with_firm(stage, who) else {
        return;
    };
    let from = person.since - 5;
    let day = stage
        .calendar
        .day(dice, person.locale, from, firm.left().unwrap_or(3) + 1);
    let at = stage.calendar.at_work(dice, person.city.zone, day);
    let subjects = [
        "Readings stop at night",
        "The app shows the wrong time zone",
        "Two sensors have changed places",
        "The invoice names the wrong address",
    ];
    let mut opened = Visit::new(who, Via::Backend, at).signed_in();
    opened.then(
        0,
        track(
            "Support Ticket Opened",
            [("subject", json!(*dice.pick(&subjects)))],
        ),
    );
    let hours = dice.between(2, 44);
    let mut solved = Visit::new(who, Via::Backend, at.plus(hours * HOUR)).signed_in();
    solved.then(
        0,
        track(
            "Support Ticket Solved",
            [
                ("hours", json!(hours)),
                ("rating", json!(dice.between(3, 5))),
            ],
        ),
    );
    visits.extend([opened, solved]);
}

fn web(stage: Stage<'_>, who: usize, dice: &mut Dice, day: i64, is_signed_in: bool) -> Visit {
    let zone = stage
        .people
        .get(who)
        .map_or(chrono_tz::UTC, |person| person.city.zone);
    let at = stage.calendar.at_work(dice, zone, day);
    let mut visit = Visit::new(who, Via::Website, at);
    visit.is_signed_in = is_signed_in;
    strolls::arrive(&mut visit, dice, day, if is_signed_in { 10 } else { 40 });
    visit
}

fn with_firm(stage: Stage<'_>, who: usize) -> Option<(&Person, &'static Firm)> {
    let person = stage.people.get(who)?;
    person.employer().map(|firm| (person, firm))
}
