//! Forgotten and changed passwords.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::db::schema::user_tokens;

use super::link_in;
use crate::support::{PASSWORD, TestApp};

const FRESH: &str = "quite another phrase";

#[actix_web::test]
async fn a_reset_link_works_once_and_ends_every_session() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let forgetful = app.browser();
    forgetful
        .get("/forgot-password")
        .await
        .is(200)
        .says("Forgotten password");
    let form = [("email", "ADA@rapport.example")];
    forgetful
        .post("/forgot-password", &form)
        .await
        .is(200)
        .says("Look into your mailbox");

    let mail = app.mails().await.pop().expect("a mail");
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("ada@rapport.example", "A new password for Rapport")
    );
    let link = link_in(&mail, "/reset-password/");
    forgetful
        .get(&link)
        .await
        .is(200)
        .says("For ada@rapport.example");
    forgetful
        .post(&link, &[("password", "short")])
        .await
        .is(422)
        .says("Use at least 10 characters");
    forgetful
        .post(&link, &[("password", FRESH)])
        .await
        .leads_to("/sign-in");

    ada.get("/").await.is(303);
    forgetful.get(&link).await.is(410);
    forgetful
        .post(&link, &[("password", PASSWORD)])
        .await
        .is(410);
    forgetful.sign_in("ada@rapport.example", FRESH).await;
    assert_eq!(
        app.mails().await.pop().expect("a mail").subject,
        "Your account was changed"
    );
}

#[actix_web::test]
async fn nobody_learns_whether_an_address_is_known() {
    let app = TestApp::new().await;
    let ask = async |email: &str| {
        let page = app
            .browser()
            .post("/forgot-password", &[("email", email)])
            .await
            .is(200);
        page.text().replace(email, "…")
    };
    assert_eq!(
        ask("ada@rapport.example").await,
        ask("nobody@rapport.example").await
    );
    assert_eq!(app.mails().await.len(), 1);
    ask("no address").await;
}

#[actix_web::test]
async fn a_reset_link_grows_old() {
    let app = TestApp::new().await;
    app.browser()
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(200);
    let link = link_in(
        &app.mails().await.pop().expect("a mail"),
        "/reset-password/",
    );
    app.write(|conn| {
        diesel::update(user_tokens::table)
            .set(user_tokens::expires_at.eq(1_i64))
            .execute(conn)
    })
    .await;
    app.browser()
        .get(&link)
        .await
        .is(410)
        .says("Send a new link");
    app.browser()
        .post(&link, &[("password", FRESH)])
        .await
        .is(410);
}

#[actix_web::test]
async fn a_strangers_host_is_never_in_a_mail() {
    let app = TestApp::new().await;
    let mallory = app.browser();
    mallory.sends("host", "evil.example");
    mallory
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(200);
    let mail = app.mails().await.pop().expect("a mail");
    assert!(!mail.text.contains("evil.example"), "{}", mail.text);
}

#[actix_web::test]
async fn asking_for_mails_without_end_is_refused() {
    let app = TestApp::new().await;
    let mallory = app.browser();
    for _ in 0..5 {
        mallory
            .post("/forgot-password", &[("email", "ada@rapport.example")])
            .await
            .is(200);
    }
    mallory
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(429);
    // From elsewhere it still answers, and sends nothing more to that mailbox.
    mallory.moves_to([192, 0, 2, 7]);
    mallory
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(200);
    assert_eq!(app.mails().await.len(), 5);
}

#[actix_web::test]
async fn changing_the_password_needs_the_old_one_and_ends_other_sessions() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let other = app.agent("ada", Role::Admin).await;
    let form = |current, password| [("current", current), ("password", password)];
    let path = "/settings/account/password";
    ada.post(path, &form("wrong password", FRESH))
        .await
        .is(422)
        .says("This is not your password");
    ada.post(path, &form(PASSWORD, "short"))
        .await
        .is(422)
        .says("Use at least 10 characters");
    ada.post(path, &form(PASSWORD, FRESH))
        .await
        .leads_to("/settings/account");
    ada.get("/settings/account")
        .await
        .is(200)
        .says("Password changed");
    other.get("/").await.is(303);
    app.browser().sign_in("ada@rapport.example", FRESH).await;
}

#[actix_web::test]
async fn a_borrowed_session_may_not_guess_the_password() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let form = [("current", "wrong password"), ("password", FRESH)];
    for _ in 0..5 {
        ada.post("/settings/account/password", &form).await.is(422);
    }
    ada.post("/settings/account/password", &form).await.is(429);
}

#[actix_web::test]
async fn what_lies_in_the_queue_opens_nothing() {
    use rapport::db::schema::jobs;

    let app = TestApp::new().await;
    let ada = app.admin().await;
    let invited = [("email", "grace@rapport.example"), ("role", "sales")];
    ada.post("/settings/people/invite", &invited).await.is(303);
    let forgotten = [("email", "ada@rapport.example")];
    app.browser()
        .post("/forgot-password", &forgotten)
        .await
        .is(200);

    let waiting: Vec<String> = app
        .read(|conn| jobs::table.order(jobs::id).select(jobs::payload).load(conn))
        .await;
    assert_eq!(waiting.len(), 2);
    let is_word = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    for payload in &waiting {
        assert!(!payload.contains("/reset-password/") && !payload.contains("/invitation/"));
        for word in payload.split(is_word).filter(|word| !word.is_empty()) {
            for door in ["reset-password", "invitation"] {
                app.browser().get(&format!("/{door}/{word}")).await.is(410);
            }
        }
    }
    // The mail does, and the same link when the job has to run again.
    let mails = app.mails().await;
    app.browser()
        .get(&link_in(&mails[0], "/invitation/"))
        .await
        .is(200);
    app.browser()
        .get(&link_in(&mails[1], "/reset-password/"))
        .await
        .is(200);
    assert_eq!(mails[0].subject, "Ada Lovelace invites you to Rapport");
}
