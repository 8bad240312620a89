//! Files of imports do not lie about for ever: they are full of people.

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::model::State;
use super::store;
use crate::base::ids::ImportId;
use crate::db::Conn;
use crate::files::Files;
use crate::jobs::{self, Context, Fault, Job, Outcome};

/// Files of one go.
const MOST: i64 = 200;

/// Removes the files of imports that nobody needs any more, and drafts with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sweep;

impl Job for Sweep {
    type Tools = Files;
    const KIND: &'static str = "contacts.import.sweep";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context<Files>) -> Outcome {
        let now = context.now;
        let stale = context
            .db
            .read(move |conn| store::stale(conn, now, MOST))
            .await?;
        for (_, _, key) in &stale {
            let gone = context.tools.discard(key).await;
            gone.map_err(|error| Fault::Later(error.to_string()))?;
        }
        context.finish(move |conn| forget(conn, &stale)).await
    }
}

fn forget(conn: &mut Conn, stale: &[(ImportId, State, String)]) -> QueryResult<()> {
    for (id, state, _) in stale {
        if *state == State::Draft {
            store::delete(conn, *id)?;
        } else {
            store::forget_file(conn, *id)?;
        }
    }
    Ok(())
}
