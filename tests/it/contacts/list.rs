//! The list: views, filters, words, pages, many at once.

use super::made;
use crate::support::{Agent, TestApp};
use rapport::accounts::Role;

#[actix_web::test]
async fn an_empty_list_says_what_to_do_next() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/contacts")
        .await
        .is(200)
        .says("Everybody you deal with")
        .says("Add a contact");
    made(&ada, &[("name", "Bo Li")]).await;
    ada.get("/contacts?stage=customer")
        .await
        .says("Nobody fits")
        .says("Without Stage is Customer");
    ada.get("/contacts?view=visitors")
        .await
        .says("Nobody in this view yet");
}

#[actix_web::test]
async fn pages_neither_lose_nor_repeat_anybody_in_any_order() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for n in 0..120 {
        let name = format!("Person {}", n % 40);
        made(&ada, &[("name", &name)]).await;
    }
    // Walked along the index, and asked one by one.
    for rest in ["", "&filter=city.empty"] {
        for order in ["seen", "name", "created"] {
            let down = everybody(&ada, &format!("/contacts?sort={order}{rest}")).await;
            let mut up = everybody(&ada, &format!("/contacts?sort=-{order}{rest}")).await;
            up.reverse();
            assert_eq!(up, down, "{order}{rest}: from its other end");
        }
    }
}

/// Everybody in a list, page by page; there are a hundred and twenty.
async fn everybody(agent: &Agent, list: &str) -> Vec<String> {
    let mut path = list.to_owned();
    let mut seen = Vec::new();
    let mut last_back = String::new();
    loop {
        let body = agent.get(&path).await.is(200).body();
        seen.push(rows(&body));
        last_back = link(&body, "prev").unwrap_or(last_back);
        match link(&body, "next") {
            Some(next) => path = next,
            None => break,
        }
    }
    let all = seen.concat();
    let mut each = all.clone();
    each.sort_unstable();
    each.dedup();
    assert_eq!((all.len(), each.len()), (120, 120), "{list}");
    let body = agent.get(&last_back).await.is(200).body();
    assert_eq!(rows(&body), seen[1], "{list}: back from the last page");
    all
}

#[actix_web::test]
async fn words_find_by_name_address_number_and_company() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let munoz = [("name", "José Muñoz"), ("company", "Acme S.A.")];
    made(&ada, &munoz).await;
    made(
        &ada,
        &[
            ("name", "Bo Li"),
            ("email", "bo.li@lagos.example"),
            ("phone", "+49 171 2345678"),
        ],
    )
    .await;
    for (words, who) in [
        ("munoz", "José Muñoz"),
        ("JOSÉ mu", "José Muñoz"),
        ("acme", "José Muñoz"),
        ("bo.li@lagos.example", "Bo Li"),
        ("lagos", "Bo Li"),
        ("0171 234567", "Bo Li"),
        ("+49 171 2345678", "Bo Li"),
    ] {
        let query = serde_urlencoded::to_string([("q", words)]).expect("a query");
        let page = ada.get(&format!("/contacts?{query}")).await.is(200);
        let others = page.says(who);
        assert_eq!(rows(&others.body()).len(), 1, "{words}");
    }
    ada.get("/contacts?q=%22%2a%27%5c").await.is(200);
}

#[actix_web::test]
async fn filters_narrow_and_the_url_holds_them() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.user("grace", Role::Sales).await;
    let owner = grace.id.to_string();
    let bo = made(
        &ada,
        &[("name", "Bo Li"), ("stage", "customer"), ("owner", &owner)],
    )
    .await;
    made(&ada, &[("name", "Ann Other")]).await;
    ada.post(&format!("{bo}/tags"), &[("tag", "Reference")])
        .await;
    for (query, is_bo, is_ann) in [
        ("stage=customer", true, false),
        ("view=customers", true, false),
        ("owner=none", false, true),
        ("owner=none&sort=name", false, true),
        (&format!("owner={owner}"), true, false),
        (&format!("owner={owner}&sort=created"), true, false),
        ("owner=me", false, false),
        ("view=mine", false, false),
        ("tag=1", true, false),
        ("tag=999", false, false),
        ("source=1", true, true),
        ("source=1&view=everyone", true, true),
        ("source=2", false, false),
        ("view=visitors", false, false),
        ("view=everyone", true, true),
        ("view=nonsense&sort=zzz&after=zzz", true, true),
    ] {
        let body = ada.get(&format!("/contacts?{query}")).await.is(200).body();
        let names = rows(&body);
        assert_eq!(names.contains(&bo), is_bo, "{query}");
        assert_eq!(
            names.len(),
            usize::from(is_bo) + usize::from(is_ann),
            "{query}"
        );
    }
}

#[actix_web::test]
async fn many_are_changed_at_once_and_taken_back() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for name in ["A", "B", "C"] {
        made(&ada, &[("name", name)]).await;
    }
    let picked = [
        ("id", "1"),
        ("id", "2"),
        ("id", "999"),
        ("act", "stage"),
        ("stage", "customer"),
    ];
    ada.post("/contacts/bulk", &picked)
        .await
        .leads_to("/contacts");
    let page = ada
        .get("/contacts?view=customers")
        .await
        .says("2 contacts changed");
    let undo = page.body();
    assert!(
        undo.contains("/contacts/bulk/undo?what=stage&#38;was=lead.1.2"),
        "{undo}"
    );
    ada.post("/contacts/bulk/undo?what=stage&was=lead.1.2", &[])
        .await
        .is(303);
    assert!(rows(&ada.get("/contacts?view=customers").await.body()).is_empty());

    let picked = [("id", "1"), ("id", "3"), ("act", "delete")];
    ada.post("/contacts/bulk", &picked).await.is(303);
    assert_eq!(rows(&ada.get("/contacts").await.body()), ["/contacts/2"]);
    ada.post("/contacts/restore?what=delete&was=.1.3", &[])
        .await
        .is(303);
    assert_eq!(rows(&ada.get("/contacts").await.body()).len(), 3);

    ada.post("/contacts/bulk", &[("act", "tag"), ("tag", "x")])
        .await
        .is(303);
    ada.get("/contacts")
        .await
        .says("Pick at least one contact first");
    let ids: Vec<String> = (1..=201).map(|id| id.to_string()).collect();
    let too_many: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    ada.post("/contacts/bulk", &too_many).await.is(400);
    let marketing = app.agent("grace", Role::Marketing).await;
    marketing.post("/contacts/bulk", &picked).await.is(403);
}

/// The records that a page lists, in order.
fn rows(body: &str) -> Vec<String> {
    body.split("<th scope=\"row\"><a class=\"who\" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// The address of the neighbour page.
fn link(body: &str, rel: &str) -> Option<String> {
    let rest = body.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&#38;", "&"))
}
