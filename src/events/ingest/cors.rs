//! CORS for SDKs on any page: the origin is echoed, errors carry it too, and a preflight is answered before any key
//! is looked at. No cookie is ever read here, so an echoed origin gives nothing away.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

const HEADERS: &str = "authorization, content-type, content-encoding, anonymousid, sentat, x-write-key, x-retry-count, \
     x-enable-debug, x-ip-policy, rsa-retry-attempt, rsa-since-last-attempt, rsa-since-first-attempt, rsa-retry-reason, rsa-recovered";

/// Adds what a browser needs to read the answer.
pub(super) fn open(request: &HttpRequest, headers: &mut HeaderMap) {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("Retry-After, X-Request-Id"),
        );
    }
}

/// `OPTIONS`: whatever headers are asked for are allowed, for a day.
pub(super) async fn preflight(request: HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::NoContent().finish();
    let asked = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .cloned();
    let headers = answer.headers_mut();
    open(&request, headers);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        asked.unwrap_or(HeaderValue::from_static(HEADERS)),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    answer
}
