//! Mailings: what they say, to whom they go, how they leave, what comes back. Words: a `template` is content to begin from;
//! a `campaign` has its own content, which stands still from the launch on; a `recipient` is one address it goes to, with a
//! state. Invariants: nobody who did not allow the topic, or whose address is suppressed, is written to, also when that
//! changes while it is being sent; a row says `transmitting` on disk before the body goes over the line, so that after
//! any death what is uncertain is known, shown as `unknown` and never sent again by itself; nothing is changed by a GET.

pub mod actions;
mod api;
pub mod events;
pub mod found;
pub mod hits;
pub mod links;
pub mod machines;
pub mod model;
pub mod pages;
pub mod panel;
pub mod people;
pub mod render;
pub mod sender;
pub mod store;
pub mod story;

pub use hits::Hits;
pub use pages::routes;
