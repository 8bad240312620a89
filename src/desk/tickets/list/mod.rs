//! The queue: whose tickets, where they stand, the newest first.

pub mod ask;
pub mod page;
pub mod query;
pub mod queue;
