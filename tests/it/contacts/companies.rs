//! Companies: people, domains, the trash.

use super::made;
use crate::support::TestApp;
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
