//! Coming in, being kept out, going.

use rapport::accounts::Role;

use crate::support::{PASSWORD, TestApp};

#[actix_web::test]
async fn a_wrong_password_is_refused_and_the_address_stays() {
    let app = TestApp::new().await;
    let ada = app.browser();
    let credentials = [
        ("email", "ada@rapport.example"),
        ("password", "wrong password"),
    ];
    let answer = ada.post("/sign-in", &credentials).await.is(422);
    let answer = answer.says("This e-mail and password do not belong together");
    assert!(answer.body().contains("value=\"ada@rapport.example\""));
    assert!(!answer.body().contains("wrong password"));
    assert_eq!(ada.cookie("rapport_session"), None);
}

#[actix_web::test]
async fn an_unknown_address_gets_the_same_answer() {
    let app = TestApp::new().await;
    let ask = async |email: &str| {
        let credentials = [("email", email), ("password", "wrong password")];
        app.browser()
            .post("/sign-in", &credentials)
            .await
            .is(422)
            .text()
            .replace(email, "…")
    };
    assert_eq!(
        ask("ada@rapport.example").await,
        ask("nobody@rapport.example").await
    );
    ask("no address at all").await;
    ask("").await;
}

#[actix_web::test]
async fn sign_in_leads_to_where_one_wanted_to_go_but_to_no_other_site() {
    let app = TestApp::new().await;
    app.browser()
        .get("/?x=1")
        .await
        .leads_to("/sign-in?next=%2F%3Fx%3D1");
    for (next, want) in [
        ("/?x=1", "/?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
    ] {
        let form = [
            ("email", "ADA@rapport.example "),
            ("password", PASSWORD),
            ("next", next),
        ];
        app.browser().post("/sign-in", &form).await.leads_to(want);
    }
}

#[actix_web::test]
async fn a_session_ends_with_sign_out() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let token = ada.cookie("rapport_session").expect("a session");
    ada.get("/").await.is(200);
    ada.post("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(ada.cookie("rapport_session"), None);
    ada.keeps("rapport_session", &token);
    ada.get("/").await.leads_to("/sign-in?next=%2F");
}

#[actix_web::test]
async fn guessing_costs_more_and_more_time_but_locks_nobody_else_out() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    app.user("grace", Role::Sales).await;
    let (wrong, right) = ("wrong password", PASSWORD);
    let form = |password| [("email", "ada@rapport.example"), ("password", password)];

    let mallory = app.browser();
    for _ in 0..5 {
        mallory.post("/sign-in", &form(wrong)).await.is(422);
    }
    let pause = mallory
        .post("/sign-in", &form(right))
        .await
        .is(429)
        .says("Too many tries");
    assert_eq!(pause.header("retry-after"), "30");

    // Ada's session, her known browser, another place, and another account are not touched by it.
    ada.get("/").await.is(200);
    ada.post("/sign-out", &[]).await;
    ada.post("/sign-in", &form(right)).await.leads_to("/");
    let elsewhere = app.browser();
    elsewhere.moves_to([192, 0, 2, 7]);
    elsewhere.post("/sign-in", &form(right)).await.leads_to("/");
    app.browser().sign_in("grace@rapport.example", right).await;
}

#[actix_web::test]
async fn a_known_device_may_not_guess_without_end_either() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let form = [
        ("email", "ada@rapport.example"),
        ("password", "wrong password"),
    ];
    for _ in 0..5 {
        ada.post("/sign-in", &form).await.is(422);
    }
    ada.post("/sign-in", &form).await.is(429);
}

#[actix_web::test]
async fn one_place_may_not_try_every_account() {
    let app = TestApp::new().await;
    let mallory = app.browser();
    for n in 0..40 {
        let email = format!("somebody{n}@rapport.example");
        mallory
            .post(
                "/sign-in",
                &[("email", &email), ("password", "wrong password")],
            )
            .await
            .is(422);
    }
    mallory
        .post(
            "/sign-in",
            &[
                ("email", "x@rapport.example"),
                ("password", "wrong password"),
            ],
        )
        .await
        .is(429);
}

#[actix_web::test]
async fn forms_of_other_sites_are_refused() {
    let app = TestApp::new().await;
    let form = [("email", "ada@rapport.example"), ("password", PASSWORD)];
    let foreign = app.browser();
    foreign.sends("sec-fetch-site", "cross-site");
    foreign.post("/sign-in", &form).await.is(403);
    foreign.get("/sign-in").await.is(200);

    let ada = app.admin().await;
    ada.sends("sec-fetch-site", "cross-site");
    ada.post("/sign-out", &[])
        .await
        .is(403)
        .says("another site");
    ada.sends("sec-fetch-site", "same-origin");
    ada.get("/").await.is(200);
}

#[actix_web::test]
async fn a_browser_that_says_nothing_must_show_the_token_of_its_form() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.is_silent();
    let page = ada.get("/settings/account").await.is(200).body();
    let (_, rest) = page
        .split_once("name=\"_csrf\" value=\"")
        .expect("forms have a token");
    let (token, _) = rest.split_once('"').expect("it ends");
    let form = |token: &str| [("name", "Ada King".to_owned()), ("_csrf", token.to_owned())];
    // Another first character than the true one, whichever that is.
    let first = if token.starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{first}{}", token.get(1..).expect("longer than one"));
    for wrong in ["", "x", &altered] {
        let form = form(wrong);
        let form = form.each_ref().map(|(k, v)| (*k, v.as_str()));
        ada.post("/contacts", &form)
            .await
            .is(403)
            .says("another site");
    }
    ada.post("/contacts", &[("name", "Ada King")]).await.is(403);
    let right = form(token);
    let right = right.each_ref().map(|(k, v)| (*k, v.as_str()));
    ada.post("/contacts", &right).await.is(303);
    ada.get("/contacts").await.says("Ada King");

    let other = app.agent("grace", Role::Sales).await;
    other.is_silent();
    other.post("/contacts", &right).await.is(403);
}

#[actix_web::test]
async fn cookies_are_out_of_reach_for_scripts_and_other_sites() {
    let app = TestApp::with(|config| config.public_url = "https://crm.example".to_owned()).await;
    app.user("ada", Role::Admin).await;
    let form = [
        ("email", "ada@rapport.example"),
        ("password", PASSWORD),
        ("keep", "true"),
    ];
    let answer = app.browser().post("/sign-in", &form).await.is(303);
    let cookies: Vec<_> = answer
        .headers
        .get_all("set-cookie")
        .map(|v| v.to_str().expect("text"))
        .collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        for word in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age="] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
}
