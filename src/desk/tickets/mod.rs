//! Tickets: the queue, the conversation, answers and notes.

pub mod actions;
pub mod model;
pub mod refusal;
pub mod sending;
pub mod store;

use actix_web::web;

/// Routes of tickets.
pub fn routes(_cfg: &mut web::ServiceConfig) {}
