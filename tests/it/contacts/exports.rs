//! A view, and what was picked in it, as files to take away.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::base::ids::ExportId;
use rapport::db::schema::{contacts, exports};

use super::filter::person;
use crate::support::{Agent, TestApp};

/// More than are read at once, and than the list shows.
const CROWD: i64 = 1_300;

async fn crowd() -> TestApp {
    let app = TestApp::new().await;
    app.write(|conn| {
        for n in 0..CROWD {
            let city = if n % 2 == 0 { "Oslo" } else { "Bergen" };
            person(conn, (n * 7) % CROWD, city, n % 5)?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    app
}

/// Asks for a file and reads its lines.
async fn lines(app: &TestApp, who: &Agent, form: &[(&str, &str)]) -> Vec<String> {
    who.post("/contacts/export", form)
        .await
        .leads_to("/imports#out");
    app.work().await;
    let newest = exports::table.order(exports::id.desc()).select(exports::id);
    let id: ExportId = app.read(move |conn| newest.first(conn)).await;
    let file = who.get(&format!("/exports/{id}/file")).await.is(200).bytes;
    let text = String::from_utf8(file).expect("text");
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::to_owned).collect()
}

fn names(lines: &[String]) -> Vec<&str> {
    lines[1..]
        .iter()
        .filter_map(|line| line.split(',').nth(1))
        .collect()
}

#[actix_web::test]
async fn a_view_is_written_whole_in_its_columns_and_its_order() {
    let app = crowd().await;
    let ada = app.admin().await;
    let list = "filter=city.is.Oslo&cols=city.stage.events.source&sort=name";
    ada.get(&format!(
        "/contacts/export?list={}",
        list.replace('=', "%3D").replace('&', "%26")
    ))
    .await
    .is(200)
    .says("Everybody in “All known”")
    .says("Name, City, Stage, Events, 30 d, Source");
    let form = [("list", list), ("format", "csv"), ("columns", "shown")];
    let file = lines(&app, &ada, &form).await;
    assert_eq!(file[0], "Id,Name,City,Stage,Events in 30 days,Source");
    assert!(
        file[1..].iter().all(|line| line.contains(",Oslo,Lead,0,")),
        "{}",
        file[1]
    );
    let found = names(&file);
    let mut sorted = found.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!((found.len(), &found), (CROWD as usize / 2, &sorted));

    // By last seen, of which many are equal, and which moves: everybody once, all the same.
    let form = [("list", ""), ("format", "csv"), ("columns", "all")];
    let file = lines(&app, &ada, &form).await;
    let mut found = names(&file);
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        (file.len() - 1, found.len()),
        (CROWD as usize, CROWD as usize)
    );
    assert!(file[0].starts_with("Id,Name,Given name,"), "{}", file[0]);
}

#[actix_web::test]
async fn a_search_and_picked_rows_are_written_alone() {
    let app = crowd().await;
    let ada = app.admin().await;
    let three: Vec<i64> = app
        .read(|conn| {
            contacts::table
                .order(contacts::id)
                .limit(3)
                .select(contacts::id)
                .load(conn)
        })
        .await;
    let ids: Vec<String> = three.iter().map(ToString::to_string).collect();
    let mut form = vec![("back", "/contacts?cols=city"), ("act", "export")];
    form.extend(ids.iter().map(|id| ("id", id.as_str())));
    let asked = ada.post("/contacts/bulk", &form).await.is(303);
    ada.get(asked.location())
        .await
        .is(200)
        .says("The 3 contacts you picked");
    let ids = ids.join(".");
    let form = [
        ("list", "cols=city"),
        ("ids", &ids),
        ("format", "csv"),
        ("columns", "shown"),
    ];
    let file = lines(&app, &ada, &form).await;
    assert_eq!((file[0].as_str(), file.len()), ("Id,Name,City", 4));

    ada.post("/contacts", &[("name", "Zoë Quist")])
        .await
        .is(303);
    let form = [("list", "q=quist"), ("format", "csv"), ("columns", "shown")];
    assert_eq!(names(&lines(&app, &ada, &form).await), ["Zoë Quist"]);
}

#[actix_web::test]
async fn who_may_not_export_is_refused_and_sensitive_columns_stay_out() {
    let app = crowd().await;
    let ada = app.admin().await;
    let form = [
        ("label", "Salary"),
        ("kind", "number"),
        ("is_sensitive", "true"),
    ];
    ada.post("/settings/fields", &form).await.is(303);
    let form = [("list", ""), ("format", "csv"), ("columns", "all")];
    for (role, name) in [(Role::Sales, "sam"), (Role::Marketing, "mo")] {
        let who = app.agent(name, role).await;
        let file = lines(&app, &who, &form).await;
        assert!(!file[0].contains("Salary"), "{}", file[0]);
    }
    for (role, name) in [(Role::Support, "sue"), (Role::ReadOnly, "rita")] {
        let who = app.agent(name, role).await;
        who.get("/contacts/export").await.is(403);
        who.post("/contacts/export", &form).await.is(403);
    }
    let sue = app.agent("una", Role::Support).await;
    let form = [("back", "/contacts"), ("act", "export"), ("id", "1")];
    sue.post("/contacts/bulk", &form).await.is(403);
    let form = [("list", ""), ("format", "pdf")];
    ada.post("/contacts/export", &form)
        .await
        .is(400)
        .says("Choose CSV or Excel.");
}
