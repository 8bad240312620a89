//! The stream behind an open debugger: rows as HTML, gathered for a moment so that a flood stays readable.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::model::{Row, Wanted};
use crate::accounts::Can;
use crate::accounts::rights::ReadSources;
use crate::base::ids::SourceId;
use crate::db::Db;
use crate::events::live::{Live, LiveEvent};
use crate::events::sources;
use crate::web::live::{self, Watched};
use crate::web::streams::Streams;
use crate::web::{Error, Result, get, path_id};

/// How long events are gathered before they are sent as one.
const GATHERED: Duration = Duration::from_millis(200);
/// Rows sent at once; of more, the newest, with a line that says how many there were.
const MOST_ROWS: usize = 40;
/// Mounts the stream.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/sources/{id}/live", get().to(watch));
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    q: String,
}

/// `GET /settings/sources/{id}/live`: each new event of a source, for as long as the viewer may look.
async fn watch(
    viewer: Can<ReadSources>,
    path: web::Path<String>,
    filter: web::Query<Filter>,
    db: web::Data<Db>,
    feed: web::Data<Live>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let source: SourceId = path_id(&path)?;
    let found = db
        .read(move |conn| sources::store::made_by_people(conn, source))
        .await?;
    found.ok_or(Error::NotFound)?;
    let watch = Watch {
        source,
        wanted: Wanted::new(&filter.q),
        zone: viewer.zone(),
        events: feed.subscribe(),
        gathered: Vec::new(),
        send_at: Instant::now(),
        is_behind: false,
    };
    Ok(live::stream(viewer.seat(&db, &streams), watch))
}

/// One person watching one source.
struct Watch {
    source: SourceId,
    wanted: Wanted,
    zone: chrono_tz::Tz,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    gathered: Vec<Arc<LiveEvent>>,
    send_at: Instant,
    /// Whether events were lost on the way to this listener.
    is_behind: bool,
}

impl Watched for Watch {
    async fn next(&mut self) -> Option<web::Bytes> {
        loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) if event.source_id == self.source && self.wanted.matches(&event) => {
                        if self.gathered.is_empty() {
                            self.send_at = Instant::now() + GATHERED;
                        }
                        self.gathered.push(event);
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.is_behind = true,
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(self.send_at), if !self.gathered.is_empty() => {
                    let gathered = std::mem::take(&mut self.gathered);
                    return self.rows(&gathered);
                }
            }
        }
    }
}

impl Watch {
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
            Ok(html) => Some(live::event("prepend", &html)),
            Err(error) => {
                tracing::error!(%error, "the debugger's rows cannot be shown");
                None
            }
        }
    }
}

/// The rows of the source page, alone.
#[derive(Template)]
#[template(path = "sources/show.html", block = "rows")]
struct Rows {
    source_id: SourceId,
    rows: Vec<Row>,
    more: String,
}
