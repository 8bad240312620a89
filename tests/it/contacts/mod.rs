//! Stories of contacts and companies.

mod api;
mod companies;
mod did;
mod duplicates;
mod exports;
mod fields;
mod fields_said;
mod filter;
mod import;
mod list;
mod merges;
mod purge;
mod record;
mod runs;
mod tags;

use crate::support::Agent;

/// Makes a contact through the form; its address.
async fn made(agent: &Agent, fields: &[(&str, &str)]) -> String {
    let answer = agent.post("/contacts", fields).await.is(303);
    let place = answer.location().to_owned();
    assert!(place.starts_with("/contacts/"), "{place}");
    place
}
