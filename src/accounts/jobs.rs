//! What accounts do by themselves.

use serde::{Deserialize, Serialize};

use super::actions;
use crate::jobs::{self, Context, Job, Outcome};

/// Forgets what is of no use any more: sessions and links that ran out, counts that nobody adds to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sweep;

impl Job for Sweep {
    type Tools = ();
    const KIND: &'static str = "accounts.sweep";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context) -> Outcome {
        let now = context.now;
        context.finish(move |conn| actions::sweep(conn, now)).await
    }
}
