//! kill -9 at any moment while mails come in, by the API and by pipes. Mail servers repeat what was not answered.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rapport::accounts::audit::By;
use rapport::base::clock;
use rapport::db::Db;
use rapport::desk::mailboxes::actions;
use rapport::desk::mailboxes::model::MailboxForm;

use super::ledger::Ledger;
use super::sender;
use crate::support::Place;

/// People who write.
const PEOPLE: u64 = 23;

/// A mail of which none is like another; every third answers an earlier one, which may not have come yet.
fn mail(n: u64) -> String {
    let person = n % PEOPLE;
    let head = format!(
        "From: Person {person} <p{person}@crowd.example>\r\nTo: support@tidewater.example\r\n\
         Message-ID: <m{n}@crowd.example>\r\nDate: Sat, 23 May 2026 11:05:00 +0200\r\n"
    );
    if n % 3 == 2 {
        let earlier = n - 2;
        format!(
            "{head}Subject: Re: Matter {earlier}\r\nIn-Reply-To: <m{earlier}@crowd.example>\r\n\r\nAnd also {n}.\r\n"
        )
    } else {
        format!("{head}Subject: Matter {n}\r\n\r\nIt is about number {n}.\r\n")
    }
}

/// Hands a mail over by the API; whether it was taken.
fn posts(address: &str, key: &str, n: u64) -> bool {
    let header = format!("Content-Type: message/rfc822\r\nAuthorization: Bearer {key}");
    let taken = sender::ask(address, "POST /api/v1/mail-in", &header, mail(n).as_bytes());
    taken == Some(202)
}

/// Hands a mail over by a pipe, killed after a while if it is told so; whether it was taken.
fn pipes(place: &Place, n: u64, killed_after: Option<Duration>) -> bool {
    let mut child = place
        .command(&["mail-in"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a pipe");
    let mut stdin = child.stdin.take().expect("its end");
    // One that was killed takes no more.
    let _ = stdin.write_all(mail(n).as_bytes());
    drop(stdin);
    if let Some(after) = killed_after {
        std::thread::sleep(after);
        let _ = child.kill();
    }
    child.wait().expect("an end").success()
}

#[derive(Default)]
struct Known {
    answered: BTreeSet<u64>,
    in_doubt: BTreeSet<u64>,
}

impl Known {
    fn note(&mut self, n: u64, is_taken: bool) {
        if is_taken {
            self.answered.insert(n);
            self.in_doubt.remove(&n);
        } else if !self.answered.contains(&n) {
            self.in_doubt.insert(n);
        }
    }
}

fn with_mailbox(place: &Place) -> String {
    place.has_ada();
    let key = "key create --user ada@example.com --scopes mail:in";
    let key = place.says(&key.split(' ').collect::<Vec<_>>());
    let form = MailboxForm {
        address: "support@tidewater.example".to_owned(),
        name: "Support".to_owned(),
        ..MailboxForm::default()
    };
    let mut ledger = Ledger::open(place);
    let by = By::house();
    let made = Db::transaction_on(&mut ledger.conn, |conn| {
        actions::create(conn, &form, &by, clock::now())
            .map_err(|_| diesel::result::Error::RollbackTransaction)
    });
    made.expect("a mailbox");
    key.lines().last().expect("a key").to_owned()
}

#[test]
fn every_mail_that_was_answered_stands_in_one_ticket_once_after_any_number_of_kills() {
    let place = Place::on_either();
    let key = with_mailbox(&place);
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seed = seed.expect("after 1970").as_micros() as u64;
    let chance = |n: u64| (seed.wrapping_add(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let lives: Vec<u64> = (0..6).map(|n| 100 + chance(n) % 1_300).collect();
    println!("killed after {lives:?} ms");
    let next = AtomicU64::new(0);
    let mut known = Known::default();
    for (life, millis) in lives.into_iter().enumerate() {
        let server = place.serve();
        let (stop, again) = (AtomicBool::new(false), known.in_doubt.clone());
        let more = std::thread::scope(|scope| {
            let (address, key) = (server.address.clone(), &key);
            let (stop, next, place, again) = (&stop, &next, &place, &again);
            let of_mine = move |me: u64| again.iter().copied().filter(move |n| n % 3 == me);
            let posting = (0..3_u64).map(|me| {
                let address = address.clone();
                scope.spawn(move || {
                    let mut seen = Vec::new();
                    let mut repeated = of_mine(me);
                    while !stop.load(Ordering::SeqCst) {
                        let new = || next.fetch_add(1, Ordering::SeqCst);
                        let n = repeated.next().unwrap_or_else(new);
                        seen.push((n, posts(&address, key, n)));
                    }
                    seen
                })
            });
            let mut senders: Vec<_> = posting.collect();
            senders.push(scope.spawn(move || {
                let mut seen = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let draw = chance(n + 100);
                    let after = (draw % 3 == 0).then(|| Duration::from_millis(draw % 60));
                    seen.push((n, pipes(place, n, after)));
                }
                seen
            }));
            std::thread::sleep(Duration::from_millis(millis));
            server.dies();
            stop.store(true, Ordering::SeqCst);
            let seen = senders.into_iter().map(|one| one.join().expect("a sender"));
            seen.flatten().collect::<Vec<_>>()
        });
        for (n, is_taken) in more {
            known.note(n, is_taken);
        }
        println!("life {life}: {} answered", known.answered.len());
    }
    let server = place.serve();
    repeat(&server.address, &key, &mut known);
    let mut ledger = Ledger::open(&place);
    agree(&mut ledger, &known);
    server.stops();
}

/// What was not answered comes again, and so does some of what was.
fn repeat(address: &str, key: &str, known: &mut Known) {
    let again = known.in_doubt.clone();
    for n in again
        .into_iter()
        .chain(known.answered.iter().copied().take(30))
        .collect::<Vec<_>>()
    {
        assert!(posts(address, key, n), "mail {n}");
        known.note(n, true);
    }
}

/// What the tables say, against what the mail servers know.
fn agree(ledger: &mut Ledger, known: &Known) {
    let until = Instant::now() + Duration::from_mins(2);
    let waiting = "SELECT COUNT(*) FROM inbound_mails WHERE state = 'waiting'";
    while ledger.number(waiting) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(known.answered.len() > 20, "too little was sent");
    let causes = ledger.texts("SELECT cause AS t FROM inbound_mails WHERE state <> 'filed'");
    assert!(causes.is_empty(), "not filed: {causes:?}");
    let filed = ledger.texts("SELECT message_id AS t FROM ticket_messages ORDER BY message_id");
    let mut sent: Vec<String> = known
        .answered
        .iter()
        .map(|n| format!("m{n}@crowd.example"))
        .collect();
    sent.sort();
    assert_eq!(filed, sent, "each of them once, and nothing else");
    add_up(ledger);
}

/// Whatever counts the same things in two ways.
fn add_up(ledger: &mut Ledger) {
    let events = |name: &str| {
        format!(
            "SELECT COUNT(*) FROM events e JOIN event_names n ON n.id = e.name_id WHERE n.name = '{name}'"
        )
    };
    let tickets = "SELECT COUNT(*) FROM tickets";
    let until = Instant::now() + Duration::from_mins(1);
    while ledger.number(&events("Ticket Opened")) < ledger.number(tickets) && Instant::now() < until
    {
        std::thread::sleep(Duration::from_millis(100));
    }
    for (what, one, other) in [
        (
            "messages counted",
            "SELECT SUM(message_count) FROM tickets".to_owned(),
            "SELECT COUNT(*) FROM ticket_messages",
        ),
        (
            "tickets with a message",
            "SELECT COUNT(DISTINCT ticket_id) FROM ticket_messages".to_owned(),
            tickets,
        ),
        (
            "tickets told of as events",
            events("Ticket Opened"),
            tickets,
        ),
        (
            "mails that lead to a ticket",
            "SELECT COUNT(*) FROM inbound_mails WHERE ticket_id IS NOT NULL".to_owned(),
            "SELECT COUNT(*) FROM ticket_messages",
        ),
        (
            "people",
            "SELECT COUNT(DISTINCT from_address) FROM ticket_messages".to_owned(),
            "SELECT COUNT(*) FROM contacts",
        ),
        (
            "dead jobs",
            "SELECT COUNT(*) FROM jobs WHERE state = 'dead'".to_owned(),
            "0",
        ),
    ] {
        assert_eq!(ledger.number(&one), ledger.number(other), "{what}");
    }
}
