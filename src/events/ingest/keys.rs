//! Which source a write key stands for, remembered for a moment: a request must not cost a query, and a key that was
//! rotated or a source that was paused must count within seconds, also when another process did it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::sources::{self, Source};
use crate::base::clock;
use crate::db::Db;

const REMEMBERED: Duration = Duration::from_secs(2);
const MOST: usize = 10_000;

type Known = HashMap<String, (Option<Arc<Source>>, Instant)>;

/// Sources by key. Cheap to clone.
#[derive(Clone, Default)]
pub struct Keys {
    known: Arc<Mutex<Known>>,
}

impl Keys {
    /// The source of a key, if there is one.
    pub(super) async fn source(
        &self,
        db: &Db,
        key: &str,
    ) -> Result<Option<Arc<Source>>, diesel::result::Error> {
        if let Some(found) = self.remembered(key) {
            return Ok(found);
        }
        let asked = key.to_owned();
        let now = clock::now();
        let found = db
            .read(move |conn| sources::store::by_write_key(conn, &asked, now))
            .await?
            .map(Arc::new);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key.to_owned(), (found.clone(), Instant::now()));
        Ok(found)
    }

    fn remembered(&self, key: &str) -> Option<Option<Arc<Source>>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(key)
            .filter(|(_, since)| since.elapsed() < REMEMBERED)
            .map(|(found, _)| found.clone())
    }
}

/// The key a request shows outside its body: Basic, then `?writeKey=`, then `X-Write-Key`.
/// Whatever follows a colon is dropped: Basic ends in one, and one SDK insists on `key:secret`.
pub(super) fn shown(request: &HttpRequest) -> Option<String> {
    let basic = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            value
                .strip_prefix("Basic ")
                .or_else(|| value.strip_prefix("basic "))
        })
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let query = || {
        url::form_urlencoded::parse(request.query_string().as_bytes())
            .find(|(name, _)| name.eq_ignore_ascii_case("writekey"))
            .map(|(_, value)| value.into_owned())
    };
    let named = || {
        request
            .headers()
            .get("x-write-key")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    basic
        .or_else(query)
        .or_else(named)
        .and_then(|key| bare(&key))
}

/// A key without its colon; `None` where nothing is left or it cannot be one.
pub(super) fn bare(key: &str) -> Option<String> {
    let key = key.split(':').next().unwrap_or_default().trim();
    (!key.is_empty() && key.len() <= 200).then(|| key.to_owned())
}
