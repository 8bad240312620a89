//! What an import writes, once and not twice, and how it is taken back.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::db::schema::{
    companies, contacts, identities, import_rows, tags, trait_values, traits,
};

use super::{handed_in, started};
use crate::contacts::made;
use crate::support::TestApp;

const PEOPLE: &str = "Vorname;Nachname;E-Mail;Telefon;Firma;Ort;Tags;Notizen\n\
    Mara;Lindqvist;mara@lindqvist.example;57 85 12 04;Nordfjord AS;Måløy;vip;Met in Oslo\n\
    Noor;Haddad;noor@haddad.example;;Nordfjord AS;Oslo;vip,press;\n\
    Twin;Haddad;NOOR@haddad.example;;;;;\n\
    Bad;Address;not an address;;;;;\n\
    ;;;;;Bergen;;\n\
    Bo;=SUM(A1);bo@example.org;call me;\"Tide, Water & Co\";;;\"two\nlines\"\n";

async fn counts(app: &TestApp) -> (i64, i64, i64, i64) {
    app.read(|conn| {
        let people = contacts::table
            .filter(contacts::deleted_at.is_null())
            .count()
            .get_result(conn)?;
        let firms = companies::table.count().get_result(conn)?;
        let ids = identities::table.count().get_result(conn)?;
        let words = tags::table.count().get_result(conn)?;
        Ok::<(i64, i64, i64, i64), diesel::result::Error>((people, firms, ids, words))
    })
    .await
}

#[actix_web::test]
async fn a_list_becomes_contacts_companies_tags_and_notes() {
    let app = TestApp::new().await;
    let sam = app.agent("sam", Role::Sales).await;
    let place = handed_in(&sam, "people.csv", PEOPLE.as_bytes()).await;
    let page = sam.get(&format!("{place}/columns")).await.is(200);
    assert!(
        page.body().contains("value=\"fact:given_name\" selected"),
        "guessed"
    );
    sam.post(
        &format!("{place}/columns"),
        &[("key", "email"), ("country", "NO"), ("tag", "Fair")],
    )
    .await
    .leads_to(&format!("{place}/preview"));
    let preview = sam.get(&format!("{place}/preview")).await.is(200);
    preview
        .says("Of all 6 rows")
        .says("New contacts 3")
        .says("Duplicates 1")
        .says("Left out 2")
        .says("That is no e-mail address");
    assert_eq!(counts(&app).await.0, 0, "nothing is written by looking");

    sam.post(&format!("{place}/start"), &[])
        .await
        .leads_to(&place);
    assert_eq!(app.work().await, 1);
    sam.get(&place)
        .await
        .is(200)
        .says("Created 3")
        .says("Duplicates 1")
        .says("Failed 2")
        .says("There is no name, e-mail address or phone number");
    assert_eq!(counts(&app).await, (3, 2, 3 + 3 + 1, 3));
    let found = sam.get("/contacts?q=nordfjord").await.is(200);
    found.says("Mara Lindqvist").says("Noor Haddad");
    let found = sam.get("/contacts?q=57851204").await.is(200);
    found.says("Mara Lindqvist");
    sam.get("/contacts/1")
        .await
        .says("Imported from people.csv by sam")
        .says("Met in Oslo")
        .says("Nordfjord AS")
        .says("Måløy")
        .says("Fair");
    // What cannot be dialled is not lost, and a formula is a text.
    sam.get("/contacts/3")
        .await
        .says("Bo =SUM(A1)")
        .says("call me")
        .says("Tide, Water & Co");
    let failed = sam.get(&format!("{place}/failed.csv")).await.is(200);
    let failed = failed.body();
    assert!(failed.contains("Bad,Address,not an address"), "{failed}");
    assert_eq!(failed.lines().count(), 3, "{failed}");

    // Repaired and imported again, it is a file like any other.
    let repaired = failed.replace("not an address", "bad@example.org");
    let again = handed_in(&sam, "people failed.csv", repaired.as_bytes()).await;
    started(&sam, &again, &[]).await;
    app.work().await;
    sam.get(&again).await.says("Created 1").says("Failed 1");
}

#[actix_web::test]
async fn the_same_file_twice_at_once_makes_nobody_twice() {
    let app = TestApp::new().await;
    let (ada, sam) = (app.admin().await, app.agent("sam", Role::Sales).await);
    let rows: String = (0..300)
        .map(|n| format!("Person {n},p{n}@firm{}.example,Firm {}\n", n % 40, n % 40))
        .collect();
    let file = format!("Name,Email,Company\n{rows}");
    let first = handed_in(&ada, "list.csv", file.as_bytes()).await;
    let second = handed_in(&sam, "list.csv", file.as_bytes()).await;
    started(&ada, &first, &[]).await;
    started(&sam, &second, &[]).await;
    assert_eq!(app.work().await, 2);
    assert_eq!(counts(&app).await, (300, 40, 600, 0));
    let both = app
        .read(move |conn| {
            import_rows::table
                .filter(import_rows::outcome.eq_any(["created", "unchanged"]))
                .group_by(import_rows::outcome)
                .select((import_rows::outcome, diesel::dsl::count_star()))
                .order(import_rows::outcome)
                .load::<(String, i64)>(conn)
        })
        .await;
    assert_eq!(
        both,
        [("created".to_owned(), 300), ("unchanged".to_owned(), 300)]
    );
}

#[actix_web::test]
async fn who_is_there_is_filled_in_or_overwritten_and_an_undo_leaves_no_trace() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let mara = [
        ("name", "Mara"),
        ("email", "mara@lindqvist.example"),
        ("job_title", "Pilot"),
    ];
    let mara = made(&ada, &mara).await;
    let before = ada.get(&mara).await;
    let file = "Name,Email,Job title,City,Phone,Tags,Company\n\
        Mara Lindqvist,mara@lindqvist.example,Captain,Bergen,+47 57 85 12 04,vip,Nordfjord\n\
        Noor,noor@haddad.example,,,,,\n";
    let everything = async || {
        app.read(|conn| {
            let values =
                trait_values::table.order((trait_values::identity_id, trait_values::key_id));
            let values: Vec<(i64, i64, String)> = values
                .select((
                    trait_values::identity_id,
                    trait_values::key_id,
                    trait_values::value,
                ))
                .load(conn)?;
            let shown: Vec<(i64, i64, String)> = traits::table
                .order((traits::contact_id, traits::key_id))
                .select((traits::contact_id, traits::key_id, traits::value))
                .load(conn)?;
            Ok::<_, diesel::result::Error>((values, shown))
        })
        .await
    };
    let (claims, numbers) = (everything().await, counts(&app).await);

    let fill = handed_in(&ada, "fill.csv", file.as_bytes()).await;
    started(&ada, &fill, &[("conflict", "fill")]).await;
    app.work().await;
    ada.get(&fill).await.says("Created 1").says("Updated 1");
    ada.get(&mara)
        .await
        .says("Pilot")
        .says("Bergen")
        .says("+47 57 85 12 04")
        .says("Nordfjord")
        .never_says("Captain")
        .says("imported from fill.csv");
    ada.post(&format!("{fill}/undo"), &[]).await.leads_to(&fill);
    app.work().await;
    ada.get(&fill)
        .await
        .says("Taken back")
        .never_says("Not taken back");
    assert_eq!(
        (everything().await, counts(&app).await),
        (claims.clone(), numbers)
    );
    ada.get(&mara)
        .await
        .says("Pilot")
        .never_says("Bergen")
        .never_says("57 85 12 04");

    let over = handed_in(&ada, "over.csv", file.as_bytes()).await;
    started(&ada, &over, &[("conflict", "overwrite")]).await;
    app.work().await;
    ada.get(&mara).await.says("Captain").says("Mara Lindqvist");
    // Noor is called by somebody before the import is taken back: she stays, and the page says so.
    let noor = app
        .read(|conn| {
            contacts::table
                .filter(contacts::name.eq("Noor"))
                .select(contacts::id)
                .first::<i64>(conn)
        })
        .await;
    ada.post(
        &format!("/contacts/{noor}/notes"),
        &[("body", "Called her.")],
    )
    .await
    .is(303);
    ada.post(&format!("{over}/undo"), &[]).await.leads_to(&over);
    app.work().await;
    ada.get(&over)
        .await
        .says("Not taken back")
        .says("Noor")
        .says("Somebody wrote a note");
    ada.get(&mara).await.says("Pilot").never_says("Captain");
    ada.get("/contacts?q=nordfjord").await.never_says("Mara");
    drop(before);
}

#[actix_web::test]
async fn rows_about_one_person_are_left_out_or_added_up() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let file = "Name,Email,City,Tags\nMara,m@example.org,,a\nMara,m@example.org,Bergen,b\nMara,M@example.org,Oslo,c\n";
    let place = handed_in(&ada, "twins.csv", file.as_bytes()).await;
    started(&ada, &place, &[("twins", "merge")]).await;
    app.work().await;
    ada.get(&place).await.says("Created 1").says("Updated 2");
    ada.get("/contacts/1")
        .await
        .says("Bergen")
        .never_says("Oslo");
    assert_eq!(counts(&app).await, (1, 0, 2, 3));
    ada.post(&format!("{place}/undo"), &[])
        .await
        .leads_to(&place);
    app.work().await;
    assert_eq!(counts(&app).await, (0, 0, 0, 0));
}

#[actix_web::test]
async fn a_cell_is_repaired_before_the_start() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let place = handed_in(&ada, "bad.csv", b"Name,Email\nMara,mara(at)example.org\n").await;
    ada.post(&format!("{place}/columns"), &[("key", "email")])
        .await
        .is(303);
    let page = ada.get(&format!("{place}/preview")).await;
    assert!(page.body().contains("name=\"cell.2.1\""), "{}", page.body());
    ada.post(
        &format!("{place}/cells"),
        &[("cell.2.1", "mara@example.org"), ("cell.2.99", "x")],
    )
    .await
    .leads_to(&format!("{place}/preview"));
    ada.get(&format!("{place}/preview"))
        .await
        .says("New contacts 1")
        .says("Left out 0");
    ada.post(&format!("{place}/start"), &[]).await.is(303);
    app.work().await;
    ada.get("/contacts/1").await.says("mara@example.org");
}
