//! One filter language for everything that picks records: views of lists here, segments, journeys and reports later.
//! A [`Node`] is what somebody asked for, as words; it has one text form ([`text`]), one JSON form (serde) and one form in
//! URLs ([`url`]). A slice registers what its records can be asked about ([`Catalog`]). Against a catalog, a node becomes a
//! [`Rule`]: typed, its dates fixed to a moment and its "me" to a person. A rule is asked of the database
//! ([`Rule::predicate`]) or of a record in memory ([`Rule::matches`]), and both agree. All of it is pure.
//! Invariants: every test answers yes or no, never "unknown": "is not Oslo" includes whoever has no city. Trees are bounded.

pub mod draft;
mod field;
pub mod form;
mod kind;
mod matches;
mod op;
mod period;
mod refusal;
mod rule;
mod sql;
pub mod text;
mod tree;
pub mod url;
mod words;

pub use draft::Draft;
pub use field::{Catalog, Choice, Field, Place};
pub use kind::Kind;
pub use matches::{Facts, Record};
pub use op::Op;
pub use period::Period;
pub use refusal::Refusal;
pub use rule::{Reader, Rule};
pub use tree::{Node, Test};
pub use words::Sentence;
