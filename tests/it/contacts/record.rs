//! The record: made, changed in place and by form, told on its timeline, deleted and back.

use super::made;
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn a_contact_is_made_and_tells_its_story() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let fields = [
        ("name", "Ingrid Sæther Løvås"),
        ("email", " Ingrid@NordFjord.example "),
        ("phone", "+47 57 85 12 04"),
        ("company", "Nordfjord Havbruk AS"),
        ("job_title", "Head of Water Quality"),
        ("stage", "customer"),
    ];
    let ingrid = made(&ada, &fields).await;
    let page = ada.get(&ingrid).await.is(200);
    let page = page.says("Ingrid Sæther Løvås").says("Customer");
    let page = page
        .says("Head of Water Quality")
        .says("Nordfjord Havbruk AS");
    page.says("ingrid@nordfjord.example")
        .says("+47 57 85 12 04")
        .says("Created by Ada Lovelace")
        .says("Linked to Nordfjord Havbruk AS as Head of Water Quality");
}

#[actix_web::test]
async fn an_address_somebody_has_offers_that_contact_instead_of_a_double() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let ingrid = made(
        &ada,
        &[("name", "Ingrid"), ("email", "i@nordfjord.example")],
    )
    .await;
    let again = [("name", "Ingrid again"), ("email", "I@NORDFJORD.example")];
    let answer = ada.post("/contacts", &again).await.is(200);
    assert!(answer.body().contains(&format!("href=\"{ingrid}\"")));
    let answer = answer.says("belongs to Ingrid").says("Open that one");
    assert!(
        answer.body().contains("Ingrid again"),
        "what was typed stays"
    );

    let bo = made(&ada, &[("name", "Bo"), ("phone", "+47 57 85 12 04")]).await;
    ada.post("/contacts", &[("name", "Bo 2"), ("phone", "+4757851204")])
        .await
        .is(200)
        .says("belongs to Bo");
    let taken = [("namespace", "email"), ("value", "i@nordfjord.example")];
    ada.post(&format!("{bo}/identities"), &taken)
        .await
        .is(200)
        .says("i@nordfjord.example belongs to Ingrid")
        .says("Open Ingrid");
}

#[actix_web::test]
async fn names_in_every_script_and_of_any_length_are_kept_and_shown() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let long = "名".repeat(10_000);
    for name in [
        "ليلى الحداد",
        "田中 美咲",
        "Олена Ткаченко",
        "नेहा कुलकर्णी",
        "🦀 Crab",
        &long,
    ] {
        let page = made(&ada, &[("name", name)]).await;
        let shown: String = name.chars().take(300).collect();
        let page = ada.get(&page).await.is(200);
        assert!(
            page.body().contains(&format!("<bdi>{shown}</bdi>")),
            "{shown}"
        );
    }
    ada.get("/contacts?sort=name")
        .await
        .is(200)
        .says("ليلى الحداد");
    made(&ada, &[("name", "<script>alert(1)</script>")]).await;
    let list = ada.get("/contacts").await.is(200);
    assert!(!list.body().contains("<script>alert"));
}

#[actix_web::test]
async fn a_fact_is_edited_in_place_and_a_wrong_one_comes_back_open() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let city = [("value", "Måløy"), ("was", "")];
    ada.post(&format!("{page}/fields/city"), &city)
        .await
        .leads_to(&page);
    ada.get(&page)
        .await
        .says("Måløy")
        .says("City set to Måløy by Ada Lovelace");
    let zone = [("value", "Europe/Atlantis"), ("was", "")];
    let answer = ada.post(&format!("{page}/fields/time_zone"), &zone).await;
    let answer = answer.is(200).says("Write a time zone such as Europe/Oslo");
    assert!(answer.body().contains("value=\"Europe/Atlantis\""));
    let nothing = [("value", ""), ("was", "Bo Li")];
    ada.post(&format!("{page}/fields/name"), &nothing)
        .await
        .is(200)
        .says("A contact needs a name, an e-mail address or a phone number.");
    ada.post(&format!("{page}/fields/password"), &city)
        .await
        .is(404);
}

#[actix_web::test]
async fn two_editors_do_not_overwrite_each_other_unseen() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Sales).await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let field = format!("{page}/fields/city");
    ada.post(&field, &[("value", "Bergen"), ("was", "")])
        .await
        .leads_to(&page);
    // Grace began before Ada saved.
    let answer = grace.post(&field, &[("value", "Oslo"), ("was", "")]).await;
    let answer = answer.is(200).says("City is now “Bergen”");
    assert!(
        answer.body().contains("value=\"Oslo\""),
        "what she typed stays"
    );
    grace
        .post(&field, &[("value", "Oslo"), ("was", "Bergen")])
        .await
        .leads_to(&page);

    // By the whole form: what she did not touch follows Ada, what both changed is shown.
    let edit = format!("{page}/edit");
    ada.post(&edit, &[("job_title", "CEO"), ("was_job_title", "")])
        .await
        .leads_to(&page);
    let form = [
        ("job_title", ""),
        ("was_job_title", ""),
        ("country", "Norway"),
        ("was_country", ""),
    ];
    grace.post(&edit, &form).await.leads_to(&page);
    grace.get(&page).await.says("CEO").says("Norway");
    let form = [("job_title", "CTO"), ("was_job_title", "")];
    grace
        .post(&edit, &form)
        .await
        .is(200)
        .says("Meanwhile somebody saved “CEO”.");
}

#[actix_web::test]
async fn notes_are_written_pinned_edited_and_deleted_with_a_way_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let notes = format!("{page}/notes");
    ada.post(&notes, &[("body", "Prefers a call before nine.")])
        .await
        .leads_to(&page);
    ada.get(&format!("{page}?show=notes"))
        .await
        .says("Ada Lovelace wrote a note")
        .says("Prefers a call before nine.");
    ada.get(&format!("{page}?show=changes"))
        .await
        .never_says("Prefers a call");
    ada.post(&notes, &[("body", "  ")])
        .await
        .is(200)
        .says("Write something first.");
    ada.post("/notes/1/pin", &[]).await.leads_to(&page);
    ada.get(&page).await.says("Pinned, by Ada Lovelace");
    ada.post("/notes/1", &[("body", "Hates slide decks."), ("seen", "1")])
        .await
        .is(200)
        .says("Somebody changed this note while you were writing")
        .says("Prefers a call before nine.");
    ada.post("/notes/1/delete", &[]).await.leads_to(&page);
    ada.get(&page).await.never_says("Prefers a call");
    ada.post("/notes/1/restore", &[]).await.leads_to(&page);
    ada.get(&page).await.says("Prefers a call before nine.");
    ada.post("/contacts/999/notes", &[("body", "x")])
        .await
        .is(404);
    ada.get("/notes/999/edit").await.is(404);
}

#[actix_web::test]
async fn owner_stage_tags_and_traits_are_changed_and_told() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.user("grace", Role::Sales).await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let id = grace.id.to_string();
    ada.post(&format!("{page}/owner"), &[("owner", &id)])
        .await
        .leads_to(&page);
    ada.post(&format!("{page}/stage"), &[("stage", "customer")])
        .await
        .leads_to(&page);
    ada.post(&format!("{page}/tags"), &[("tag", "Havbruk 2026")])
        .await
        .leads_to(&page);
    let plan = [("key", "plan"), ("value", "Harbour")];
    ada.post(&format!("{page}/traits"), &plan)
        .await
        .leads_to(&page);
    ada.get(&page)
        .await
        .says("Owner set to Grace Hopper")
        .says("Stage changed from Lead to Customer")
        .says("Tagged Havbruk 2026")
        .says("Plan set to Harbour");
    let actions: Vec<String> = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::audit_entries::dsl::{action, audit_entries, object_kind};
            audit_entries
                .filter(object_kind.eq("contact"))
                .select(action)
                .order(rapport::db::schema::audit_entries::id)
                .load(conn)
        })
        .await;
    let told = ["created", "owner", "stage", "tagged", "changed"];
    assert_eq!(actions, told.map(|kind| format!("contact.{kind}")));
    // What undo posts carries its value in the address.
    ada.post(&format!("{page}/stage?stage=lead"), &[])
        .await
        .leads_to(&page);
    ada.post(&format!("{page}/tags/1/remove"), &[])
        .await
        .leads_to(&page);
    ada.get(&page).await.says("Tag removed: Havbruk 2026");
    ada.post(&format!("{page}/owner"), &[("owner", "999")])
        .await
        .leads_to(&page);
    ada.get(&page).await.says("Choose somebody who works here.");
}

#[actix_web::test]
async fn a_contact_goes_to_the_trash_and_comes_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let page = made(&ada, &[("name", "Bo Li"), ("email", "bo@li.example")]).await;
    ada.post(&format!("{page}/delete"), &[])
        .await
        .leads_to("/contacts");
    ada.get("/contacts").await.says("Bo Li moved to the trash");
    ada.get("/contacts?q=bo").await.says("Nobody fits");
    ada.get(&page).await.is(404);
    ada.get("/contacts/trash")
        .await
        .says("Bo Li")
        .says("Restore");
    ada.post("/contacts", &[("name", "Bo"), ("email", "bo@li.example")])
        .await
        .says("which is in the trash");
    ada.post(&format!("{page}/restore"), &[])
        .await
        .leads_to(&page);
    ada.get(&page).await.is(200).says("Restored from the trash");
    ada.get("/contacts?q=bo").await.says("Bo Li");
}

#[actix_web::test]
async fn a_merged_contact_leads_to_the_one_it_lives_on_in() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let first = made(&ada, &[("name", "Ingrid")]).await;
    let second = made(&ada, &[("name", "I. Sæther")]).await;
    app.write(|conn| {
        use rapport::base::{clock, ids::ContactId};
        let now = clock::now();
        rapport::contacts::merge::merge(
            conn,
            ContactId(1),
            ContactId(2),
            "by hand",
            "{}",
            None,
            now,
            rapport::contacts::merge::Followers::default(),
        )
    })
    .await;
    ada.get(&second).await.leads_to(&first);
    ada.post(&format!("{second}/fields/city"), &[("value", "Oslo")])
        .await
        .leads_to(&first);
    ada.get(&first).await.says("Nothing was changed.");
}

#[actix_web::test]
async fn what_nobody_may_see_or_do_is_not_there() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let page = made(&ada, &[("name", "Bo Li")]).await;
    let reader = app.agent("omar", Role::ReadOnly).await;
    let body = reader.get(&page).await.is(200).body();
    assert!(!body.contains("<form class=\"composer"), "no composer");
    assert!(!body.contains("/delete\""), "no delete");
    for path in [
        "/fields/city",
        "/owner",
        "/stage",
        "/tags",
        "/notes",
        "/delete",
        "/edit",
    ] {
        let form = [("value", "x"), ("tag", "x"), ("body", "x")];
        reader.post(&format!("{page}{path}"), &form).await.is(403);
    }
    reader.post("/contacts", &[("name", "x")]).await.is(403);
    reader.get("/contacts/new").await.is(403);
    let marketing = app.agent("grace", Role::Marketing).await;
    marketing.post(&format!("{page}/delete"), &[]).await.is(403);
    app.browser()
        .get(&page)
        .await
        .leads_to(&format!("/sign-in?next={}", page.replace('/', "%2F")));
    for path in [
        "/contacts/999",
        "/contacts/x",
        "/contacts/-1",
        "/contacts/99999999999999999999",
    ] {
        ada.get(path).await.is(404);
    }
    ada.post("/contacts/999/stage", &[("stage", "lead")])
        .await
        .is(404);
}
