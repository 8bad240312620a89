//! Deals: opportunities on their way through the stages of a pipeline, and the tasks that move them.
//! Words: a `stage` is a step, open, won or lost; a `move` is a row of its own (from, to, when, how long, who); `totals` are
//! what a stage holds. Invariants: every move is one row of `stage_changes`; the totals of a stage equal the sum of its deals
//! at every commit; a likelihood that a person set is never overwritten; what is told of a deal stands on its own story,
//! its company's and its people's.

pub mod actions;
mod api;
mod attention;
pub mod found;
pub mod imported;
mod listing;
pub mod model;
pub mod pages;
mod person;
pub mod pipelines;
pub mod purge;
pub mod refusal;
pub mod related;
pub mod store;
pub mod tasks;
pub mod totals;

pub use model::{Deal, DealField, LostReason, NewDeal};
pub use pages::routes;
pub use refusal::Refusal;
