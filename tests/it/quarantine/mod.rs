//! Stories of the quarantine.

mod many;
mod one;

use diesel::prelude::*;
use rapport::base::ids::{QuarantineId, SourceId};
use rapport::base::{Timestamp, clock};
use rapport::db::schema::quarantine;
use rapport::events::quarantine::{Item, store};

use crate::support::TestApp;

impl TestApp {
    /// A quarantined event, as the worker would have put it there.
    async fn set_aside(&self, source: SourceId, reason: &'static str, body: &str) -> QuarantineId {
        self.set_aside_many(source, reason, vec![body.to_owned()])
            .await;
        self.read(|conn| {
            quarantine::table
                .select(diesel::dsl::max(quarantine::id))
                .first::<Option<QuarantineId>>(conn)
        })
        .await
        .expect("it")
    }

    async fn set_aside_many(&self, source: SourceId, reason: &'static str, bodies: Vec<String>) {
        let now = clock::now();
        self.write(move |conn| {
            for body in bodies {
                diesel::insert_into(quarantine::table)
                    .values((
                        quarantine::source_id.eq(source),
                        quarantine::reason.eq(reason),
                        quarantine::detail.eq("as seen by the worker"),
                        quarantine::body.eq(body),
                        quarantine::message_key.eq(1),
                        quarantine::ip.eq("203.0.113.7"),
                        quarantine::user_agent.eq("sdk/1.0"),
                        quarantine::sent_at.eq(None::<Timestamp>),
                        quarantine::received_at.eq(now),
                        quarantine::state.eq("open"),
                    ))
                    .execute(conn)?;
            }
            Ok::<_, diesel::result::Error>(())
        })
        .await;
    }

    /// A quarantined event as it is by now.
    async fn set_aside_now(&self, id: QuarantineId) -> Item {
        self.read(move |conn| store::by_id(conn, id))
            .await
            .expect("it")
    }
}
