//! Records that look like one: found while somebody types, when a record changes, and by a nightly walk; decided by people.
//! Words: a `likeness` is what is compared of a record; a `pair` is two that look like one, with a reason and how sure that
//! is. Invariant: what somebody called not the same is never offered again.

pub mod jobs;
pub mod likeness;
mod look;
pub mod model;
mod pages;
mod panel;
mod store;
mod walk;

pub use look::{Match, ask_company, ask_person, note_company, note_contact};
pub use pages::routes;
pub use panel::panel;
