//! Tasks: what somebody has promised to do, by when, about a deal, a contact or a company. A task is an activity with a due
//! time; once done it stands in the story of its record.

pub mod actions;
pub mod model;
pub mod store;
