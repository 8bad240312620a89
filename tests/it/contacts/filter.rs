//! Filters put together on a page of their own, and lists whose contacts are asked one by one.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::base::clock;
use rapport::db::Conn;
use rapport::db::schema::contacts;

use crate::support::{Answer, TestApp};

pub fn person(conn: &mut Conn, n: i64, city: &str, seen: i64) -> QueryResult<usize> {
    let now = clock::now();
    let name = format!("Person {n:05} {city}");
    diesel::insert_into(contacts::table)
        .values((
            (
                contacts::is_known.eq(true),
                contacts::is_person_owned.eq(false),
                contacts::name.eq(&name),
            ),
            (
                contacts::sort_name.eq(name.to_lowercase()),
                contacts::given_name.eq(""),
                contacts::family_name.eq(""),
            ),
            (
                contacts::job_title.eq(""),
                contacts::stage.eq("lead"),
                contacts::street.eq(""),
                contacts::city.eq(city),
            ),
            (
                contacts::region.eq(""),
                contacts::postal_code.eq(""),
                contacts::country.eq("NO"),
                contacts::time_zone.eq(""),
            ),
            (
                contacts::language.eq(""),
                contacts::source_id.eq(1_i64),
                contacts::revision.eq(0_i64),
            ),
            (
                contacts::created_at.eq(now),
                contacts::updated_at.eq(now),
                contacts::last_seen_at.eq(now.plus(-seen * 60_000_000)),
            ),
        ))
        .execute(conn)
}

async fn towns() -> TestApp {
    let app = TestApp::new().await;
    app.write(|conn| {
        for (n, city) in ["Oslo", "Bergen", "Århus", "Tromsø", ""].iter().enumerate() {
            person(conn, n as i64, city, n as i64)?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    app
}

/// Whether the markup holds this, whatever a person reads.
#[track_caller]
fn holds(answer: &Answer, marks: &[&str]) {
    let body = answer.body();
    for mark in marks {
        assert!(body.contains(mark), "{mark} is not in {body}");
    }
}

/// The address of a neighbouring page.
fn link(answer: &Answer, rel: &str) -> String {
    let body = answer.body();
    let rest = body
        .split(&format!("rel=\"{rel}\" href=\""))
        .nth(1)
        .expect("a link");
    rest.split('"')
        .next()
        .unwrap_or_default()
        .replace("&#38;", "&")
}

#[actix_web::test]
async fn a_filter_is_put_together_without_script() {
    let app = towns().await;
    let ada = app.admin().await;
    let list = ada.get("/contacts").await.is(200).says("All filters");
    holds(&list, &["/contacts/filter?list="]);
    let blank = ada.get("/contacts/filter?list=sort%3Dname").await.is(200);
    holds(&blank.says("Choose a field"), &["name=\"f-0-0\""]);
    // A field is chosen: now its comparisons are offered. Then another condition is added.
    let path = "/contacts/filter?list=sort%3Dname&g-0=any&f-0-0=city";
    let chosen = ada.get(path).await.is(200).says("does not contain");
    holds(&chosen, &["name=\"v-0-0\""]);
    let path = "/contacts/filter?g-0=any&f-0-0=city&o-0-0=is&v-0-0=OSLO&do=add-0";
    holds(
        &ada.get(path).await.is(200),
        &["name=\"f-0-1\"", "value=\"OSLO\""],
    );
    let asked = "list=sort%3Dname&g-0=any&f-0-0=city&o-0-0=is&v-0-0=OSLO&f-0-1=city&o-0-1=contains&v-0-1=arh&do=show";
    let to = "/contacts?filter=any*city.is.OSLO*city.contains.arh*end&sort=name";
    ada.get(&format!("/contacts/filter?{asked}"))
        .await
        .leads_to(to);
    let found = ada.get(to).await.is(200);
    found
        .says("Person 00000 Oslo")
        .says("Person 00002 Århus")
        .says("City is OSLO or City contains arh")
        .never_says("Bergen")
        .never_says("Tromsø");
}

#[actix_web::test]
async fn a_condition_that_cannot_be_asked_comes_back_with_its_reason() {
    let app = towns().await;
    let ada = app.admin().await;
    let asked = "g-0=all&f-0-0=city&o-0-0=is&v-0-0=&f-0-1=visits&o-0-1=over&v-0-1=many&do=show";
    let back = ada.get(&format!("/contacts/filter?{asked}")).await.is(422);
    let back = back
        .says("“City” needs a value")
        .says("“many” does not fit “Visits”");
    holds(&back, &["value=\"many\""]);
}

#[actix_web::test]
async fn a_filter_that_cannot_be_read_or_asked_fits_nobody() {
    let app = towns().await;
    let ada = app.admin().await;
    for filter in ["broken", "gone.is.x", "city.over.3"] {
        let list = ada.get(&format!("/contacts?filter={filter}")).await.is(200);
        list.never_says("Person 0000").says("Nobody fits");
    }
    let deep = format!(
        "/contacts?filter={}city.is.Oslo{}",
        "not*".repeat(900),
        "*end".repeat(900)
    );
    ada.get(&deep).await.is(200).never_says("Person 0000");
}

#[actix_web::test]
async fn conditions_that_an_index_serves_keep_their_plain_address() {
    let app = towns().await;
    let ada = app.admin().await;
    let asked = "g-0=all&f-0-0=stage&o-0-0=is&v-0-0=lead&f-0-1=owner&o-0-1=empty&do=show";
    let answer = ada.get(&format!("/contacts/filter?{asked}")).await;
    answer.leads_to("/contacts?owner=none&stage=lead");
    let again = ada
        .get("/contacts/filter?list=owner%3Dnone%26stage%3Dlead")
        .await
        .is(200);
    holds(&again.says("is empty"), &["name=\"f-0-1\""]);
}

#[actix_web::test]
async fn a_long_list_is_looked_through_without_loss_in_both_directions() {
    let app = TestApp::new().await;
    app.write(|conn| {
        for n in 0..4_300 {
            // Those who fit stand at the front, at the end of the first round, and behind it.
            let fits = n < 30 || (3_990..4_010).contains(&n) || n >= 4_270;
            person(conn, n, if fits { "Oslo" } else { "Bergen" }, n)?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
    let ada = app.admin().await;
    let fitting: Vec<String> = (0..30)
        .chain(3_990..4_010)
        .chain(4_270..4_300)
        .map(|n| format!("{n:05} Oslo"))
        .collect();
    let shown = |answer: &Answer| -> Vec<String> {
        let body = answer.body();
        let each = body.split("<bdi>Person ").skip(1);
        each.map(|rest| rest.split("</bdi>").next().unwrap_or_default().to_owned())
            .collect()
    };
    let first = ada.get("/contacts?filter=city.is.oslo").await.is(200);
    assert_eq!(shown(&first), fitting[..50]);
    let second = ada.get(&link(&first, "next")).await.is(200);
    assert_eq!(shown(&second), fitting[50..]);
    let back = ada.get(&link(&second, "prev")).await.is(200);
    assert_eq!(shown(&back), fitting[..50]);
}

#[actix_web::test]
async fn a_view_keeps_filter_columns_and_order_and_says_when_it_was_changed() {
    let app = towns().await;
    let ada = app.admin().await;
    let query = "filter=city.filled&cols=city.email&sort=name";
    let form = ada
        .get(&format!("/contacts/views/new?{query}"))
        .await
        .is(200);
    holds(
        &form,
        &["value=\"filter=city.filled&#38;cols=city.email&#38;sort=name\""],
    );
    let fields = [
        ("name", "Towns"),
        ("query", query),
        ("sharing", "private"),
        ("pin", "true"),
    ];
    let saved = ada.post("/contacts/views", &fields).await.is(303);
    let href = "/contacts?filter=city.filled&cols=city.email&sort=name&v=1";
    assert_eq!(saved.location(), href);
    let list = ada
        .get(href)
        .await
        .is(200)
        .says("Towns")
        .says("E-mail")
        .never_says("Events, 30 d");
    holds(&list, &["nav--views", "aria-current=\"page\">Towns"]);
    let changed = href.replace("city.filled", "city.is.Oslo");
    let list = ada
        .get(&changed)
        .await
        .is(200)
        .says("Save as…")
        .says("Reset");
    holds(
        &list,
        &["action=\"/contacts/views/1\"", "aria-label=\"edited\""],
    );
    ada.post("/contacts/views/1", &[("query", "filter=city.is.Oslo&v=1")])
        .await
        .leads_to("/contacts?filter=city.is.Oslo&v=1");
    ada.get("/contacts?filter=city.is.Oslo&v=1")
        .await
        .is(200)
        .never_says("Save as…");
    // Nobody else sees a private view, nor can they keep, change or remove it.
    let bo = app.agent("bo", Role::Sales).await;
    bo.get("/contacts").await.is(200).never_says("Towns");
    for path in ["pin", "remove"] {
        bo.post(&format!("/contacts/views/1/{path}"), &[])
            .await
            .is(404);
    }
    bo.post("/contacts/views/1", &[("query", "")]).await.is(404);
}

#[actix_web::test]
async fn a_shared_view_is_changed_by_who_made_it_or_leads() {
    let app = towns().await;
    let (bo, cleo) = (
        app.agent("bo", Role::Sales).await,
        app.agent("cleo", Role::Sales).await,
    );
    let fields = [
        ("name", "North"),
        ("query", "filter=city.is.Troms-c3-b8"),
        ("sharing", "everybody"),
    ];
    bo.post("/contacts/views", &fields).await.is(303);
    cleo.get("/contacts?v=1&filter=city.is.Troms-c3-b8")
        .await
        .is(200)
        .says("North")
        .says("Person 00003");
    cleo.post("/contacts/views/1/remove", &[]).await.is(403);
    cleo.post("/contacts/views/1/pin", &[]).await.is(303);
    cleo.get("/").await.is(200).says("North");
    bo.get("/").await.is(200);
    // The message of having saved it is gone now.
    bo.get("/").await.is(200).never_says("North");
    app.admin()
        .await
        .post("/contacts/views/1/remove", &[])
        .await
        .is(303);
    cleo.get("/").await.is(200).never_says("North");
}

#[actix_web::test]
async fn columns_are_chosen_and_put_in_order_without_script() {
    let app = towns().await;
    let ada = app.admin().await;
    let page = ada
        .get("/contacts/columns?list=filter%3Dcity.filled")
        .await
        .is(200);
    holds(
        &page.says("Another column"),
        &["name=\"c\" value=\"company\""],
    );
    let moved = ada
        .get("/contacts/columns?c=stage&c=city&new=email&do=add")
        .await
        .is(200);
    holds(&moved, &["name=\"c\" value=\"email\""]);
    let page = ada
        .get("/contacts/columns?c=stage&c=city&do=up-1")
        .await
        .is(200)
        .body();
    assert!(
        page.find("value=\"city\"") < page.find("value=\"stage\""),
        "{page}"
    );
    ada.get("/contacts/columns?list=filter%3Dcity.filled&c=city&c=seen&do=show")
        .await
        .leads_to("/contacts?filter=city.filled&cols=city.seen");
    let list = ada.get("/contacts?cols=city").await.is(200);
    list.says("Århus").never_says("Last seen");
}
