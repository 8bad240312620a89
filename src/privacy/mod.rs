//! What people allow: topics they can subscribe to, the ledger of what they gave and withdrew, and the addresses that
//! must never be written to. Words: a `consent` is one line of the ledger; `suppressed` is an address, by its hash, whoever
//! has it. Invariants: the ledger is only added to, in the transaction that changes what holds now; what is not given is
//! not allowed; a merge keeps the strictest.

pub mod actions;
pub mod links;
mod merged;
pub mod model;
pub mod pages;
pub mod store;

pub use merged::FOLLOWER;
pub use model::{ConsentState, Proof, Reason, Topic};
pub use pages::{card, routes};
