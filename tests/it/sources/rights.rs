//! Who may see and change sources.

use rapport::accounts::Role;
use rapport::events::sources::SourceKind;

use crate::support::TestApp;

#[actix_web::test]
async fn a_stranger_is_asked_to_sign_in() {
    let app = TestApp::new().await;
    let stranger = app.browser();
    for path in [
        "/settings/sources",
        "/settings/sources/new",
        "/settings/sources/2",
        "/settings/sources/2/live",
    ] {
        let answer = stranger.get(path).await.is(303);
        assert!(answer.location().starts_with("/sign-in"), "{path}");
    }
}

#[actix_web::test]
async fn sales_may_not_see_sources_and_support_may_not_change_them() {
    let app = TestApp::new().await;
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    let omar = app.agent("omar", Role::Sales).await;
    for page in [
        "/settings/sources",
        path.as_str(),
        &format!("{path}/live"),
        "/settings/quarantine",
    ] {
        omar.get(page).await.is(403).says("may not see sources");
    }

    let grace = app.agent("grace", Role::Support).await;
    grace
        .get("/settings/sources")
        .await
        .is(200)
        .says("Website")
        .never_says("New source");
    let page = grace.get(&path).await.is(200);
    let page = page
        .says("Your role may look at this")
        .never_says("Save settings")
        .never_says("Pause");
    assert!(page.body().contains("<fieldset class=\"stack\" disabled>"));
    grace.get("/settings/sources/new").await.is(403);
    grace.get(&format!("{path}/key")).await.is(403);
    for act in ["", "/key", "/pause", "/resume"] {
        grace
            .post(&format!("{path}{act}"), &[("name", "Mine")])
            .await
            .is(403);
    }
    grace
        .post("/settings/sources", &[("name", "Mine"), ("kind", "web")])
        .await
        .is(403);
    let now = app.source_now(&source).await;
    assert_eq!(
        (
            now.name.as_str(),
            now.write_key == source.write_key,
            now.is_enabled
        ),
        ("Website", true, true)
    );
}

#[actix_web::test]
async fn what_is_no_source_of_people_is_not_there() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for id in ["1", "99999", "0", "-1", "abc", "9999999999999999999999"] {
        for page in ["", "/key", "/live"] {
            ada.get(&format!("/settings/sources/{id}{page}"))
                .await
                .is(404);
        }
        for act in ["", "/key", "/pause", "/resume"] {
            ada.post(&format!("/settings/sources/{id}{act}"), &[("name", "x")])
                .await
                .is(404);
        }
    }
    ada.get("/settings/sources").await.says("No source yet");
}
