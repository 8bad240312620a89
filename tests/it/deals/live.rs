//! A second browser sees the board and the list change.

use super::{made, stage};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn an_open_board_is_told_of_every_change_that_it_shows() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon"), ("amount", "10")]).await;
    let grace = app.agent("grace", Role::ReadOnly).await;
    let board = grace.get("/deals").await.is(200);
    assert!(board.body().contains("data-live=\"/deals/live\""));
    let list = grace.get("/deals?view=list").await.is(200);
    assert!(list.body().contains("data-live=\"/deals/live\""));
    let mut stream = grace.open("/deals/live").await;
    assert_eq!(stream.status, 200);
    assert!(stream.next().await.is_some(), "it is open");
    let to = stage(&app, "Qualified").await;
    ada.post(&format!("{deal}/move"), &[("to", &to)])
        .await
        .is(303);
    assert_eq!(stream.event().await, "event: refresh\ndata: now\n\n");
    let id = deal.trim_start_matches("/deals/").to_owned();
    let task = [("body", "Call Bo"), ("deal", id.as_str())];
    ada.post("/tasks", &task).await.is(303);
    assert_eq!(stream.event().await, "event: refresh\ndata: now\n\n");
    ada.post(&format!("{deal}/delete"), &[]).await.is(303);
    assert_eq!(stream.event().await, "event: refresh\ndata: now\n\n");
    app.browser()
        .get("/deals/live")
        .await
        .leads_to("/sign-in?next=%2Fdeals%2Flive");
}
