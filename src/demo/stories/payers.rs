//! Those who pay: an invoice a month through the billing system, and the page about invoices when something is wrong.

use serde_json::json;

use super::saying::{self, track};
use super::{Stage, strolls};
use crate::base::clock::{DAY, HOUR};
use crate::demo::cast::Course;
use crate::demo::dice::Dice;
use crate::demo::site::{INVOICES, SECURITY};
use crate::demo::visit::{Via, Visit};

pub(super) fn tell(stage: Stage<'_>, who: usize, dice: &mut Dice, visits: &mut Vec<Visit>) {
    let Some((person, firm)) = stage
        .people
        .get(who)
        .and_then(|person| person.employer().map(|firm| (person, firm)))
    else {
        return;
    };
    // Looks at what will be paid for.
    let day = person.since;
    let mut look = Visit::new(
        who,
        Via::Website,
        stage.calendar.at_work(dice, person.city.zone, day),
    )
    .signed_in();
    strolls::arrive(&mut look, dice, day, 10);
    look.then(0, saying::app(stage, person, "billing"));
    if let Some(group) = saying::group(person) {
        look.then(1, group);
    }
    strolls::prices(&mut look, dice, firm.trade);
    strolls::look(&mut look, dice, &SECURITY);
    visits.push(look.clone());
    if matches!(firm.course, Course::Trial(_)) {
        return;
    }
    let mut first = Visit::new(who, Via::Billing, look.end().plus(2 * HOUR)).signed_in();
    first.then(0, saying::billing(stage, person));
    visits.push(first);
    let mut day = person.since - 1;
    while day > firm.left().unwrap_or(-1) {
        let at = stage.calendar.at_work(dice, person.city.zone, day);
        if dice.chance(4) {
            let mut failed = Visit::new(who, Via::Billing, at.plus(-2 * DAY)).signed_in();
            failed.then(
                0,
                track("Payment Failed", [("reason", json!("card expired"))]),
            );
            visits.push(failed);
            let mut help = Visit::new(who, Via::Website, at.plus(-2 * DAY + 3 * HOUR)).signed_in();
            strolls::look(&mut help, dice, &INVOICES);
            visits.push(help);
        }
        visits.push(invoice(who, at, firm.monthly()));
        day -= 30;
    }
}

fn invoice(who: usize, at: crate::base::Timestamp, cents: i64) -> Visit {
    let mut paid = Visit::new(who, Via::Billing, at).signed_in();
    let number = at.utc().format("%Y-%m").to_string();
    paid.then(
        0,
        track(
            "Invoice Paid",
            [
                ("invoice", json!(format!("{number}-{:04}", who % 10_000))),
                ("revenue", json!(cents as f64 / 100.0)),
                ("currency", json!("EUR")),
            ],
        ),
    );
    paid
}
