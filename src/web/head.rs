//! HEAD: what GET would answer, without the body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Bytes;

/// Asks the page as GET would and keeps its body back; the length stays the page's.
pub async fn head(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method() != Method::HEAD || counts_as_event(request.path()) {
        return next.call(request).await;
    }
    request.head_mut().method = Method::GET;
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Unsent(body.size()).boxed()))
}

/// To ask for the pixel, or for a link of a mail, is to have seen it, which somebody who only asks about it has not.
fn counts_as_event(path: &str) -> bool {
    let counted = ["/pixel/", "/v1/pixel/", "/mail/o/", "/mail/c/"];
    counted.iter().any(|place| path.starts_with(place))
}

/// As long as the body that stands behind it, and never sent.
struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}
