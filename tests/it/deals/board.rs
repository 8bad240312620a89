//! The board: cards, moves, who is quicker, and what every stage holds.

use super::{made, stage, total};
use crate::support::TestApp;
use rapport::accounts::Role;

#[actix_web::test]
async fn a_deal_goes_along_the_board_and_its_totals_with_it() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/deals").await.is(200).says("What you are selling");
    let fields = [
        ("title", "Fjord monitoring, 3 sites"),
        ("amount", "€ 184.500"),
        ("company", "Nordfjord Havbruk AS"),
        ("closes_on", "2031-06-12"),
    ];
    let deal = made(&ada, &fields).await;
    made(&ada, &[("title", "Oyster beds"), ("amount", "1000 JPY")]).await;
    let (lead, proposal) = (stage(&app, "Lead").await, stage(&app, "Proposal").await);
    assert_eq!(total(&app, &lead, "EUR").await, (1, 18_450_000, 1_845_000));
    let board = ada.get("/deals").await.is(200);
    let board = board.says("Fjord monitoring, 3 sites").says("€184,500");
    let board = board.says("Nordfjord Havbruk AS").says("No next step");
    board.says("12 Jun 2031").says("¥1,000");

    let go = format!("{deal}/move?from={lead}&back=%2Fdeals%3Fowner%3Dme");
    let moved = ada.post(&go, &[("to", &proposal)]).await;
    moved.leads_to("/deals?owner=me");
    let board = ada.get("/deals").await;
    let board = board.says("Fjord monitoring, 3 sites is now in Proposal");
    assert!(board.body().contains(&format!(
        "action=\"{deal}/move?to={lead}&#38;from={proposal}"
    )));
    assert_eq!(total(&app, &lead, "EUR").await, (0, 0, 0));
    assert_eq!(
        total(&app, &proposal, "EUR").await,
        (1, 18_450_000, 9_225_000)
    );
    // Undo is a move back.
    let undo = format!("{deal}/move?to={lead}&from={proposal}");
    ada.post(&undo, &[]).await.leads_to(&deal);
    assert_eq!(total(&app, &lead, "EUR").await, (1, 18_450_000, 1_845_000));
    ada.get(&deal)
        .await
        .says("Moved from Lead to Proposal by Ada Lovelace")
        .says("Moved from Proposal to Lead by Ada Lovelace");
}

#[actix_web::test]
async fn of_two_who_move_one_card_the_second_is_told_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.agent("grace", Role::Sales).await;
    let deal = made(&ada, &[("title", "Tidal gates"), ("amount", "100")]).await;
    let lead = stage(&app, "Lead").await;
    let (qualified, proposal) = (
        stage(&app, "Qualified").await,
        stage(&app, "Proposal").await,
    );
    let go = format!("{deal}/move?from={lead}&back=/deals");
    ada.post(&go, &[("to", &qualified)])
        .await
        .leads_to("/deals");
    grace
        .post(&go, &[("to", &proposal)])
        .await
        .leads_to("/deals");
    grace
        .get("/deals")
        .await
        .says("Somebody moved it to Qualified meanwhile. Nothing was changed.");
    assert_eq!(total(&app, &qualified, "EUR").await.0, 1);
    assert_eq!(total(&app, &proposal, "EUR").await.0, 0);
    // Both wanted the same: nobody has to be told.
    grace
        .post(&go, &[("to", &qualified)])
        .await
        .leads_to("/deals");
    ada.post(&go, &[("to", "4711")]).await.leads_to("/deals");
    ada.get("/deals")
        .await
        .says("That stage is no longer there");
}

#[actix_web::test]
async fn a_lost_deal_says_why_and_can_be_opened_again() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Cooling water"), ("amount", "58,000")]).await;
    let (lead, lost) = (stage(&app, "Lead").await, stage(&app, "Lost").await);
    let go = format!("{deal}/move?from={lead}&back=/deals");
    let asked = ada.post(&go, &[("to", &lost)]).await;
    asked.leads_to(&format!("{deal}/lose?to={lost}&from={lead}&back=%2Fdeals"));
    let form = |reason, note| {
        [
            ("to", lost.as_str()),
            ("from", lead.as_str()),
            ("reason", reason),
            ("note", note),
            ("back", "/deals"),
        ]
    };
    let lose = format!("{deal}/lose");
    ada.post(&lose, &form("", "too slow"))
        .await
        .is(200)
        .says("Choose why it was lost.")
        .says("too slow");
    ada.post(&lose, &form("other", ""))
        .await
        .is(200)
        .says("Say in a few words what it was.");
    ada.post(&lose, &form("competitor", "They had a boat there."))
        .await
        .leads_to("/deals");
    let page = ada.get(&deal).await.says("lost: Competitor");
    page.says("Lost (Competitor: They had a boat there.) by Ada Lovelace");
    assert_eq!(total(&app, &lost, "EUR").await, (1, 5_800_000, 0));
    ada.post(&format!("{deal}/move?from={lost}"), &[("to", &lead)])
        .await
        .leads_to(&deal);
    let page = ada.get(&deal).await.says("Reopened to Lead");
    page.never_says("lost: Competitor");
    let won = stage(&app, "Won").await;
    ada.post(&format!("{deal}/move?from={lead}"), &[("to", &won)])
        .await
        .leads_to(&deal);
    assert_eq!(total(&app, &won, "EUR").await, (1, 5_800_000, 5_800_000));
}

#[actix_web::test]
async fn lanes_come_in_pages_and_are_narrowed_by_owner_and_words() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let grace = app.user("grace", Role::Sales).await.id.to_string();
    for n in 1..=23 {
        let title = format!("Deal number {n:02}");
        let owner = if n == 7 { grace.as_str() } else { "" };
        made(
            &ada,
            &[("title", &title), ("amount", "10"), ("owner", owner)],
        )
        .await;
    }
    let board = ada.get("/deals").await.is(200).says("3 more").says("23");
    let board = board.says("Deal number 23").never_says("Deal number 03");
    let body = board.body();
    let at = body.find("/deals/lane/").expect("more");
    let href = body[at..]
        .split('"')
        .next()
        .expect("an address")
        .replace("&#38;", "&");
    let rest = ada.get(&href).await.is(200).says("Deal number 03");
    rest.says("Deal number 01").never_says("Deal number 04");
    let hers = ada.get(&format!("/deals?owner={grace}")).await.is(200);
    let hers = hers.says("Deal number 07").says("€10");
    hers.never_says("Deal number 08")
        .says("Owner is Grace Hopper");
    let found = ada.get("/deals?q=number+12").await.is(200);
    found.says("Deal number 12").never_says("Deal number 11");
    ada.get("/deals?owner=none")
        .await
        .says("Deal number 23")
        .says("22");
}

#[actix_web::test]
async fn who_may_only_read_moves_nothing() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let deal = made(&ada, &[("title", "Lagoon")]).await;
    let lead = stage(&app, "Lead").await;
    let omar = app.agent("omar", Role::Support).await;
    let board = omar.get("/deals").await.is(200).says("Lagoon");
    assert!(!board.body().contains("/move?"));
    omar.get(&deal).await.is(200).never_says("Won Lost");
    omar.post(&format!("{deal}/move"), &[("to", &lead)])
        .await
        .is(403);
    omar.post("/deals", &[("title", "Mine")]).await.is(403);
    omar.post(&format!("{deal}/delete"), &[]).await.is(403);
    app.browser()
        .get("/deals")
        .await
        .leads_to("/sign-in?next=%2Fdeals");
}
