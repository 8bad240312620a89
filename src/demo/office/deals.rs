//! The pipeline of Tidewater: what each company was offered, how far it got, and what is to be done next.

use super::book::Book;
use crate::accounts::Access;
use crate::base::clock::{DAY, HOUR};
use crate::base::ids::{ContactId, StageId};
use crate::base::{Timestamp, text};
use crate::contacts::model::By;
use crate::db::Conn;
use crate::deals::actions::{self, Move};
use crate::deals::model::date_word;
use crate::deals::pipelines::store as pipelines;
use crate::deals::tasks::actions as tasks;
use crate::deals::tasks::model::{NewTask, Reach, due};
use crate::deals::{DealField, LostReason, NewDeal, Refusal};
use crate::demo::calendar::{Calendar, YEAR};
use crate::demo::cast::{self, ALMA, Course, FIRMS, Firm, INGRID, Person, TEAM, Trade};
use crate::demo::dice::Dice;
use crate::timeline::About;

/// The stages, as a new workspace has them.
const ROAD: [&str; 5] = ["Lead", "Qualified", "Proposal", "Negotiation", "Won"];
const LOST: &str = "Lost";
/// What somebody is to a deal, the first of them first.
const ROLES: [&str; 3] = ["Champion", "Decision maker", "User"];

/// One deal, planned.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Pitch {
    firm: usize,
    people: Vec<usize>,
    title: String,
    amount: String,
    seller: usize,
    source: &'static str,
    made: Timestamp,
    moves: Vec<(Timestamp, &'static str, Option<LostReason>, &'static str)>,
    /// Days from now, if anybody has said.
    closes: Option<i64>,
    /// What is to be done, days from now, and whether it is done already.
    tasks: Vec<(&'static str, i64, bool)>,
}

/// Plans the pipeline.
pub(in crate::demo) fn plan(calendar: Calendar, people: &[Person], seed: u64) -> Vec<Pitch> {
    let mut dice = Dice::new(seed, "deals");
    let mut pitches = Vec::new();
    for (index, firm) in FIRMS.iter().enumerate() {
        let staff: Vec<usize> = people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.firm == Some(index) && !person.email.is_empty())
            .map(|(who, _)| who)
            .take(3)
            .collect();
        if staff.is_empty() {
            continue;
        }
        // Who bought was offered it; most are offered more.
        if let Some(days) = firm.bought() {
            pitches.push(pitch(
                &mut dice,
                calendar,
                (index, firm),
                &staff,
                Fate::Won(days),
            ));
        }
        let more = match firm.course {
            Course::Former(..) => dice.between(0, 1),
            Course::Prospect | Course::Trial(_) | Course::Customer(_) => dice.between(1, 3),
        };
        for _ in 0..more {
            let fate = if dice.chance(22) {
                Fate::Lost
            } else {
                Fate::Open
            };
            pitches.push(pitch(&mut dice, calendar, (index, firm), &staff, fate));
        }
    }
    pitches.extend(fjord(calendar, people));
    pitches.sort_by_key(|pitch| pitch.made);
    pitches
}

#[derive(Clone, Copy)]
enum Fate {
    Open,
    Lost,
    Won(i64),
}

fn pitch(
    dice: &mut Dice,
    calendar: Calendar,
    (index, firm): (usize, &Firm),
    staff: &[usize],
    fate: Fate,
) -> Pitch {
    let seller = cast::seller(firm.language);
    let zone = TEAM.get(seller).and_then(|one| one.zone.parse().ok());
    let zone = zone.unwrap_or(chrono_tz::UTC);
    let at = |dice: &mut Dice, day: i64| calendar.at_work(dice, zone, day.clamp(1, YEAR));
    // How far it got, and how many days ago the last step was.
    let (steps, last) = match fate {
        Fate::Won(days) => (4, days.min(YEAR - 40)),
        Fate::Lost => (dice.between(1, 3), dice.between(3, 200)),
        Fate::Open => (
            *dice.weighted(&[(5, 0), (4, 1), (4, 2), (3, 3)]),
            dice.between(1, 45),
        ),
    };
    let mut moves = Vec::new();
    let mut day = last;
    if matches!(fate, Fate::Lost) {
        let (reason, note) = *dice.pick(&[
            (
                LostReason::Price,
                "The sensors of the yard next door were cheaper.",
            ),
            (LostReason::Competitor, "They had a boat there already."),
            (
                LostReason::Budget,
                "Moved to next year’s budget, then struck out.",
            ),
            (LostReason::Timing, "Not before the dredging is done."),
            (LostReason::Silence, ""),
            (LostReason::Other, "The site was sold."),
        ]);
        moves.push((at(dice, day), LOST, Some(reason), note));
        day += dice.between(4, 30);
    }
    for step in (1..=steps).rev() {
        let stage = usize::try_from(step).ok().and_then(|s| ROAD.get(s));
        moves.push((at(dice, day), stage.copied().unwrap_or("Lead"), None, ""));
        day += dice.between(3, 24);
    }
    moves.reverse();
    let made = at(dice, day);
    moves.retain(|(when, ..)| *when > made);
    let is_open = matches!(fate, Fate::Open);
    let tasks = tasks_of(dice, is_open, last);
    let sites = firm.sites();
    let figure = firm.monthly() / 100 * 12 * dice.between(1, sites.max(2)) / 2;
    Pitch {
        firm: index,
        people: staff.to_vec(),
        title: title(dice, firm, sites),
        amount: amount(dice, firm, figure),
        seller,
        source: dice.pick::<&str>(SOURCES),
        made,
        moves,
        closes: is_open
            .then(|| dice.between(-12, 150))
            .filter(|_| dice.chance(88)),
        tasks,
    }
}

/// What is to be done on an open one, and what was done on any.
fn tasks_of(dice: &mut Dice, is_open: bool, last: i64) -> Vec<(&'static str, i64, bool)> {
    let mut tasks = Vec::new();
    if is_open && dice.chance(78) {
        let due = *dice.weighted(&[(1, -4), (2, -1), (4, 0), (6, 2), (7, 6), (6, 20)]);
        let due = if due > 1 { dice.between(1, due) } else { due };
        tasks.push((*dice.pick(NEXT), due, false));
    }
    if dice.chance(60) {
        tasks.push((*dice.pick(NEXT), -last - 2, true));
    }
    tasks
}

const SOURCES: &[&str] = &["Trade fair", "Website", "Referral", "Cold call", "Campaign"];
const NEXT: &[&str] = &[
    "Call about the mooring plan",
    "Send the revised quote",
    "Ask who signs",
    "Book the calibration boat",
    "Answer the questions of purchasing",
    "Show the dashboard to the night shift",
    "Send the data sheets",
];

fn title(dice: &mut Dice, firm: &Firm, sites: i64) -> String {
    let what: &[&str] = match firm.trade {
        Trade::Farm => &[
            "Oxygen alarms",
            "Pen monitoring",
            "Algae forecast",
            "Feed barge probes",
        ],
        Trade::Port => &[
            "Current profiles",
            "Basin stations",
            "Ballast water",
            "Tide gates",
        ],
        Trade::Water => &[
            "Intake monitoring",
            "Salinity wedge",
            "Bathing sites",
            "Outfall probes",
        ],
        Trade::Lab => &["Reef loggers", "Estuary survey", "Calibration set"],
    };
    let what = dice.pick(what);
    match dice.between(0, 3) {
        0 => format!("{what}, phase 2"),
        1 => format!("{what}, renewal"),
        _ if sites > 1 => format!("{what}, {} sites", dice.between(2, sites.max(2))),
        _ => format!("{what}, pilot"),
    }
}

/// Where money is counted in another coin, so is the quote; some have no figure yet.
fn amount(dice: &mut Dice, firm: &Firm, figure: i64) -> String {
    if dice.chance(7) {
        return String::new();
    }
    let rounded = (figure / 500).max(3) * 500;
    match firm.language {
        "ja-JP" => format!("{} JPY", rounded * 160),
        "en-GB" => format!("{rounded} GBP"),
        _ => format!("{rounded} EUR"),
    }
}

/// The deal everybody looks at first.
fn fjord(calendar: Calendar, people: &[Person]) -> Option<Pitch> {
    let firm = people.get(INGRID)?.firm?;
    let ago = |days: i64| calendar.now.plus(-days * DAY - 3 * HOUR);
    let colleague = people.iter().enumerate().find(|(who, person)| {
        person.firm == Some(firm) && *who != INGRID && !person.email.is_empty()
    });
    Some(Pitch {
        firm,
        people: [Some(INGRID), colleague.map(|(who, _)| who)]
            .into_iter()
            .flatten()
            .collect(),
        title: "Fjord monitoring, 3 sites".to_owned(),
        amount: "184500 EUR".to_owned(),
        seller: ALMA,
        source: "Campaign",
        made: ago(37),
        moves: vec![
            (ago(31), "Qualified", None, ""),
            (ago(20), "Proposal", None, ""),
            (ago(1), "Negotiation", None, ""),
        ],
        closes: Some(19),
        tasks: vec![
            ("Answer Ingrid’s question about two sites first", -1, false),
            ("Book the calibration boat", 4, false),
            ("Send quote Q-2041", -2, true),
        ],
    })
}

/// Makes one deal, with all that became of it.
pub(in crate::demo) fn act(
    conn: &mut Conn,
    book: &mut Book,
    people: &[Person],
    pitch: &Pitch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some((user, colleague)) = book.colleague(pitch.seller) else {
        return Err(Refusal::Missing);
    };
    let zone = colleague.zone.parse().unwrap_or(chrono_tz::UTC);
    let by = |at: Timestamp| By {
        user,
        name: colleague.name.to_owned(),
        ip: String::new(),
        now: at,
        access: Access::everything(user),
    };
    let day = |days: i64| {
        let there = now.plus(days * DAY).utc().with_timezone(&zone);
        (there.date_naive() - chrono::NaiveDate::default()).num_days()
    };
    let contacts = members(conn, book, people, pitch);
    let firm = FIRMS.get(pitch.firm).ok_or(Refusal::Missing)?;
    let new = NewDeal {
        facts: facts(pitch, pitch.closes.map(day)),
        stage_id: None,
        owner_id: Some(user),
        company_id: Some(book.company(conn, pitch.firm, firm)?),
        contacts,
    };
    let id = actions::create(conn, &new, &by(pitch.made))?;
    let pipeline = pipelines::default(conn)?;
    let stages = pipelines::stages_of(conn, pipeline.id)?;
    for (at, stage, reason, note) in &pitch.moves {
        let to = stages.iter().find(|s| s.name == *stage).map(|s| s.id);
        let ask = Move {
            to: to.unwrap_or(StageId(0)),
            from: None,
            reason: *reason,
            note: (*note).to_owned(),
        };
        actions::go(conn, id, &ask, &by(*at))?;
    }
    for (body, days, is_done) in &pitch.tasks {
        let due = due(&date_word(day(*days)), "", zone)
            .map_err(|(_, why)| Refusal::invalid("date", why))?;
        let new = NewTask {
            body: (*body).to_owned(),
            due,
            assignee: user,
            about: Some(About::Deal(id)),
        };
        let made = pitch.made.plus(HOUR);
        let task = tasks::add(conn, &new, &by(made))?;
        if *is_done {
            let at = due.at.min(now.plus(-HOUR)).max(made.plus(HOUR));
            tasks::complete(conn, task, Reach::All, &by(at.min(now)))?;
        }
    }
    Ok(())
}

/// Who is on it, each with a role.
fn members(
    conn: &mut Conn,
    book: &mut Book,
    people: &[Person],
    pitch: &Pitch,
) -> Vec<(ContactId, String)> {
    let mut contacts = Vec::with_capacity(pitch.people.len());
    for (who, role) in pitch.people.iter().zip(ROLES) {
        if let Some(person) = people.get(*who)
            && let Ok(id) = book.contact(conn, *who, person)
        {
            contacts.push((id, role.to_owned()));
        }
    }
    contacts
}

fn facts(pitch: &Pitch, closes: Option<i64>) -> Vec<(DealField, String)> {
    let closes = closes.map_or_else(String::new, date_word);
    vec![
        (DealField::Title, text::line(&pitch.title, 200)),
        (DealField::Amount, pitch.amount.clone()),
        (DealField::Source, pitch.source.to_owned()),
        (DealField::ClosesOn, closes),
    ]
}
