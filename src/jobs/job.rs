//! What a job is: a payload that can be written down, and what is done with it.

use std::future::Future;
use std::sync::Arc;

use diesel::result::QueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::queue::{self, Claim};
use crate::base::Timestamp;
use crate::config::Config;
use crate::db::{Conn, Db};

/// Somebody waits for it.
pub const URGENT: i64 = 10;
/// Soon.
pub const NORMAL: i64 = 50;
/// When there is nothing else: cleaning up.
pub const IDLE: i64 = 90;

/// A piece of work. `run` may be called again after a crash: it changes the database through
/// [`Context::finish`], which happens once, or does things that may happen twice.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// What it needs besides the database: `()`, a `Mailer`, `Files`. Given when the kind is registered.
    type Tools: Clone + Send + Sync + 'static;
    /// Its name in the table. Never changes once released.
    const KIND: &'static str;
    /// The lowest goes first.
    const PRIORITY: i64 = NORMAL;
    /// After so many it is a dead letter.
    const MAX_ATTEMPTS: i64 = 8;

    /// While a job with this key waits, another one is not added.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// Does it.
    fn run(self, context: Context<Self::Tools>) -> impl Future<Output = Outcome> + Send;
}

/// How a job ended.
pub type Outcome = Result<(), Fault>;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Trying again can help.
    #[error("{0}")]
    Later(String),
    /// Nothing will help: straight to the dead letters.
    #[error("{0}")]
    Never(String),
    /// Another worker has it by now; nothing was changed.
    #[error("another worker took over")]
    Lost,
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Later(error.to_string())
    }
}

/// What a running job has in its hands.
#[derive(Clone)]
pub struct Context<T = ()> {
    /// The database.
    pub db: Db,
    /// Settings.
    pub config: Arc<Config>,
    /// When this attempt began.
    pub now: Timestamp,
    /// 1 for the first.
    pub attempt: i64,
    /// What the job asked for.
    pub tools: T,
    pub(super) claim: Claim,
}

impl<T> Context<T> {
    /// Runs `work` and takes the job off the queue in one transaction: what it changes happens exactly once,
    /// whatever is killed when. Return its result from `run`.
    pub async fn finish<F>(&self, work: F) -> Outcome
    where
        F: FnOnce(&mut Conn) -> QueryResult<()> + Send + 'static,
    {
        let claim = self.claim.clone();
        self.db
            .write(move |conn| {
                if !queue::finish(conn, &claim)? {
                    return Err(Fault::Lost);
                }
                work(conn).map_err(Fault::from)
            })
            .await
    }
}
