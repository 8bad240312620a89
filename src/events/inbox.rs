//! The inbox: one row per request, bytes as they came. A single thread gathers whatever waits and commits it as a
//! group; the request is answered when its group is on disk. On SQLite the inbox is a file of its own, so that
//! acknowledging an event never waits for another write; on PostgreSQL it is a table.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Text};
use tokio::sync::oneshot;

use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::dialect::prepared::prepared;
use crate::db::schema::inbox;
use crate::db::{Cached, Conn, DatabaseUrl, Db, DbError};
use crate::each_backend;

/// A request to keep.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Whose key it came with.
    pub source_id: SourceId,
    /// When it came.
    pub received_at: Timestamp,
    /// What the address said it is: `batch`, `import`, `replay`, or the type of a single event.
    pub kind: String,
    /// The client's address, already anonymised where the source asks for it.
    pub ip: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
    /// The body, inflated.
    pub body: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = inbox, treat_none_as_default_value = false)]
struct Row {
    source_id: SourceId,
    received_at: Timestamp,
    kind: String,
    ip: String,
    user_agent: String,
    body: Vec<u8>,
}

/// A request as it waits.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = inbox)]
pub struct Waiting {
    /// Position in the inbox.
    pub id: i64,
    /// Whose key it came with.
    pub source_id: SourceId,
    /// When it came.
    pub received_at: Timestamp,
    /// What the address said it is.
    pub kind: String,
    /// The client's address.
    pub ip: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
    /// The body, inflated.
    pub body: Vec<u8>,
}

/// Why a request was not kept; the client should try again.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// More is waiting than the disk takes.
    #[error("too many events are waiting")]
    Full,
    /// The disk or the database said no.
    #[error("the inbox cannot be written: {0}")]
    Failed(String),
}

enum Order {
    Append(Row, oneshot::Sender<Result<(), String>>),
    /// Everything up to here is processed.
    Forget(i64),
}

/// The door to the inbox. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    orders: Sender<Order>,
    state: Arc<State>,
}

struct State {
    url: DatabaseUrl,
    /// Wakes the worker; holds at most one wake-up.
    wake: (Sender<()>, Receiver<()>),
    waiting: AtomicI64,
}

/// Rows gathered into one commit at the most: bounds the time the first of them waits.
const GROUP: usize = 2_000;
/// Bytes gathered into one commit at the most.
const GROUP_BYTES: usize = 16 << 20;
/// Requests waiting for the worker beyond which new ones are turned away, to come again.
const MOST_WAITING: i64 = 400_000;

impl Inbox {
    /// Opens the inbox of a database and starts its thread.
    pub fn open(db: &Db) -> Result<Self, DbError> {
        let url = db.url().clone();
        let mut conn = connect(&url)?;
        let waiting: i64 = inbox::table.count().get_result(&mut conn)?;
        let (orders, queue) = crossbeam_channel::bounded(8_192);
        let state = Arc::new(State {
            url,
            wake: crossbeam_channel::bounded(1),
            waiting: AtomicI64::new(waiting),
        });
        let shared = state.clone();
        std::thread::Builder::new()
            .name("inbox".to_owned())
            .spawn(move || keep(conn, &queue, &shared))
            .map_err(|error| DbError::Io("inbox thread".to_owned(), error))?;
        Ok(Self { orders, state })
    }

    /// Keeps a request; it is on disk when this returns.
    pub async fn append(&self, request: NewRequest) -> Result<(), InboxError> {
        if self.waiting() > MOST_WAITING {
            return Err(InboxError::Full);
        }
        let row = Row {
            source_id: request.source_id,
            received_at: request.received_at,
            kind: request.kind,
            ip: request.ip,
            user_agent: request.user_agent,
            body: request.body,
        };
        let (answer, kept) = oneshot::channel();
        match self.orders.try_send(Order::Append(row, answer)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(InboxError::Full),
            Err(TrySendError::Disconnected(_)) => {
                return Err(InboxError::Failed("shutting down".to_owned()));
            }
        }
        match kept.await {
            Ok(result) => result.map_err(InboxError::Failed),
            Err(_) => Err(InboxError::Failed("shutting down".to_owned())),
        }
    }

    /// Requests that the worker has not had yet.
    pub fn waiting(&self) -> i64 {
        self.state.waiting.load(Ordering::Relaxed)
    }

    /// A connection for reading what waits.
    pub(super) fn reader(&self) -> Result<Conn, DbError> {
        connect(&self.state.url)
    }

    /// Waits for something to arrive, or for `timeout`.
    pub(super) fn wait(&self, timeout: std::time::Duration) {
        let _ = self.state.wake.1.recv_timeout(timeout);
    }

    /// Wakes the worker.
    pub fn wake(&self) {
        let _ = self.state.wake.0.try_send(());
    }

    /// Lets go of requests up to `position`, which were `n`; their effects are committed.
    pub(super) fn forget(&self, position: i64, n: usize) {
        self.state.waiting.fetch_sub(n as i64, Ordering::Relaxed);
        if self.state.url.is_sqlite() {
            // A full queue is no harm: the next call forgets these too.
            let _ = self.orders.try_send(Order::Forget(position));
        }
    }
}

/// Requests whose sizes are asked for at a time.
const SIZES: i64 = 1_000;
/// What a request weighs besides its body.
const ROW_BYTES: usize = 200;

/// The requests after `position`, oldest first, until `most_bytes` are read.
pub(super) fn after(
    conn: &mut Conn,
    position: i64,
    most_rows: i64,
    most_bytes: usize,
) -> QueryResult<Vec<Waiting>> {
    // SQLite hands out row by row; PostgreSQL's answer comes whole, so it is asked first how far to go.
    let until = if conn.is_sqlite() {
        i64::MAX
    } else {
        reach(conn, position, most_rows, most_bytes)?
    };
    let rows = inbox::table
        .filter(inbox::id.gt(position))
        .filter(inbox::id.le(until))
        .order(inbox::id)
        .limit(most_rows)
        .select(Waiting::as_select())
        .load_iter(conn)?;
    let mut taken = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let row = row?;
        bytes += row.body.len() + ROW_BYTES;
        taken.push(row);
        if bytes >= most_bytes {
            break;
        }
    }
    Ok(taken)
}

/// The last request after `position` with which `most_bytes` are reached.
fn reach(conn: &mut Conn, position: i64, most_rows: i64, most_bytes: usize) -> QueryResult<i64> {
    let (mut rows, mut bytes, mut last) = (0, 0, position);
    while rows < most_rows && bytes < most_bytes {
        let size = sql::<Integer>("octet_length(body)");
        let sizes = inbox::table
            .filter(inbox::id.gt(last))
            .order(inbox::id)
            .limit(SIZES.min(most_rows - rows))
            .select((inbox::id, size));
        let sizes: Vec<(i64, i32)> = Cached(sizes).load(conn)?;
        if sizes.is_empty() {
            break;
        }
        for (id, size) in sizes {
            last = id;
            rows += 1;
            bytes += size.unsigned_abs() as usize + ROW_BYTES;
            if bytes >= most_bytes {
                break;
            }
        }
    }
    Ok(last)
}

fn connect(url: &DatabaseUrl) -> Result<Conn, DbError> {
    let Some(file) = url.inbox_file() else {
        return Db::connect_to(url);
    };
    let mut conn = Db::connect_to(&DatabaseUrl::Sqlite(file))?;
    conn.batch_execute(crate::db::INBOX_TABLE)?;
    Ok(conn)
}

/// Takes orders until every door is closed. Greedy: whatever waits goes into the next commit, so that groups grow
/// with the load and a lone request waits for nobody.
fn keep(conn: Conn, queue: &Receiver<Order>, state: &State) {
    let mut conn = Some(conn);
    while let Ok(first) = queue.recv() {
        let mut rows = Vec::new();
        let mut answers = Vec::new();
        let mut forget = None;
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(order) = next {
            match order {
                Order::Append(row, answer) => {
                    bytes += row.body.len();
                    rows.push(row);
                    answers.push(answer);
                }
                Order::Forget(position) => forget = Some(position),
            }
            next = if rows.len() < GROUP && bytes < GROUP_BYTES {
                queue.try_recv().ok()
            } else {
                None
            };
        }
        let result = commit(&mut conn, state, &rows, forget);
        if result.is_ok() && !rows.is_empty() {
            state
                .waiting
                .fetch_add(rows.len() as i64, Ordering::Relaxed);
            let _ = state.wake.0.try_send(());
        }
        for answer in answers {
            let _ = answer.send(result.clone());
        }
    }
}

fn commit(
    conn: &mut Option<Conn>,
    state: &State,
    rows: &[Row],
    forget: Option<i64>,
) -> Result<(), String> {
    if conn.is_none() {
        *conn = Some(connect(&state.url).map_err(|error| error.to_string())?);
    }
    let Some(open) = conn.as_mut() else {
        return Err("no connection".to_owned());
    };
    let result = Db::transaction_on(open, |c| {
        match c {
            Conn::Sqlite(sqlite) => {
                for row in rows {
                    diesel::insert_into(inbox::table)
                        .values(row)
                        .execute(sqlite)?;
                }
            }
            Conn::Pg(_) => insert(c, rows)?,
        }
        if let Some(position) = forget {
            each_backend!(c, c => diesel::delete(inbox::table.filter(inbox::id.le(position))).execute(c))?;
        }
        Ok::<_, diesel::result::Error>(())
    });
    result.map_err(|error| {
        tracing::warn!(%error, "inbox commit failed");
        *conn = None;
        error.to_string()
    })
}

/// However many they are, one statement that stays prepared.
fn insert(conn: &mut Conn, rows: &[Row]) -> QueryResult<()> {
    let Conn::Pg(conn) = conn else {
        return Ok(());
    };
    if rows.is_empty() {
        return Ok(());
    }
    let texts = |pick: fn(&Row) -> &str| rows.iter().map(pick).collect::<Vec<_>>();
    let bodies: Vec<&[u8]> = rows.iter().map(|row| row.body.as_slice()).collect();
    prepared(
        "INSERT INTO inbox (source_id, received_at, kind, ip, user_agent, body) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
    )
    .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.source_id.0).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.received_at.0).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(texts(|row| &row.kind))
    .bind::<Array<Text>, _>(texts(|row| &row.ip))
    .bind::<Array<Text>, _>(texts(|row| &row.user_agent))
    .bind::<Array<Binary>, _>(bodies)
    .execute(conn)
    .map(|_| ())
}
