//! `/tickets/live` and `/tickets/{id}/live`: tell an open page that a mail was filed or a ticket changed. The tables are
//! asked, so that what another instance does counts too.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use diesel::prelude::*;
use futures_util::stream;
use tokio::time::Instant;

use crate::accounts::Can;
use crate::accounts::rights::ReadTickets;
use crate::base::clock;
use crate::base::ids::TicketId;
use crate::db::schema::{cursors, tickets, user_sessions};
use crate::db::{Conn, Db};
use crate::events::streams::{Place, Streams};
use crate::web::{Error, Result, path_id};

/// How often the tables are asked.
const ASK: Duration = Duration::from_secs(2);
/// Between signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What changes when anything that is watched does.
type Version = (Option<i64>, Option<i64>);

/// `GET /tickets/live`. Needs: see tickets.
pub async fn queue(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let place = streams.take(viewer.id());
    watch(db.get_ref().clone(), viewer.session_id, place, None).await
}

/// `GET /tickets/{id}/live`. Needs: see tickets.
pub async fn ticket(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    streams: web::Data<Streams>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: TicketId = path_id(&path)?;
    let place = streams.take(viewer.id());
    watch(db.get_ref().clone(), viewer.session_id, place, Some(id)).await
}

struct Watch {
    db: Db,
    session: i64,
    place: Place,
    ticket: Option<TicketId>,
    version: Version,
    heartbeat: Instant,
    is_over: bool,
}

async fn watch(
    db: Db,
    session: i64,
    place: Place,
    ticket: Option<TicketId>,
) -> Result<HttpResponse> {
    let first = db.read(move |conn| version(conn, ticket)).await?;
    if ticket.is_some() && first.1.is_none() {
        return Err(Error::NotFound);
    }
    let watch = Watch {
        db,
        session,
        place,
        ticket,
        version: first,
        heartbeat: Instant::now(),
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
        let ticket = self.ticket;
        match self.db.read(move |conn| version(conn, ticket)).await {
            Ok(now) if now != self.version => {
                self.version = now;
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

/// How many mails were filed, and how often the ticket changed.
fn version(conn: &mut Conn, ticket: Option<TicketId>) -> QueryResult<Version> {
    let filed: Option<i64> = cursors::table
        .filter(cursors::name.eq("desk.filing"))
        .select(cursors::position)
        .first(conn)
        .optional()?;
    let changed: Option<i64> = match ticket {
        Some(id) => tickets::table
            .filter(tickets::id.eq(id))
            .select(tickets::revision)
            .first(conn)
            .optional()?,
        None => None,
    };
    Ok((filed, changed))
}
