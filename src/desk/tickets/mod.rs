//! Tickets: the queue, the conversation, answers and notes.

pub mod actions;
pub mod api;
pub mod found;
pub mod list;
pub mod live;
pub mod model;
pub mod pages;
pub mod refusal;
pub mod related;
pub mod sending;
pub mod store;
pub mod story;
pub mod tagged;

pub use pages::routes;
