//! An upgrade begins the index anew: a job fills it, wherever it was stopped.

use diesel::prelude::*;
use rapport::base::clock;
use rapport::db::Conn;
use rapport::db::schema::{companies, search_pieces, settings};
use rapport::jobs;
use rapport::search::jobs::{Fill, is_filling};

use serde_json::json;

use super::{ALL, contact, found, people, program};
use crate::support::TestApp;

fn forget(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query("DELETE FROM search_words").execute(conn)?;
    diesel::delete(search_pieces::table).execute(conn)?;
    diesel::delete(settings::table.filter(settings::key.like("search.%"))).execute(conn)?;
    Ok(())
}

#[actix_web::test]
async fn records_that_were_there_before_are_found_after_the_job() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let key = program(&app, ALL).await;
    people(&key).await;
    let gone = contact(&key, serde_json::json!({ "name": "Gone Munoz" })).await;
    ada.post(&format!("/contacts/{gone}/delete"), &[])
        .await
        .is(303);
    ada.post("/deals", &[("title", "Acme pilot")]).await.is(303);
    let typed = ["munoz", "cme", "ingird", "0171 234", "pilot"];
    let mut before = Vec::new();
    for typed in typed {
        before.push(found(&key, typed).await);
    }
    app.write(forget).await;
    assert!(
        found(&key, "munoz")
            .await
            .iter()
            .all(|hit| hit != "deal Acme pilot")
    );
    // Half way: the place is written down, and the page says that it is not done.
    app.write(|conn| {
        let row = (
            settings::key.eq("search.filling"),
            settings::value.eq("contact 0"),
            settings::updated_at.eq(0_i64),
        );
        diesel::insert_into(settings::table)
            .values(row)
            .execute(conn)
    })
    .await;
    assert!(app.read(is_filling).await);
    ada.get("/search?q=munoz").await.says("being built anew");
    for _ in 0..2 {
        app.write(|conn| jobs::enqueue(conn, &Fill, clock::now()))
            .await;
        app.work().await;
        let mut after = Vec::new();
        for typed in typed {
            after.push(found(&key, typed).await);
        }
        assert_eq!(after, before);
    }
    assert!(!app.read(is_filling).await);
}

#[actix_web::test]
async fn people_and_deals_are_found_by_their_companys_new_name() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let key = program(&app, ALL).await;
    contact(&key, json!({ "name": "Bo Li", "company": "Quarkworks" })).await;
    let deal = [("title", "Forty gliders"), ("company", "Quarkworks")];
    ada.post("/deals", &deal).await.is(303);
    let all = ["company Quarkworks", "contact Bo Li", "deal Forty gliders"];
    let mut hits = found(&key, "quarkworks").await;
    hits.sort();
    assert_eq!(hits, all);
    let id = app
        .read(|conn| companies::table.select(companies::id).first::<i64>(conn))
        .await;
    let name = [("name", "Zellwerk"), ("was_name", "Quarkworks")];
    ada.post(&format!("/companies/{id}/edit"), &name)
        .await
        .is(303);
    app.work().await;
    let mut hits = found(&key, "zellwerk").await;
    hits.sort();
    assert_eq!(
        hits,
        ["company Zellwerk", "contact Bo Li", "deal Forty gliders"]
    );
    assert!(found(&key, "quarkworks").await.is_empty());
}
