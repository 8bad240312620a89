//! The list of jobs an instance can do, filled in `app.rs`.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::queue::Claim;
use super::{Context, Fault, Job, Outcome};
use crate::base::Timestamp;
use crate::config::Config;
use crate::db::Db;

/// What every job gets.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) db: Db,
    pub(super) config: Arc<Config>,
}

type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Runner = Arc<dyn Fn(&str, Ground, Claim, Timestamp) -> Running + Send + Sync>;

/// Runners by kind.
#[derive(Clone, Default)]
pub struct Kinds {
    by_name: HashMap<&'static str, Runner>,
}

impl Kinds {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a kind and what its jobs need.
    pub fn with<J: Job>(mut self, tools: J::Tools) -> Self {
        let runner: Runner = Arc::new(move |payload, ground, claim, now| {
            let job: J = match serde_json::from_str(payload) {
                Ok(job) => job,
                Err(error) => {
                    let fault = Fault::Never(format!("its payload cannot be read: {error}"));
                    return Box::pin(std::future::ready(Err(fault)));
                }
            };
            let context = Context {
                db: ground.db,
                config: ground.config,
                now,
                attempt: claim.attempts,
                tools: tools.clone(),
                claim,
            };
            Box::pin(job.run(context))
        });
        self.by_name.insert(J::KIND, runner);
        self
    }

    /// Starts a job of a known kind.
    pub(super) fn start(
        &self,
        kind: &str,
        payload: &str,
        ground: Ground,
        claim: Claim,
        now: Timestamp,
    ) -> Option<Running> {
        let runner = self.by_name.get(kind)?;
        Some(runner(payload, ground, claim, now))
    }
}
