//! Mails of the wild, where a folder of them is at hand (`RAPPORT_MAIL_SAMPLES`): none of them breaks anything, and people
//! are told from machines. Without the folder these tests say so.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rapport::desk::inbound::mail::Nature;
use rapport::desk::inbound::{html, parse, quote};

use super::{arrives, with_mailbox};
use crate::support::TestApp;

fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("RAPPORT_MAIL_SAMPLES").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: RAPPORT_MAIL_SAMPLES names no folder of mails");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).expect("a folder").flatten() {
            let path = entry.path();
            let is_mail = path.extension().is_some_and(|e| e == "eml" || e == "txt");
            if path.is_dir() {
                open.push(path);
            } else if is_mail {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_sample_is_understood_in_time_or_refused_with_a_reason() {
    let Some(folder) = samples() else { return };
    let (mut understood, mut refused) = (0, 0);
    let mut slowest = Duration::ZERO;
    for name in ["bounces", "mime", "mail_reports", "replies"] {
        for file in files(&folder.join(name)) {
            let bytes = std::fs::read(&file).expect("a file");
            let started = Instant::now();
            match parse::parse(&bytes) {
                Ok(mail) => {
                    understood += 1;
                    html::cleaned(&mail.html);
                    let folded = quote::fold(&mail.text);
                    assert!(
                        mail.text.is_empty() || !folded.shown.is_empty(),
                        "{}",
                        file.display()
                    );
                    assert!(!mail.text.contains('\0') && !mail.subject.contains('\n'));
                }
                Err(why) => {
                    refused += 1;
                    assert!(!why.contains("broke"), "{}: {why}", file.display());
                }
            }
            slowest = slowest.max(started.elapsed());
        }
    }
    println!("understood {understood}, refused {refused}, slowest {slowest:?}");
    assert!(understood > 500 && slowest < Duration::from_secs(2));
}

#[test]
fn reports_and_automatic_replies_are_told_from_what_people_write() {
    let Some(folder) = samples() else { return };
    let nature = |file: &Path| {
        let bytes = std::fs::read(file).expect("a file");
        parse::parse(&bytes)
            .ok()
            .map(|mail| mail.signs.nature(&mail))
    };
    let share = |name: &str, wanted: fn(Nature) -> bool| {
        let all = files(&folder.join(name));
        let natures: Vec<_> = all.iter().map(|file| (file, nature(file))).collect();
        let missed: Vec<_> = natures
            .iter()
            .filter(|(_, n)| !n.is_some_and(wanted))
            .map(|(file, n)| format!("{} {n:?}", file.file_name().unwrap_or_default().display()))
            .collect();
        println!(
            "{name}: {} of {} ({missed:?})",
            all.len() - missed.len(),
            all.len()
        );
        1.0 - missed.len() as f64 / all.len().max(1) as f64
    };
    let is_machine = |n: Nature| !n.is_personal();
    assert!(share("bounces/sisimai", is_machine) > 0.95);
    assert!(share("bounces/flufl", is_machine) > 0.8);
    // One of the two is of uncertain nature; it only must not fail.
    assert!(share("bounces/not_a_bounce", |n| n != Nature::Bounce) >= 0.5);
    // Mails of the MIME collections are written by people, newsletters and programs; hardly one is a report.
    assert!(share("mime", |n| n != Nature::Bounce) > 0.9);
}

#[actix_web::test]
async fn hostile_mails_become_tickets_or_lie_in_the_quarantine() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    let crowd: Vec<String> = (0..10_000).map(|n| format!("p{n}@crowd.example")).collect();
    let to = "To: support@tidewater.example";
    let mails = [
        format!("From: \n{to}\nSubject: nobody\n\nA"),
        format!("Subject: nothing else\n{to}\n\nB"),
        format!(
            "From: a@b.example\n{to}\nDate: Fri, 1 Jan 2087 00:00:00 +0000\nSubject: later\n\nC"
        ),
        format!(
            "From: a@b.example\nTo: {}\nCc: support@tidewater.example\nSubject: crowd\n\nD",
            crowd.join(",\n ")
        ),
        format!(
            "From: a@b.example\n{to}\nContent-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64\nSubject: =?x-none?Q?=FF=FE?=\n\n/////w=="
        ),
        format!("From: \"a\0b\" <a@b.example>\n{to}\nSubject: nu\0ll\n\nE\0F"),
        format!(
            "From: =?utf-8?Q?A=0D=0ABcc:_x@y.example?= <a@b.example>\n{to}\nSubject: =?utf-8?Q?Hi=0D=0ABcc:_x@y.example?=\n\nG"
        ),
        format!(
            "From: a@b.example\n{to}\nSubject: deep\nContent-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\nContent-Type: multipart/mixed; boundary=x\n\n".repeat(2_000)
        ),
        format!(
            "From: a@b.example\n{to}\nSubject: tags\nContent-Type: text/html\n\n{}",
            "<div>".repeat(100_000)
        ),
        format!(
            "From: a@b.example\n{to}\nSubject: long\nReferences: {}\n\nH",
            "<a@b.example> ".repeat(5_000)
        ),
        "\0\0\0\0".to_owned(),
    ];
    for mail in &mails {
        assert_eq!(arrives(&app, mail).await, "stored");
    }
    let last = "From: a@b.example\nTo: support@tidewater.example\nSubject: after all of them\n\nI";
    arrives(&app, last).await;
    ada.get("/tickets")
        .await
        .says("after all of them")
        .says("nobody");
    let waiting = ada.get("/tickets/quarantine?state=waiting").await;
    waiting.says("Nothing waits");
    let page = ada.get("/tickets?q=hi").await.is(200).text();
    assert!(page.contains("Hi Bcc: x@y.example"), "{page}");
    for n in 1..=mails.len() {
        let answer = ada.get(&format!("/tickets/{n}")).await;
        assert!(
            matches!(answer.status.as_u16(), 200 | 404),
            "{}",
            answer.text()
        );
    }
}
