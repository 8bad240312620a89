//! What the team of Tidewater does in Rapport itself: types people in, takes them over, moves them along, tags, notes.
//! `plan` says what and when, `book` does it through the actions everybody uses, `words` holds what they write, `deals` is the
//! pipeline, `mailings` what is sent to many.

mod book;
pub(super) mod deals;
mod desk;
pub(super) mod mailings;
mod plan;
mod talks;
mod words;

pub(super) use book::Book;
pub(super) use desk::fill as fill_desk;
pub(super) use plan::{Deed, plan};
