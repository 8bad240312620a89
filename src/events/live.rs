//! What just happened, for whoever is looking: the debugger of a source, an open contact page. In memory only;
//! pages that must not miss anything read the tables.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

use crate::base::Timestamp;
use crate::base::ids::{ContactId, SourceId};

/// One event as the worker saw it.
#[derive(Debug, Clone)]
pub struct LiveEvent {
    /// Where it came from.
    pub source_id: SourceId,
    /// When it was received.
    pub at: Timestamp,
    /// track, page, …; empty where it could not be read.
    pub kind: String,
    /// Name of the event or page.
    pub name: String,
    /// Its messageId.
    pub message_id: String,
    /// Whose it is.
    pub contact_id: Option<ContactId>,
    /// Name of that person, or the id they came with.
    pub person: String,
    /// What it did: "merged a visitor", "2 traits", "quarantine: …", "duplicate".
    pub did: Vec<String>,
    /// From received to stored; [`UNKNOWN`] where nobody measured it.
    pub latency_ms: i64,
    /// The JSON as it came, at most 32 kB.
    pub raw: String,
    /// Whether it went to the quarantine.
    pub is_bad: bool,
}

/// Recent events per source, and everybody who wants the next ones. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Arc<LiveEvent>>,
    recent: Arc<Mutex<HashMap<SourceId, VecDeque<Arc<LiveEvent>>>>>,
}

/// The latency of an event that was read out of the tables, or came at an invented time.
pub const UNKNOWN: i64 = -1;
/// Events of a source that are shown.
pub const KEPT: usize = 100;

impl Default for Live {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(1024).0,
            recent: Arc::default(),
        }
    }
}

impl Live {
    /// Every event from now on; a slow listener loses the oldest.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.sender.subscribe()
    }

    /// The last hundred of a source, newest first.
    pub fn recent(&self, source: SourceId) -> Vec<Arc<LiveEvent>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent
            .get(&source)
            .map(|events| events.iter().rev().cloned().collect())
            .unwrap_or_default()
    }

    /// Forgets how long what was told so far has taken: it came at times that were invented.
    pub fn forget_latencies(&self) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for event in recent.values_mut().flatten() {
            Arc::make_mut(event).latency_ms = UNKNOWN;
        }
    }

    /// How many events of one batch are worth telling: all while quiet, the last few of each source in a flood.
    pub fn wanted(&self) -> usize {
        if self.sender.receiver_count() > 0 {
            400
        } else {
            KEPT
        }
    }

    /// Tells what happened, oldest first.
    pub fn tell(&self, events: Vec<LiveEvent>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let event = Arc::new(event);
            let kept = recent.entry(event.source_id).or_default();
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(event.clone());
            // Nobody listening is fine.
            let _ = self.sender.send(event);
        }
    }
}
