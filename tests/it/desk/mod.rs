//! Stories of the desk: mail in, tickets, answers.

mod api;
mod mail_in;
mod real_mail;
mod record;
mod round_trip;

use crate::support::{Agent, TestApp};

/// Ada has made the mailbox of these stories.
async fn with_mailbox(app: &TestApp) -> Agent {
    let ada = app.admin().await;
    let form = [
        ("address", "Support@Tidewater.example"),
        ("name", "Support"),
        ("sender_name", "Tidewater Support"),
        ("signature", "Tidewater, Ålesund"),
    ];
    ada.post("/settings/mailboxes", &form)
        .await
        .leads_to("/settings/mailboxes");
    ada
}

/// Hands in a mail as a mail server does, and files it; how it was taken.
async fn arrives(app: &TestApp, mail: &str) -> String {
    let server = app.browser();
    let key = app.key("mail:in").await;
    server.sends("authorization", &format!("Bearer {key}"));
    let answer = server
        .post_body(
            "/api/v1/mail-in",
            "message/rfc822",
            mail.replace('\n', "\r\n"),
        )
        .await
        .is(202);
    app.work().await;
    answer.json()["state"].as_str().expect("a state").to_owned()
}

/// A mail with these headers and words.
fn mail(headers: &[(&str, &str)], words: &str) -> String {
    let head: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    format!("{}\n{words}\n", head.concat())
}

/// Ingrid's first mail.
fn buoy() -> String {
    mail(
        &[
            (
                "From",
                "Ingrid =?utf-8?Q?S=C3=A6ther?= <Ingrid@Nordfjord.example>",
            ),
            ("To", "support@tidewater.example"),
            ("Cc", "Hakon Brekke <hakon@nordfjord.example>"),
            ("Subject", "Buoy 14 reports 0 degrees"),
            ("Message-ID", "<first@nordfjord.example>"),
            ("Date", "Sat, 23 May 2026 11:05:00 +0200"),
        ],
        "since the update, buoy 14 sends 0.0 every ten minutes.",
    )
}
