//! Records that look like one: while somebody types, in the queue, by night.

use std::collections::{BTreeMap, BTreeSet};

use rapport::accounts::Role;
use rapport::base::clock;
use rapport::contacts::duplicates::jobs::Search;
use rapport::contacts::duplicates::likeness::{self, Likeness};
use rapport::jobs;

use super::made;
use crate::support::TestApp;

#[actix_web::test]
async fn who_types_somebody_who_is_there_is_told_and_may_go_on() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let mara = [
        ("name", "Mara Lindqvist"),
        ("email", "mara@nordfjord.example"),
        ("company", "Nordfjord AS"),
    ];
    made(&ada, &mara).await;
    // While typing.
    ada.get("/contacts/like?name=Lindqvist+Mara&company=Nordfjord+AS")
        .await
        .says("Mara Lindqvist")
        .says("same name, same company");
    ada.get("/contacts/like?email=MARA@nordfjord.example")
        .await
        .says("has this e-mail address");
    ada.get("/contacts/like?name=Noor+Haddad&company=Nordfjord+AS")
        .await
        .never_says("Perhaps there already");
    ada.get("/companies/like?name=nordfjord")
        .await
        .says("Nordfjord AS")
        .says("same name");
    // Without script: the form comes back filled in, and asks.
    let again = [
        ("name", "Mara Lindqvist"),
        ("email", "m.lindqvist@nordfjord.example"),
        ("job_title", "Skipper"),
    ];
    let asked = ada.post("/contacts", &again).await.is(200);
    let asked = asked.says("Perhaps there already").says("Create anyway");
    assert!(asked.body().contains("value=\"Skipper\""));
    let mut anyway = again.to_vec();
    anyway.push(("anyway", "true"));
    made(&ada, &anyway).await;
    ada.post("/companies", &[("name", "NORDFJORD")])
        .await
        .is(200)
        .says("Perhaps there already");

    // What was made all the same waits in the queue.
    ada.get("/").await.says("Duplicates");
    let queue = ada.get("/contacts/duplicates").await.is(200);
    let queue = queue
        .says("m.lindqvist@nordfjord.example")
        .says("same name");
    assert!(
        queue.body().contains("/contacts/merge?id=1"),
        "the way to merge"
    );
    ada.post("/contacts/duplicates/1/later", &[]).await.is(303);
    ada.get("/contacts/duplicates").await.says("No duplicates");
    ada.get("/contacts/duplicates?state=later")
        .await
        .says("m.lindqvist@nordfjord.example");
}

#[actix_web::test]
async fn not_the_same_is_remembered_by_the_queue_and_by_the_night() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for email in ["mara@nordfjord.example", "mara.l@nordfjord.example"] {
        let form = [
            ("name", "Mara Lindqvist"),
            ("email", email),
            ("anyway", "true"),
        ];
        made(&ada, &form).await;
    }
    for name in ["Venezia Lagune S.p.A.", "Venezia Lagune"] {
        ada.post("/companies", &[("name", name), ("anyway", "true")])
            .await
            .is(303);
    }
    ada.get("/contacts/duplicates?kind=company")
        .await
        .says("Venezia Lagune S.p.A.");
    ada.post("/contacts/duplicates/1/apart", &[])
        .await
        .leads_to("/contacts/duplicates");
    let queue = ada.get("/contacts/duplicates").await;
    assert!(queue.body().contains("/contacts/duplicates/1/open"), "undo");
    queue.says("No duplicates");
    forget(&app).await;
    search(&app).await;
    ada.get("/contacts/duplicates").await.says("No duplicates");
    ada.get("/contacts/duplicates?kind=company")
        .await
        .says("Venezia Lagune S.p.A.");
    // A merge by hand says that they are one after all.
    ada.get("/contacts/merge?id=1&id=2")
        .await
        .says("Somebody has said before");
    let sam = app.agent("sam", Role::Support).await;
    let both = [("id", "1"), ("id", "2"), ("keep", "2")];
    sam.post("/contacts/merge", &both)
        .await
        .leads_to("/contacts/2");
    ada.get("/contacts/duplicates").await.says("No duplicates");
}

#[actix_web::test]
async fn the_night_finds_what_nobody_typed() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let people = [
        ("Mara Lindqvist", "mara@sea.example"),
        ("Mara Lindqvsit", "m.l@sea.example"),
        ("Noor Haddad", "noor@sea.example"),
        ("Lindqvist Mara", "mara@gmail.com"),
    ];
    for (name, email) in people {
        made(
            &ada,
            &[("name", name), ("email", email), ("anyway", "true")],
        )
        .await;
    }
    forget(&app).await;
    ada.get("/contacts/duplicates").await.says("No duplicates");
    search(&app).await;
    let queue = ada.get("/contacts/duplicates").await;
    let queue = queue
        .says("Mara Lindqvsit")
        .says("similar name, same e-mail domain");
    queue.never_says("Noor Haddad").never_says("mara@gmail.com");
    // Twice in one night there is nothing to do.
    search(&app).await;
    let n = app
        .read(|conn| {
            use diesel::prelude::*;
            rapport::db::schema::duplicates::table
                .count()
                .get_result::<i64>(conn)
        })
        .await;
    assert_eq!(n, 1);
}

async fn search(app: &TestApp) {
    app.write(|conn| jobs::enqueue(conn, &Search, clock::now()))
        .await;
    app.work().await;
}

/// Empties the queue behind the application's back.
async fn forget(app: &TestApp) {
    app.write(|conn| {
        use diesel::prelude::*;
        use rapport::db::schema::duplicates;
        diesel::delete(duplicates::table.filter(duplicates::kind.eq("contact"))).execute(conn)
    })
    .await;
}

/// People with known doubles among them, if they are on this machine: what the rules find of them, and what else.
#[test]
fn known_doubles_are_found_and_little_else() {
    let places = ["../shared/data", "../../shared/data"].map(std::path::PathBuf::from);
    let folder = places.iter().find(|place| place.exists());
    let folder = folder.cloned().unwrap_or_default().join("contacts/dedupe");
    let (Ok(people), Ok(pairs)) = (
        std::fs::read_to_string(folder.join("messy_contacts.csv")),
        std::fs::read_to_string(folder.join("true_pairs.json")),
    ) else {
        println!("skipped: no folder of known doubles");
        return;
    };
    let pairs: Vec<BTreeMap<String, serde_json::Value>> =
        serde_json::from_str(&pairs).expect("pairs");
    let number =
        |pair: &BTreeMap<String, serde_json::Value>, key: &str| pair[key].as_i64().expect("a row");
    let wanted: BTreeSet<(i64, i64)> = pairs
        .iter()
        .map(|pair| (number(pair, "row_a"), number(pair, "row_b")))
        .collect();
    let people: Vec<(i64, Likeness)> = people.lines().skip(1).map(person).collect();
    let mut found = BTreeSet::new();
    for (n, (a, one)) in people.iter().enumerate() {
        for (b, other) in people.iter().skip(n + 1) {
            let verdict = likeness::people(one, other);
            if verdict.is_some_and(|v| v.confidence >= likeness::WORTH_ASKING) {
                found.insert(((*a).min(*b), (*a).max(*b)));
            }
        }
    }
    let right = found.intersection(&wanted).count();
    println!(
        "{} pairs, {} found, {right} of them right; missed {:?}; wrong {:?}",
        wanted.len(),
        found.len(),
        wanted.difference(&found).collect::<Vec<_>>(),
        found.difference(&wanted).collect::<Vec<_>>(),
    );
    assert!(right * 100 >= wanted.len() * 95, "recall");
    assert!(right * 100 >= found.len() * 90, "precision");
}

/// A line of the file: fields in quotes may hold commas.
fn person(line: &str) -> (i64, Likeness) {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("a cell").push(c),
        }
    }
    let name = format!("{} {}", cells[1], cells[2]);
    let row = cells[0].parse().expect("a number");
    (
        row,
        Likeness::of_person(&name, Some(&cells[3]), Some(&cells[6]), &cells[4]),
    )
}
