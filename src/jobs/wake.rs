//! Waking the workers of this process the moment a job is committed. Other processes look once a second.

use std::sync::LazyLock;

use tokio::sync::watch;

/// One bell per process: ringing it costs a worker one look into the queue.
static BELL: LazyLock<watch::Sender<u64>> = LazyLock::new(|| watch::channel(0).0);

/// Rings after the current transaction has committed.
pub(super) fn ring_on_commit() {
    crate::db::on_commit(ring);
}

pub(super) fn ring() {
    BELL.send_modify(|n| *n = n.wrapping_add(1));
}

/// Hears every ring from now on, also those that come while it is not waiting.
pub(super) fn listen() -> watch::Receiver<u64> {
    BELL.subscribe()
}
