//! One line: takes letters until there are no more, and never sends one whose row does not say so on disk.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::ledger::{Held, Ledger, Outcome};
use crate::base::clock;
use crate::mail::{Fate, Line, Mailer, Sealed};

/// A letter that is ready, and whose it is.
pub(super) struct Ready {
    pub(super) held: Held,
    pub(super) letter: Sealed,
}

/// Where lines take their letters from.
pub(super) type Pile = Arc<Mutex<mpsc::Receiver<Ready>>>;

/// Works until the pile ends or somebody stops it. What the mail server had against opening a line is told through `trouble`.
pub(super) async fn work(
    mailer: Mailer,
    ledger: Ledger,
    pile: Pile,
    stopped: watch::Receiver<bool>,
    trouble: watch::Sender<String>,
) {
    let mut line: Option<Line> = None;
    loop {
        let next = pile.lock().await.recv().await;
        let Some(ready) = next else { break };
        if *stopped.borrow() {
            let why = "held back by a stop of the program".to_owned();
            ledger.report(ready.held, Outcome::Back(why));
            continue;
        }
        let known = trouble.borrow().clone();
        if line.is_none() && !known.is_empty() {
            // Another line has just found out that there is no way; this round of the campaign ends.
            ledger.report(ready.held, Outcome::Back(known));
            continue;
        }
        let mut open = match line.take().filter(Line::is_open) {
            Some(open) => open,
            None => match mailer.line().await {
                Ok(open) => {
                    trouble.send_if_modified(|words| {
                        let was = !words.is_empty();
                        words.clear();
                        was
                    });
                    open
                }
                Err(error) => {
                    let why = error.to_string();
                    trouble.send_replace(why.clone());
                    ledger.report(ready.held, Outcome::Back(why));
                    continue;
                }
            },
        };
        send(&mut open, &ledger, ready).await;
        line = Some(open);
    }
    if let Some(line) = line {
        line.close().await;
    }
}

async fn send(line: &mut Line, ledger: &Ledger, ready: Ready) {
    let Ready { held, letter } = ready;
    let announced = line.announce(&letter).await;
    if announced != Fate::Taken {
        ledger.report(held, outcome(announced));
        return;
    }
    if !ledger.mark(&held).await {
        // Paused, cancelled, or somebody else's by now: it did not leave, and its row says so already.
        line.forget().await;
        return;
    }
    let fate = line.transmit(&letter, clock::now()).await;
    ledger.report(held, outcome(fate));
}

fn outcome(fate: Fate) -> Outcome {
    match fate {
        Fate::Taken => Outcome::Sent,
        Fate::Refused(why) => Outcome::Failed(why),
        Fate::Deferred(why) => Outcome::Deferred(why),
        Fate::Broken(why) => Outcome::Back(why),
        Fate::Unknown(why) => Outcome::Unknown(why),
    }
}
