//! The durable queue: work that must happen, written in the transaction of what asks for it, done by any
//! instance, tried again with growing pauses, and kept as a dead letter when nothing helps. Knows no
//! concrete job.
//!
//! Invariants: a job is done at least once, and its `Context::finish` at most once; whoever lost a job to
//! another worker (its lock ran out while it slept) cannot finish, fail or bury it any more.

mod attempt;
mod job;
mod kinds;
mod queue;
mod schedule;
mod wake;
mod worker;

pub use attempt::drain;
pub use job::{Context, Fault, IDLE, Job, NORMAL, Outcome, URGENT};
pub use kinds::Kinds;
pub use queue::{
    Counts, JobRow, State, count, counts, discard, enqueue, enqueue_at, in_state, retry, retry_all,
};
pub use schedule::Schedule;
pub use worker::{Pace, Pulse, Worker};
