//! `/contacts/{id}/live`: tells an open record that something changed. The tables are asked, not the feed alone: what
//! another instance or another process did counts too.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::super::live::{Live, LiveEvent};
use crate::accounts::Can;
use crate::accounts::rights::ReadContacts;
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::db::schema::{contacts, identities};
use crate::db::{Cached, Conn, Db};
use crate::web::live::{self, Asked, Watched};
use crate::web::streams::Streams;
use crate::web::{Error, Result, path_id};

/// How long a burst is gathered.
const GATHER: Duration = Duration::from_millis(150);

/// What changes when anything on the record does.
type Version = (Option<i64>, Timestamp, Option<i64>);

/// `GET /contacts/{id}/live`. Needs: see contacts.
pub async fn live(
    viewer: Can<ReadContacts>,
    path: web::Path<String>,
    db: web::Data<Db>,
    feed: web::Data<Live>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let contact: ContactId = path_id(&path)?;
    let asked = Asked::new(&db, move |conn| version(conn, contact)).await?;
    if asked.version().is_none() {
        return Err(Error::NotFound);
    }
    let watch = Watch {
        contact,
        asked,
        events: feed.subscribe(),
    };
    Ok(live::stream(viewer.seat(&db, &streams), watch))
}

struct Watch {
    contact: ContactId,
    asked: Asked<Option<Version>>,
    events: broadcast::Receiver<Arc<LiveEvent>>,
}

impl Watched for Watch {
    async fn next(&mut self) -> Option<web::Bytes> {
        loop {
            tokio::select! {
                chunk = self.asked.next() => return chunk,
                event = self.events.recv() => match event {
                    Ok(event) if event.contact_id == Some(self.contact) => self.asked.soon(GATHER),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

fn version(conn: &mut Conn, contact: ContactId) -> QueryResult<Option<Version>> {
    let row: Option<(Timestamp, Option<i64>)> = contacts::table
        .filter(contacts::id.eq(contact))
        .select((contacts::updated_at, contacts::merged_into))
        .first(conn)
        .optional()?;
    let Some((updated_at, merged_into)) = row else {
        return Ok(None);
    };
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(event_count) + COUNT(*) AS BIGINT)");
    let query = identities::table
        .filter(identities::contact_id.eq(contact.0))
        .select(sum);
    let events: Option<i64> = Cached(query).get_result(conn)?;
    Ok(Some((events, updated_at, merged_into)))
}
