//! How long it takes until what was sent can be seen: a newcomer says who they are, and the contacts API is asked for
//! them until it knows them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::Failure;
use super::client::Client;
use super::load::Load;
use crate::base::clock;

/// Between two newcomers.
const EVERY: Duration = Duration::from_millis(100);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(2);
/// When to give up on one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Milliseconds from request to sight, of newcomers over some time. Each is one event.
pub(super) async fn watch(
    load: Load,
    address: SocketAddr,
    api_key: String,
    time: Duration,
) -> Result<Vec<f64>, Failure> {
    let mut sender = Client::connect(address).await?;
    let mut asker = Client::connect(address).await?;
    let started = Instant::now();
    let mut waits = Vec::new();
    while started.elapsed() < time {
        let user = format!("bench-sample-{:x}-{}", load.run, waits.len());
        let message = format!("{user}-m");
        let question = format!(
            "GET /api/v1/contacts?user_id={user} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {api_key}\r\n\r\n"
        );
        let sent = Instant::now();
        let answer = sender
            .send(&load.identify(&user, &message, clock::now()))
            .await?;
        if answer.status != 200 {
            return Err(format!("a newcomer was answered {}", answer.status).into());
        }
        loop {
            let answer = asker.send(question.as_bytes()).await?;
            if answer.status != 200 {
                let words = String::from_utf8_lossy(answer.body);
                return Err(format!("the contacts API answered {}: {words}", answer.status).into());
            }
            if answer
                .body
                .windows(user.len())
                .any(|part| part == user.as_bytes())
            {
                break;
            }
            if sent.elapsed() > PATIENCE {
                return Err(
                    format!("{user} was not to be seen for {} s", PATIENCE.as_secs()).into(),
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
        waits.push(sent.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep_until((sent + EVERY).into()).await;
    }
    Ok(waits)
}
