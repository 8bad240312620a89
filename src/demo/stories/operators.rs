//! Those who work with Tidewater: the app on a phone, some every other day, some twice a month.

use serde_json::json;

use super::Stage;
use super::saying::{self, track};
use crate::base::clock::{HOUR, MINUTE};
use crate::demo::cast::{self, Person};
use crate::demo::dice::Dice;
use crate::demo::site::SCREENS;
use crate::demo::visit::{Via, Visit, What};

/// The phone among somebody's devices.
pub(super) const PHONE: usize = 1;

pub(super) fn tell(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    join(stage, who, dice, "operator", person.since, visits);
    // Days between two visits: few use it a lot, most now and then.
    let gap = *dice.weighted(&[(14, 3), (34, 7), (52, 17)]);
    work(stage, who, dice, (person.since - 1, gap), visits);
}

/// The first time in the app.
pub(super) fn join(
    stage: Stage<'_>,
    who: usize,
    dice: &mut Dice,
    role: &str,
    day: i64,
    visits: &mut Vec<Visit>,
) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let at = stage.calendar.at_work(dice, person.city.zone, day);
    let mut visit = Visit::new(who, Via::App, at).signed_in();
    visit.device = PHONE;
    visit.then(0, saying::app(stage, person, role));
    if let Some(group) = saying::group(person) {
        visit.then(1, group);
    }
    visit.then(2, track("Account Activated", [("role", json!(role))]));
    visit.then(4, What::Screen("Welcome"));
    screens(&mut visit, person, dice);
    visits.push(visit);
    let mut connected = Visit::new(who, Via::Backend, at.plus(dice.between(3, 40) * MINUTE));
    connected.is_signed_in = true;
    for _ in 0..dice.between(1, 3) {
        connected.then(
            dice.between(30, 400),
            track(
                "Sensor Connected",
                [
                    (
                        "model",
                        json!(*dice.pick(&["OX-3", "SB-2", "TN-2", "TG-1"])),
                    ),
                    ("serial", json!(format!("TW{:06}", dice.below(999_999)))),
                ],
            ),
        );
    }
    visits.push(connected);
}

/// Works with it from a day on, every `gap` days or so, until today or until the company leaves.
pub(super) fn work(
    stage: Stage<'_>,
    who: usize,
    dice: &mut Dice,
    (from, gap): (i64, i64),
    visits: &mut Vec<Visit>,
) {
    let Some(person) = stage.people.get(who) else {
        return;
    };
    let gap = gap * stage.size.slowness();
    let left = person.employer().and_then(cast::Firm::left);
    let mut day = from;
    while day > left.unwrap_or(-1) {
        let on = stage.calendar.workday(person.locale, day);
        if on > left.unwrap_or(-1) {
            visits.push(shift(stage, who, person, dice, on));
        }
        // Who is about to leave comes less and less.
        let tired = left.map_or(1, |left| 1 + (80 / (day - left).max(8)));
        day -= dice.between(1, gap * 2 - 1).max(1) * tired;
    }
}

/// One time in the app.
fn shift(stage: Stage<'_>, who: usize, person: &Person, dice: &mut Dice, day: i64) -> Visit {
    let at = stage.calendar.at_work(dice, person.city.zone, day);
    let mut visit = Visit::new(who, Via::App, at).signed_in();
    visit.device = PHONE;
    // Out at sea nothing is sent until the boat is back.
    if dice.chance(6) {
        visit.delay = dice.between(1, 8) * HOUR;
    }
    // Now and then the app says again whom they work for.
    if dice.chance(15)
        && let Some(group) = saying::group(person)
    {
        visit.then(0, group);
    }
    screens(&mut visit, person, dice);
    visit
}

/// A few screens and what is done on them.
pub(super) fn screens(visit: &mut Visit, person: &Person, dice: &mut Dice) {
    let trade = person
        .employer()
        .map_or(cast::Trade::Lab, |firm| firm.trade);
    for _ in 0..dice.between(1, 4) {
        let screen = *dice.weighted(SCREENS);
        visit.then(dice.between(4, 95), What::Screen(screen));
        let done = match screen {
            "Alarms" => track(
                "Alarm Acknowledged",
                [
                    ("alarm", json!(*dice.pick(cast::alarm(trade)))),
                    ("minutes_open", json!(dice.between(1, 70))),
                ],
            ),
            "Trends" | "Reports" if dice.chance(50) => track(
                "Readings Exported",
                [
                    ("format", json!(*dice.pick(&["csv", "xlsx", "pdf"]))),
                    ("rows", json!(dice.between(3, 240) * 96)),
                ],
            ),
            "Calibration" => track(
                "Sensor Calibrated",
                [
                    ("model", json!(*dice.pick(&["OX-3", "SB-2", "TN-2"]))),
                    ("drift_percent", json!(dice.between(0, 38) as f64 / 10.0)),
                ],
            ),
            "Settings" if dice.chance(40) => track(
                "Alert Rule Created",
                [("alarm", json!(*dice.pick(cast::alarm(trade))))],
            ),
            _ => continue,
        };
        visit.then(dice.between(3, 60), done);
    }
}
