//! Changes of a whole view, in the background.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::db::schema::{bulk_runs, contacts};

use super::filter::person;
use crate::support::TestApp;

/// Two hundred and sixty people, every other one from Oslo.
async fn crowd() -> TestApp {
    let app = TestApp::new().await;
    app.write(|conn| {
        for n in 0..260 {
            person(conn, n, if n % 2 == 0 { "Oslo" } else { "Bergen" }, n)?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    app
}

async fn of_stage(app: &TestApp, stage: &'static str) -> i64 {
    app.read(move |conn| {
        contacts::table
            .filter(contacts::stage.eq(stage))
            .count()
            .get_result(conn)
    })
    .await
}

const OSLO: &str = "filter=city.is.Oslo";

#[actix_web::test]
async fn everybody_of_a_view_is_changed_and_given_back() {
    let app = crowd().await;
    let ada = app.admin().await;
    let form = [
        ("back", "/contacts?filter=city.is.Oslo"),
        ("all", "true"),
        ("act", "stage"),
        ("stage", "customer"),
    ];
    let asked = ada.post("/contacts/bulk", &form).await.is(303);
    let question = ada.get(asked.location()).await.is(200);
    question.says("130 contacts of this view. Their stage becomes Customer.");
    let form = [("act", "stage"), ("value", "customer"), ("list", OSLO)];
    ada.post("/contacts/bulk/runs", &form)
        .await
        .leads_to("/contacts/bulk/1");
    ada.get("/contacts/bulk/1")
        .await
        .is(200)
        .says("At work")
        .says("Stop");
    app.work().await;
    assert_eq!(
        (
            of_stage(&app, "customer").await,
            of_stage(&app, "lead").await
        ),
        (130, 130)
    );
    ada.get("/contacts/bulk/1")
        .await
        .is(200)
        .says("Done.")
        .says("130 changed, 0 as they were")
        .says("Take it back");
    // One of them goes further meanwhile: that stays.
    let one: i64 = app
        .read(|conn| {
            contacts::table
                .filter(contacts::city.eq("Oslo"))
                .select(contacts::id)
                .first(conn)
        })
        .await;
    ada.post(&format!("/contacts/{one}/stage"), &[("stage", "former")])
        .await;
    assert_eq!(of_stage(&app, "former").await, 1);
    ada.post("/contacts/bulk/1/undo", &[])
        .await
        .leads_to("/contacts/bulk/1");
    app.work().await;
    assert_eq!(
        (of_stage(&app, "former").await, of_stage(&app, "lead").await),
        (1, 259)
    );
    ada.get("/contacts/bulk/1")
        .await
        .is(200)
        .says("Taken back.")
        .never_says("Take it back");
}

#[actix_web::test]
async fn a_run_goes_on_where_it_was_and_changes_nobody_twice() {
    let app = crowd().await;
    let ada = app.admin().await;
    let form = [("act", "tag"), ("value", "North"), ("list", OSLO)];
    ada.post("/contacts/bulk/runs", &form).await.is(303);
    // As if a worker had died after the first piece of another attempt: the cursor is ahead of a job that begins anew.
    app.work().await;
    app.write(|conn| {
        diesel::update(bulk_runs::table)
            .set(bulk_runs::state.eq("running"))
            .execute(conn)
    })
    .await;
    let form = [("act", "tag"), ("value", "North"), ("list", OSLO)];
    ada.post("/contacts/bulk/runs", &form)
        .await
        .leads_to("/contacts/bulk/2");
    app.work().await;
    ada.get("/contacts/bulk/2")
        .await
        .is(200)
        .says("0 changed, 130 as they were");
    ada.get("/contacts/bulk/1")
        .await
        .is(200)
        .says("130 changed");
}

#[actix_web::test]
async fn a_run_is_its_owners_and_stops_when_told() {
    let app = crowd().await;
    let (bo, cleo) = (
        app.agent("bo", Role::Sales).await,
        app.agent("cleo", Role::Sales).await,
    );
    let form = [("act", "owner"), ("value", ""), ("list", OSLO)];
    bo.post("/contacts/bulk/runs", &form).await.is(303);
    cleo.get("/contacts/bulk/1").await.is(404);
    cleo.post("/contacts/bulk/1/stop", &[]).await.is(404);
    bo.post("/contacts/bulk/1/stop", &[]).await.is(303);
    app.work().await;
    bo.get("/contacts/bulk/1")
        .await
        .is(200)
        .says("Stopped.")
        .says("0 changed");
    let dee = app.agent("dee", Role::Marketing).await;
    for (act, value) in [
        ("delete", ""),
        ("stage", "visitor"),
        ("tag", " "),
        ("burn", ""),
    ] {
        let answer = dee
            .post("/contacts/bulk/runs", &[("act", act), ("value", value)])
            .await;
        assert_ne!(answer.location(), "/contacts/bulk/2", "{act} {value}");
    }
}
