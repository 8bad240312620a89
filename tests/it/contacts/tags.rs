//! Tags themselves, in the settings.

use rapport::accounts::Role;

use super::made;
use crate::support::TestApp;

/// The address of a tag by its name.
async fn place(app: &TestApp, name: &'static str) -> String {
    use diesel::prelude::*;
    use rapport::db::schema::tags;
    let id: i64 = app
        .read(move |conn| {
            tags::table
                .filter(tags::name.eq(name))
                .select(tags::id)
                .first(conn)
        })
        .await;
    format!("/settings/tags/{id}")
}

#[actix_web::test]
async fn a_tag_is_renamed_coloured_merged_and_deleted_with_what_has_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/settings/tags").await.is(200).says("No tag yet");
    let (mara, noor) = (
        made(&ada, &[("name", "Mara Lindqvist")]).await,
        made(&ada, &[("name", "Noor Haddad")]).await,
    );
    for (contact, tag) in [(&mara, "VIP"), (&mara, "vip"), (&noor, "vip")] {
        ada.post(&format!("{contact}/tags"), &[("tag", tag)])
            .await
            .is(303);
    }
    ada.post("/companies", &[("name", "Nordfjord")])
        .await
        .is(303);
    ada.post("/companies/1/tags", &[("tag", "vip")])
        .await
        .is(303);
    let mailbox = [("address", "help@tidewater.example"), ("name", "Help")];
    ada.post("/settings/mailboxes", &mailbox).await.is(303);
    let ticket = [
        ("mailbox", "1"),
        ("email", "mara@lindqvist.example"),
        ("subject", "Pump"),
        ("text", "It leaks."),
    ];
    let ticket = ada.post("/tickets", &ticket).await.is(303);
    let ticket = ticket.location().to_owned();
    ada.post(&format!("{ticket}/tags"), &[("to", "vip")])
        .await
        .is(303);

    let (big, small) = (place(&app, "VIP").await, place(&app, "vip").await);
    ada.get(&format!("{small}/delete"))
        .await
        .says("It comes off 2 contacts, 1 companies, 1 tickets.");
    let twin = [("name", "VIP"), ("tone", "")];
    ada.post(&small, &twin)
        .await
        .is(422)
        .says("There is a tag of this name.");
    ada.post(&small, &[("name", "vip"), ("tone", "mauve")])
        .await
        .is(422);
    ada.post(&format!("{small}/merge"), &[("into", "nowhere")])
        .await
        .is(422)
        .says("There is no tag of this name.");

    // A saved view asks for the tag that lives on.
    let id = small.rsplit('/').next().unwrap_or_default();
    let view = [("name", "Our best"), ("query", &*format!("tag={id}"))];
    ada.post("/contacts/views", &view).await.is(303);
    ada.post(&format!("{small}/delete"), &[])
        .await
        .is(422)
        .says("Our best");
    ada.post(&format!("{small}/merge"), &[("into", "VIP")])
        .await
        .leads_to("/settings/tags");
    ada.get(&small).await.is(404);
    let list = big.replace("/settings/tags/", "/contacts?tag=");
    ada.get(&list)
        .await
        .says("Mara Lindqvist")
        .says("Noor Haddad");
    let contacts = ada.get("/contacts").await;
    assert!(
        contacts
            .body()
            .contains(list.trim_start_matches("/contacts?"))
    );
    ada.post(&big, &[("name", "Best"), ("tone", "green")])
        .await
        .leads_to("/settings/tags");
    let page = ada.get(&mara).await.is(200).says("Best");
    assert!(page.body().contains("tone-green"));
    ada.get(&ticket).await.says("Best");
    ada.get("/companies/1").await.says("Best");
    ada.get("/settings/audit").await.says("vip → VIP");
}

#[actix_web::test]
async fn tags_are_changed_by_who_may() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/settings/tags", &[("name", " ")]).await.is(422);
    ada.post("/settings/tags", &[("name", "<b>bold</b>")])
        .await
        .leads_to("/settings/tags");
    let tag = place(&app, "<b>bold</b>").await;
    let page = ada.get("/settings/tags").await.is(200);
    assert!(!page.body().contains("<b>bold"));
    let sam = app.agent("sam", Role::Sales).await;
    for (path, form) in [
        ("/settings/tags".to_owned(), vec![("name", "x")]),
        (tag.clone(), vec![("name", "x")]),
        (format!("{tag}/merge"), vec![("into", "x")]),
        (format!("{tag}/delete"), vec![]),
    ] {
        sam.post(&path, &form).await.is(403);
    }
    sam.get("/settings/tags").await.is(403);
    sam.get("/settings/account")
        .await
        .never_says("/settings/tags");
    ada.post(&format!("{tag}/delete"), &[])
        .await
        .leads_to("/settings/tags");
    ada.get("/settings/tags").await.says("No tag yet");
}
