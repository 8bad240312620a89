//! The stream behind an open debugger: rows as HTML, gathered for a moment so that a flood stays readable. What this
//! instance enriches is told by its worker; while the worker of another instance is at work, the tables are looked at.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::model::{Row, Wanted};
use super::store;
use crate::accounts::Can;
use crate::accounts::rights::ReadSources;
use crate::base::ids::SourceId;
use crate::db::Db;
use crate::events::live::{KEPT, Live, LiveEvent};
use crate::events::sources;
use crate::web::live::{self, Watched};
use crate::web::streams::Streams;
use crate::web::{Error, Result, get, path_id};

/// How long events are gathered before they are sent as one.
const GATHERED: Duration = Duration::from_millis(200);
/// How often the tables are looked at for what another instance has enriched.
const LOOK: Duration = Duration::from_millis(500);
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
    let (found, newest) = db
        .read(move |conn| {
            let found = sources::store::made_by_people(conn, source)?;
            Ok::<_, diesel::result::Error>((found, store::newest(conn)?))
        })
        .await?;
    found.ok_or(Error::NotFound)?;
    let watch = Watch {
        db: db.get_ref().clone(),
        source,
        wanted: Wanted::new(&filter.q),
        zone: viewer.zone(),
        events: feed.subscribe(),
        gathered: Vec::new(),
        send_at: Instant::now(),
        is_behind: false,
        elsewhere: Elsewhere {
            looked: newest,
            seen: newest,
            told: [HashSet::new(), HashSet::new()],
            look_at: Instant::now() + LOOK,
        },
    };
    Ok(live::stream(viewer.seat(&db, &streams), watch))
}

/// One person watching one source.
struct Watch {
    db: Db,
    source: SourceId,
    wanted: Wanted,
    zone: chrono_tz::Tz,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    gathered: Vec<Arc<LiveEvent>>,
    send_at: Instant,
    /// Whether events were lost on the way to this listener.
    is_behind: bool,
    elsewhere: Elsewhere,
}

/// How far the tables were looked at. What came since the last look waits for the next one: by then this instance's worker
/// has told of it, if it was its work, and nothing is shown twice.
struct Elsewhere {
    /// Up to this event everything is shown.
    looked: i64,
    /// The newest event at the last look.
    seen: i64,
    /// What our worker told of since the last look, and in the time before.
    told: [HashSet<String>; 2],
    look_at: Instant,
}

impl Elsewhere {
    /// Whether our worker is so busy that nobody else can be, and it no longer tells of everything.
    fn is_ours(&self) -> bool {
        self.told.iter().any(|told| told.len() >= KEPT)
    }

    fn is_told(&self, event: &LiveEvent) -> bool {
        self.told
            .iter()
            .any(|told| told.contains(&event.message_id))
    }
}

impl Watched for Watch {
    async fn next(&mut self) -> Option<web::Bytes> {
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    match event {
                        Ok(event) => {
                            if self.elsewhere.told[0].len() < KEPT {
                                self.elsewhere.told[0].insert(event.message_id.clone());
                            }
                            self.gather(event);
                        }
                        Err(RecvError::Lagged(_)) => self.is_behind = true,
                        Err(RecvError::Closed) => return None,
                    }
                }
                () = tokio::time::sleep_until(self.elsewhere.look_at) => self.look().await,
                () = tokio::time::sleep_until(self.send_at), if !self.gathered.is_empty() => {
                    let gathered = std::mem::take(&mut self.gathered);
                    return self.rows(&gathered);
                }
            }
        }
    }
}

impl Watch {
    fn gather(&mut self, event: Arc<LiveEvent>) {
        if event.source_id == self.source && self.wanted.matches(&event) {
            if self.gathered.is_empty() {
                self.send_at = Instant::now() + GATHERED;
            }
            self.gathered.push(event);
        }
    }

    /// Gathers what another instance enriched until the last look.
    async fn look(&mut self) {
        self.elsewhere.look_at = Instant::now() + LOOK;
        let (source, looked, seen) = (self.source, self.elsewhere.looked, self.elsewhere.seen);
        let is_ours = self.elsewhere.is_ours();
        let found: QueryResult<_> = self
            .db
            .read(move |conn| {
                let rows = if is_ours || looked >= seen {
                    Vec::new()
                } else {
                    store::between(conn, source, (looked, seen), KEPT as i64)?
                };
                Ok((rows, store::newest(conn)?))
            })
            .await;
        // A database that is away for a moment hides nothing: the next look begins where this one did.
        let Ok((rows, newest)) = found else { return };
        self.elsewhere.looked = seen;
        self.elsewhere.seen = newest;
        self.is_behind |= rows.len() == KEPT;
        for event in rows.into_iter().rev() {
            if !self.elsewhere.is_told(&event) {
                self.gather(Arc::new(event));
            }
        }
        let [told, before] = &mut self.elsewhere.told;
        std::mem::swap(told, before);
        told.clear();
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
