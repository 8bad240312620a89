//! The stream behind an open debugger: rows as HTML, gathered for a moment so that a flood stays readable.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::model::{Row, Wanted};
use super::store;
use crate::accounts::Can;
use crate::accounts::rights::{ReadSources, Right};
use crate::base::clock;
use crate::base::ids::SourceId;
use crate::db::Db;
use crate::events::live::{Live, LiveEvent};
use crate::events::sources;
use crate::events::streams::{Place, Streams};
use crate::web::{Error, Result, path_id};

/// How long events are gathered before they are sent as one.
const GATHERED: Duration = Duration::from_millis(200);
/// Rows sent at once; of more, the newest, with a line that says how many there were.
const MOST_ROWS: usize = 40;
/// Between signs of life, at which the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Mounts the stream.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/sources/{id}/live", web::get().to(live));
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    q: String,
}

/// `GET /settings/sources/{id}/live`: each new event of a source, for as long as the viewer may look.
async fn live(
    viewer: Can<ReadSources>,
    path: web::Path<String>,
    filter: web::Query<Filter>,
    db: web::Data<Db>,
    live: web::Data<Live>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let source: SourceId = path_id(&path)?;
    let found = db
        .read(move |conn| sources::store::made_by_people(conn, source))
        .await?;
    found.ok_or(Error::NotFound)?;
    let place = streams.take(viewer.id());
    let watch = Watch {
        source,
        wanted: Wanted::new(&filter.q),
        zone: viewer.zone(),
        session: viewer.session_id,
        events: live.subscribe(),
        db: db.get_ref().clone(),
        heartbeat: Instant::now(),
        is_behind: false,
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
        // A compressor or a proxy that waits for more would hold events back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body))
}

/// One person watching one source.
struct Watch {
    source: SourceId,
    wanted: Wanted,
    zone: chrono_tz::Tz,
    session: i64,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    db: Db,
    heartbeat: Instant,
    /// Whether events were lost on the way to this listener.
    is_behind: bool,
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
        let mut gathered: Vec<Arc<LiveEvent>> = Vec::new();
        let mut send_at = Instant::now();
        loop {
            tokio::select! {
                last = self.place.ended() => {
                    self.is_over = true;
                    return last;
                }
                event = self.events.recv() => match event {
                    Ok(event) if event.source_id == self.source && self.wanted.matches(&event) => {
                        if gathered.is_empty() {
                            send_at = Instant::now() + GATHERED;
                        }
                        gathered.push(event);
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.is_behind = true,
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(send_at), if !gathered.is_empty() => {
                    return self.rows(&gathered);
                }
                () = tokio::time::sleep_until(self.heartbeat) => {
                    if !self.may_look().await {
                        return None;
                    }
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    if gathered.is_empty() {
                        return Some(web::Bytes::from_static(b": here\n\n"));
                    }
                }
            }
        }
    }

    fn rows(&mut self, gathered: &[Arc<LiveEvent>]) -> Option<web::Bytes> {
        let newest = gathered.iter().rev().take(MOST_ROWS);
        let rows: Vec<Row> = newest
            .map(|event| Row::new(event, self.zone, None))
            .collect();
        let more = match gathered.len() - rows.len() {
            _ if std::mem::take(&mut self.is_behind) => {
                "More arrived at once than can be shown".to_owned()
            }
            0 => String::new(),
            n => format!("{n} more at the same time"),
        };
        let fragment = Rows {
            source_id: self.source,
            rows,
            more,
        };
        match fragment.render() {
            Ok(html) => Some(event("prepend", &html)),
            Err(error) => {
                tracing::error!(%error, "the debugger's rows cannot be shown");
                None
            }
        }
    }

    /// Whether the session still holds and its user may still see sources. A database that is away for a moment is
    /// no reason to stop; the next sign of life asks again.
    async fn may_look(&self) -> bool {
        let (session, now) = (self.session, clock::now());
        let role = self
            .db
            .read(move |conn| store::role_of_session(conn, session, now))
            .await;
        match role {
            Ok(role) => role.is_some_and(ReadSources::allows),
            Err(_) => true,
        }
    }
}

/// A server-sent event.
fn event(name: &str, data: &str) -> web::Bytes {
    let mut text = format!("event: {name}\n");
    for line in data.lines() {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text.into()
}

/// The rows of the source page, alone.
#[derive(Template)]
#[template(path = "sources/show.html", block = "rows")]
struct Rows {
    source_id: SourceId,
    rows: Vec<Row>,
    more: String,
}
