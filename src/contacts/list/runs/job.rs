//! The work of a run.

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::store::{self, Run, State};
use crate::accounts::{self, Access, Object};
use crate::base::Timestamp;
use crate::base::ids::{BulkRunId, ContactId};
use crate::contacts::list::bulk::{self, Act};
use crate::contacts::list::reader_of;
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::filters::Reader;
use crate::jobs::{self, Context, Fault, Job, Outcome};

/// Contacts looked for at once, outside of any transaction that changes something.
const AHEAD: i64 = 1_000;
/// Contacts of one transaction: nobody waits long behind one.
const PIECE: usize = 50;
/// Contacts of one turn; then it goes to the end of the queue.
const TURN: usize = 5_000;

/// Goes on with a run, forwards or back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Go {
    /// Which.
    pub run: BulkRunId,
    /// From whose address it was started, for the audit.
    pub ip: String,
}

impl Job for Go {
    type Tools = ();
    const KIND: &'static str = "contacts.bulk";

    async fn run(self, context: Context<()>) -> Outcome {
        let mut done = 0;
        while done < TURN {
            let (id, now) = (self.run, context.now);
            let read: QueryResult<Option<(Run, String, Vec<ContactId>)>> =
                context.db.read(move |conn| ahead(conn, id, now)).await;
            let Some((run, name, ids)) = read? else {
                return context.finish(|_| Ok(())).await;
            };
            let by = By {
                user: run.user_id,
                name,
                ip: self.ip.clone(),
                now,
                access: Access::everything(run.user_id),
            };
            if run.state == State::Undoing {
                let left: Result<usize, Refusal> =
                    context.db.write(move |conn| back(conn, &run, &by)).await;
                match left {
                    Ok(0) => return context.finish(move |conn| ended(conn, id, now)).await,
                    Ok(n) => done += n,
                    Err(refusal) => return failed(context, id, &refusal).await,
                }
                continue;
            }
            if ids.is_empty() {
                return context.finish(move |conn| ended(conn, id, now)).await;
            }
            for piece in ids.chunks(PIECE) {
                let (piece, by) = (piece.to_vec(), by.clone());
                let moved = context
                    .db
                    .write(move |conn| forth(conn, id, &piece, &by))
                    .await;
                match moved {
                    Ok(true) => done += PIECE,
                    // Stopped meanwhile, or another worker has it.
                    Ok(false) => break,
                    Err(refusal) => return failed(context, id, &refusal).await,
                }
            }
        }
        let now = context.now;
        context
            .finish(move |conn| jobs::enqueue(conn, &self, now))
            .await
    }
}

/// A run that is at work, who started it, and who is next. None: there is nothing to do.
fn ahead(
    conn: &mut Conn,
    id: BulkRunId,
    now: Timestamp,
) -> QueryResult<Option<(Run, String, Vec<ContactId>)>> {
    let at_work = |run: &Run| matches!(run.state, State::Running | State::Undoing);
    let Some(run) = store::find(conn, id)?.filter(at_work) else {
        return Ok(None);
    };
    let Some(user) = accounts::store::user(conn, run.user_id)? else {
        return Ok(None);
    };
    let access = accounts::store::access_of(conn, &user)?;
    let reader = Reader {
        reach: access.reach(Object::Contacts, run.act.action()),
        ..reader_of(&user, &access, now)
    };
    let ids = match run.state {
        State::Running => store::next(conn, &run, &reader, AHEAD)?,
        _ => Vec::new(),
    };
    Ok(Some((run, user.name, ids)))
}

/// Changes a few contacts and moves the run on, or neither. False: it is not at work there any more.
fn forth(conn: &mut Conn, id: BulkRunId, piece: &[ContactId], by: &By) -> Result<bool, Refusal> {
    let (Some(run), Some(last)) = (store::find(conn, id)?, piece.last()) else {
        return Ok(false);
    };
    let is_ahead = |contact: &ContactId| *contact > run.after_id;
    if run.state != State::Running || !piece.iter().all(is_ahead) {
        return Ok(false);
    }
    let act = Act::new(run.act, &run.value).ok_or(Refusal::Missing)?;
    let changed = bulk::change(conn, piece, &act, by, true)?;
    let kept = (piece.len() - changed.len()) as i64;
    Ok(store::advance(conn, &run, *last, &changed, kept)?)
}

/// Takes a few changes back. Whoever was changed by somebody else since stays as they are. Gives how many were looked at.
fn back(conn: &mut Conn, run: &Run, by: &By) -> Result<usize, Refusal> {
    let changes = store::changes(conn, run.id, PIECE as i64)?;
    let act = Act::new(run.act, &run.value).ok_or(Refusal::Missing)?;
    let mut kept = 0;
    for (was, contact) in &changes {
        if !bulk::restore(conn, *contact, &act, was, by)? {
            kept += 1;
        }
    }
    let ids: Vec<ContactId> = changes.iter().map(|(_, contact)| *contact).collect();
    store::taken_back(conn, run.id, &ids, kept)?;
    Ok(changes.len())
}

fn ended(conn: &mut Conn, id: BulkRunId, now: Timestamp) -> QueryResult<()> {
    store::turn(conn, id, &[State::Running], State::Done, Some(now))?;
    store::turn(conn, id, &[State::Undoing], State::Undone, Some(now))?;
    Ok(())
}

/// What a person must mend is told on the page of the run; what passes is tried again.
async fn failed(context: Context<()>, id: BulkRunId, refusal: &Refusal) -> Outcome {
    if let Refusal::Query(error) = refusal {
        return Err(Fault::Later(error.to_string()));
    }
    let (words, now) = (refusal.words(), context.now);
    context
        .finish(move |conn| store::fail(conn, id, &words, now).map(|_| ()))
        .await
}
