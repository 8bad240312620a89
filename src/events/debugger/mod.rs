//! Watching a source: its last hundred events, each new one as it arrives, and what it looked like on the way in.
//! Only looks; what it shows is in memory and gone with the process.

pub mod model;
pub mod pages;
