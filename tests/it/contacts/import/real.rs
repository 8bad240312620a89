//! Layouts and encodings as other systems write them, where those files are at hand.

use std::path::PathBuf;

use diesel::prelude::*;
use rapport::db::schema::{contacts, identities};
use serde_json::Value;

use super::handed_in;
use crate::support::TestApp;

/// The folder that `RAPPORT_TEST_DATA` names.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var("RAPPORT_TEST_DATA").ok().map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: RAPPORT_TEST_DATA names no folder with files of other systems");
    }
    folder
}

/// Given and family names by address, as they were imported.
async fn imported(app: &TestApp) -> Vec<(String, String, String)> {
    app.read(|conn| {
        contacts::table
            .inner_join(identities::table.on(identities::contact_id.eq(contacts::id)))
            .filter(identities::namespace.eq("email"))
            .select((
                identities::value,
                contacts::given_name,
                contacts::family_name,
            ))
            .load(conn)
    })
    .await
}

/// Imports a file as it is guessed, and looks whether everybody of `truth` is there.
async fn tried(file: &std::path::Path, truth: &[Value]) {
    let name = file
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let content = std::fs::read(file).expect("a file");
    let place = handed_in(&ada, &name, &content).await;
    ada.post(&format!("{place}/columns"), &[("key", "email")])
        .await
        .is(303);
    ada.post(&format!("{place}/start"), &[])
        .await
        .leads_to(&place);
    app.work().await;
    let page = ada.get(&place).await.is(200).says("Done");
    let people = imported(&app).await;
    let mut missing = Vec::new();
    for person in truth {
        let want = |key: &str| person[key].as_str().unwrap_or_default().trim().to_owned();
        let email = want("email").to_lowercase();
        if email.is_empty() {
            continue;
        }
        let found = people.iter().find(|(address, ..)| *address == email);
        let fits = found.is_some_and(|(_, given, family)| {
            let given_wanted = want("first_name");
            given.is_empty() || (*given == given_wanted && *family == want("last_name"))
        });
        if !fits {
            missing.push(format!("{email} {found:?}"));
        }
    }
    // A few are broken on purpose.
    assert!(
        missing.len() * 20 <= truth.len(),
        "{name}: {} of {} are missing: {:?}\n{}",
        missing.len(),
        truth.len(),
        missing.iter().take(5).collect::<Vec<_>>(),
        page.text()
    );
}

#[actix_web::test]
async fn exports_of_other_systems_are_recognised() {
    let Some(folder) = folder() else { return };
    let layouts = folder.join("contacts/vendor_layouts");
    let truth = std::fs::read_to_string(layouts.join("canonical.json")).expect("the truth");
    let truth: Vec<Value> = serde_json::from_str(&truth).expect("JSON");
    for name in [
        "hubspot_contacts.csv",
        "salesforce_contacts.csv",
        "pipedrive_people.csv",
        "google_contacts_new.csv",
        "google_contacts_old.csv",
        "outlook_contacts.csv",
        "mailchimp_subscribed.csv",
    ] {
        tried(&layouts.join(name), &truth).await;
    }
    for name in [
        "contacts_v2.1.vcf",
        "contacts_v3.0.vcf",
        "contacts_v4.0.vcf",
    ] {
        tried(&folder.join("vcards/synthetic").join(name), &truth).await;
    }
}

#[actix_web::test]
async fn every_encoding_that_spreadsheets_write_is_read() {
    let Some(folder) = folder() else { return };
    let all = std::fs::read_to_string(folder.join("contacts/vendor_layouts/canonical.json"))
        .expect("the truth");
    let all: Vec<Value> = serde_json::from_str(&all).expect("JSON");
    let encodings = folder.join("contacts/encodings");
    let files = std::fs::read_to_string(encodings.join("expected.json")).expect("the truth");
    let files: Vec<Value> = serde_json::from_str(&files).expect("JSON");
    for file in files {
        let name = file["file"].as_str().expect("a name");
        if name.starts_with("double_encoded") {
            continue;
        }
        let ids = file["ids_in_canonical_json"].as_array().expect("ids");
        let truth: Vec<Value> = all
            .iter()
            .filter(|p| ids.contains(&p["id"]))
            .cloned()
            .collect();
        tried(&encodings.join(name), &truth).await;
    }
}

#[actix_web::test]
async fn the_zoo_of_cards_breaks_nothing() {
    let Some(folder) = folder() else { return };
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for shelf in ["ez-vcard", "icaljs", "sabre"] {
        for entry in std::fs::read_dir(folder.join("vcards").join(shelf)).expect("a shelf") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|end| end == "vcf") {
                let content = std::fs::read(&path).expect("a file");
                let answer = ada.post_file("/imports", "file", "zoo.vcf", &content).await;
                if answer.status == 422 {
                    // One of them is a picture and nobody's name.
                    answer.says("There is no card in the file");
                    continue;
                }
                let place = answer.is(303).location().replace("/columns", "");
                ada.get(&format!("{place}/columns")).await.is(200);
                ada.post(&format!("{place}/columns"), &[("key", "email")])
                    .await;
                ada.get(&format!("{place}/preview")).await.is(200);
            }
        }
    }
}
