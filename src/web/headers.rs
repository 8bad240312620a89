//! What every answer carries: a strict content policy, and a request id that the log has too.

use std::panic::AssertUnwindSafe;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use futures_util::FutureExt;
use tracing::Instrument;

use super::{Error, methods};
use crate::base::token;
use crate::metrics;

/// There is no inline code or style anywhere, so nothing has to be allowed for it. `data:` images: QR codes.
/// Frames: mails, each under a policy of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Adds the security headers, and to a refused method those that are right, where the handler did not set its own.
pub async fn security(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let allowed = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => methods::taken(response.request()),
        _ => None,
    };
    let headers = response.headers_mut();
    if let Some(methods) = allowed
        && let Ok(methods) = HeaderValue::from_str(&methods)
    {
        headers.insert(header::ALLOW, methods);
    }
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// Gives the request an id, runs it inside a span of that id, and logs what became of it.
pub async fn request_frame(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = token::readable(10);
    let span =
        tracing::info_span!("request", %id, method = %request.method(), path = %request.path());
    let started = std::time::Instant::now();
    async move {
        // A handler that panics is answered like any other fault of ours, with a number to quote.
        let answer = AssertUnwindSafe(next.call(request)).catch_unwind().await;
        let mut response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                metrics::answered(
                    error.as_response_error().status_code().as_u16(),
                    started.elapsed(),
                );
                return Err(error);
            }
            Err(_) => {
                metrics::answered(500, started.elapsed());
                return Err(Error::internal("a handler panicked").into());
            }
        };
        let status = response.status().as_u16();
        let took = started.elapsed();
        metrics::answered(status, took);
        let millis = took.as_secs_f64() * 1e3;
        tracing::debug!(status, millis, "answered");
        if let Ok(value) = HeaderValue::from_str(&id) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), value);
        }
        Ok(response)
    }
    .instrument(span)
    .await
}
