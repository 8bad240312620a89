//! The desk's year: mailboxes and the conversations in them, through the same doors as another help desk's past.

use super::talks::{EVERYDAY, TALKS, Talk, Voice};
use crate::accounts::audit;
use crate::base::Timestamp;
use crate::base::clock::MINUTE;
use crate::base::ids::{ContactId, MailboxId, UserId};
use crate::contacts::identities;
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::demo::cast::{PRIYA, Person};
use crate::demo::dice::Dice;
use crate::desk::mailboxes::actions as mailboxes;
use crate::desk::mailboxes::model::MailboxForm;
use crate::desk::tickets::actions::past::{self, Past, Said};
use crate::desk::tickets::model::{Priority, Status};
use crate::desk::tickets::refusal::TicketError;

/// The seed of what is not told by name.
const SEED: u64 = 0x6465_736b;
/// One ticket for so many known people.
const ONE_IN: usize = 12;

/// Makes the mailboxes and tells every conversation, the oldest first.
pub(in crate::demo) fn fill(
    conn: &mut Conn,
    people: &[Person],
    team: &[UserId],
    start: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let support = mailbox(conn, "support", "Support", "Tidewater Support", start)?;
    let billing = mailbox(conn, "billing", "Billing", "Tidewater Billing", start)?;
    let priya = team.get(PRIYA).copied();
    let mut all = Vec::new();
    for talk in TALKS {
        let Some(contact) = contact(conn, people, talk.who)? else {
            continue;
        };
        let mailbox = if talk.is_billing { billing } else { support };
        all.push(told(talk, contact, mailbox, team, now));
    }
    let known: Vec<usize> = (0..people.len())
        .filter(|who| people.get(*who).is_some_and(|p| p.fate.is_some()))
        .collect();
    for (n, who) in known.iter().skip(22).step_by(ONE_IN).enumerate() {
        if let Some(contact) = contact(conn, people, *who)? {
            let mut dice = Dice::new(SEED, "desk").nth(n);
            all.push(everyday(&mut dice, contact, support, priya, now));
        }
    }
    all.sort_by_key(|past| past.said.first().map(|said| said.at));
    for past in &all {
        past::tell(conn, past).map_err(refused)?;
    }
    Ok(())
}

fn mailbox(
    conn: &mut Conn,
    local: &str,
    name: &str,
    sender: &str,
    start: Timestamp,
) -> Result<MailboxId, Refusal> {
    let form = MailboxForm {
        address: format!("{local}@tidewater.example"),
        name: name.to_owned(),
        sender_name: sender.to_owned(),
        signature: "Tidewater Instruments, Bergen\nReadings you can act on".to_owned(),
    };
    mailboxes::create(conn, &form, &audit::By::house(), start).map_err(refused)
}

fn contact(conn: &mut Conn, people: &[Person], who: usize) -> Result<Option<ContactId>, Refusal> {
    let Some(person) = people.get(who) else {
        return Ok(None);
    };
    Ok(identities::holder(conn, "email", &person.email)?)
}

fn told(
    talk: &Talk,
    contact: ContactId,
    mailbox: MailboxId,
    team: &[UserId],
    now: Timestamp,
) -> Past {
    let priya = team.get(PRIYA).copied();
    let said = talk.said.iter().map(|(before, voice, text)| Said {
        at: now.plus(-before * MINUTE),
        user: match voice {
            Voice::Theirs => None,
            Voice::Ours => priya,
            Voice::Inside(who) => team.get(*who).copied(),
        },
        is_note: matches!(voice, Voice::Inside(_)),
        text: (*text).to_owned(),
    });
    let (status, priority) = talk.stands;
    Past {
        mailbox,
        contact,
        subject: talk.subject.to_owned(),
        said: said.collect(),
        assignee: priya.filter(|_| talk.is_taken),
        priority: Priority::from_word(priority).unwrap_or(Priority::Normal),
        status: Status::from_word(status).unwrap_or(Status::Open),
        tags: Some(talk.tag.to_owned())
            .filter(|tag| !tag.is_empty())
            .into_iter()
            .collect(),
    }
}

/// Most of them were answered within the day and are done.
fn everyday(
    dice: &mut Dice,
    contact: ContactId,
    mailbox: MailboxId,
    priya: Option<UserId>,
    now: Timestamp,
) -> Past {
    let (subject, question, answer) = *dice.pick(EVERYDAY);
    let asked = now.plus(-dice.between(300, 330 * 1_440) * MINUTE);
    let is_open = now.since(asked) < 3 * 1_440 * MINUTE;
    let mut said = vec![Said {
        at: asked,
        user: None,
        is_note: false,
        text: question.to_owned(),
    }];
    if !is_open {
        said.push(Said {
            at: asked.plus(dice.between(12, 280) * MINUTE),
            user: priya,
            is_note: false,
            text: answer.to_owned(),
        });
    }
    Past {
        mailbox,
        contact,
        subject: subject.to_owned(),
        said,
        assignee: priya.filter(|_| !is_open),
        priority: Priority::Normal,
        status: if is_open {
            Status::Open
        } else if dice.chance(60) {
            Status::Closed
        } else {
            Status::Solved
        },
        tags: Vec::new(),
    }
}

fn refused(error: TicketError) -> Refusal {
    match error {
        TicketError::Query(error) => Refusal::Query(error),
        TicketError::Invalid(errors) => Refusal::Invalid(errors),
        TicketError::Missing | TicketError::Behind(_) => Refusal::Missing,
    }
}
