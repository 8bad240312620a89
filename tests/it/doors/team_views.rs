//! Views of the list that are a team's.

use rapport::accounts::Role;

use super::sides::{team, user_id};
use crate::support::TestApp;

#[actix_web::test]
async fn a_view_of_a_team_is_seen_by_its_members_and_by_the_teams_below() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/contacts", &[("name", "Bo Li")]).await.is(303);
    let nora = app.agent("nora", Role::Sales).await;
    let nils = app.agent("nils", Role::Sales).await;
    let sofia = app.agent("sofia", Role::Sales).await;
    let (nora_id, nils_id) = (user_id(&app, "nora").await, user_id(&app, "nils").await);
    let sofia_id = user_id(&app, "sofia").await;
    let north = team(&app, &ada, "North", "", &[nora_id]).await;
    let fjords = team(&app, &ada, "Fjords", &north, &[nils_id]).await;
    let south = team(&app, &ada, "South", "", &[sofia_id]).await;
    let word = format!("team:{north}");
    let form = nora.get("/contacts/views/new?stage=lead").await.is(200);
    let form = form.says("Team North").body();
    assert!(!form.contains("Team South") && !form.contains("Team Fjords"));
    let asked = |name| {
        [
            ("name", name),
            ("query", "stage=lead"),
            ("sharing", word.as_str()),
            ("pin", "true"),
        ]
    };
    let saved = nora
        .post("/contacts/views", &asked("Northern leads"))
        .await
        .is(303);
    let view = saved
        .location()
        .split("v=")
        .nth(1)
        .expect("its id")
        .to_owned();
    for (who, is_seen) in [(&nora, true), (&nils, true), (&sofia, false), (&ada, false)] {
        let list = who.get("/contacts").await.is(200).body();
        assert_eq!(list.contains("Northern leads"), is_seen);
        let pinned = who.post(&format!("/contacts/views/{view}/pin"), &[]).await;
        pinned.is(if is_seen { 303 } else { 404 });
    }
    nils.get("/").await.says("Northern leads");
    // Somebody else's team is nobody's to give to, and what was typed stays.
    let word = format!("team:{south}");
    let foreign = [("name", "Mine"), ("sharing", word.as_str()), ("query", "")];
    let back = nora.post("/contacts/views", &foreign).await.is(422);
    assert!(
        back.says("Choose one of your teams")
            .body()
            .contains("value=\"Mine\"")
    );
    // Whoever leaves the team loses it, the sidebar's too.
    let form = [("name", "Fjords"), ("parent", "")];
    ada.post(&format!("/settings/teams/{fjords}"), &form)
        .await
        .is(303);
    assert!(
        !nils
            .get("/contacts")
            .await
            .body()
            .contains("Northern leads")
    );
    assert!(!nils.get("/").await.body().contains("Northern leads"));
}
