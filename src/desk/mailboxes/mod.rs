//! Mailboxes: addresses tickets arrive at, and how their answers look.

pub mod actions;
pub mod model;
pub mod store;

use actix_web::web;

/// Routes of mailboxes.
pub fn routes(_cfg: &mut web::ServiceConfig) {}
