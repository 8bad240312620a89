//! What watches an instance asks: is the process alive, can it do its work, how much does it do.

use std::fmt::Write;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::base::{clock, token};
use crate::config::Config;
use crate::db::Db;
use crate::events::inbox::Inbox;
use crate::jobs::{self, Counts, Pulse};
use crate::metrics;

/// A database that takes longer does not answer, as far as a probe is concerned.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers. Restart it if it does not.
pub async fn health() -> HttpResponse {
    plain().body("alive\n")
}

/// `GET /readyz`: the database and the job worker answer. Send no requests here while they do not.
pub async fn ready(db: web::Data<Db>, pulse: web::Data<Pulse>) -> HttpResponse {
    let mut body = String::new();
    let mut is_ready = true;
    for (part, fault) in [
        ("database", counts(&db).await.err()),
        (
            "jobs",
            (!pulse.is_alive(clock::now())).then(|| "the worker does not answer".to_owned()),
        ),
    ] {
        is_ready &= fault.is_none();
        let _ = writeln!(body, "{part}: {}", fault.as_deref().unwrap_or("ready"));
    }
    if is_ready {
        plain().body(body)
    } else {
        HttpResponse::ServiceUnavailable()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::RETRY_AFTER, "2"))
            .body(body)
    }
}

/// `GET /metrics`: figures for Prometheus, to this machine or whoever has the key.
pub async fn metrics(
    request: HttpRequest,
    config: web::Data<Config>,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
) -> HttpResponse {
    if !may_read(&request, &config) {
        return HttpResponse::Forbidden()
            .content_type("text/plain; charset=utf-8")
            .body("Ask from this machine, or with the metrics_key: Authorization: Bearer <key>\n");
    }
    let (reads, writes) = db.waiting();
    metrics::READS_WAITING.set(reads as i64);
    metrics::WRITES_WAITING.set(writes as i64);
    metrics::INBOX_WAITING.set(inbox.waiting());
    let mut body = metrics::print();
    // Without a database the process still has figures to show.
    if let Ok(counts) = counts(&db).await {
        write_jobs(&mut body, counts);
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(body)
}

fn write_jobs(body: &mut String, counts: Counts) {
    body.push_str("# HELP rapport_jobs Jobs in the queue, by state.\n# TYPE rapport_jobs gauge\n");
    for (state, n) in [
        ("ready", counts.ready),
        ("running", counts.running),
        ("dead", counts.dead),
    ] {
        let _ = writeln!(body, "rapport_jobs{{state=\"{state}\"}} {n}");
    }
    let late = counts
        .oldest
        .map_or(0, |due| clock::now().since(due).max(0) / clock::SECOND);
    let _ = writeln!(
        body,
        "# HELP rapport_jobs_late_seconds How long the job that waits longest has been due.\n\
         # TYPE rapport_jobs_late_seconds gauge\nrapport_jobs_late_seconds {late}"
    );
}

async fn counts(db: &Db) -> Result<Counts, String> {
    let counted = tokio::time::timeout(PATIENCE, db.read(jobs::counts)).await;
    match counted {
        Ok(Ok(counts)) => Ok(counts),
        Ok(Err(error)) => {
            let error: diesel::result::Error = error;
            tracing::warn!(%error, "not ready");
            Err("it cannot be asked; the log says why".to_owned())
        }
        Err(_) => Err("no answer".to_owned()),
    }
}

/// From this machine and not through a proxy of this machine, which everybody's requests come through.
fn may_read(request: &HttpRequest, config: &Config) -> bool {
    let key = &config.metrics_key.0;
    let shown = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !key.is_empty()
        && shown.is_some_and(|shown| token::same(shown.trim().as_bytes(), key.as_bytes()))
    {
        return true;
    }
    let is_forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let is_here = request
        .peer_addr()
        .is_some_and(|peer| peer.ip().is_loopback());
    is_here && !is_forwarded
}

fn plain() -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}
