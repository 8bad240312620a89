//! How a source is doing: per minute, when it was last heard of, what was refused and why.

pub mod model;
pub mod store;

pub use model::{Brief, Health, Minute, Rejection};
