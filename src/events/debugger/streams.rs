//! How many streams each person holds open: a browser keeps few connections to one host, and a page that forgets to
//! close its stream must not take them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::ids::UserId;

/// Streams one person may have open at a time.
pub const MOST: usize = 4;

/// Who has how many open. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<HashMap<UserId, usize>>>,
}

/// An open stream; dropping it gives the place back.
#[derive(Debug)]
pub(in crate::events) struct Place {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// A place for one more stream, if there is one.
    pub(in crate::events) fn take(&self, user: UserId) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Place {
            streams: self.clone(),
            user,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_stream_makes_room_for_another() {
        let streams = Streams::default();
        let mut held: Vec<Place> = (0..MOST).filter_map(|_| streams.take(UserId(1))).collect();
        assert_eq!(held.len(), MOST);
        assert!(streams.take(UserId(1)).is_none());
        assert!(
            streams.take(UserId(2)).is_some(),
            "another person has their own"
        );
        held.pop();
        assert!(streams.take(UserId(1)).is_some());
    }
}
