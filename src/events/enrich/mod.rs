//! The worker that turns requests into behaviour on contacts. `read` and `draft` understand what was sent (pure),
//! `batch` does the work of one transaction, `worker` runs it for ever.

mod around;
mod batch;
mod claims;
mod clock_skew;
mod columns;
mod companies;
mod consent;
mod counters;
mod device;
mod draft;
mod fields;
mod flush;
mod ids;
mod keys;
mod memory;
mod names;
mod people;
mod read;
mod recall;
mod resolve;
mod rows;
mod sent;
mod sessions;
mod sieve;
mod touch;
mod trait_keys;
mod traits;
mod turn;
mod worker;

pub use ids::{Id, blocked};
pub(crate) use keys::mark_all;
pub use read::read;
pub use touch::Touch;
pub use worker::{Running, Worker, process_waiting};
