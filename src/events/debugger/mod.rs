//! Watching a source: its last hundred events, each new one as it arrives, and what it looked like on the way in.
//! Only looks. What arrives here is in memory and gone with the process; what came before, or to another instance, is read
//! out of the tables.

pub mod model;
pub mod pages;
pub mod store;
