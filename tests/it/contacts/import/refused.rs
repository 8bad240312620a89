//! Files that are not what they say, mappings that cannot be, people who may not.

use rapport::accounts::Role;

use super::{handed_in, started};
use crate::support::TestApp;

#[actix_web::test]
async fn what_is_no_list_is_refused_by_its_name() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for (name, content, words) in [
        ("people.csv", &b"%PDF-1.7 ..."[..], "This is a PDF"),
        (
            "people.csv",
            b"PK\x03\x04 something else",
            "This is a ZIP archive",
        ),
        (
            "people.csv",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "an old Excel",
        ),
        ("people.csv", b"", "The file is empty"),
    ] {
        ada.post_file("/imports", "file", name, content)
            .await
            .is(422)
            .says(words);
    }
    ada.post_form(
        "/imports",
        &[("other", "x")],
        ("elsewhere", "a.csv", b"a,b\n"),
    )
    .await
    .is(422)
    .says("Choose a file.");
    ada.post_body(
        "/imports",
        "multipart/form-data; boundary=seam",
        "--seam\r\ncut",
    )
    .await
    .is(400);
    ada.get("/imports").await.says("Nothing was imported yet");
    let left = std::fs::read_dir(app.folder().join("files/imports")).expect("a shelf");
    assert_eq!(left.count(), 0, "nothing of them is kept");
}

#[actix_web::test]
async fn a_mapping_that_cannot_be_comes_back_with_what_was_chosen() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let place = handed_in(
        &ada,
        "a.csv",
        b"Name,Town,Email,Email\nMara,Bergen,m@example.org,x@example.org\n",
    )
    .await;
    let columns = format!("{place}/columns");
    ada.get(&columns).await.is(200).says("Email (2)");
    let twice = [
        ("to.0", "fact:city"),
        ("to.1", "fact:city"),
        ("to.2", "email"),
        ("key", "email"),
        ("tag", "Spring"),
    ];
    let page = ada
        .post(&columns, &twice)
        .await
        .is(422)
        .says("Two columns go to “City”");
    assert!(
        page.body().contains("value=\"Spring\""),
        "what was typed stays"
    );
    let nobody = [
        ("to.0", "skip"),
        ("to.1", "fact:city"),
        ("to.2", "skip"),
        ("to.3", "skip"),
    ];
    ada.post(&columns, &nobody)
        .await
        .is(422)
        .says("one of them is needed");
    let unknown = [
        ("to.0", "fact:name"),
        ("to.2", "skip"),
        ("to.3", "skip"),
        ("key", "email"),
    ];
    ada.post(&columns, &unknown)
        .await
        .is(422)
        .says("nobody can be recognised by it");
    ada.post(&format!("{place}/discard"), &[])
        .await
        .leads_to("/imports");
    ada.get(&place).await.is(404);
}

#[actix_web::test]
async fn who_may_not_import_finds_no_door() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let place = handed_in(&ada, "a.csv", b"Name\nMara\n").await;
    for (name, role) in [("rita", Role::ReadOnly), ("otto", Role::Support)] {
        let agent = app.agent(name, role).await;
        agent
            .post_file("/imports", "file", "a.csv", b"Name\nMara\n")
            .await
            .is(403);
        agent.get(&place).await.is(403);
        agent.post(&format!("{place}/start"), &[]).await.is(403);
    }
    let mia = app.agent("mia", Role::Marketing).await;
    mia.get(&format!("{place}/columns")).await.is(200);
}

#[actix_web::test]
async fn hostile_rows_fail_alone() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let long = format!("{}@example.org", "a".repeat(300));
    let wide: String = (0..400).map(|n| format!(",c{n}")).collect();
    let mut file = format!(
        "Name,Email{wide}\nMara,{long}\nNoor,noor@example.org{}\n",
        ",x".repeat(400)
    );
    file.push_str(&format!("Endless,{}\n", "y".repeat(3 << 20)));
    file.push_str("Name,Email");
    file.push_str(&wide);
    file.push_str("\nBo\0,bo@example.org\n");
    let place = handed_in(&ada, "odd.csv", file.as_bytes()).await;
    ada.get(&format!("{place}/columns"))
        .await
        .is(200)
        .says("c399");
    started(&ada, &place, &[]).await;
    app.work().await;
    let page = ada.get(&place).await;
    page.says("Created 2")
        .says("Failed 2")
        .says("254 characters")
        .says("longer than 1 MB");
    ada.get("/contacts")
        .await
        .says("Noor")
        .says("Bo")
        .never_says("Endless");
}
