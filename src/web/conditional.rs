//! What has not changed is not sent again: an answer that may be kept gets a tag made of its bytes, and who shows that tag
//! gets 304. Pages are never kept; streams have no end to make a tag of.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use xxhash_rust::xxh3::xxh3_64;

/// Tags what may be kept, and keeps it back from who has it.
pub async fn conditional(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method() != Method::GET {
        return next.call(request).await;
    }
    let shown = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_api = request.path().starts_with("/api/");
    let mut response = next.call(request).await?;
    if is_api && !response.headers().contains_key(header::CACHE_CONTROL) {
        let ask_first = HeaderValue::from_static("private, no-cache");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, ask_first);
    }
    if !may_be_kept(response.status(), response.headers()) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let answer = match body.try_into_bytes() {
        Ok(bytes) => {
            let tag = format!("W/\"{:016x}\"", xxh3_64(&bytes));
            let mut answer = if shown.is_some_and(|shown| names(&shown, &tag)) {
                not_modified(head.headers())
            } else {
                head.set_body(BoxBody::new(bytes))
            };
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                answer.headers_mut().insert(header::ETAG, tag);
            }
            answer
        }
        Err(body) => head.set_body(body),
    };
    Ok(ServiceResponse::new(request, answer))
}

fn may_be_kept(status: StatusCode, headers: &HeaderMap) -> bool {
    let how = headers
        .get(header::CACHE_CONTROL)
        .and_then(|how| how.to_str().ok());
    status == StatusCode::OK
        && how.is_some_and(|how| !how.contains("no-store"))
        && !headers.contains_key(header::ETAG)
}

/// Whether a list of tags has this one; `W/` says nothing to who asks this way.
fn names(shown: &HeaderValue, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let shown = shown.to_str().unwrap_or_default();
    shown
        .split(',')
        .any(|one| one.trim() == "*" || bare(one) == bare(tag))
}

fn not_modified(headers: &HeaderMap) -> HttpResponse<BoxBody> {
    let mut answer = HttpResponse::NotModified().finish();
    for (name, value) in headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_every_way_of_naming_it() {
        for (shown, want) in [
            ("W/\"a1\"", true),
            ("\"a1\"", true),
            ("\"b2\", W/\"a1\"", true),
            ("*", true),
            ("\"b2\"", false),
            ("", false),
        ] {
            let shown = HeaderValue::from_str(shown).expect("a header");
            assert_eq!(names(&shown, "W/\"a1\""), want, "{shown:?}");
        }
    }
}
