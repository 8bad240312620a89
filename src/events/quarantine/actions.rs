//! What people do with quarantined events: send them through again, drop them, take that back.

use diesel::prelude::*;
use futures_util::future::join_all;

use super::model::{self, Filter, Item, State};
use super::store;
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::QuarantineId;
use crate::db::schema::quarantine;
use crate::db::{Conn, Db};
use crate::events::inbox::{Inbox, InboxError, NewRequest};

/// Acted on within one request; above it a job does the work.
pub const AT_ONCE: i64 = 200;
/// Bodies in memory at a time.
const BATCH: i64 = 50;

/// Why an event cannot be sent through again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The inbox took nothing; nothing was marked.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// The database.
    #[error(transparent)]
    Db(#[from] diesel::result::Error),
}

/// What an act on many came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Sent through again, or dropped.
    pub done: usize,
    /// Left, as their bodies are still no event.
    pub left: usize,
}

/// What is done with many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Act {
    /// Send through again.
    Replay,
    /// Give up.
    Drop,
}

impl Act {
    /// From a form.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "replay" => Some(Self::Replay),
            "drop" => Some(Self::Drop),
            _ => None,
        }
    }

    fn state(self) -> State {
        match self {
            Self::Replay => State::Replayed,
            Self::Drop => State::Dropped,
        }
    }

    fn audited(self) -> &'static str {
        match self {
            Self::Replay => "quarantine.replayed",
            Self::Drop => "quarantine.dropped",
        }
    }
}

/// Sends events through again, at the time they were received; `bodies` are theirs, or what a person made of them.
/// The inbox has them before they are marked: what is killed in between is replayed twice, and stored once.
pub async fn replay(
    db: &Db,
    inbox: &Inbox,
    items: Vec<Item>,
    by: By,
    now: Timestamp,
) -> Result<Done, ReplayError> {
    let mut left = 0;
    let mut requests = Vec::new();
    for item in items {
        match model::replayed(&item.body, item.id, item.sent_at) {
            Some(body) => requests.push((
                item.id,
                NewRequest {
                    source_id: item.source_id,
                    received_at: item.received_at,
                    kind: "replay".to_owned(),
                    ip: item.ip,
                    user_agent: item.user_agent,
                    body,
                },
            )),
            None => left += 1,
        }
    }
    let sent = requests.into_iter().map(|(id, request)| async move {
        let result = inbox.append(request).await;
        result.map(|()| id)
    });
    let mut ids = Vec::new();
    let mut refused = None;
    for result in join_all(sent).await {
        match result {
            Ok(id) => ids.push(id),
            Err(error) => refused = Some(error),
        }
    }
    let done = ids.len();
    if done > 0 {
        db.write(move |conn| {
            resolve(conn, &ids, Act::Replay, &by, now)?;
            note(conn, Act::Replay, &ids, &by, now)
        })
        .await?;
    }
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(Done { done, left }),
    }
}

/// Gives events up; they can be opened again.
pub fn drop_all(
    conn: &mut Conn,
    ids: &[QuarantineId],
    by: &By,
    now: Timestamp,
) -> QueryResult<Done> {
    let done = resolve(conn, ids, Act::Drop, by, now)?;
    if done > 0 {
        note(conn, Act::Drop, ids, by, now)?;
    }
    Ok(Done { done, left: 0 })
}

/// Opens again what somebody dropped at that very moment.
pub fn reopen(conn: &mut Conn, at: Timestamp, by: &By, now: Timestamp) -> QueryResult<usize> {
    let dropped = quarantine::table
        .filter(quarantine::state.eq(State::Dropped))
        .filter(quarantine::resolved_at.eq(at))
        .filter(quarantine::resolved_by.eq(by.user));
    let n = diesel::update(dropped)
        .set((
            quarantine::state.eq(State::Open),
            quarantine::resolved_at.eq(None::<Timestamp>),
            quarantine::resolved_by.eq(None::<i64>),
        ))
        .execute(conn)?;
    if n > 0 {
        audit::record(conn, by, "quarantine.reopened", None, &counted(n), now)?;
    }
    Ok(n)
}

/// Acts on everything that matches, up to the newest that was there when the person looked.
pub async fn act_on_all(
    db: &Db,
    inbox: &Inbox,
    act: Act,
    filter: &Filter,
    until: i64,
    by: &By,
    now: Timestamp,
) -> Result<Done, ReplayError> {
    let mut total = Done::default();
    let mut after = 0;
    loop {
        let wanted = filter.clone();
        let items = db
            .read(move |conn| store::open_between(conn, &wanted, after, until, BATCH))
            .await?;
        let Some(last) = items.last() else {
            return Ok(total);
        };
        after = last.id.0;
        let done = match act {
            Act::Replay => replay(db, inbox, items, by.clone(), now).await?,
            Act::Drop => {
                let by = by.clone();
                db.write(move |conn| {
                    let ids: Vec<QuarantineId> = items.iter().map(|item| item.id).collect();
                    drop_all(conn, &ids, &by, now)
                })
                .await?
            }
        };
        total.done += done.done;
        total.left += done.left;
    }
}

fn resolve(
    conn: &mut Conn,
    ids: &[QuarantineId],
    act: Act,
    by: &By,
    now: Timestamp,
) -> QueryResult<usize> {
    let open = quarantine::table
        .filter(quarantine::id.eq_any(ids.to_vec()))
        .filter(quarantine::state.ne(State::Replayed));
    diesel::update(open)
        .set((
            quarantine::state.eq(act.state()),
            quarantine::resolved_at.eq(Some(now)),
            quarantine::resolved_by.eq(by.user),
        ))
        .execute(conn)
}

fn note(
    conn: &mut Conn,
    act: Act,
    ids: &[QuarantineId],
    by: &By,
    now: Timestamp,
) -> QueryResult<()> {
    let object = match ids {
        [id] => Some(("quarantine", id.0)),
        _ => None,
    };
    audit::record(conn, by, act.audited(), object, &counted(ids.len()), now)
}

fn counted(n: usize) -> String {
    if n == 1 {
        "1 event".to_owned()
    } else {
        format!("{n} events")
    }
}
