//! Changes of everybody in a view, however many: a run goes through them in the background, by id, in short transactions. It
//! remembers where it is in the same transactions, so that whatever is killed goes on where it was, and what each contact had
//! before, so that all of it can be taken back. Who comes into the view later is not changed.

mod job;
mod pages;
mod store;

pub use job::Go;
pub use pages::{ask, show, start, stop, undo};
