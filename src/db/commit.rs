//! What is to happen once the transaction now running has committed: ringing bells for those who wait.

use std::cell::RefCell;

type Act = Box<dyn FnOnce()>;

thread_local! {
    /// Acts of the open transaction of this thread; `None` while there is none.
    static ACTS: RefCell<Option<Vec<Act>>> = const { RefCell::new(None) };
}

/// Runs `act` after the current transaction has committed, and never if it is rolled back; at once where
/// none of ours is open. It must be quick and must not touch the database.
pub fn on_commit(act: impl FnOnce() + 'static) {
    let waits = ACTS.with_borrow_mut(|acts| match acts {
        Some(acts) => {
            acts.push(Box::new(act));
            None
        }
        None => Some(act),
    });
    if let Some(act) = waits {
        act();
    }
}

/// A transaction begins.
pub(super) fn open() {
    ACTS.set(Some(Vec::new()));
}

/// It has ended: its acts are run, or forgotten.
pub(super) fn close(is_committed: bool) {
    let acts = ACTS.take().unwrap_or_default();
    if is_committed {
        for act in acts {
            act();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn acts_wait_for_the_commit_and_die_with_a_rollback() {
        let n = Rc::new(Cell::new(0));
        let act = || {
            let n = n.clone();
            move || n.set(n.get() + 1)
        };
        on_commit(act());
        assert_eq!(n.get(), 1);
        open();
        on_commit(act());
        assert_eq!(n.get(), 1);
        close(true);
        assert_eq!(n.get(), 2);
        open();
        on_commit(act());
        close(false);
        on_commit(act());
        assert_eq!(n.get(), 3);
    }
}
