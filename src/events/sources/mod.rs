//! Where events come from: write keys, what each source may do with what it sends, and how it is doing.
//! Source 1 is the house itself; it has no key anybody could use and cannot be changed.

pub mod actions;
pub mod health;
pub mod model;
pub mod pages;
pub mod snippets;
pub mod store;

pub use model::{NewSource, Source, SourceKind, SourceSettings};
