//! The search for duplicates by night: one job a piece, each in the transaction that asks for the next.

use serde::{Deserialize, Serialize};

use super::store;
use super::walk::{self, Place};
use crate::jobs::{self, Context, Job, Outcome};

/// Begins the walk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Search;

impl Job for Search {
    type Tools = ();
    const KIND: &'static str = "duplicates.search";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context) -> Outcome {
        let now = context.now;
        let first = Walk {
            place: Place::first(),
        };
        context
            .finish(move |conn| {
                // It comes at every start of the program, too.
                if store::begin_search(conn, now)? {
                    jobs::enqueue(conn, &first, now)?;
                }
                Ok(())
            })
            .await
    }
}

/// Walks a piece.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Walk {
    place: Place,
}

impl Job for Walk {
    type Tools = ();
    const KIND: &'static str = "duplicates.walk";
    const PRIORITY: i64 = jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, context: Context) -> Outcome {
        let (now, place) = (context.now, self.place);
        let found = context.db.read(move |conn| walk::walk(conn, place)).await?;
        context
            .finish(move |conn| {
                store::put(conn, found.kind, &found.pairs, now)?;
                if let Some(place) = found.next {
                    jobs::enqueue(conn, &Walk { place }, now)?;
                }
                Ok(())
            })
            .await
    }
}
