//! Sending a load over some connections, as fast as it is taken or at a steady rate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::Failure;
use super::client::Client;
use super::load::Load;
use crate::base::clock;

/// How to send.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Connections.
    pub connections: u64,
    /// Events of one request.
    pub batch: u64,
    /// Events a second over all connections; `None`: as fast as they are acknowledged.
    pub rate: Option<u64>,
    /// For how long.
    pub time: Duration,
}

/// What was acknowledged.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Events.
    pub events: u64,
    /// Milliseconds from when a request was due until its answer was read.
    pub waits: Vec<f64>,
    /// Requests that were told to come again, and did.
    pub put_off: u64,
    /// From the first request to the last answer.
    pub took: Duration,
}

/// Sends until the time is up. Events are numbered from 0.
pub(super) async fn send(load: Load, address: SocketAddr, pace: Pace) -> Result<Sent, Failure> {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for number in 0..pace.connections.max(1) {
        let lane = Lane {
            load: load.clone(),
            next: next.clone(),
            number,
            started,
            pace,
        };
        lanes.spawn(lane.run(address));
    }
    let mut sent = Sent::default();
    while let Some(lane) = lanes.join_next().await {
        let lane = lane??;
        sent.events += lane.events;
        sent.put_off += lane.put_off;
        sent.waits.extend(lane.waits);
    }
    sent.took = started.elapsed();
    Ok(sent)
}

/// One connection's share.
struct Lane {
    load: Load,
    next: Arc<AtomicU64>,
    number: u64,
    started: Instant,
    pace: Pace,
}

impl Lane {
    async fn run(self, address: SocketAddr) -> std::io::Result<Sent> {
        let mut client = Client::connect(address).await?;
        let mut sent = Sent::default();
        let mut request = Vec::new();
        let batch = self.pace.batch.max(1);
        for turn in 0.. {
            let due = self.due(turn);
            if due.duration_since(self.started) >= self.pace.time {
                break;
            }
            tokio::time::sleep_until(due.into()).await;
            let first = self.next.fetch_add(batch, Ordering::Relaxed);
            self.load.request(&mut request, first, batch, clock::now());
            deliver(&mut client, &request, &mut sent).await?;
            sent.events += batch;
            // From when it was due, not from when its connection was free: a stall counts for all that it held up.
            sent.waits.push(due.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(sent)
    }

    /// When a turn's request is to be sent: at once, or in step with the other lanes.
    fn due(&self, turn: u64) -> Instant {
        match self.pace.rate {
            None => Instant::now(),
            Some(rate) => {
                let nth = turn * self.pace.connections.max(1) + self.number;
                let seconds = nth as f64 * self.pace.batch.max(1) as f64 / rate.max(1) as f64;
                self.started + Duration::from_secs_f64(seconds)
            }
        }
    }
}

/// Sends a request until it is acknowledged; 503 means to come again.
async fn deliver(client: &mut Client, request: &[u8], sent: &mut Sent) -> std::io::Result<()> {
    loop {
        let answer = client.send(request).await?;
        match answer.status {
            200 => return Ok(()),
            503 => {
                sent.put_off += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            status => {
                let words = String::from_utf8_lossy(answer.body).into_owned();
                return Err(std::io::Error::other(format!("answered {status}: {words}")));
            }
        }
    }
}
