//! Inviting people, changing what they may do, letting them go.

use rapport::accounts::Role;

use super::link_in;
use crate::support::{PASSWORD, TestApp, email_of};

#[actix_web::test]
async fn an_invitation_is_taken_up_once() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/settings/people/invite")
        .await
        .is(200)
        .says("Invite a colleague");
    let form = [("email", "Omar@Rapport.Example"), ("role", "support")];
    ada.post("/settings/people/invite", &form)
        .await
        .leads_to("/settings/people");
    ada.get("/settings/people")
        .await
        .is(200)
        .says("omar@rapport.example")
        .says("Support");

    let mail = app.mails().await.pop().expect("a mail");
    assert_eq!(mail.to, "omar@rapport.example");
    assert_eq!(mail.subject, "Ada Lovelace invites you to Rapport");
    let link = link_in(&mail, "/invitation/");
    assert!(mail.html.as_deref().unwrap_or_default().contains(&link));

    let omar = app.browser();
    omar.get(&link)
        .await
        .is(200)
        .says("Join Rapport")
        .says("Your role: Support");
    omar.post(&link, &[("name", ""), ("password", PASSWORD)])
        .await
        .is(422)
        .says("Write a name");
    let again = omar
        .post(&link, &[("name", "عمر الفاروق"), ("password", "short")])
        .await
        .is(422);
    assert!(again.body().contains("عمر الفاروق"), "what was typed stays");
    omar.post(&link, &[("name", "عمر الفاروق"), ("password", PASSWORD)])
        .await
        .leads_to("/");
    omar.get("/").await.is(200).says("عمر الفاروق");

    app.browser()
        .get(&link)
        .await
        .is(410)
        .says("This link opens nothing any more");
    app.browser()
        .post(&link, &[("name", "Mallory"), ("password", PASSWORD)])
        .await
        .is(410);
    app.browser().get("/invitation/guessed").await.is(410);
    app.browser()
        .sign_in("omar@rapport.example", PASSWORD)
        .await;
}

#[actix_web::test]
async fn an_invitation_can_be_sent_again_and_withdrawn() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let form = [("email", "omar@rapport.example"), ("role", "sales")];
    ada.post("/settings/people/invite", &form).await.is(303);
    let first = link_in(&app.mails().await.pop().expect("a mail"), "/invitation/");
    ada.post("/settings/people/invitations/1/resend", &[])
        .await
        .is(303);
    let second = link_in(&app.mails().await.pop().expect("a mail"), "/invitation/");
    app.browser().get(&first).await.is(410);
    app.browser().get(&second).await.is(200);
    let id = app.read(rapport::accounts::store::invitations).await[0].id;
    ada.post(&format!("/settings/people/invitations/{id}/withdraw"), &[])
        .await
        .is(303);
    app.browser().get(&second).await.is(410);
    ada.post(&format!("/settings/people/invitations/{id}/withdraw"), &[])
        .await
        .is(404);
}

#[actix_web::test]
async fn who_is_here_is_not_invited_again() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let refused = |email: &'static str| [("email", email), ("role", "sales")];
    ada.post("/settings/people/invite", &refused("ada@rapport.example"))
        .await
        .is(422)
        .says("is here already");
    ada.post("/settings/people/invite", &refused("nowhere"))
        .await
        .is(422)
        .says("Write an e-mail address");
    ada.post(
        "/settings/people/invite",
        &[("email", "x@y.example"), ("role", "king")],
    )
    .await
    .is(422);
    assert!(app.mails().await.is_empty());
}

#[actix_web::test]
async fn a_deactivated_persons_session_dies_at_once() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Sales).await;
    grace.get("/").await.is(200);
    ada.post("/settings/people/2/deactivate", &[])
        .await
        .leads_to("/settings/people");
    ada.get("/settings/people")
        .await
        .says("Grace Hopper may not sign in any more")
        .says("Deactivated");
    grace.get("/").await.leads_to("/sign-in?next=%2F");
    let credentials = [("email", "grace@rapport.example"), ("password", PASSWORD)];
    app.browser().post("/sign-in", &credentials).await.is(422);

    ada.post("/settings/people/2/reactivate", &[]).await.is(303);
    app.browser().sign_in(&email_of("grace"), PASSWORD).await;
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/settings/people/1/role", &[("role", "sales")])
        .await
        .leads_to("/settings/people");
    ada.get("/settings/people")
        .await
        .says("The last administrator has to stay one");
    ada.post("/settings/people/1/deactivate", &[]).await.is(303);
    ada.get("/settings/people")
        .await
        .says("You cannot do this to your own account")
        .says("Administrator");

    app.user("grace", Role::Sales).await;
    ada.post("/settings/people/2/role", &[("role", "admin")])
        .await
        .is(303);
    ada.get("/settings/people")
        .await
        .says("Grace Hopper is an administrator now");
    ada.post("/settings/people/1/role", &[("role", "read_only")])
        .await
        .is(303);
    ada.get("/settings/people").await.is(403);
}

#[actix_web::test]
async fn without_the_right_there_is_a_page_with_a_way_on() {
    let app = TestApp::new().await;
    let grace = app.agent("grace", Role::Manager).await;
    for path in [
        "/settings/people",
        "/settings/people/invite",
        "/settings/audit",
        "/settings/workspace",
    ] {
        grace
            .get(path)
            .await
            .is(403)
            .says("Your role, Manager, may not");
    }
    for path in [
        "/settings/people/1/deactivate",
        "/settings/people/1/role",
        "/settings/people/invite",
    ] {
        grace
            .post(path, &[("role", "admin"), ("email", "x@y.example")])
            .await
            .is(403);
    }
    grace.get("/settings").await.leads_to("/settings/account");
    let page = grace.get("/settings/account").await.is(200);
    assert!(
        !page.body().contains("/settings/people"),
        "what is not theirs is not offered"
    );
}

#[actix_web::test]
async fn people_are_paged() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for n in 0..60 {
        app.user(&format!("colleague{n:02}"), Role::ReadOnly).await;
    }
    let first = ada
        .get("/settings/people")
        .await
        .is(200)
        .says("colleague48")
        .never_says("colleague49");
    let body = first.body();
    let next = body
        .split("href=\"")
        .find(|part| part.starts_with("/settings/people?after="))
        .expect("a next page");
    let next = next.split('"').next().expect("an address").to_owned();
    ada.get(&next)
        .await
        .is(200)
        .says("colleague49")
        .says("colleague59")
        .never_says("colleague48");
}
