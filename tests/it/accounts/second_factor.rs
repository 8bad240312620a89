//! Codes of an app, recovery codes, and signing in with them.

use diesel::prelude::*;
use rapport::accounts::actions::seed;
use rapport::accounts::totp::Seed;
use rapport::accounts::{AccountError, Role};
use rapport::base::clock::{self, SECOND};
use rapport::base::ids::UserId;
use rapport::db::schema::users;

use crate::support::{Agent, PASSWORD, TestApp};

const HERE: &str = "/settings/account/second-factor";

/// What the app on Ada's phone knows.
async fn phone(app: &TestApp) -> Seed {
    let keys = app.house.keys.clone();
    let found = app
        .read::<_, AccountError>(move |conn| seed(conn, &keys, UserId(1)))
        .await;
    found.expect("a seed").0
}

/// Switches it on; the recovery codes.
async fn switch_on(app: &TestApp, ada: &Agent) -> Vec<String> {
    ada.post(&format!("{HERE}/begin"), &[]).await.leads_to(HERE);
    let code = phone(app).await.code_at(clock::now());
    let page = ada
        .post(&format!("{HERE}/confirm"), &[("code", &code)])
        .await
        .is(200);
    let text = page.says("Your recovery codes").text();
    let is_code =
        |word: &&str| word.len() == 11 && word.as_bytes()[5] == b'-' && !word.contains("in-");
    text.split_whitespace()
        .filter(is_code)
        .map(str::to_owned)
        .collect()
}

/// The password was right; the second step is next.
async fn half_way(app: &TestApp) -> Agent {
    let browser = app.browser();
    let form = [
        ("email", "ada@rapport.example"),
        ("password", PASSWORD),
        ("next", "/settings/account"),
    ];
    browser
        .post("/sign-in", &form)
        .await
        .leads_to("/sign-in/code?next=%2Fsettings%2Faccount");
    browser
}

/// Lets the last code grow old, so that the next one is a new one.
async fn wait_a_step(app: &TestApp) {
    app.write(|conn| {
        diesel::update(users::table)
            .set(users::totp_last_step.eq(1_i64))
            .execute(conn)
    })
    .await;
}

#[actix_web::test]
async fn it_is_on_once_a_code_has_proved_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get(HERE)
        .await
        .is(200)
        .says("Your password alone signs you in");
    ada.get(&format!("{HERE}/qr.svg")).await.is(404);
    ada.post(&format!("{HERE}/begin"), &[]).await.leads_to(HERE);
    let spelled = phone(&app).await.spelled();
    let page = ada.get(HERE).await.is(200).says("Scan this");
    assert!(page.body().contains(&spelled));
    let picture = ada.get(&format!("{HERE}/qr.svg")).await.is(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.body().contains("<svg"));
    ada.post(&format!("{HERE}/confirm"), &[("code", "000000")])
        .await
        .is(422)
        .says("This is not the code");
    app.browser().sign_in("ada@rapport.example", PASSWORD).await;

    assert_eq!(switch_on(&app, &ada).await.len(), 10);
    ada.get(HERE).await.is(200).says("10 of 10 are left");
    ada.get(&format!("{HERE}/qr.svg")).await.is(404);
    assert_eq!(
        app.mails().await.pop().expect("a mail").subject,
        "Your account was changed"
    );
}

#[actix_web::test]
async fn signing_in_takes_a_code_and_a_code_only_once() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    switch_on(&app, &ada).await;
    let used = phone(&app).await.code_at(clock::now());

    let browser = half_way(&app).await;
    assert_eq!(
        browser.cookie("rapport_session"),
        None,
        "half a sign-in is no session"
    );
    browser.get("/").await.is(303);
    browser.get("/sign-in/code").await.is(200).says("Your code");
    // The code that switched it on is used up.
    let again = [("code", used.as_str()), ("next", "/settings/account")];
    browser
        .post("/sign-in/code", &again)
        .await
        .is(422)
        .says("wrong, too old, or was used already");

    wait_a_step(&app).await;
    let code = phone(&app).await.code_at(clock::now());
    let form = [("code", code.as_str()), ("next", "/settings/account")];
    browser
        .post("/sign-in/code", &form)
        .await
        .leads_to("/settings/account");
    browser.get("/").await.is(200);
    half_way(&app)
        .await
        .post("/sign-in/code", &form)
        .await
        .is(422);
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", "")])
        .await
        .is(422);
}

#[actix_web::test]
async fn a_code_of_the_step_before_is_good_and_an_older_one_is_not() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    switch_on(&app, &ada).await;
    wait_a_step(&app).await;
    let seed = phone(&app).await;
    let now = clock::now();
    let old = seed.code_at(now.plus(-90 * SECOND));
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", &old)])
        .await
        .is(422);
    let before = seed.code_at(clock::now().plus(-30 * SECOND));
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", &before)])
        .await
        .leads_to("/");
}

#[actix_web::test]
async fn a_recovery_code_works_once() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let codes = switch_on(&app, &ada).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", &typed)])
        .await
        .leads_to("/");
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", &codes[0])])
        .await
        .is(422);
    ada.get(HERE).await.says("9 of 10 are left");

    let renew = format!("{HERE}/codes");
    ada.post(&renew, &[("password", "wrong password")])
        .await
        .is(422)
        .says("This is not your password");
    ada.post(&renew, &[("password", PASSWORD)])
        .await
        .is(200)
        .says("Your recovery codes");
    half_way(&app)
        .await
        .post("/sign-in/code", &[("code", &codes[1])])
        .await
        .is(422);
}

#[actix_web::test]
async fn codes_cannot_be_tried_without_end() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let codes = switch_on(&app, &ada).await;
    let mallory = half_way(&app).await;
    for _ in 0..5 {
        mallory
            .post("/sign-in/code", &[("code", "000000")])
            .await
            .is(422);
    }
    let pause = mallory
        .post("/sign-in/code", &[("code", "000000")])
        .await
        .is(429);
    assert_eq!(pause.header("retry-after"), "60");
    // Her own browser is not kept waiting by it.
    ada.post("/sign-out", &[]).await.is(303);
    ada.post(
        "/sign-in",
        &[("email", "ada@rapport.example"), ("password", PASSWORD)],
    )
    .await
    .is(303);
    ada.post("/sign-in/code", &[("code", &codes[0])])
        .await
        .leads_to("/");
}

#[actix_web::test]
async fn half_a_sign_in_cannot_be_forged_or_kept() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    switch_on(&app, &ada).await;
    app.browser()
        .get("/sign-in/code")
        .await
        .leads_to("/sign-in");
    let forged = app.browser();
    forged.keeps("rapport_challenge", "MTowOjk5OTk5OTk5OTk5OTk5OTk.AAAA");
    forged.get("/sign-in/code").await.leads_to("/sign-in");
    let browser = half_way(&app).await;
    let form = [("current", PASSWORD), ("password", "quite another phrase")];
    ada.post("/settings/account/password", &form).await.is(303);
    browser.get("/sign-in/code").await.leads_to("/sign-in");
}

#[actix_web::test]
async fn it_goes_off_with_the_password_only() {
    let app = TestApp::new().await;
    let ada = app.agent("ada", Role::Admin).await;
    switch_on(&app, &ada).await;
    let off = format!("{HERE}/off");
    ada.post(&off, &[("password", "wrong password")])
        .await
        .is(422);
    ada.post(&off, &[("password", PASSWORD)])
        .await
        .leads_to("/settings/account");
    app.browser().sign_in("ada@rapport.example", PASSWORD).await;
}
