//! The book of what is over the line. Lines hand in marks and reports; whatever has gathered is one transaction, and a mark
//! is answered once it is on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::base::clock::{self, SECOND, Timestamp};
use crate::base::ids::{CampaignId, RecipientId};
use crate::campaigns::model::{Delivery, MOST_ATTEMPTS, pause_after};
use crate::campaigns::store::claims::{self, Added};
use crate::db::{Conn, Db};

/// Entries of one transaction.
const AT_ONCE: usize = 200;
/// When a letter that could not leave for no fault of its own is tried again.
const SOON: i64 = 20 * SECOND;

/// A row in a worker's hands.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// Which.
    pub id: RecipientId,
    /// By which batch.
    pub token: Arc<str>,
    /// Tries before this one.
    pub attempts: i64,
}

/// What became of it.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The server has it.
    Sent,
    /// Never.
    Failed(String),
    /// Perhaps later.
    Deferred(String),
    /// Nobody knows.
    Unknown(String),
    /// It did not leave, for no fault of its own.
    Back(String),
}

enum Entry {
    Mark(Held, oneshot::Sender<bool>),
    Report(Held, Outcome),
}

/// The way into the book. Cheap to clone.
#[derive(Clone)]
pub(super) struct Ledger(mpsc::UnboundedSender<Entry>);

impl Ledger {
    /// Opens the book of a campaign. It is closed when every copy of the way in is gone; then the task ends.
    pub(super) fn open(db: Db, campaign: CampaignId) -> (Self, tokio::task::JoinHandle<()>) {
        let (entries, received) = mpsc::unbounded_channel();
        let task = tokio::spawn(keep(db, campaign, received));
        (Self(entries), task)
    }

    /// Whether the letter may go over the line: true once its mark is on disk.
    pub(super) async fn mark(&self, held: &Held) -> bool {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send(Entry::Mark(held.clone(), answer));
        sent.is_ok() && answered.await.unwrap_or(false)
    }

    /// Writes down what became of it, with whatever comes next.
    pub(super) fn report(&self, held: Held, outcome: Outcome) {
        // The book outlives its lines; it is gone only when the whole program goes.
        let _ = self.0.send(Entry::Report(held, outcome));
    }
}

async fn keep(db: Db, campaign: CampaignId, mut received: mpsc::UnboundedReceiver<Entry>) {
    let mut entries = Vec::with_capacity(AT_ONCE);
    while received.recv_many(&mut entries, AT_ONCE).await > 0 {
        let mut marks = Vec::new();
        let mut asking = Vec::new();
        let mut reports = Vec::new();
        for entry in entries.drain(..) {
            match entry {
                Entry::Mark(held, answer) => {
                    asking.push((held.id, answer));
                    marks.push(held);
                }
                Entry::Report(held, outcome) => reports.push((held, outcome)),
            }
        }
        let marked = commit(&db, campaign, marks, reports).await;
        for (id, answer) in asking {
            // A line that is gone gives nothing away.
            let _ = answer.send(marked.contains(&id));
        }
    }
}

/// A report must not be lost while the database is away; a mark may fail, then nothing leaves.
async fn commit(
    db: &Db,
    campaign: CampaignId,
    marks: Vec<Held>,
    reports: Vec<(Held, Outcome)>,
) -> Vec<RecipientId> {
    for _ in 0..30 {
        let (marks, reports) = (marks.clone(), reports.clone());
        let now = clock::now();
        let later = db.write_later(move |conn| write(conn, campaign, &marks, &reports, now));
        let written = tokio::task::spawn_blocking(move || later.wait()).await;
        match written {
            Ok(Ok(marked)) => return marked,
            Ok(Err(error)) => tracing::warn!(%campaign, %error, "cannot write into the ledger"),
            Err(error) => tracing::warn!(%campaign, %error, "the ledger was broken off"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    Vec::new()
}

fn write(
    conn: &mut Conn,
    campaign: CampaignId,
    marks: &[Held],
    reports: &[(Held, Outcome)],
    now: Timestamp,
) -> Result<Vec<RecipientId>, diesel::result::Error> {
    let mut added = Added::default();
    let mut sent: BTreeMap<Arc<str>, Vec<RecipientId>> = BTreeMap::new();
    for (held, outcome) in reports {
        if matches!(outcome, Outcome::Sent) {
            sent.entry(held.token.clone()).or_default().push(held.id);
        } else {
            settle(conn, held, outcome, now, &mut added)?;
        }
    }
    for (token, ids) in sent {
        let (certain, found) = claims::sent(conn, &token, &ids, now)?;
        added.sent += (certain + found) as i64;
        added.in_doubt -= found as i64;
    }
    claims::add(conn, campaign, added)?;
    let mut wanted: BTreeMap<Arc<str>, Vec<RecipientId>> = BTreeMap::new();
    for held in marks {
        wanted.entry(held.token.clone()).or_default().push(held.id);
    }
    let mut marked = Vec::new();
    for (token, ids) in wanted {
        marked.extend(claims::mark(conn, &token, &ids)?);
    }
    Ok(marked)
}

fn settle(
    conn: &mut Conn,
    held: &Held,
    outcome: &Outcome,
    now: Timestamp,
    added: &mut Added,
) -> Result<(), diesel::result::Error> {
    let tries = held.attempts + 1;
    let (to, why, next) = match outcome {
        Outcome::Sent => return Ok(()),
        Outcome::Failed(why) => (Delivery::Failed, why, Some((now, tries))),
        Outcome::Unknown(why) => (Delivery::Unknown, why, Some((now, tries))),
        Outcome::Deferred(why) if tries >= MOST_ATTEMPTS => {
            (Delivery::Failed, why, Some((now, tries)))
        }
        Outcome::Deferred(why) => {
            let at = now.plus(pause_after(tries));
            (Delivery::Deferred, why, Some((at, tries)))
        }
        Outcome::Back(why) => (
            Delivery::Deferred,
            why,
            Some((now.plus(SOON), held.attempts)),
        ),
    };
    let why = crate::base::text::line(why, 500);
    if claims::settle(conn, &held.token, held.id, to, &why, next)? {
        added.failed += i64::from(to == Delivery::Failed);
        added.in_doubt += i64::from(to == Delivery::Unknown);
    }
    Ok(())
}
