//! Events that could not be understood: why, what to do, the bytes as they came, and the way back in.
//! Invariants: an event leaves the quarantine only by a person's act; a replay keeps the time it was received at,
//! and doing it twice stores it once.

pub mod actions;
pub mod jobs;
pub mod model;
pub mod pages;
pub mod store;

pub use model::{Diagnosis, Filter, Item, State};
