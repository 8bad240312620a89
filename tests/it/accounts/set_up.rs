//! The first visit.

use crate::support::{PASSWORD, TestApp};

fn form<'a>(token: &'a str, password: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("token", token),
        ("workspace", "Тайдуотер"),
        ("name", "山田 由紀"),
        ("email", "Yuki@Example.COM"),
        ("password", password),
    ]
}

#[actix_web::test]
async fn the_token_makes_the_first_administrator_once() {
    let app = TestApp::empty().await;
    let yuki = app.browser();
    let token = rapport::accounts::setup_token::offer(&app.house.config).expect("a token");

    yuki.get("/").await.leads_to("/sign-in?next=%2F");
    yuki.get("/sign-in?next=%2Fcontacts")
        .await
        .leads_to("/setup");
    yuki.get(&format!("/setup?token={token}"))
        .await
        .is(200)
        .says("Set up Rapport");
    yuki.post("/setup", &form(&token, PASSWORD))
        .await
        .leads_to("/setup/start");
    yuki.get("/setup/start")
        .await
        .is(200)
        .says("Welcome, 山田 由紀")
        .says("Load the demo world");
    yuki.get("/").await.is(200).says("Тайдуотер");

    assert!(!app.folder().join("setup-token").exists());
    let second = app.browser();
    second.get("/setup").await.leads_to("/sign-in");
    second
        .post("/setup", &form(&token, PASSWORD))
        .await
        .leads_to("/sign-in");
    second.sign_in("yuki@example.com", PASSWORD).await;
}

#[actix_web::test]
async fn a_wrong_token_makes_nobody_an_administrator() {
    let app = TestApp::empty().await;
    let mallory = app.browser();
    rapport::accounts::setup_token::offer(&app.house.config).expect("a token");

    let answer = mallory
        .post("/setup", &form("guessed", PASSWORD))
        .await
        .is(422);
    let answer = answer.says("This is not the set-up token");
    assert!(
        answer.body().contains("value=\"Yuki@Example.COM\""),
        "what was typed stays"
    );
    assert!(!answer.body().contains(PASSWORD), "but the password");
    mallory.post("/setup", &form("", PASSWORD)).await.is(422);
    for _ in 0..8 {
        mallory
            .post("/setup", &form("guessed", PASSWORD))
            .await
            .is(422);
    }
    let pause = mallory
        .post("/setup", &form("guessed", PASSWORD))
        .await
        .is(429);
    assert!(!pause.header("retry-after").is_empty());
}

#[actix_web::test]
async fn without_a_token_file_nothing_is_the_token() {
    let app = TestApp::empty().await;
    app.browser()
        .post("/setup", &form("", PASSWORD))
        .await
        .is(422);
}

#[actix_web::test]
async fn a_weak_password_is_refused_beside_its_field() {
    let app = TestApp::empty().await;
    let token = rapport::accounts::setup_token::offer(&app.house.config).expect("a token");
    let yuki = app.browser();
    yuki.post("/setup", &form(&token, "short"))
        .await
        .is(422)
        .says("Use at least 10 characters");
    yuki.post("/setup", &form(&token, "Password123"))
        .await
        .is(422)
        .says("Many people use this password");
    yuki.post("/setup", &form(&token, "yuki@example.com"))
        .await
        .is(422)
        .says("Your e-mail address");
}
