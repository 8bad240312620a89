//! Roles of the workspace's own, and teams: what they reach, and what keeps them from being taken away.

use diesel::prelude::*;
use rapport::accounts::access::Scope;
use rapport::accounts::model::AnyRole;
use rapport::accounts::{Role, store};
use rapport::db::schema::users;

use super::sides::{furnish, given, narrowed, team, user_id};
use crate::support::TestApp;

#[actix_web::test]
async fn a_team_sees_its_own_and_what_is_below_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let nora = app.agent("nora", Role::Sales).await;
    app.user("nils", Role::Sales).await;
    let (nora_id, nils) = (user_id(&app, "nora").await, user_id(&app, "nils").await);
    let north = team(&app, &ada, "North", "", &[nora_id]).await;
    team(&app, &ada, "Fjords", &north, &[nils]).await;
    let below = furnish(&app, &ada, "Fjordish", nils).await;
    let role = narrowed(&app, Role::Sales, Scope::Team).await;
    given(&app, nora_id, AnyRole::Own(role)).await;
    let list = nora.get("/contacts").await.is(200).text();
    assert!(list.contains("Fjordish Person0"), "{list}");
    nora.get(&format!("/deals/{}", below["deal"])).await.is(200);
    // Nobody's are nobody's business, unless the role says so.
    ada.post("/contacts", &[("name", "Loose End")])
        .await
        .is(303);
    let list = nora.get("/contacts").await.is(200).text();
    assert!(!list.contains("Loose End"), "{list}");
    // Whoever leaves the team sees nothing of it any more, at once.
    let path = format!("/settings/teams/{north}");
    ada.post(&path, &[("name", "North")])
        .await
        .leads_to("/settings/teams");
    nora.get(&format!("/deals/{}", below["deal"])).await.is(404);
    let list = nora.get("/contacts").await.is(200).text();
    assert!(!list.contains("Fjordish"), "{list}");
}

#[actix_web::test]
async fn a_role_in_use_stays_and_the_last_administrator_too() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let bad = [
        ("name", "Sales"),
        ("scope", "contacts.read:team"),
        ("grant", "do_tasks"),
    ];
    let back = ada.post("/settings/roles", &bad).await.is(422).body();
    assert!(back.contains("There is a role of this name already."));
    assert!(
        back.contains("value=\"contacts.read:team\" selected"),
        "{back}"
    );
    let good = [
        ("name", "Field sales"),
        ("scope", "contacts.read:team"),
        ("scope", "contacts.edit:own"),
        ("grant", "do_tasks"),
    ];
    ada.post("/settings/roles", &good)
        .await
        .leads_to("/settings/roles");
    let nora = app.agent("nora", Role::Sales).await;
    let nora_id = user_id(&app, "nora").await;
    let role = app
        .read(|conn| store::role_by_name(conn, "Field sales"))
        .await;
    let role = role.expect("the role");
    let path = format!("/settings/people/{nora_id}/role");
    let word = format!("own-{role}");
    ada.post(&path, &[("role", &word)])
        .await
        .leads_to("/settings/people");
    ada.get("/settings/people").await.says("Field sales");
    nora.get("/deals").await.is(403);
    nora.get("/contacts").await.is(200);
    ada.post(&format!("/settings/roles/{role}/delete"), &[])
        .await
        .is(303);
    ada.get("/settings/roles")
        .await
        .says("This role is in use by nora");
    let ada_id = user_id(&app, "ada").await;
    ada.post(
        &format!("/settings/people/{ada_id}/role"),
        &[("role", &word)],
    )
    .await
    .is(303);
    let kept: Option<i64> = app
        .read(move |conn| {
            users::table
                .filter(users::id.eq(ada_id))
                .select(users::role_id)
                .first(conn)
        })
        .await;
    assert_eq!(kept, None, "the last administrator stays one");
    nora.get("/settings/roles").await.is(403);
    nora.post("/settings/teams", &[("name", "Mine")])
        .await
        .is(403);
    // A team is never below one of its own.
    let north = team(&app, &ada, "North", "", &[nora_id]).await;
    let south = team(&app, &ada, "South", &north, &[]).await;
    let circle = [("name", "North"), ("parent", south.as_str())];
    ada.post(&format!("/settings/teams/{north}"), &circle)
        .await
        .is(422);
}
