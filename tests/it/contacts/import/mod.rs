//! Files of contacts brought in, and taken back.

mod killed;
mod leftovers;
mod real;
mod refused;
mod sheets;
mod written;

use crate::support::Agent;

/// Hands a file in; the address of the import.
async fn handed_in(agent: &Agent, name: &str, content: &[u8]) -> String {
    let answer = agent
        .post_file("/imports", "file", name, content)
        .await
        .is(303);
    let place = answer.location().to_owned();
    place
        .strip_suffix("/columns")
        .expect("its columns")
        .to_owned()
}

/// Takes the guesses, with some fields of the form changed, and starts; the job still waits.
async fn started(agent: &Agent, place: &str, fields: &[(&str, &str)]) {
    let mut form = vec![("key", "email"), ("country", "NO")];
    form.extend_from_slice(fields);
    agent
        .post(&format!("{place}/columns"), &form)
        .await
        .leads_to(&format!("{place}/preview"));
    agent
        .post(&format!("{place}/start"), &[])
        .await
        .leads_to(place);
}
