//! The streams that each person holds open. A browser keeps few connections to one host and a page that was left is
//! noticed late, so that a person's newest stream takes the place of their oldest: nobody is refused for clicking.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use tokio::sync::oneshot;

use crate::base::ids::UserId;

/// Streams one person may have open at a time.
pub const MOST: usize = 4;

/// What a displaced stream says last: the page, if somebody still looks at it, need not hurry back.
const GIVES_WAY: &[u8] = b"event: rest\ndata: displaced\n\n";

/// Who has which open. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    /// Oldest first. A stream gives way when it is sent something, and stops when its sender goes.
    by_user: HashMap<UserId, VecDeque<(u64, oneshot::Sender<()>)>>,
    taken: u64,
    is_closed: bool,
}

/// An open stream; dropping it gives the place back.
#[derive(Debug)]
pub struct Place {
    streams: Streams,
    user: UserId,
    number: u64,
    end: oneshot::Receiver<()>,
}

impl Streams {
    /// A place for one more stream, which may be that of the person's oldest one.
    pub fn take(&self, user: UserId) -> Place {
        let (sender, end) = oneshot::channel();
        let mut open = self.lock();
        open.taken += 1;
        let number = open.taken;
        if !open.is_closed {
            let places = open.by_user.entry(user).or_default();
            if places.len() == MOST
                && let Some((_, oldest)) = places.pop_front()
            {
                // One that has just been closed hears nothing, which is as good.
                let _ = oldest.send(());
            }
            places.push_back((number, sender));
        }
        Place {
            streams: self.clone(),
            user,
            number,
            end,
        }
    }

    /// Ends every stream, and each that is opened from now on: the instance stops.
    pub fn close(&self) {
        let mut open = self.lock();
        open.is_closed = true;
        open.by_user.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns when the stream has to end, with what it says last. Not to be asked again.
    pub async fn ended(&mut self) -> Option<Bytes> {
        let is_displaced = (&mut self.end).await.is_ok();
        is_displaced.then(|| Bytes::from_static(GIVES_WAY))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(places) = open.by_user.get_mut(&self.user) {
            places.retain(|(number, _)| *number != self.number);
            if places.is_empty() {
                open.by_user.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_ended(place: &mut Place) -> bool {
        place.end.try_recv() != Err(oneshot::error::TryRecvError::Empty)
    }

    #[test]
    fn the_newest_takes_the_place_of_the_oldest() {
        let streams = Streams::default();
        let mut other = streams.take(UserId(2));
        let mut held: Vec<Place> = (0..=MOST).map(|_| streams.take(UserId(1))).collect();
        let ended: Vec<bool> = held.iter_mut().map(has_ended).collect();
        assert_eq!(ended, [true, false, false, false, false]);
        assert!(!has_ended(&mut other), "another person has their own");
    }

    #[test]
    fn a_closed_stream_makes_room_for_another() {
        let streams = Streams::default();
        let mut held: Vec<Place> = (0..MOST).map(|_| streams.take(UserId(1))).collect();
        held.pop();
        held.push(streams.take(UserId(1)));
        assert!(!held.iter_mut().any(has_ended));
        held.clear();
        assert!(streams.lock().by_user.is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_stopping_instance_ends_all_and_any_that_comes_later() {
        let streams = Streams::default();
        let mut early = streams.take(UserId(1));
        streams.close();
        assert!(has_ended(&mut early));
        assert!(has_ended(&mut streams.take(UserId(1))));
    }
}
