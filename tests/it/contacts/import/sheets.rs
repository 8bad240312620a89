//! Workbooks, cards, deals, declared fields; and the way out again.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::db::schema::{contacts, deals};

use super::{handed_in, started};
use crate::contacts::made;
use crate::support::TestApp;

#[actix_web::test]
async fn what_is_exported_is_imported_again_as_a_workbook_and_as_text() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let mara = [
        ("name", "=Mara"),
        ("email", "mara@example.org"),
        ("phone", "+4757851204"),
        ("company", "Tide"),
    ];
    let mara = made(&ada, &mara).await;
    ada.post(&format!("{mara}/tags"), &[("tag", "vip")])
        .await
        .is(303);
    let mut files = Vec::new();
    for (n, format) in [(1, "csv"), (2, "xlsx")] {
        ada.post("/exports", &[("format", format)])
            .await
            .leads_to("/imports");
        app.work().await;
        ada.get("/imports").await.says("Ready");
        files.push(ada.get(&format!("/exports/{n}/file")).await.is(200).bytes);
    }
    let text = String::from_utf8_lossy(&files[0]).into_owned();
    assert!(text.starts_with("\u{feff}Id,Name,"), "{text}");
    assert!(
        text.contains(",'=Mara,") && text.contains(",'+47 57 85 12 04,"),
        "{text}"
    );
    assert!(files[1].starts_with(b"PK"));
    let sam = app.agent("sam", Role::Sales).await;
    sam.get("/exports/1/file").await.is(404);
    let rita = app.agent("rita", Role::ReadOnly).await;
    rita.post("/exports", &[("format", "csv")]).await.is(403);
    rita.get("/exports/1/file").await.is(403);

    // Into an empty house: the same person, name, number, company and tag.
    for (name, file) in [("out.csv", &files[0]), ("out.xlsx", &files[1])] {
        let other = TestApp::new().await;
        let ada = other.admin().await;
        let place = handed_in(&ada, name, file).await;
        started(&ada, &place, &[("to.0", "skip")]).await;
        other.work().await;
        ada.get(&place).await.says("Created 1").says("Failed 0");
        ada.get("/contacts/1")
            .await
            .says("=Mara")
            .says("+47 57 85 12 04")
            .says("Tide")
            .says("vip");
    }
}

#[actix_web::test]
async fn cards_become_contacts() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ingrid Løvås\r\nN:Løvås;Ingrid;;;\r\nEMAIL;TYPE=WORK:ingrid@example.org\r\n\
        TEL;TYPE=CELL:+47 57 85 12 04\r\nORG:Tide\\, Water;Sales\r\nUID:abc\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=B8v;Bo\r\nEND:VCARD\r\n";
    let place = handed_in(&ada, "people.vcf", cards.as_bytes()).await;
    started(&ada, &place, &[("key", "external")]).await;
    app.work().await;
    ada.get(&place).await.says("Created 2");
    ada.get("/contacts/1")
        .await
        .says("Ingrid Løvås")
        .says("+47 57 85 12 04")
        .says("Tide, Water");
    ada.get("/contacts/2").await.says("Bo Løv");
}

#[actix_web::test]
async fn one_file_carries_people_companies_deals_and_new_fields() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let file = "Name,Email,Company,Deal name,Deal amount,Shoe size\n\
        Mara,mara@example.org,Tide,Pumps,\"1,200\",42\n\
        Mara,mara@example.org,Tide,Valves,300,42\n\
        Noor,noor@example.org,Tide,Pumps,much,big\n";
    let place = handed_in(&ada, "deals.csv", file.as_bytes()).await;
    let fields = [
        ("to.3", "deal:name"),
        ("to.4", "deal:amount"),
        ("to.5", "new:number"),
    ];
    started(&ada, &place, &fields).await;
    app.work().await;
    ada.get(&place)
        .await
        .says("Created 1")
        .says("Duplicates 1")
        .says("Failed 1")
        .says("Shoe size");
    let page = ada.get("/contacts/1").await;
    page.says("Pumps")
        .says("Valves")
        .says("Shoe size")
        .says("42")
        .says("Tide");
    let live = async || {
        app.read(|conn| {
            let deals: i64 = deals::table
                .filter(deals::deleted_at.is_null())
                .count()
                .get_result(conn)?;
            let people: i64 = contacts::table.count().get_result(conn)?;
            Ok::<_, diesel::result::Error>((deals, people))
        })
        .await
    };
    assert_eq!(live().await, (2, 1));
    ada.post(&format!("{place}/undo"), &[])
        .await
        .leads_to(&place);
    app.work().await;
    assert_eq!(live().await, (0, 0));
}
