//! The desk: mail becomes tickets, tickets are answered, and no mail is lost, looped or put in the wrong ticket.
//! Words: a `mailbox` is an address tickets arrive at; a `mail` is what came in, byte for byte; a `ticket` is a conversation,
//! its number is its id; a `message` is one mail or note in it. Invariants: the bytes of a mail are on the disk before it is
//! answered for; one mail is one message, however often it is delivered; a subject alone never decides where a mail lands.

pub mod inbound;
pub mod mailboxes;
pub mod tickets;

use actix_web::web;

pub use tickets::{found, related, story};

/// Routes of the desk.
pub fn routes(cfg: &mut web::ServiceConfig) {
    inbound::routes(cfg);
    mailboxes::routes(cfg);
    tickets::routes(cfg);
}
