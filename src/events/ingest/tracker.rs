//! `/rapport.js`: our own tracker, for pages anywhere.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use xxhash_rust::xxh3::xxh3_64;

use super::cors;
use crate::web::asset_text;

/// The script; an hour in caches, then asked for by its tag.
pub(super) async fn script(request: HttpRequest) -> HttpResponse {
    let Some(text) = asset_text("js/tracker.js") else {
        return HttpResponse::NotFound().finish();
    };
    let tag = format!("\"{:016x}\"", xxh3_64(&text));
    let is_known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut answer = if is_known {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok()
            .content_type("text/javascript; charset=utf-8")
            .body(text)
    };
    cors::open(&request, answer.headers_mut());
    let headers = answer.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("public, max-age=3600"),
    );
    headers.insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        header::HeaderValue::from_static("cross-origin"),
    );
    if let Ok(value) = header::HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    answer
}
