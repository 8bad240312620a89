//! Tickets on the records of people, in the stream of events, on Home.

use super::{arrives, buoy, mail, with_mailbox};
use crate::support::TestApp;
use rapport::accounts::Role;
use rapport::app::FOLLOWERS;
use rapport::base::clock;
use rapport::base::ids::ContactId;
use rapport::contacts::merge;

#[actix_web::test]
async fn a_contacts_record_tells_of_its_tickets_and_so_does_home() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    ada.post("/tickets/1/assignee", &[("to", "1")])
        .await
        .is(303);
    ada.post("/tickets/1/priority", &[("to", "urgent")])
        .await
        .is(303);
    ada.post("/tickets/1/tags", &[("to", "Firmware")])
        .await
        .is(303);
    ada.post("/tickets/1/status", &[("to", "solved")])
        .await
        .is(303);
    app.work().await;
    app.enrich().await;
    ada.get("/contacts/1")
        .await
        .says("Ingrid Sæther")
        .says("Wrote to us #1 Buoy 14 reports 0 degrees")
        .says("Tickets")
        .says("Solved");
    ada.get("/contacts/1?show=mail").await.says("Wrote to us");
    let names = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::event_names;
            event_names::table
                .select(event_names::name)
                .load::<String>(conn)
        })
        .await;
    for name in ["Ticket Opened", "Ticket Solved"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
    ada.get("/tickets/1")
        .await
        .says("Ada Lovelace took it")
        .says("set the priority to urgent")
        .says("tagged it Firmware");
    ada.post("/tickets/1/status", &[("to", "open")])
        .await
        .is(303);
    ada.get("/")
        .await
        .says("My open tickets")
        .says("Buoy 14 reports");
    let marketing = app.agent("yuki", Role::Marketing).await;
    marketing
        .get("/contacts/1")
        .await
        .is(200)
        .never_says("Buoy 14");
}

#[actix_web::test]
async fn tickets_follow_a_contact_that_becomes_another() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    arrives(&app, &buoy()).await;
    let other = mail(
        &[
            ("From", "Ingrid <ingrid@private.example>"),
            ("To", "support@tidewater.example"),
            ("Subject", "From home"),
        ],
        "Writing from home.",
    );
    arrives(&app, &other).await;
    app.write(|conn| {
        let (winner, loser) = (ContactId(1), ContactId(2));
        merge::merge(
            conn,
            winner,
            loser,
            "by_hand",
            "{}",
            None,
            clock::now(),
            FOLLOWERS,
        )
    })
    .await;
    ada.get("/contacts/1")
        .await
        .says("From home")
        .says("Buoy 14");
    ada.get("/tickets/2").await.says("Ingrid Sæther");
    let moved = app
        .read(|conn| {
            use diesel::prelude::*;
            use rapport::db::schema::merge_moves;
            merge_moves::table
                .filter(merge_moves::table_name.eq_any(["tickets", "ticket_messages"]))
                .count()
                .get_result::<i64>(conn)
        })
        .await;
    assert_eq!(moved, 2);
}

#[actix_web::test]
async fn an_open_queue_is_told_of_mail_and_of_what_colleagues_do() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    let omar = app.agent("omar", Role::Support).await;
    let mut stream = omar.open("/tickets/live").await;
    assert!(stream.next().await.is_some(), "it is open");
    arrives(&app, &buoy()).await;
    assert_eq!(stream.event().await, "event: refresh\ndata: now\n\n");
    ada.post("/tickets/1/assignee", &[("to", "1")])
        .await
        .is(303);
    assert_eq!(stream.event().await, "event: refresh\ndata: now\n\n");
    let mia = app.agent("mia", Role::Marketing).await;
    mia.get("/tickets/live").await.is(403);
    omar.get("/tickets/99/live").await.is(404);
}

#[actix_web::test]
async fn an_administrator_with_nothing_of_their_own_sees_what_the_team_has_open() {
    let app = TestApp::new().await;
    let ada = with_mailbox(&app).await;
    ada.get("/")
        .await
        .says("My open tickets")
        .says("Nothing of yours is open.");
    let omars = app.user("omar", Role::Support).await.id.to_string();
    arrives(&app, &buoy()).await;
    ada.post("/tickets/1/assignee", &[("to", &omars)])
        .await
        .is(303);
    let grace = app.user("grace", Role::Sales).await.id.to_string();
    ada.post("/deals", &[("title", "Lagoon"), ("owner", &grace)])
        .await
        .is(303);
    ada.get("/")
        .await
        .says("The team's open tickets 1 open, none is yours")
        .says("Buoy 14")
        .says("The team's deals none is yours; by expected close")
        .says("Lagoon")
        .says("Lead · Grace Hopper");
    ada.post("/tickets/1/assignee", &[("to", "1")])
        .await
        .is(303);
    ada.get("/").await.says("My open tickets 1 open");
    // Who leads nobody sees their own, and nothing else.
    let other = app.agent("hedy", Role::Support).await;
    other.get("/").await.never_says("The team's");
}
