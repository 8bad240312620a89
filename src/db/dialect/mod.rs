//! What differs between the two databases: one file per question, one function per answer, both arms beside each other.

pub mod address;
pub mod bulk;
pub mod catalog;
pub mod claim;
pub mod domains;
pub mod fold;
pub mod health;
pub mod insert;
pub mod journal;
pub mod prepared;
pub mod reserve;
pub mod rows;
pub mod search;
pub mod tally;
pub mod unchanged;
pub mod upsert;
