//! What browser SDKs ask before they send anything: without a valid answer here not one event leaves the page.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{Keys, cors, keys};
use crate::db::Db;
use crate::web::{ApiError, base_url, is_https};

/// `GET /v1/projects/{key}/settings` of Segment's browser SDK. The key and host in the answer are the ones it uses.
pub(super) async fn settings(
    request: HttpRequest,
    key: web::Path<String>,
    db: web::Data<Db>,
    known: web::Data<Keys>,
) -> HttpResponse {
    let result = known.source(&db, &key).await;
    let base = base_url(&request);
    let host = base.split("://").nth(1).unwrap_or_default();
    let mut answer = match result {
        Ok(Some(source)) if source.is_enabled => HttpResponse::Ok().json(json!({
            "integrations": { "Segment.io": {
                "apiKey": *key,
                "apiHost": format!("{host}/v1"),
                "protocol": if is_https(&request) { "https" } else { "http" },
                "unbundledIntegrations": [],
                "addBundledMetadata": true,
            }},
            "plan": { "track": { "__default": { "enabled": true } }, "identify": { "__default": { "enabled": true } }, "group": { "__default": { "enabled": true } } },
            "edgeFunction": {},
            "analyticsNextEnabled": true,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": { "sampleRate": 0 },
            "legacyVideoPluginsEnabled": false,
            "remotePlugins": [],
        })),
        Ok(_) => missing(StatusCode::NOT_FOUND),
        Err(error) => actix_web::ResponseError::error_response(&ApiError::from(error)),
    };
    cors::open(&request, answer.headers_mut());
    answer
}

/// `GET /sourceConfig` of RudderStack's SDKs; a bad key must be 400, or mobile SDKs go on asking.
pub(super) async fn source_config(
    request: HttpRequest,
    db: web::Data<Db>,
    known: web::Data<Keys>,
) -> HttpResponse {
    let key = keys::shown(&request).unwrap_or_default();
    let result = known.source(&db, &key).await;
    let mut answer = match result {
        Ok(Some(source)) => {
            let source_id = source.id.to_string();
            HttpResponse::Ok().json(json!({
                "source": {
                    "id": source_id, "name": source.name, "writeKey": key, "enabled": source.is_enabled,
                    "workspaceId": "rapport", "destinations": [], "connections": [],
                    "updatedAt": source.updated_at, "createdAt": source.created_at,
                    "config": { "statsCollection": { "errors": { "enabled": false }, "metrics": { "enabled": false } } },
                    "dataplanes": {}, "sourceDefinition": { "name": source.kind.label(), "options": {} },
                },
                "updatedAt": source.updated_at, "isHosted": false,
            }))
        }
        Ok(None) => missing(StatusCode::BAD_REQUEST),
        Err(error) => actix_web::ResponseError::error_response(&ApiError::from(error)),
    };
    cors::open(&request, answer.headers_mut());
    answer
}

/// SDKs' figures about themselves: taken and dropped.
pub(super) async fn metrics(request: HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::Ok().json(json!({ "success": true }));
    cors::open(&request, answer.headers_mut());
    answer
}

fn missing(status: StatusCode) -> HttpResponse {
    actix_web::ResponseError::error_response(&ApiError::new(
        status,
        "unknown_write_key",
        "No source has this write key. Keys are shown under Settings, Sources.",
    ))
}
