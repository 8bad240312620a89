//! The list: filtered, sorted, page by page; and the trash.

use super::{made, stage};
use crate::support::TestApp;

#[actix_web::test]
async fn the_list_is_sorted_and_walked_without_loss() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for n in 0..57_u32 {
        let title = format!("Deal {n:02}");
        let amount = match n % 3 {
            0 => String::new(),
            1 => format!("{} JPY", n * 10),
            _ => format!("{n}.50 EUR"),
        };
        let closes = if n % 4 == 0 {
            String::new()
        } else {
            format!("2031-01-{:02}", n % 28 + 1)
        };
        let fields = [
            ("title", title.as_str()),
            ("amount", &amount),
            ("closes_on", &closes),
        ];
        made(&ada, &fields).await;
    }
    for sort in ["closes", "amount", "created"] {
        let mut path = format!("/deals?view=list&sort={sort}");
        let mut seen = Vec::new();
        loop {
            let page = ada.get(&path).await.is(200);
            let body = page.body();
            let rows = body.split("<th scope=\"row\">").skip(1);
            seen.extend(rows.map(|row| {
                let at = row.find("<bdi>").expect("a title") + 5;
                row[at..at + 7].to_owned()
            }));
            let Some(at) = body.find("rel=\"next\" href=\"") else {
                break;
            };
            let rest = &body[at + 17..];
            let end = rest.find('"').expect("an address");
            path = rest[..end].replace("&#38;", "&");
        }
        assert_eq!(seen.len(), 57, "{sort}");
        let mut all = seen.clone();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 57, "{sort}");
        if sort == "amount" {
            let at = |title: &str| seen.iter().position(|one| one == title);
            assert_eq!(at("Deal 56"), Some(0), "the workspace's currency first");
            assert_eq!(at("Deal 02"), Some(18));
            assert_eq!(at("Deal 55"), Some(38), "no yen among euros, €0 none");
            assert_eq!(at("Deal 01"), Some(56));
        }
    }
    let page = ada.get("/deals?view=list&sort=amount").await.is(200);
    page.says("EUR 38 deals · €561")
        .says("JPY 19 deals · ¥5,320")
        .says("Deal 55");
    let euros = ada.get("/deals?view=list&sort=closes").await;
    euros.never_says("38 deals");
    let (lead, lost) = (stage(&app, "Lead").await, stage(&app, "Lost").await);
    let form = [("to", lost.as_str()), ("reason", "price")];
    ada.post("/deals/1/lose", &form).await.leads_to("/deals/1");
    let page = ada.get("/deals?view=list&state=lost").await.is(200);
    page.says("Deal 00").never_says("Deal 01");
    let page = ada
        .get(&format!("/deals?view=list&stage={lead}&sort=created"))
        .await;
    page.says("Stage is Lead")
        .says("Deal 56")
        .never_says("Deal 00");
    let page = ada.get("/deals?view=list&q=deal+07").await.is(200);
    page.says("Deal 07").never_says("Deal 08");
    ada.get("/deals?view=list&owner=me")
        .await
        .is(200)
        .says("No deal fits");
    ada.post("/deals/2/delete", &[]).await.is(303);
    ada.get("/deals/trash")
        .await
        .is(200)
        .says("Deal 01")
        .says("Restore");
}
