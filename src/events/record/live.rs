//! `/contacts/{id}/live`: tells an open record that something changed. The tables are asked, not the feed alone: what
//! another instance or another process did counts too.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use futures_util::stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::super::live::{Live, LiveEvent};
use super::super::streams::{Place, Streams};
use crate::accounts::Can;
use crate::accounts::rights::ReadContacts;
use crate::base::Timestamp;
use crate::base::clock;
use crate::base::ids::ContactId;
use crate::db::schema::{contacts, identities, user_sessions};
use crate::db::{Cached, Conn, Db};
use crate::web::{Error, Result, path_id};

/// How often the tables are asked while nothing is heard.
const ASK: Duration = Duration::from_secs(2);
/// How long a burst is gathered.
const GATHER: Duration = Duration::from_millis(150);
/// Between signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What changes when anything on the record does.
type Version = (Option<i64>, Timestamp, Option<i64>);

/// `GET /contacts/{id}/live`. Needs: see contacts.
pub async fn live(
    viewer: Can<ReadContacts>,
    path: web::Path<String>,
    db: web::Data<Db>,
    live: web::Data<Live>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let contact: ContactId = path_id(&path)?;
    let version = db
        .read(move |conn| version(conn, contact))
        .await?
        .ok_or(Error::NotFound)?;
    let place = streams.take(viewer.id());
    let watch = Watch {
        contact,
        version,
        session: viewer.session_id,
        events: live.subscribe(),
        db: db.get_ref().clone(),
        heartbeat: Instant::now(),
        place,
        is_over: false,
    };
    let body = stream::unfold(watch, |mut watch| async move {
        let chunk = watch.next().await?;
        Some((Ok::<_, std::io::Error>(chunk), watch))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body))
}

struct Watch {
    contact: ContactId,
    version: Version,
    session: i64,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    db: Db,
    heartbeat: Instant,
    place: Place,
    /// Whether it has said its last.
    is_over: bool,
}

impl Watch {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<web::Bytes> {
        if self.is_over {
            return None;
        }
        let mut ask_at = Instant::now() + ASK;
        loop {
            tokio::select! {
                last = self.place.ended() => {
                    self.is_over = true;
                    return last;
                }
                event = self.events.recv() => match event {
                    Ok(event) if event.contact_id == Some(self.contact) => ask_at = ask_at.min(Instant::now() + GATHER),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(ask_at) => {
                    ask_at = Instant::now() + ASK;
                    if self.has_changed().await {
                        return Some(web::Bytes::from_static(b"event: refresh\ndata: now\n\n"));
                    }
                }
                () = tokio::time::sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    if !self.may_look().await {
                        return None;
                    }
                    return Some(web::Bytes::from_static(b": here\n\n"));
                }
            }
        }
    }

    /// A database that is away for a moment is no change; the next question asks again.
    async fn has_changed(&mut self) -> bool {
        let contact = self.contact;
        match self.db.read(move |conn| version(conn, contact)).await {
            Ok(Some(version)) if version != self.version => {
                self.version = version;
                true
            }
            _ => false,
        }
    }

    async fn may_look(&self) -> bool {
        let (session, now) = (self.session, clock::now());
        let holds = self.db.read(move |conn| {
            let open = user_sessions::table
                .filter(user_sessions::id.eq(session))
                .filter(user_sessions::expires_at.gt(now));
            diesel::select(diesel::dsl::exists(open)).get_result::<bool>(conn)
        });
        holds.await.unwrap_or(true)
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
