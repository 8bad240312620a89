//! Acting on more events than a person should wait for.

use serde::{Deserialize, Serialize};

use super::actions::{self, Act, ReplayError};
use super::model::Filter;
use crate::accounts::audit::By;
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::events::inbox::Inbox;
use crate::jobs::{Context, Fault, Job, Outcome};

/// Replays or drops all that match. Started again after a crash it goes on with what is still open.
#[derive(Debug, Serialize, Deserialize)]
pub struct ActOnAll {
    /// What to do.
    pub act: Act,
    /// With which.
    pub filter: Filter,
    /// Up to this one.
    pub until: i64,
    /// For whom.
    pub user: Option<UserId>,
    /// Their name.
    pub name: String,
    /// From where they asked.
    pub ip: String,
    /// When they asked.
    pub at: i64,
}

impl ActOnAll {
    /// Asks for it.
    pub fn new(act: Act, filter: Filter, until: i64, by: By, at: Timestamp) -> Self {
        Self {
            act,
            filter,
            until,
            user: by.user,
            name: by.name,
            ip: by.ip,
            at: at.0,
        }
    }
}

impl Job for ActOnAll {
    type Tools = Inbox;
    const KIND: &'static str = "quarantine.act";

    async fn run(self, context: Context<Inbox>) -> Outcome {
        let by = By {
            user: self.user,
            name: self.name,
            ip: self.ip,
        };
        let acted = actions::act_on_all(
            &context.db,
            &context.tools,
            self.act,
            &self.filter,
            self.until,
            &by,
            Timestamp(self.at),
        );
        match acted.await {
            Ok(_) => context.finish(|_| Ok(())).await,
            Err(ReplayError::Db(error)) => Err(error.into()),
            Err(ReplayError::Inbox(error)) => Err(Fault::Later(error.to_string())),
        }
    }
}
