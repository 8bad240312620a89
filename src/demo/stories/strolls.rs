//! Walking through the website: how somebody arrives, what they read, how long they stay.

use serde_json::json;

use super::saying::track;
use crate::demo::cast::{Person, Trade};
use crate::demo::dice::Dice;
use crate::demo::site::{self, CAMPAIGNS, HOME, Leaf, PRICING, REFERRERS};
use crate::demo::visit::{Visit, What};

/// How somebody gets to the site on a day: by a campaign that runs, by a page elsewhere, by themselves.
pub(super) fn arrive(visit: &mut Visit, dice: &mut Dice, days_ago: i64, percent_paid: u32) {
    let running: Vec<_> = CAMPAIGNS
        .iter()
        .filter(|c| (c.ran.1..=c.ran.0).contains(&days_ago))
        .collect();
    if !running.is_empty() && dice.chance(percent_paid) {
        visit.campaign = Some(*dice.pick(&running));
        visit.referrer = match visit.campaign.map(|c| c.source) {
            Some("google") => "https://www.google.com/",
            Some("linkedin") => "https://www.linkedin.com/",
            _ => "",
        };
    } else {
        visit.referrer = *dice.weighted(REFERRERS);
    }
}

/// What somebody cares about; people without a company care about one trade all the same.
pub(super) fn trade(person: &Person, dice: &mut Dice) -> Trade {
    let any = [
        (50, Trade::Farm),
        (22, Trade::Port),
        (18, Trade::Water),
        (10, Trade::Lab),
    ];
    person
        .employer()
        .map_or_else(|| *dice.weighted(&any), |firm| firm.trade)
}

/// Reads so many pages, one leading to the next.
pub(super) fn read(visit: &mut Visit, dice: &mut Dice, trade: Trade, pages: i64) {
    let mut before: Option<&'static Leaf> = None;
    for n in 0..pages {
        let is_front = n == 0 && visit.campaign.is_none() && dice.chance(45);
        let leaf: &'static Leaf = if is_front {
            &HOME
        } else if dice.chance(78) {
            dice.pick(site::pages(trade))
        } else {
            dice.pick(site::anywhere())
        };
        if before == Some(leaf) {
            continue;
        }
        before = Some(leaf);
        look(visit, dice, leaf);
        if dice.chance(7) {
            visit.then(dice.between(8, 40), aside(dice, leaf));
        }
    }
}

/// Looks at one page after a while.
pub(super) fn look(visit: &mut Visit, dice: &mut Dice, leaf: &'static Leaf) {
    let pause = if visit.acts.is_empty() {
        0
    } else {
        // Most pages are skimmed, some are read.
        *dice.weighted(&[(50, 14), (35, 48), (15, 150)]) + dice.between(0, 30)
    };
    visit.then(pause, What::Page(leaf));
}

/// Looks at the prices, one plan after the other.
pub(super) fn prices(visit: &mut Visit, dice: &mut Dice, trade: Trade) {
    look(visit, dice, &PRICING);
    if dice.chance(60) {
        look(visit, dice, &site::PRICING_HARBOUR);
    }
    if dice.chance(35) {
        let sensors = dice.between(2, 12) * 4;
        let trade = format!("{trade:?}").to_lowercase();
        visit.then(
            dice.between(10, 50),
            track(
                "Price Calculated",
                [("sensors", json!(sensors)), ("trade", json!(trade))],
            ),
        );
    }
}

fn aside(dice: &mut Dice, leaf: &Leaf) -> What {
    match dice.below(4) {
        0 => track("Data Sheet Downloaded", [("page", json!(leaf.path))]),
        1 => track(
            "Video Played",
            [
                ("title", json!(leaf.title)),
                ("seconds", json!(dice.between(20, 180))),
            ],
        ),
        2 => track(
            "Site Searched",
            [(
                "query",
                json!(*dice.pick(&[
                    "calibration",
                    "api",
                    "salinity",
                    "price",
                    "opc ua",
                    "battery"
                ])),
            )],
        ),
        _ => track(
            "Link Shared",
            [("to", json!(*dice.pick(&["email", "linkedin", "teams"])))],
        ),
    }
}
