//! The workspace, the audit, the first page.

use rapport::accounts::Role;

use crate::support::TestApp;

#[actix_web::test]
async fn the_workspace_is_named_and_its_name_stands_everywhere() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/settings").await.leads_to("/settings/workspace");
    let form = [
        ("name", "潮水 Tidewater"),
        ("country", "NO"),
        ("url", "https://crm.tidewater.example/"),
    ];
    ada.post("/settings/workspace", &form)
        .await
        .leads_to("/settings/workspace");
    let page = ada
        .get("/settings/workspace")
        .await
        .is(200)
        .says("潮水 Tidewater")
        .body();
    assert!(page.contains("<option value=\"NO\" selected"));
    app.browser()
        .get("/sign-in")
        .await
        .is(200)
        .says("Sign in to 潮水 Tidewater");
    app.browser()
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(200);
    let mail = app.mails().await.pop().expect("a mail");
    assert!(
        mail.text
            .contains("https://crm.tidewater.example/reset-password/"),
        "{}",
        mail.text
    );
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused_beside_its_field() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let form = |name, country, url| [("name", name), ("country", country), ("url", url)];
    ada.post("/settings/workspace", &form(" ", "", ""))
        .await
        .is(422)
        .says("Write a name");
    ada.post("/settings/workspace", &form("T", "ZZ", ""))
        .await
        .is(422)
        .says("Choose a country");
    ada.post("/settings/workspace", &form("T", "", "javascript:alert(1)"))
        .await
        .is(422)
        .says("Write it as https");
}

#[actix_web::test]
async fn the_audit_tells_who_did_what_from_where() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let mallory = app.browser();
    mallory.moves_to([192, 0, 2, 66]);
    mallory
        .post(
            "/sign-in",
            &[
                ("email", "ada@rapport.example"),
                ("password", "wrong password"),
            ],
        )
        .await
        .is(422);
    ada.post(
        "/settings/people/invite",
        &[("email", "omar@rapport.example"), ("role", "sales")],
    )
    .await
    .is(303);
    let page = ada.get("/settings/audit").await.is(200);
    page.says("Failed to sign in")
        .says("192.0.2.66")
        .says("Invited somebody")
        .says("omar@rapport.example, sales");
}

#[actix_web::test]
async fn the_audit_is_paged() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    app.write(|conn| {
        let by = rapport::accounts::audit::By::house();
        for n in 0..70 {
            rapport::accounts::audit::record(
                conn,
                &by,
                "thing.done",
                None,
                &format!("line-{n:02}."),
                rapport::base::clock::now(),
            )?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    let page = ada
        .get("/settings/audit")
        .await
        .is(200)
        .says("line-69.")
        .never_says("line-10.")
        .body();
    let older = page
        .split("href=\"")
        .find(|part| part.starts_with("/settings/audit?before="))
        .expect("older");
    ada.get(older.split('"').next().expect("an address"))
        .await
        .is(200)
        .says("line-10.")
        .never_says("line-69.");
}

#[actix_web::test]
async fn home_offers_what_the_role_may_do() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/")
        .await
        .is(200)
        .says(", Ada Lovelace")
        .says("Connect a source")
        .says("Invite colleagues");
    let reader = app.agent("grace", Role::ReadOnly).await;
    let page = reader.get("/").await.is(200).says("Look at the contacts");
    page.never_says("Connect a source")
        .never_says("Invite colleagues")
        .never_says("Add a contact");
}

#[actix_web::test]
async fn what_ran_out_is_swept_away() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    app.browser()
        .post("/forgot-password", &[("email", "ada@rapport.example")])
        .await
        .is(200);
    let later = rapport::base::clock::now().plus(60 * rapport::base::clock::DAY);
    app.write(move |conn| rapport::accounts::actions::sweep(conn, later))
        .await;
    ada.get("/").await.is(303);
    let left = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::{throttles, user_sessions, user_tokens};
            Ok::<_, diesel::result::Error>((
                user_sessions::table.count().get_result::<i64>(conn)?,
                user_tokens::table.count().get_result::<i64>(conn)?,
                throttles::table.count().get_result::<i64>(conn)?,
            ))
        })
        .await;
    assert_eq!(left, (0, 0, 0));
}
