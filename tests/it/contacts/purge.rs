//! The end of the trash: ninety days to bring something back, then a job takes it away with all that belongs to it.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::base::Timestamp;
use rapport::base::clock::{self, DAY};
use rapport::db::schema::{
    activities, companies, contacts, deals, identities, timeline_entries, traits,
};

use crate::support::{Agent, TestApp};

async fn made(app: &TestApp, ada: &Agent) -> (i64, i64, i64) {
    ada.post(
        "/companies",
        &[("name", "Tidewater"), ("domain", "tidewater.example")],
    )
    .await
    .is(303);
    for (name, email) in [
        ("Grace Hopper", "grace@tidewater.example"),
        ("Ida Rhodes", "ida@tidewater.example"),
    ] {
        let form = [
            ("name", name),
            ("email", email),
            ("company", "Tidewater"),
            ("anyway", "yes"),
        ];
        ada.post("/contacts", &form).await.is(303);
    }
    let form = [
        ("title", "Compiler"),
        ("contact", "grace@tidewater.example"),
        ("company", "Tidewater"),
    ];
    ada.post("/deals", &form).await.is(303);
    app.read(|conn| {
        let contact = contacts::table
            .filter(contacts::name.eq("Grace Hopper"))
            .select(contacts::id)
            .first(conn)?;
        let company = companies::table.select(companies::id).first(conn)?;
        let deal = deals::table.select(deals::id).first(conn)?;
        Ok::<_, diesel::result::Error>((contact, company, deal))
    })
    .await
}

/// So many days ago everything in the trash was put there.
async fn aged(app: &TestApp, days: i64) {
    let at = clock::now().plus(-days * DAY);
    app.write(move |conn| {
        let old = Some(at);
        diesel::update(contacts::table.filter(contacts::deleted_at.is_not_null()))
            .set(contacts::deleted_at.eq(old))
            .execute(conn)?;
        diesel::update(companies::table.filter(companies::deleted_at.is_not_null()))
            .set(companies::deleted_at.eq(old))
            .execute(conn)?;
        diesel::update(deals::table.filter(deals::deleted_at.is_not_null()))
            .set(deals::deleted_at.eq(old))
            .execute(conn)
            .map(|_| ())
    })
    .await;
}

async fn purge(app: &TestApp) {
    app.write(|conn| rapport::jobs::enqueue(conn, &rapport::contacts::purge::Purge, Timestamp(0)))
        .await;
    app.work().await;
}

#[actix_web::test]
async fn what_is_too_old_for_the_trash_goes_for_good() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (contact, company, deal) = made(&app, &ada).await;
    ada.post(
        &format!("/contacts/{contact}/notes"),
        &[("body", "Compiles in her head")],
    )
    .await
    .is(303);
    ada.post(&format!("/contacts/{contact}/delete"), &[])
        .await
        .is(303);
    ada.post(&format!("/companies/{company}/delete"), &[])
        .await
        .is(303);
    ada.post(&format!("/deals/{deal}/delete"), &[])
        .await
        .is(303);
    let page = ada.get("/contacts/trash").await.says("Grace Hopper");
    page.says("Ada Lovelace").says("in 90 days");

    aged(&app, 89).await;
    purge(&app).await;
    ada.get("/contacts/trash")
        .await
        .says("Grace Hopper")
        .says("in a day");
    ada.get("/companies/trash").await.says("Tidewater");
    ada.get("/deals/trash").await.says("Compiler");

    aged(&app, 91).await;
    // Too late to bring it back, even before the job came.
    ada.post(&format!("/contacts/{contact}/restore"), &[])
        .await
        .is(404);
    ada.get("/contacts/trash").await.never_says("Grace Hopper");
    purge(&app).await;
    let left: Vec<i64> = app
        .read(move |conn| {
            let of = |n: i64| n;
            Ok::<_, diesel::result::Error>(vec![
                of(contacts::table
                    .filter(contacts::id.eq(contact))
                    .count()
                    .get_result(conn)?),
                of(companies::table.count().get_result(conn)?),
                of(deals::table.count().get_result(conn)?),
                of(identities::table
                    .filter(identities::contact_id.eq(contact))
                    .count()
                    .get_result(conn)?),
                of(traits::table
                    .filter(traits::contact_id.eq(contact))
                    .count()
                    .get_result(conn)?),
                of(activities::table
                    .filter(activities::contact_id.eq(contact))
                    .count()
                    .get_result(conn)?),
                of(timeline_entries::table
                    .filter(timeline_entries::contact_id.eq(contact))
                    .count()
                    .get_result(conn)?),
            ])
        })
        .await;
    assert_eq!(left, [0; 7]);
    // Whoever was not deleted is as before, without the company that is gone.
    ada.get("/contacts")
        .await
        .says("Ida Rhodes")
        .never_says("Tidewater");
    // The address is free again.
    let again = [
        ("name", "Grace Hopper"),
        ("email", "grace@tidewater.example"),
    ];
    ada.post("/contacts", &again).await.is(303);
}

#[actix_web::test]
async fn an_administrator_deletes_for_good_at_once_and_nobody_else() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let (contact, ..) = made(&app, &ada).await;
    // What is not in the trash cannot go for good.
    ada.post(&format!("/contacts/{contact}/purge"), &[])
        .await
        .is(404);
    ada.post(&format!("/contacts/{contact}/delete"), &[])
        .await
        .is(303);
    let grace = app.agent("grace", Role::Manager).await;
    grace
        .get("/contacts/trash")
        .await
        .says("Grace Hopper")
        .never_says("Delete for good");
    grace
        .post(&format!("/contacts/{contact}/purge"), &[])
        .await
        .is(403);
    ada.get("/contacts/trash").await.says("Delete for good");
    ada.post(&format!("/contacts/{contact}/purge"), &[])
        .await
        .leads_to("/contacts/trash");
    app.work().await;
    let left: i64 = app
        .read(move |conn| {
            contacts::table
                .filter(contacts::id.eq(contact))
                .count()
                .get_result(conn)
        })
        .await;
    assert_eq!(left, 0);
}
