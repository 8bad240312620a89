//! An answer that goes on: server-sent events, piece by piece.

use std::pin::pin;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;

/// A stream that is open until it is dropped.
pub struct Opened {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    pub(super) body: BoxBody,
}

impl Opened {
    /// The next piece; `None` once the stream has ended. Fails if nothing comes for five seconds.
    pub async fn next(&mut self) -> Option<String> {
        let body = &mut self.body;
        let piece = std::future::poll_fn(|context| pin!(&mut *body).poll_next(context));
        let piece = tokio::time::timeout(Duration::from_secs(5), piece).await;
        let piece = piece.expect("a piece within five seconds")?;
        Some(String::from_utf8_lossy(&piece.expect("a piece")).into_owned())
    }

    /// Whether it is open and says nothing for a moment.
    pub async fn is_silent(&mut self) -> bool {
        let body = &mut self.body;
        let piece = std::future::poll_fn(|context| pin!(&mut *body).poll_next(context));
        let moment = Duration::from_millis(200);
        tokio::time::timeout(moment, piece).await.is_err()
    }

    /// The next piece that holds an event; signs of life are passed over.
    pub async fn event(&mut self) -> String {
        loop {
            let piece = self.next().await.expect("the stream goes on");
            if !piece.starts_with(':') {
                return piece;
            }
        }
    }
}
