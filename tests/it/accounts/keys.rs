//! API keys.

use diesel::prelude::*;
use rapport::accounts::rights::{EditContacts, ReadContacts, Right};
use rapport::accounts::{Role, store};
use rapport::base::token;
use rapport::db::schema::api_keys;

use crate::support::TestApp;

#[actix_web::test]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/settings/keys")
        .await
        .is(200)
        .says("There is no key yet");
    let form = [
        ("name", "Nightly export"),
        ("scopes", "contacts:read"),
        ("scopes", "sources:read"),
    ];
    let page = ada
        .post("/settings/keys", &form)
        .await
        .is(200)
        .says("shown only now")
        .body();
    let key = page
        .split("value=\"rk_")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the key");
    let key = format!("rk_{key}");
    let list = ada
        .get("/settings/keys")
        .await
        .is(200)
        .says("Nightly export")
        .body();
    assert!(!list.contains(&key) && list.contains(&key[..8]));

    let hash = token::hash(&key);
    let holder = app
        .read(move |conn| store::holder_of_key(conn, hash))
        .await
        .expect("a holder");
    assert_eq!(
        (holder.user.email.as_str(), holder.scopes.as_str()),
        ("ada@rapport.example", "contacts:read sources:read")
    );
    let kept: Vec<String> = app
        .read(|conn| api_keys::table.select(api_keys::prefix).load(conn))
        .await;
    assert_eq!(kept, [key[..8].to_owned()]);
}

#[actix_web::test]
async fn a_revoked_key_opens_nothing() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let key = app.key("contacts:read").await;
    ada.post("/settings/keys/1/revoke", &[])
        .await
        .leads_to("/settings/keys");
    ada.get("/settings/keys")
        .await
        .says("Key revoked")
        .never_says(&key[..8]);
    let hash = token::hash(&key);
    assert!(
        app.read(move |conn| store::holder_of_key(conn, hash))
            .await
            .is_none()
    );
    ada.post("/settings/keys/1/revoke", &[]).await.is(404);
}

#[actix_web::test]
async fn a_key_without_a_name_or_a_scope_is_refused() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post(
        "/settings/keys",
        &[("name", ""), ("scopes", "contacts:read")],
    )
    .await
    .is(422)
    .says("Write what the key");
    ada.post("/settings/keys", &[("name", "x")])
        .await
        .is(422)
        .says("Choose at least one thing");
    ada.post("/settings/keys", &[("name", "x"), ("scopes", "everything")])
        .await
        .is(422);
}

#[actix_web::test]
async fn everybody_has_keys_of_their_own_and_sees_no_others() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    app.key("contacts:read").await;
    let grace = app.agent("grace", Role::ReadOnly).await;
    grace
        .get("/settings/keys")
        .await
        .is(200)
        .says("There is no key yet")
        .never_says("contacts:write");
    grace.post("/settings/keys/1/revoke", &[]).await.is(404);
    grace
        .post(
            "/settings/keys",
            &[("name", "Mine"), ("scopes", "contacts:read")],
        )
        .await
        .is(200);
    ada.get("/settings/keys")
        .await
        .says("Mine")
        .says("Grace Hopper");
    assert!(ReadContacts::of_role(Role::ReadOnly) && !EditContacts::of_role(Role::ReadOnly));
}
