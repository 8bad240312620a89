//! What the named people did lately, told act by act: these are the records one looks at first.

use serde_json::json;

use super::saying::track;
use super::{Stage, operators};
use crate::base::clock::{DAY, HOUR, MINUTE};
use crate::demo::cast::{CAOIMHE, INGRID, LAYLA, MISAKI, ODDNY, SINDRE};
use crate::demo::site::{
    CANCEL, CONTACT, HOME, Leaf, PRICING, PRICING_HARBOUR, QUOTE, ZERO, pages,
};
use crate::demo::visit::{Via, Visit, What};

pub(super) fn tell(stage: Stage<'_>, visits: &mut Vec<Visit>) {
    let farm = pages(crate::demo::cast::Trade::Farm);
    let port = pages(crate::demo::cast::Trade::Port);
    let walk = |who, minutes: i64, is_signed_in, leaves: &[(i64, &'static Leaf)]| {
        let at = stage.calendar.now.plus(-minutes * MINUTE);
        let mut visit = Visit::new(who, Via::Website, at);
        visit.is_signed_in = is_signed_in;
        for (pause, leaf) in leaves {
            visit.then(*pause, What::Page(leaf));
        }
        visit
    };
    let [buoy, docs] = [2, 6].map(|n| farm.get(n).unwrap_or(&HOME));
    let gauge = port.get(1).unwrap_or(&HOME);

    // Ingrid has read the quote three times since yesterday; the last time just now, from a campaign mail.
    visits.push(walk(INGRID, 26 * 60, true, &[(0, &QUOTE), (95, &PRICING)]));
    visits.push(walk(INGRID, 9 * 60, true, &[(0, &QUOTE)]));
    let mut now = walk(
        INGRID,
        11,
        true,
        &[
            (0, &QUOTE),
            (100, &PRICING_HARBOUR),
            (52, docs),
            (71, buoy),
            (24, &CONTACT),
        ],
    );
    now.campaign = crate::demo::site::CAMPAIGNS.last();
    visits.push(now);
    // Misaki looks at prices, then at how to leave.
    visits.push(walk(
        MISAKI,
        44,
        true,
        &[(0, &PRICING), (140, &PRICING_HARBOUR), (85, &CANCEL)],
    ));
    // Layla is warm: four times at the prices today.
    for minutes in [420, 305, 214, 178] {
        visits.push(walk(LAYLA, minutes, false, &[(0, gauge), (40, &PRICING)]));
    }
    // Caoimhe has a buoy that shows nothing since the update.
    visits.push(walk(CAOIMHE, 205, true, &[(0, &ZERO), (260, &CONTACT)]));
    let at = stage.calendar.now.plus(-198 * MINUTE);
    let mut ticket = Visit::new(CAOIMHE, Via::Backend, at).signed_in();
    ticket.then(
        0,
        track(
            "Support Ticket Opened",
            [
                (
                    "subject",
                    json!("Buoy 4 reports 0 °C since the firmware update"),
                ),
                ("urgency", json!("high")),
            ],
        ),
    );
    visits.push(ticket);
    share(stage, visits);
}

/// Sindre and Oddny use the computer on the barge in turns; the second never becomes the first.
fn share(stage: Stage<'_>, visits: &mut Vec<Visit>) {
    let mut dice = crate::demo::dice::Dice::new(stage.size.known() as u64, "barge");
    for (n, who) in (0_i64..).zip([SINDRE, ODDNY, SINDRE, ODDNY, SINDRE, ODDNY]) {
        let Some(person) = stage.people.get(who) else {
            continue;
        };
        let at = stage.calendar.now.plus(-(6 - n) * DAY - 3 * HOUR);
        let mut visit = Visit::new(SINDRE, Via::Website, at).signed_in();
        visit.who = who;
        visit.device = SHARED;
        visit.then(0, super::saying::app(stage, person, "operator"));
        operators::screens(&mut visit, person, &mut dice);
        visits.push(visit);
    }
}

/// The device that stands for the computer on the barge.
pub(in crate::demo) const SHARED: usize = 9;
