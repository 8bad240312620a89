//! Events from places without script: an image whose address is the event. Always a picture, whatever happened.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::super::inbox::{Inbox, NewRequest};
use super::handlers::coarse;
use super::{Keys, keys};
use crate::base::{clock, text};
use crate::db::Db;
use crate::web::client_ip;

/// The smallest transparent GIF.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// `GET /pixel/v1/{track|page|…}?writeKey=…`: either `data=` (base64 of an event) or plain parameters.
pub(super) async fn take(
    request: HttpRequest,
    call: web::Path<String>,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
    known: web::Data<Keys>,
) -> HttpResponse {
    let event = event(request.query_string());
    let key = keys::shown(&request)
        .or_else(|| {
            event
                .get("writeKey")
                .and_then(Value::as_str)
                .and_then(keys::bare)
        })
        .unwrap_or_default();
    if let Ok(Some(source)) = known.source(&db, &key).await
        && source.is_enabled
    {
        let ip = client_ip(&request);
        let agent = request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let kept = inbox
            .append(NewRequest {
                source_id: source.id,
                received_at: clock::now(),
                kind: call.into_inner(),
                ip: if source.settings.anonymise_ip {
                    coarse(&ip)
                } else {
                    ip
                },
                user_agent: text::cut(agent, 500).to_owned(),
                body: Value::Object(event).to_string().into_bytes(),
            })
            .await;
        if let Err(error) = kept {
            tracing::warn!(%error, "pixel lost");
        }
    }
    HttpResponse::Ok()
        .content_type("image/gif")
        .insert_header((header::CACHE_CONTROL, "no-store, private"))
        .body(GIF)
}

/// The event an address spells. Parameters that are no field of an event become properties.
fn event(query: &str) -> Map<String, Value> {
    let mut event = Map::new();
    let mut properties = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "writeKey" | "writekey" => {}
            "data" => {
                let json = STANDARD
                    .decode(value.as_bytes())
                    .or_else(|_| URL_SAFE.decode(value.as_bytes()));
                if let Some(Value::Object(fields)) = json
                    .ok()
                    .and_then(|json| serde_json::from_slice(&json).ok())
                {
                    event.extend(fields);
                }
            }
            "event" | "userId" | "anonymousId" | "groupId" | "previousId" | "messageId"
            | "timestamp" | "name" | "category" => {
                event.insert(name.into_owned(), Value::String(value.into_owned()));
            }
            other => {
                let key = other.strip_prefix("properties.").unwrap_or(other);
                properties.insert(key.to_owned(), Value::String(value.into_owned()));
            }
        }
    }
    if !properties.is_empty() && !event.contains_key("properties") {
        event.insert("properties".to_owned(), Value::Object(properties));
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_spells_an_event() {
        let event = event("writeKey=k&event=Mail+opened&userId=7&plan=pro");
        assert_eq!(event["event"], "Mail opened");
        assert_eq!(event["userId"], "7");
        assert_eq!(event["properties"]["plan"], "pro");
        assert!(!event.contains_key("writeKey"));
    }

    #[test]
    fn the_picture_is_a_gif() {
        assert_eq!(GIF.len(), 43);
    }
}
