//! What an import leaves behind: rows that could not be taken, and its file.

use diesel::prelude::*;
use rapport::base::clock::{self, DAY};
use rapport::contacts::import::sweep::Sweep;
use rapport::db::schema::imports;
use rapport::jobs;

use super::{handed_in, started};
use crate::support::TestApp;

#[actix_web::test]
async fn every_failed_row_is_in_the_file_however_many_there_are() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let rows: String = (0..2_300)
        .map(|n| format!("Person {n},no address {n}\n"))
        .collect();
    let place = handed_in(&ada, "bad.csv", format!("Name,Email\n{rows}").as_bytes()).await;
    started(&ada, &place, &[]).await;
    app.work().await;
    ada.get(&place).await.says("Failed 2,300");
    let failed = ada.get(&format!("{place}/failed.csv")).await.is(200).body();
    let lines: Vec<&str> = failed.lines().collect();
    assert_eq!(lines.len(), 2_301);
    assert!(
        lines[0].ends_with("Name,Email,Import problem"),
        "{}",
        lines[0]
    );
    for (n, line) in lines[1..].iter().enumerate() {
        assert!(
            line.starts_with(&format!("Person {n},no address {n},")),
            "{line}"
        );
    }
}

#[actix_web::test]
async fn files_are_thrown_away_a_week_later_and_drafts_with_them() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let file = "Name,Email\nMara,mara@example.org\n";
    let done = handed_in(&ada, "done.csv", file.as_bytes()).await;
    started(&ada, &done, &[]).await;
    app.work().await;
    let old = handed_in(&ada, "old.csv", file.as_bytes()).await;
    let new = handed_in(&ada, "new.csv", file.as_bytes()).await;
    let keys = imports::table.order(imports::id).select(imports::file_key);
    let before: Vec<String> = app.read(move |conn| keys.load(conn)).await;
    assert!(before.len() == 3 && before.iter().all(|key| !key.is_empty()));
    app.write(|conn| {
        let long_ago = clock::now().plus(-8 * DAY);
        diesel::update(imports::table.filter(imports::name.ne("new.csv")))
            .set(imports::created_at.eq(long_ago))
            .execute(conn)?;
        diesel::update(imports::table.filter(imports::name.eq("done.csv")))
            .set(imports::finished_at.eq(long_ago))
            .execute(conn)?;
        jobs::enqueue(conn, &Sweep, clock::now())
    })
    .await;
    app.work().await;
    let left: Vec<(String, String)> = app
        .read(|conn| {
            imports::table
                .order(imports::id)
                .select((imports::name, imports::file_key))
                .load(conn)
        })
        .await;
    let names: Vec<(&str, bool)> = left
        .iter()
        .map(|(name, key)| (name.as_str(), key.is_empty()))
        .collect();
    assert_eq!(names, [("done.csv", true), ("new.csv", false)]);
    // What it made stays, and can still be taken back.
    ada.get(&done).await.is(200).says("Created 1");
    ada.get(&old).await.is(404);
    ada.get(&format!("{new}/columns")).await.is(200);
    ada.post(&format!("{done}/undo"), &[]).await.leads_to(&done);
    app.work().await;
    ada.get("/contacts?q=mara").await.says("Nobody fits");
}
