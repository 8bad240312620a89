//! `Db`: threads that each own a connection, fed by two queues, one for reading and one for writing.
//! A handler hands over a closure and awaits its result, so that no connection is held across an await.
//! On SQLite there is exactly one writer: transactions never meet, and never wait for each other's locks.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use tokio::sync::oneshot;

use super::connect::connect;
use super::error::unreachable;
use super::worker::{Alarm, Health, Job, Worker};
use super::{Conn, DatabaseUrl, DbError, Memo, commit};

/// The doors to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

/// A transaction under way.
pub struct Later<T, E> {
    answer: oneshot::Receiver<Result<T, E>>,
}

impl<T, E: From<diesel::result::Error>> Later<T, E> {
    /// Waits for its result; for threads outside the async runtime.
    pub fn wait(self) -> Result<T, E> {
        self.answer
            .blocking_recv()
            .unwrap_or_else(|_| Err(unreachable("the question was broken off").into()))
    }
}

struct Inner {
    url: DatabaseUrl,
    readers: Sender<Job>,
    writers: Sender<Job>,
    memo: Memo,
}

impl Db {
    /// Connects. The schema must be there already. Reading SQLite is work for our own cores: more readers than one above
    /// their number only take turns, which costs nothing on average and half again at the 99th percentile. PostgreSQL
    /// works elsewhere, and a thread here only waits for it.
    pub fn open(url: &DatabaseUrl) -> Result<Self, DbError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let (readers, writers) = if url.is_sqlite() {
            ((cores + 1).clamp(3, 16), 1)
        } else {
            ((cores * 2).clamp(4, 16), 4)
        };
        Self::open_with(url, readers, writers)
    }

    fn open_with(url: &DatabaseUrl, readers: usize, writers: usize) -> Result<Self, DbError> {
        // One connection is made here, so that a wrong URL is said at the start and not at the first page.
        let first = connect(url)?;
        let (read_queue, read_jobs) = crossbeam_channel::bounded(4096);
        let (write_queue, write_jobs) = crossbeam_channel::bounded(4096);
        let alarm = Alarm::default();
        for n in 0..readers {
            let worker = Worker::new(url.clone(), read_jobs.clone(), None, alarm.clone());
            worker.spawn(&format!("read-{n}"))?;
        }
        let mut first = Some(first);
        for n in 0..writers {
            let worker = Worker::new(url.clone(), write_jobs.clone(), first.take(), alarm.clone());
            worker.spawn(&format!("write-{n}"))?;
        }
        let inner = Inner {
            url: url.clone(),
            readers: read_queue,
            writers: write_queue,
            memo: Memo::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Which database this is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// Runs queries that change nothing.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<diesel::result::Error> + Send + 'static,
    {
        let answer = submit(&self.inner.readers, work);
        answer
            .await
            .unwrap_or_else(|_| Err(unreachable("the question was broken off").into()))
    }

    /// Runs one transaction: committed if `work` succeeds, rolled back if it fails.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<diesel::result::Error> + Send + 'static,
    {
        let answer = submit(&self.inner.writers, self.noticed(work));
        answer
            .await
            .unwrap_or_else(|_| Err(unreachable("the question was broken off").into()))
    }

    /// As [`Db::read`], for threads outside the async runtime.
    pub fn read_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<diesel::result::Error> + Send + 'static,
    {
        let answer = submit(&self.inner.readers, work);
        answer
            .blocking_recv()
            .unwrap_or_else(|_| Err(unreachable("the question was broken off").into()))
    }

    /// As [`Db::write`], for threads outside the async runtime.
    pub fn write_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<diesel::result::Error> + Send + 'static,
    {
        let answer = submit(&self.inner.writers, self.noticed(work));
        Later { answer }.wait()
    }

    /// As [`Db::write_now`], but the caller goes on and asks for the result when it needs it, and what is remembered
    /// in [`Db::memo`] stays: for what changes nothing of it.
    pub fn write_later<T, E, F>(&self, work: F) -> Later<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<diesel::result::Error> + Send + 'static,
    {
        let answer = submit(&self.inner.writers, move |conn| transaction(conn, work));
        Later { answer }
    }

    /// A transaction after which whatever is remembered is asked for anew.
    fn noticed<T, E, F>(
        &self,
        work: F,
    ) -> impl FnOnce(&mut Conn) -> Result<T, E> + Send + use<T, E, F>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send,
        E: From<diesel::result::Error>,
    {
        let memo = self.inner.memo.clone();
        move |conn| {
            let result = transaction(conn, work);
            if result.is_ok() {
                memo.forget();
            }
            result
        }
    }

    /// What is remembered of the database.
    pub fn memo(&self) -> Memo {
        self.inner.memo.clone()
    }

    /// How many questions and how many transactions wait for a connection just now.
    pub fn waiting(&self) -> (usize, usize) {
        (self.inner.readers.len(), self.inner.writers.len())
    }

    /// Writes what SQLite's log holds into the main file: at the end, so that the folder can be copied as it is.
    pub fn checkpoint(&self) -> Result<(), DbError> {
        let url = &self.inner.url;
        let inbox = url.inbox_file().filter(|file| file.exists());
        for url in [Some(url.clone()), inbox.map(DatabaseUrl::Sqlite)]
            .into_iter()
            .flatten()
        {
            if let Conn::Sqlite(conn) = &mut connect(&url)? {
                conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
            }
        }
        Ok(())
    }

    /// A connection of one's own, outside the queues: for copying, backing up and measuring.
    pub fn connect(&self) -> Result<Conn, DbError> {
        connect(&self.inner.url)
    }

    /// A lone connection to `url`: the event inbox has its own file and thread.
    pub fn connect_to(url: &DatabaseUrl) -> Result<Conn, DbError> {
        connect(url)
    }

    /// One transaction on a connection of one's own.
    pub fn transaction_on<T, E>(
        conn: &mut Conn,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        transaction(conn, work)
    }
}

/// Queues `work`; the receiver resolves with its answer.
fn submit<T, E, F>(queue: &Sender<Job>, work: F) -> oneshot::Receiver<Result<T, E>>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<diesel::result::Error> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let job: Job = Box::new(move |conn| {
        let result = match conn {
            Ok(conn) => work(conn),
            Err(cause) => Err(unreachable(cause).into()),
        };
        let health = if result.is_err() {
            Health::Suspect
        } else {
            Health::Fine
        };
        // The asker may have gone away; its work is done all the same.
        let _ = answer.send(result);
        health
    });
    enqueue(queue, job);
    receiver
}

/// A queue that stays full means the database cannot keep up: say so instead of piling up memory.
fn enqueue(queue: &Sender<Job>, job: Job) {
    if let Err(refused) = queue.send_timeout(job, Duration::from_secs(2)) {
        let _ = refused.into_inner()(Err("too much is waiting for it"));
    }
}

/// Runs `work` in one transaction; on SQLite an IMMEDIATE one, so that it never fails half way on a lock.
pub(super) fn transaction<T, E>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    begin(conn)?;
    let result = work(conn);
    let ended = end(conn, result.is_ok());
    match (result, ended) {
        (Ok(value), Ok(())) => Ok(value),
        (Ok(_), Err(error)) => Err(error.into()),
        (Err(error), _) => Err(error),
    }
}

fn begin(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction(c)?,
    }
    commit::open();
    Ok(())
}

fn end(conn: &mut Conn, commits: bool) -> QueryResult<()> {
    let ended = match (conn, commits) {
        (Conn::Sqlite(c), true) => AnsiTransactionManager::commit_transaction(c),
        (Conn::Pg(c), true) => AnsiTransactionManager::commit_transaction(c),
        (Conn::Sqlite(c), false) => AnsiTransactionManager::rollback_transaction(c),
        (Conn::Pg(c), false) => AnsiTransactionManager::rollback_transaction(c),
    };
    commit::close(commits && ended.is_ok());
    ended
}
