//! Taking a request: key, size, JSON, then the inbox. 200 only when durable; 4xx only for what can never be right,
//! since SDKs drop on it; 503 with Retry-After for everything passing.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::health::Health;
use super::super::inbox::{Inbox, InboxError, NewRequest};
use super::super::sources::Source;
use super::body::{self, Refused};
use super::{Keys, cors, keys};
use crate::base::{clock, text};
use crate::db::Db;
use crate::web::{ApiError, client_ip};

/// Events in one request at the most.
pub(super) const MOST_EVENTS: usize = 2_500;

/// `POST /v1/{call}` and its cousins.
pub(super) async fn take(
    request: HttpRequest,
    call: web::Path<String>,
    payload: web::Payload,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
    keys: web::Data<Keys>,
    health: web::Data<Health>,
) -> HttpResponse {
    let result = accept(&request, &call, payload, &db, &inbox, &keys, &health).await;
    let mut answer = match result {
        Ok(()) => HttpResponse::Ok()
            .content_type("application/json")
            .body(r#"{"success":true}"#),
        Err(error) => actix_web::ResponseError::error_response(&error),
    };
    cors::open(&request, answer.headers_mut());
    answer
}

async fn accept(
    request: &HttpRequest,
    call: &str,
    payload: web::Payload,
    db: &Db,
    inbox: &Inbox,
    keys: &Keys,
    health: &Health,
) -> Result<(), ApiError> {
    let received_at = clock::now();
    let body = body::read(request, payload).await.map_err(refused)?;
    let checked = check(&body);
    let key = keys::shown(request).or_else(|| {
        checked
            .as_ref()
            .ok()
            .and_then(|c| c.write_key.as_deref())
            .and_then(keys::bare)
    });
    let Some(key) = key else {
        return Err(unauthorized());
    };
    let Some(source) = keys.source(db, &key).await? else {
        return Err(unauthorized());
    };
    let result = match checked {
        Ok(_) => allowed(request, &source),
        Err(error) => Err(error),
    };
    if let Err(error) = result {
        health.rejected(source.id, error.code, received_at);
        return Err(error);
    }
    let ip = client_ip(request);
    let agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    inbox
        .append(NewRequest {
            source_id: source.id,
            received_at,
            kind: kind(call).to_owned(),
            ip: if source.settings.anonymise_ip {
                coarse(&ip)
            } else {
                ip
            },
            user_agent: text::cut(agent, 500).to_owned(),
            body,
        })
        .await
        .map_err(|error| later(&error))
}

/// What a body must be to be kept at all.
struct Checked {
    write_key: Option<String>,
}

#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow, default)]
    batch: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "writeKey")]
    write_key: Option<&'a RawValue>,
}

fn check(body: &[u8]) -> Result<Checked, ApiError> {
    let invalid = |message: String| ApiError::new(StatusCode::BAD_REQUEST, "invalid_json", message);
    let text = std::str::from_utf8(body)
        .map_err(|error| invalid(format!("The body is not UTF-8: {error}.")))?;
    if text.trim().is_empty() {
        return Err(invalid(
            "The body is empty; send one event, or {\"batch\": [events]}.".to_owned(),
        ));
    }
    let outline: Outline<'_> = serde_json::from_str(text)
        .map_err(|error| invalid(format!("The body is no JSON object of events: {error}.")))?;
    let count = outline.batch.as_ref().map_or(1, Vec::len);
    if count > MOST_EVENTS {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_many_events",
            format!("{count} events in one request; send at most {MOST_EVENTS}."),
        ));
    }
    let write_key = outline
        .write_key
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    Ok(Checked { write_key })
}

/// Whether the source takes anything, and from this page.
fn allowed(request: &HttpRequest, source: &Source) -> Result<(), ApiError> {
    if !source.is_enabled {
        return Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "source_disabled",
            "This source is paused.",
        ));
    }
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    match origin {
        Some(origin) if !source.settings.allows_origin(origin) => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "origin_not_allowed",
            format!("{origin} is not among the allowed origins of this source."),
        )),
        _ => Ok(()),
    }
}

/// The long name of a call.
fn kind(call: &str) -> &'static str {
    match call {
        "identify" | "i" => "identify",
        "track" | "t" => "track",
        "page" | "p" => "page",
        "screen" | "s" => "screen",
        "group" | "g" => "group",
        "alias" | "a" => "alias",
        "import" => "import",
        _ => "batch",
    }
}

/// The address without what tells one household from the next: /24 of IPv4, /48 of IPv6.
pub(super) fn coarse(ip: &str) -> String {
    match ip.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0")
        }
        Ok(std::net::IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
        Err(_) => String::new(),
    }
}

pub(super) fn unauthorized() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "No source has this write key. Keys are shown under Settings, Sources.",
    )
}

fn refused(why: Refused) -> ApiError {
    match why {
        Refused::TooLarge => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!(
                "A request may hold {} MB, inflated.",
                body::MOST_BYTES >> 20
            ),
        ),
        Refused::Broken(cause) => ApiError::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            format!("The body could not be read: {cause}."),
        ),
    }
}

/// What passes: the client comes again with the same messageIds.
pub(super) fn later(error: &InboxError) -> ApiError {
    let message = match error {
        InboxError::Full => {
            "More events are waiting than can be kept just now; send again shortly."
        }
        InboxError::Failed(_) => {
            "The events could not be written just now; send them again shortly."
        }
    };
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_can_never_be_right_are_told_so() {
        for (body, code) in [
            (&b""[..], "invalid_json"),
            (b"{\"batch\": [", "invalid_json"),
            (b"[1]", "invalid_json"),
            (b"{\"batch\": 7}", "invalid_json"),
            (b"\xff{}", "invalid_json"),
        ] {
            assert_eq!(
                check(body).err().map(|e| e.code),
                Some(code),
                "{}",
                String::from_utf8_lossy(body)
            );
        }
        let many = format!("{{\"batch\": [{}1]}}", "1,".repeat(MOST_EVENTS));
        assert_eq!(
            check(many.as_bytes()).err().map(|e| e.code),
            Some("too_many_events")
        );
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(
            check(deep.as_bytes()).is_ok(),
            "depth is the worker's business and must not overflow here"
        );
    }

    #[test]
    fn the_key_in_the_body_is_read_last_and_may_be_of_any_type() {
        assert_eq!(
            check(b"{\"writeKey\": \"k\"}")
                .ok()
                .and_then(|c| c.write_key),
            Some("k".to_owned())
        );
        assert_eq!(
            check(b"{\"writeKey\": 7}").ok().and_then(|c| c.write_key),
            None
        );
    }

    #[test]
    fn addresses_lose_their_last_part() {
        assert_eq!(coarse("203.0.113.77"), "203.0.113.0");
        assert_eq!(coarse("2001:db8:1:2:3::4"), "2001:db8:1::");
        assert_eq!(coarse("?"), "");
    }
}
