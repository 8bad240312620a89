//! Stories of what goes wrong around the program: it is killed, another one runs beside it, the database goes away.
//! After each, everything that was answered with 200 is there exactly once, and counted once.

mod cut;
mod full;
mod killed;
mod ledger;
mod locked;
mod mail;
mod restart;
mod sender;
mod together;

use crate::support::{Place, Server};
use ledger::Ledger;
use sender::{Events, Known};

/// As SDKs do: what was not answered is sent again. Then everything answered is there exactly once.
fn ends_well(place: &Place, server: Server, key: &str, mut known: Known) {
    let again: Vec<String> = known.in_doubt.iter().cloned().collect();
    for chunk in again.chunks(50) {
        let batch: Vec<_> = chunk.iter().map(|id| Events::again(id)).collect();
        assert_eq!(sender::send(&server.address, key, &batch), Some(200));
    }
    known.answered.append(&mut known.in_doubt);
    let mut ledger = Ledger::open(place);
    ledger.wait_for(known.answered.len());
    server.stops();
    assert!(known.answered.len() > 100, "too little was sent");
    ledger.agrees_with(&known);
}
