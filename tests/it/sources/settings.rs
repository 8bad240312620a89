//! Settings and figures of a source.

use diesel::prelude::*;
use rapport::base::clock;
use rapport::db::schema::{source_minutes, source_rejections};
use rapport::events::sources::{SourceKind, SourceSettings};

use super::HOSTILE;
use crate::support::TestApp;

#[actix_web::test]
async fn settings_are_kept_as_they_are_meant() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    let form = [
        ("name", "Our website"),
        (
            "allowed_origins",
            "https://WWW.example.com/\r\n\r\nhttps://*.example.com\r\nhttps://www.example.com",
        ),
        ("unknown_people", "enrich"),
        ("anonymise_ip", "true"),
        ("consent_category", " analytics "),
        ("default_country", "no"),
    ];
    ada.post(&path, &form).await.leads_to(&path);
    let now = app.source_now(&source).await;
    let want = SourceSettings {
        allowed_origins: vec![
            "https://www.example.com".into(),
            "https://*.example.com".into(),
        ],
        create_contacts: false,
        anonymise_ip: true,
        respect_consent: false,
        consent_category: "analytics".into(),
        honour_dnt: false,
        default_country: "NO".into(),
    };
    assert_eq!((now.name.as_str(), now.settings), ("Our website", want));
    let page = ada.get(&path).await.is(200).says("Settings saved");
    page.says("data-dnt")
        .says("Pages may send from https://www.example.com , https://*.example.com");
    ada.get("/settings/audit")
        .await
        .says("allowed origins")
        .says("Our website");
}

#[actix_web::test]
async fn a_refused_form_comes_back_filled_in_and_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let path = format!("/settings/sources/{}", source.id);
    let form = [
        ("name", HOSTILE),
        (
            "allowed_origins",
            "https://good.example\nwww.example.com/shop\n<b>",
        ),
        ("default_country", "Norway"),
        ("honour_dnt", "true"),
    ];
    let answer = ada.post(&path, &form).await.is(200);
    let answer = answer
        .says("Nothing was saved yet")
        .says("“www.example.com/shop” is no origin");
    let answer = answer
        .says("two letters of a country")
        .says("https://good.example");
    let body = answer.body();
    assert!(body.contains("value=\"NORWAY\"") || body.contains("value=\"Norway\""));
    assert!(!body.contains("<script>alert") && !body.contains("<b>"));
    let now = app.source_now(&source).await;
    assert_eq!(
        (now.name, now.settings),
        ("Website".into(), SourceSettings::default())
    );
}

#[actix_web::test]
async fn figures_add_up_and_refusals_say_why() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let source = app.source("Website", SourceKind::Web).await;
    let (id, now) = (source.id, clock::now());
    app.write(move |conn| {
        for (age, stored, duplicates) in [
            (0, 60, 0),
            (1, 1_200, 12),
            (70, 3_000, 0),
            (2_000, 9_999, 0),
        ] {
            diesel::insert_into(source_minutes::table)
                .values((
                    source_minutes::source_id.eq(id),
                    source_minutes::minute.eq(now.minute() - age),
                    source_minutes::accepted.eq(stored + duplicates),
                    source_minutes::stored.eq(stored),
                    source_minutes::duplicates.eq(duplicates),
                    source_minutes::quarantined.eq(0),
                    source_minutes::rejected.eq(1),
                ))
                .execute(conn)?;
        }
        for (age, n) in [(0, 40), (1, 2), (30, 500)] {
            diesel::insert_into(source_rejections::table)
                .values((
                    source_rejections::source_id.eq(id),
                    source_rejections::day.eq(now.day() - age),
                    source_rejections::reason.eq("origin_not_allowed"),
                    source_rejections::n.eq(n),
                    source_rejections::last_at.eq(now),
                ))
                .execute(conn)?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    let page = ada.get(&format!("/settings/sources/{id}")).await.is(200);
    let page = page
        .says("Events, 24 h 4,260")
        .says("Receiving, last event")
        .says("Dropped as duplicates 12");
    page.says("The page is not an allowed origin")
        .says("42")
        .never_says("542");
    ada.get("/settings/sources").await.says("4,260");
}
