//! Tasks: written down beside a deal, listed, done, undone.

use super::made;
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn a_task_stands_beside_its_deal_until_it_is_done() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon")]).await;
    let id = deal.trim_start_matches("/deals/").to_owned();
    ada.get(&format!("/tasks/new?deal={id}"))
        .await
        .is(200)
        .says("About Lagoon");
    let wrong = [
        ("body", "Call Bo"),
        ("time", "14:30"),
        ("deal", id.as_str()),
    ];
    let page = ada
        .post("/tasks", &wrong)
        .await
        .is(200)
        .says("A time needs its date.");
    assert!(page.body().contains("value=\"Call Bo\""));
    let late = [
        ("body", "Call Bo"),
        ("date", "2020-05-01"),
        ("deal", id.as_str()),
    ];
    ada.post("/tasks", &late).await.leads_to(&deal);
    ada.get(&deal).await.says("Call Bo").says("d late");
    ada.get("/deals")
        .await
        .says("d late")
        .never_says("No next step");
    ada.get("/")
        .await
        .says("My tasks")
        .says("1 overdue")
        .says("Call Bo");
    let coming = [("body", "Send the quote"), ("date", "2040-05-01")];
    ada.post("/tasks", &coming).await.leads_to("/tasks");
    let list = ada
        .get("/tasks")
        .await
        .is(200)
        .says("Overdue")
        .says("Coming");
    list.says("Lagoon").says("Send the quote");

    let answer = ada.post("/tasks/1/done?back=/tasks", &[]).await;
    answer.leads_to("/tasks");
    let list = ada
        .get("/tasks")
        .await
        .says("“Call Bo” is done")
        .never_says("Overdue");
    assert!(list.body().contains("/tasks/1/reopen"));
    ada.get("/tasks?show=done").await.is(200).says("Call Bo");
    ada.get(&deal).await.says("Ada Lovelace did Call Bo");
    ada.post("/tasks/1/reopen", &[]).await.leads_to(&deal);
    ada.get(&deal)
        .await
        .never_says("did Call Bo")
        .says("d late");
    // It is no note, so nothing that is for notes reaches it.
    ada.post("/notes/1/delete", &[]).await.is(404);
    ada.get("/notes/1/edit").await.is(404);
}

#[actix_web::test]
async fn a_task_is_changed_by_one_at_a_time() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/tasks", &[("body", "Call Bo")])
        .await
        .leads_to("/tasks");
    let form = ada.get("/tasks/1").await.is(200);
    let body = form.body();
    let seen = body.split("name=\"seen\" value=\"").nth(1).expect("seen");
    let seen = seen.split('"').next().expect("a value").to_owned();
    let mine = [
        ("body", "Call Bo Li"),
        ("date", "2040-05-01"),
        ("seen", seen.as_str()),
    ];
    ada.post("/tasks/1", &mine).await.leads_to("/tasks");
    let theirs = [("body", "Write to Bo"), ("seen", seen.as_str())];
    let page = ada.post("/tasks/1", &theirs).await.is(200);
    page.says("Somebody changed this task meanwhile, to “Call Bo Li”.");
    let omar = app.agent("omar", Role::ReadOnly).await;
    omar.get("/tasks?who=1").await.is(200).says("Call Bo Li");
    omar.post("/tasks/1/done", &[]).await.is(403);
    ada.post("/tasks/1/delete", &[]).await.leads_to("/tasks");
    ada.get("/tasks/1").await.is(404);
    ada.post("/tasks/1/restore", &[]).await.leads_to("/tasks");
    ada.get("/tasks").await.says("Call Bo Li");
    ada.post("/tasks/1/burn", &[]).await.is(404);
}

#[actix_web::test]
async fn who_leads_and_has_nothing_to_do_sees_what_the_team_has() {
    let app = TestApp::new().await;
    let mia = app.agent("mia", Role::Manager).await;
    let omars = app.user("omar", Role::Sales).await.id.to_string();
    let omar = app.agent("omar", Role::Sales).await;
    mia.get("/")
        .await
        .says("My tasks")
        .says("Nothing to do")
        .never_says("The team's tasks");
    let late = [
        ("body", "Call Bo"),
        ("date", "2020-02-01"),
        ("assignee", omars.as_str()),
    ];
    omar.post("/tasks", &late).await.is(303);
    omar.post("/tasks", &[("body", "Draft the quote")])
        .await
        .is(303);
    let home = mia.get("/").await.is(200);
    home.says("The team's tasks")
        .says("none is yours; 1 overdue")
        .says("Call Bo")
        .says("عمر الفاروق");
    mia.get("/tasks").await.never_says("Call Bo");
    let all = mia.get("/tasks?who=all").await.is(200);
    let body = all.body();
    assert!(
        body.find("Call Bo") < body.find("Draft the quote"),
        "what is late comes first"
    );
    omar.get("/")
        .await
        .says("My tasks")
        .never_says("The team's");
    omar.post("/tasks/1/done", &[]).await.is(303);
    mia.get("/tasks?who=all").await.never_says("Call Bo");
    mia.get("/tasks?who=all&show=done").await.says("Call Bo");

    mia.post("/tasks", &[("body", "Plan the fair")])
        .await
        .is(303);
    mia.get("/")
        .await
        .says("My tasks")
        .never_says("Draft the quote");
}

#[actix_web::test]
async fn whoever_works_here_does_their_own_tasks_and_no_others() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon")]).await;
    let id = deal.trim_start_matches("/deals/").to_owned();
    let omars = app.user("omar", Role::Support).await.id.to_string();
    let omar = app.agent("omar", Role::Support).await;
    let mia = app.agent("mia", Role::Marketing).await;
    // Given to him beside a deal that he may not change.
    let given = [
        ("body", "Call Bo"),
        ("assignee", &omars),
        ("deal", id.as_str()),
    ];
    ada.post("/tasks", &given).await.leads_to(&deal);
    let not_his = [("body", "Draft the quote"), ("deal", id.as_str())];
    ada.post("/tasks", &not_his).await.leads_to(&deal);
    let page = omar.get(&deal).await.is(200);
    assert!(page.body().contains("/tasks/1/done") && !page.body().contains("/tasks/2/done"));
    omar.get("/").await.says("My tasks").says("Call Bo");
    for verb in ["done", "reopen", "delete", "restore"] {
        let path = format!("/tasks/2/{verb}");
        omar.post(&path, &[]).await.is(403).says("somebody else's");
        mia.post(&path, &[]).await.is(403);
    }
    omar.get("/tasks/2").await.is(403);
    omar.post("/tasks/2", &[("body", "Mine now")]).await.is(403);
    mia.post("/tasks/1/done", &[]).await.is(403);
    omar.post("/tasks/1/done", &[]).await.leads_to(&deal);
    ada.get(&deal).await.says("did Call Bo");
    omar.post("/tasks/1/reopen", &[]).await.leads_to(&deal);

    // Made by him for somebody else: his as well, until it is done.
    let asks = [("body", "Read the ticket"), ("assignee", "1")];
    omar.post("/tasks", &asks).await.leads_to("/tasks");
    omar.get("/tasks?who=1").await.says("Read the ticket");
    ada.post("/tasks/3/done", &[]).await.leads_to("/tasks");
    omar.post("/tasks/3/delete", &[]).await.leads_to("/tasks");
    omar.post("/tasks/3/restore", &[]).await.leads_to("/tasks");
    let reader = app.agent("rita", Role::ReadOnly).await;
    reader.get("/tasks/new").await.is(403);
    reader.get("/tasks").await.is(200).never_says("New task");
    mia.get("/tasks").await.is(200).says("New task");
}
