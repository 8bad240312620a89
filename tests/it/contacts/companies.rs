//! Companies: people, domains, the trash.

use super::made;
use crate::support::{Agent, TestApp};
use rapport::accounts::Role;

#[actix_web::test]
async fn a_company_has_people_with_roles_and_a_story() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let fields = [
        ("name", "瀬戸内水産株式会社"),
        ("domain", "https://www.Setouchi.example/about"),
        ("employees", "1,200"),
        ("website", "setouchi.example"),
    ];
    let company = ada.post("/companies", &fields).await.is(303);
    let company = company.location().to_owned();
    let page = ada.get(&company).await.is(200);
    page.says("瀬戸内水産株式会社")
        .says("setouchi.example")
        .says("1,200")
        .says("Created by Ada Lovelace");
    // Who has an address there is linked without being asked.
    let misaki = made(
        &ada,
        &[("name", "田中 美咲"), ("email", "m@mail.setouchi.example")],
    )
    .await;
    ada.get(&misaki)
        .await
        .says("瀬戸内水産株式会社")
        .says("Primary");
    ada.post(&format!("{company}/people/1"), &[("role", "漁場長")])
        .await
        .leads_to(&company);
    ada.get(&company)
        .await
        .says("田中 美咲")
        .says("漁場長")
        .says("Linked to 田中 美咲");
    ada.get("/companies")
        .await
        .says("瀬戸内水産株式会社")
        .says("setouchi.example");
    ada.get("/companies?q=setou")
        .await
        .says("瀬戸内水産株式会社");
    ada.post(&format!("{misaki}/companies/1/unlink"), &[])
        .await
        .leads_to(&misaki);
    ada.get(&misaki)
        .await
        .says("No company yet.")
        .says("Unlinked from 瀬戸内水産株式会社");
    ada.post(&format!("{misaki}/companies/1/unlink"), &[])
        .await
        .is(404);
}

#[actix_web::test]
async fn a_domain_belongs_to_one_company_and_those_of_providers_to_none() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/companies", &[("name", "One"), ("domain", "one.example")])
        .await
        .is(303);
    ada.post("/companies", &[("name", "Two"), ("domain", "ONE.example")])
        .await
        .is(200)
        .says("one.example belongs to One")
        .says("Open that one");
    ada.post("/companies", &[("name", "Two"), ("domain", "gmail.com")])
        .await
        .is(200)
        .says("a mail provider’s");
    let two = ada
        .post("/companies", &[("name", "Two"), ("domain", "")])
        .await
        .is(303)
        .location()
        .to_owned();
    for (typed, says) in [
        ("one.example", "belongs to One"),
        ("not a domain", "That is no domain"),
    ] {
        let answer = ada
            .post(&format!("{two}/domains"), &[("domain", typed)])
            .await
            .is(200)
            .says(says);
        assert!(answer.body().contains(&format!("value=\"{typed}\"")));
    }
    let free = made(&ada, &[("email", "somebody@gmail.com")]).await;
    ada.get(&free).await.says("No company yet.");
}

#[actix_web::test]
async fn a_company_is_edited_deleted_and_restored() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/companies", &[("name", "One")]).await.is(303);
    let edit = [
        ("city", "Bergen"),
        ("was_city", ""),
        ("employees", "many"),
        ("was_employees", ""),
    ];
    ada.post("/companies/1/edit", &edit)
        .await
        .is(200)
        .says("Write a whole number.");
    ada.post("/companies/1/edit", &[("city", "Bergen"), ("was_city", "")])
        .await
        .leads_to("/companies/1");
    ada.post("/companies/1/edit", &[("city", "Oslo"), ("was_city", "")])
        .await
        .is(200)
        .says("Meanwhile somebody saved “Bergen”.");
    ada.post(
        "/companies/1/notes",
        &[("body", "Budget is decided in Bergen.")],
    )
    .await
    .leads_to("/companies/1");
    ada.get("/companies/1")
        .await
        .says("Budget is decided in Bergen.");
    ada.post("/companies/1/delete", &[])
        .await
        .leads_to("/companies");
    ada.get("/companies/1").await.is(404);
    ada.get("/companies/trash").await.says("One");
    ada.post("/companies/1/restore", &[])
        .await
        .leads_to("/companies/1");
    let reader = app.agent("omar", Role::ReadOnly).await;
    reader.get("/companies/1").await.is(200);
    reader.post("/companies/1/delete", &[]).await.is(403);
    reader.post("/companies", &[("name", "x")]).await.is(403);
    ada.get("/companies/999").await.is(404);
}

/// Makes a company and gives its address.
async fn company(agent: &Agent, fields: &[(&str, &str)]) -> String {
    let made = agent.post("/companies", fields).await.is(303);
    made.location().to_owned()
}

#[actix_web::test]
async fn companies_belong_to_one_another_and_never_in_a_circle() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let top = company(&ada, &[("name", "Nordfjord Group")]).await;
    let mid = company(&ada, &[("name", "Nordfjord Sea"), ("city", "Måløy")]).await;
    let low = company(&ada, &[("name", "Nordfjord Nets")]).await;
    for (below, above) in [(&mid, "nordfjord group"), (&low, "Nordfjord Sea")] {
        ada.post(&format!("{below}/parent"), &[("parent", above)])
            .await
            .leads_to(below);
    }
    made(&ada, &[("name", "Bo Li"), ("company", "Nordfjord Nets")]).await;
    made(
        &ada,
        &[("name", "Ann Other"), ("company", "Nordfjord Group")],
    )
    .await;
    let page = ada.get(&top).await.is(200);
    page.says("Companies below 2")
        .says("Nordfjord Sea")
        .says("Måløy")
        .says("2 people in the whole group.");
    ada.get(&low).await.says("part of Nordfjord Sea");
    ada.get(&mid)
        .await
        .says("Parent company set to Nordfjord Group");
    let id = top.rsplit('/').next().unwrap_or_default();
    let list = ada.get(&format!("/companies?under={id}")).await.is(200);
    let list = list.says("Part of Nordfjord Group").says("Nordfjord Sea");
    assert!(!list.body().contains("Nordfjord Nets"));

    // What was typed stays in the form that could not be saved.
    for (typed, why) in [
        (
            "Nordfjord Nets",
            "Nordfjord Nets belongs to Nordfjord Group itself.",
        ),
        (
            "Nordfjord Group",
            "Nordfjord Group belongs to Nordfjord Group itself.",
        ),
        ("Nobody Ltd", "There is no such company."),
    ] {
        let page = ada
            .post(&format!("{top}/parent"), &[("parent", typed)])
            .await
            .is(200);
        assert!(
            page.says(why)
                .body()
                .contains(&format!("value=\"{typed}\"")),
            "{typed}"
        );
    }
    let rita = app.agent("rita", Role::ReadOnly).await;
    rita.post(&format!("{low}/parent"), &[("parent", "")])
        .await
        .is(403);

    // A parent in the trash is none, until it is back.
    ada.post(&format!("{mid}/delete"), &[]).await.is(303);
    assert!(!ada.get(&low).await.body().contains("part of"));
    ada.post(&format!("{mid}/restore"), &[]).await.is(303);
    ada.get(&low).await.says("part of Nordfjord Sea");
    ada.post(&format!("{low}/parent"), &[("parent", "")])
        .await
        .leads_to(&low);
    assert!(!ada.get(&low).await.body().contains("part of"));
}

#[actix_web::test]
async fn merged_companies_hand_over_what_is_below_them_and_take_it_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let kept = company(&ada, &[("name", "Kept")]).await;
    let gone = company(&ada, &[("name", "Gone")]).await;
    let below = company(&ada, &[("name", "Below")]).await;
    ada.post(&format!("{below}/parent"), &[("parent", "Gone")])
        .await
        .is(303);
    // One of the two may be below the other: no circle is walked.
    ada.post(&format!("{kept}/parent"), &[("parent", "Gone")])
        .await
        .is(303);
    let id = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let form = [("id", id(&kept)), ("id", id(&gone)), ("keep", id(&kept))];
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let merged = ada.post("/companies/merge", &form).await.is(303);
    let body = ada.get(&kept).await.is(200).body();
    assert!(
        body.contains("Below") && !body.contains("part of"),
        "{}",
        merged.location()
    );
    ada.get(&below).await.says("part of Kept");
    let merge = body
        .split("/merges/")
        .nth(1)
        .and_then(|rest| rest.split(['"', '/']).next());
    let merge = format!(
        "/contacts/merges/{}/undo",
        merge.expect("the merge is named")
    );
    ada.post(&merge, &[]).await.is(303);
    ada.get(&below).await.says("part of Gone");
    ada.get(&kept).await.says("part of Gone");
}

#[actix_web::test]
async fn somebody_is_something_there_from_one_day_to_another() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let bo = made(&ada, &[("name", "Bo Li"), ("company", "Tide")]).await;
    let contact = bo.rsplit('/').next().unwrap_or_default();
    let tide = "/companies/1";
    let at = format!("{tide}/people/{contact}");
    ada.get(&at).await.is(200).says("Bo Li at Tide");
    let form = [
        ("role", "Skipper"),
        ("from", "2019-05-01"),
        ("to", "2023-08-31"),
    ];
    ada.post(&at, &form).await.leads_to(tide);
    ada.get(tide)
        .await
        .says("Skipper")
        .says("2019 – 2023")
        .says("has left");
    ada.get(&bo)
        .await
        .says("Skipper · 2019 – 2023")
        .says("Is there again");
    let form = [("to", ""), ("back", "contact")];
    ada.post(&at, &form).await.leads_to(&bo);
    ada.get(&bo)
        .await
        .says("Skipper · since May 2019")
        .says("Has left");
    let form = [
        ("role", "Owner"),
        ("from", "2023-01-01"),
        ("to", "2022-01-01"),
    ];
    let page = ada.post(&at, &form).await.is(422);
    let page = page.says("The last day lies before the first.");
    assert!(
        page.body().contains("value=\"Owner\"") && page.body().contains("value=\"2023-01-01\"")
    );
    ada.post(&at, &[("from", "yesterday")])
        .await
        .is(422)
        .says("Write a date as 2026-06-12.");
    ada.get(&format!("{tide}/people/999")).await.is(404);
    ada.get(tide).await.says("Skipper");
}

#[actix_web::test]
async fn who_writes_from_a_domain_without_a_company_is_offered_to_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for n in 0..60 {
        let email = format!("crew{n}@tide.example");
        made(&ada, &[("name", &format!("Crew {n}")), ("email", &email)]).await;
    }
    made(&ada, &[("name", "Free"), ("email", "free@gmail.com")]).await;
    made(
        &ada,
        &[
            ("name", "Elsewhere"),
            ("email", "e@tide.example"),
            ("company", "Other"),
        ],
    )
    .await;
    let tide = company(&ada, &[("name", "Tide"), ("domain", "tide.example")]).await;
    ada.get(&tide)
        .await
        .says("60 contacts write from this domain and have no company.");
    let rita = app.agent("rita", Role::ReadOnly).await;
    assert!(!rita.get(&tide).await.body().contains("Link them"));
    rita.post(&format!("{tide}/gather"), &[]).await.is(403);
    ada.post(&format!("{tide}/gather"), &[])
        .await
        .leads_to(&tide);
    app.work().await;
    let page = ada.get(&tide).await.says("Crew 59").body();
    assert!(!page.contains("Link them") && !page.contains("Elsewhere") && !page.contains("Free<"));
}
