//! Reading pages over some connections, one after the other on each, as somebody would who never stops to read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::Failure;
use super::client::Client;
use super::report::{Report, percentile};

/// A kind of page and addresses of some.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub key: &'static str,
    pub label: &'static str,
    /// Finished requests.
    pub requests: Arc<Vec<Vec<u8>>>,
}

/// Milliseconds of every answer, and how many came a second.
pub(super) struct Reading {
    waits: Vec<f64>,
    per_second: f64,
    bytes: f64,
}

/// Reads pages of one kind for some time.
pub(super) async fn read(
    kind: &Kind,
    address: SocketAddr,
    connections: u64,
    time: Duration,
) -> Result<Reading, Failure> {
    if kind.requests.is_empty() {
        return Err(format!("{}: nothing to ask for", kind.label).into());
    }
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for lane in 0..connections.max(1) {
        let requests = kind.requests.clone();
        lanes.spawn(async move { read_on(address, &requests, lane as usize, started, time).await });
    }
    let (mut waits, mut bytes) = (Vec::new(), 0);
    while let Some(lane) = lanes.join_next().await {
        let (lane, read) = lane?.map_err(|error| format!("{}: {error}", kind.label))?;
        waits.extend(lane);
        bytes += read;
    }
    Ok(Reading {
        per_second: waits.len() as f64 / started.elapsed().as_secs_f64(),
        bytes: bytes as f64 / waits.len().max(1) as f64,
        waits,
    })
}

async fn read_on(
    address: SocketAddr,
    requests: &[Vec<u8>],
    lane: usize,
    started: Instant,
    time: Duration,
) -> std::io::Result<(Vec<f64>, usize)> {
    let mut client = Client::connect(address).await?;
    let (mut waits, mut bytes) = (Vec::new(), 0);
    // Each lane begins elsewhere, so that no two ask the same at once.
    for request in requests.iter().cycle().skip(lane * requests.len() / 8) {
        if started.elapsed() >= time {
            break;
        }
        let asked = Instant::now();
        let answer = client.send(request).await?;
        if answer.status != 200 {
            let asked = String::from_utf8_lossy(request);
            let line = asked.lines().next().unwrap_or_default();
            return Err(std::io::Error::other(format!(
                "{line} was answered {}",
                answer.status
            )));
        }
        bytes += answer.body.len();
        waits.push(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok((waits, bytes))
}

impl Reading {
    /// Adds the figures; `key` and `label` say of what.
    pub fn tell(mut self, report: &mut Report, key: &str, label: &str) {
        let p50 = percentile(&mut self.waits, 0.5);
        let p99 = percentile(&mut self.waits, 0.99);
        report.add(format!("{key}_p50_ms"), format!("{label}, p50"), p50, "ms");
        report.add(format!("{key}_p99_ms"), format!("{label}, p99"), p99, "ms");
        report.add(
            format!("{key}_per_second"),
            format!("{label}, rate"),
            self.per_second,
            "requests/s",
        );
        report.add(
            format!("{key}_kb"),
            format!("{label}, size"),
            self.bytes / 1_024.0,
            "kB",
        );
    }
}
