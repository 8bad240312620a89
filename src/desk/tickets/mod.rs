//! Tickets: the queue, the conversation, answers and notes.

pub mod actions;
pub mod list;
pub mod model;
pub mod pages;
pub mod refusal;
pub mod sending;
pub mod store;

pub use pages::routes;
