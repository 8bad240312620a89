//! Server-sent events: the frame of every stream. Signs of life, whether the reader may still look, and an end in good
//! order stand here once; what is told comes from a [`Watched`]. Most only say that something changed: [`Asked`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use diesel::QueryResult;
use futures_util::stream;
use tokio::time::Instant;

use super::Result;
use super::streams::Place;
use crate::db::{Conn, Db};

/// How often the tables are asked while nothing is heard.
const ASK: Duration = Duration::from_secs(2);
/// Between signs of life, at which the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a stream tells of.
pub trait Watched: 'static {
    /// Waits for the next piece; `None` ends the stream. Dropped at a sign of life and asked anew, so what has been
    /// gathered must lie in `self`.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>>;
}

type Answer = Pin<Box<dyn Future<Output = bool>>>;

/// Somebody's place before a stream, and the question whether they may still sit there.
pub struct Seat {
    place: Place,
    may_look: Box<dyn Fn() -> Answer>,
}

impl Seat {
    /// A place, held while `may_look` answers yes.
    pub fn new<F>(place: Place, may_look: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = bool> + 'static,
    {
        Self {
            place,
            may_look: Box::new(move || Box::pin(may_look())),
        }
    }
}

struct Frame<W> {
    seat: Seat,
    watched: W,
    heartbeat: Instant,
    /// Whether it has said its last.
    is_over: bool,
}

/// The answer that goes on for as long as somebody looks.
pub fn stream<W: Watched>(seat: Seat, watched: W) -> HttpResponse {
    let frame = Frame {
        seat,
        watched,
        heartbeat: Instant::now(),
        is_over: false,
    };
    let body = stream::unfold(frame, |mut frame| async move {
        let chunk = frame.next().await?;
        Some((Ok::<_, std::io::Error>(chunk), frame))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // A compressor or a proxy that waits for more would hold events back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body)
}

impl<W: Watched> Frame<W> {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        tokio::select! {
            last = self.seat.place.ended() => {
                self.is_over = true;
                last
            }
            chunk = self.watched.next() => chunk,
            () = tokio::time::sleep_until(self.heartbeat) => {
                self.heartbeat = Instant::now() + HEARTBEAT;
                let may_look = (self.seat.may_look)().await;
                may_look.then(|| Bytes::from_static(b": here\n\n"))
            }
        }
    }
}

/// One event with its data.
pub fn event(name: &str, data: &str) -> Bytes {
    let mut text = format!("event: {name}\n");
    for line in data.lines() {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text.into()
}

/// Says `refresh` whenever a question to the tables has another answer than before: what another instance did counts too.
pub struct Asked<V> {
    db: Db,
    ask: Arc<Ask<V>>,
    version: V,
    at: Instant,
}

type Ask<V> = dyn Fn(&mut Conn) -> QueryResult<V> + Send + Sync;

impl<V: PartialEq + Send + 'static> Asked<V> {
    /// Asks for the first time.
    pub async fn new(
        db: &Db,
        ask: impl Fn(&mut Conn) -> QueryResult<V> + Send + Sync + 'static,
    ) -> Result<Self> {
        let ask: Arc<Ask<V>> = Arc::new(ask);
        let first = ask.clone();
        Ok(Self {
            version: db.read(move |conn| first(conn)).await?,
            db: db.clone(),
            ask,
            at: Instant::now() + ASK,
        })
    }

    /// The last answer.
    pub fn version(&self) -> &V {
        &self.version
    }

    /// Asks within this time, as something was heard.
    pub fn soon(&mut self, within: Duration) {
        self.at = self.at.min(Instant::now() + within);
    }
}

impl<V: PartialEq + Send + 'static> Watched for Asked<V> {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            tokio::time::sleep_until(self.at).await;
            self.at = Instant::now() + ASK;
            let ask = self.ask.clone();
            // A database that is away for a moment is no change; the next question asks again.
            let now: QueryResult<V> = self.db.read(move |conn| ask(conn)).await;
            if let Ok(now) = now
                && now != self.version
            {
                self.version = now;
                return Some(event("refresh", "now"));
            }
        }
    }
}
