//! Stories of deals: the board, the record, tasks, stages, the API.

mod api;
mod board;
mod list;
mod live;
mod record;
mod stages;
mod tasks;

use rapport::base::Currency;
use rapport::base::ids::StageId;
use rapport::deals::pipelines::store as pipelines;
use rapport::deals::totals;

use crate::support::{Agent, TestApp};

/// Makes a deal through the form; its address.
async fn made(agent: &Agent, fields: &[(&str, &str)]) -> String {
    let answer = agent.post("/deals", fields).await.is(303);
    let place = answer.location().to_owned();
    assert!(place.starts_with("/deals/"), "{place}");
    place
}

/// The id of the stage of this name.
async fn stage(app: &TestApp, name: &'static str) -> String {
    let found = app
        .read(move |conn| {
            let pipeline = pipelines::default(conn)?;
            pipelines::stages_of(conn, pipeline.id)
        })
        .await;
    let stage = found.into_iter().find(|stage| stage.name == name);
    stage.expect("a stage").id.to_string()
}

/// What a stage holds: how many, worth what, weighted.
async fn total(app: &TestApp, stage: &str, currency: &str) -> (i64, i64, i64) {
    let id = StageId(stage.parse().expect("an id"));
    let currency = Currency::parse(currency).expect("a currency");
    let rows = app
        .read(move |conn| totals::of(conn, &[id], None, &rapport::accounts::Reach::All))
        .await;
    let rows = rows.iter().filter(|row| row.currency == currency);
    rows.fold((0, 0, 0), |sum, row| {
        (sum.0 + row.n, sum.1 + row.amount, sum.2 + row.weighted)
    })
}
