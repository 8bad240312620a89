//! The story of a contact, company or deal. Every slice to the right adds entries here instead of calling a sibling,
//! and hands in a strand for what it keeps itself (visits, tickets); the page shows them as one stream, newest first.
//! Words: an `entry` is one append-only line about a record; a `strand` is one kind of line; a `note` is what a person wrote.

mod day;
mod deals;
pub mod entries;
mod mark;
pub mod model;
pub mod notes;
pub mod pages;
pub mod store;
pub mod story;
mod stream;

pub use mark::{Bound, Mark};
pub use model::{About, Act, EntryKind, Later, NewEntry, Part, Show, Slip, StoryItem, SubLine};
pub use pages::{NoteForm, routes};
pub use store::{add, add_all};
pub use story::{Story, StoryAsk, Strand, StrandAsk, Strands};
pub use stream::{Stream, StreamLine};
