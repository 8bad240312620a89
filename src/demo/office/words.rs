//! What the team writes in notes.

use crate::demo::cast::{
    ALMA, CAOIMHE, Course, Firm, INGRID, JONAS, KENTA, LAYLA, MISAKI, NATTAWUT, PRIYA, Person,
    SINDRE, Trade, ZOE,
};
use crate::demo::dice::Dice;

/// Minutes before now, who, about whom, what, whether it stays on top.
#[rustfmt::skip]
pub(super) const NAMED_NOTES: &[(i64, usize, usize, &str, bool)] = &[
    (260_000, ALMA, INGRID, "Budget is decided in Bergen, not in Måløy: always copy Håkon Brekke. Prefers a call before nine; hates slide decks.", true),
    (7_300, ALMA, INGRID, "Call, 14 minutes. Wants all three sites live before the 1 July audit. The tender threshold is NOK 2.2 M; we are under it. Next: quote by Thursday.", false),
    (1_490, ALMA, INGRID, "Sent quote Q-2041: three sites, installed before July. She asked whether the price holds if they start with two and add Florø in the autumn.", false),
    (31, PRIYA, INGRID, "Buoy 14 reports 0 °C since the firmware update. Rolled it back to 4.11; waiting for the next reading at slack tide.", false),
    (120, KENTA, MISAKI, "解約ページを見ている。契約更新は来月。明日の朝一番で電話する。\n(Reads the page about cancelling; renewal is next month. I call first thing tomorrow.)", true),
    (4_500, KENTA, MISAKI, "Visited the plant in Imabari. Happy with the probes, unhappy with the invoice in euros.", false),
    (2_000, ALMA, LAYLA, "Met at the ports fair in Dubai. Wants current profiles for two basins before the dredging starts in January. اتصل بعد صلاة الظهر.", false),
    (190, PRIYA, CAOIMHE, "Buoy 4 shows 0 °C since the update, like Nordfjord’s. Told her what we know; she needs it before Thursday’s harvest.", true),
    (86_000, ALMA, CAOIMHE, "Twenty-two people, eleven of them in boats. If it does not work with wet gloves, it does not work.", false),
    (141_000, KENTA, NATTAWUT, "The project ended and so did the grant. Wants to come back when the reef survey is funded again; ask in spring.", true),
    (20_000, JONAS, SINDRE, "Shares the computer on the barge with Oddny; both sign in by themselves, so their readings are kept apart.", false),
    (9_000, ALMA, ZOE, "Had read everything on our site before she ever wrote to us. Knows the oxygen tables by heart.", false),
];

/// A note about somebody.
pub(super) fn of_person(dice: &mut Dice, person: &Person, firm: &Firm) -> String {
    let name = if person.given.is_empty() {
        "They"
    } else {
        &person.given
    };
    let city = person.city.name;
    let notes = match firm.course {
        Course::Prospect => [
            format!("{name} wants to see it running somewhere near {city} first."),
            "Tender comes out next quarter; we are on the list.".to_owned(),
            format!("Good talk. {name} has the need, not yet the budget."),
            "Asked for the data sheet in their language. Sent.".to_owned(),
        ],
        Course::Trial(_) => [
            format!("{name} has two probes in the water in {city}. Check in after the weekend."),
            "Asked how readings get into their own system; sent the API pages.".to_owned(),
            "Compares us with the supplier they have. Strong on alarms, weak on price.".to_owned(),
            format!("{name} needs a quote in local currency before the board meets."),
        ],
        Course::Customer(_) => [
            format!("{name} would speak about it at the next trade fair."),
            "Would like one invoice for all sites. Told billing.".to_owned(),
            format!("Yearly review in {city}: two more sites next year, if the audit goes well."),
            "Calibration day went fine; three probes swapped under warranty.".to_owned(),
        ],
        Course::Former(..) => [
            "Left for a cheaper supplier. Parted well; ask again in a year.".to_owned(),
            format!("{name} says the alarms came too late at night. Passed on to the app team."),
            "Budget cut; keeps two probes for themselves.".to_owned(),
            "Sent the export of all their readings, as promised.".to_owned(),
        ],
    };
    dice.pick(&notes).clone()
}

/// A note about a company; not every one has one.
pub(super) fn of_firm(dice: &mut Dice, firm: &Firm) -> Option<String> {
    if !dice.chance(55) {
        return None;
    }
    let site = match firm.trade {
        Trade::Farm => "pens",
        Trade::Port => "berths",
        Trade::Water => "pumping stations",
        Trade::Lab => "moorings",
    };
    let n = firm.sites() * 6 + 2;
    let notes = [
        format!("{n} {site}, half of them without any sensor today."),
        format!("Buys through its group; the plan is {}.", firm.plan()),
        "Decides in the first week of a quarter, never in July.".to_owned(),
        format!("Wants all {site} on one map by the end of the year."),
    ];
    Some(dice.pick(&notes).clone())
}
