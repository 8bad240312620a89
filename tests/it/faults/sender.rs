//! Senders that do what SDKs do: many at a time, one request after another, again if there was no answer.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

/// What one or more senders know.
#[derive(Debug, Default)]
pub struct Known {
    /// Events answered with 200.
    pub answered: BTreeSet<String>,
    /// Events sent without an answer: they may be there or not.
    pub in_doubt: BTreeSet<String>,
}

impl Known {
    pub fn add(&mut self, other: Self) {
        self.answered.extend(other.answered);
        self.in_doubt.extend(other.in_doubt);
    }
}

/// Makes events of which none is like another, about a few dozen people, some of whom turn out to be the same.
#[derive(Debug, Default)]
pub struct Events {
    next: AtomicU64,
}

impl Events {
    fn batch(&self, n: u64) -> Vec<Value> {
        (0..n)
            .map(|_| event(self.next.fetch_add(1, Ordering::SeqCst)))
            .collect()
    }

    /// An event again, by its messageId.
    pub fn again(message_id: &str) -> Value {
        event(
            message_id
                .trim_start_matches('m')
                .parse()
                .expect("a number"),
        )
    }
}

fn event(n: u64) -> Value {
    // Scattered, so that neighbours are of different people.
    let draw = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let (device, user) = (draw % 60, draw % 20);
    let id = format!("m{n}");
    let device = format!("device-{device}");
    match draw % 11 {
        0 => {
            json!({"type": "identify", "messageId": id, "anonymousId": device, "userId": format!("user-{user}"), "traits": {"plan": n}})
        }
        1 => {
            json!({"type": "track", "messageId": id, "event": "Bought", "userId": format!("user-{user}"), "properties": {"revenue": 2.5}})
        }
        2 => {
            json!({"type": "group", "messageId": id, "groupId": format!("g{}", user % 3), "userId": format!("user-{user}")})
        }
        3..=6 => {
            json!({"type": "page", "messageId": id, "anonymousId": device, "properties": {"path": "/pricing"}})
        }
        _ => json!({"type": "track", "messageId": id, "event": "Looked", "anonymousId": device}),
    }
}

/// Starts senders that go on until they are told to stop or nobody answers.
pub fn start(
    address: &str,
    key: &str,
    events: &Arc<Events>,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<Known>> {
    (0..4_u64)
        .map(|sender| {
            let (address, key) = (address.to_owned(), key.to_owned());
            let (events, stop) = (events.clone(), stop.clone());
            std::thread::spawn(move || {
                let mut known = Known::default();
                let mut round = 0;
                while !stop.load(Ordering::SeqCst) {
                    round += 1;
                    let batch = events.batch(1 + (round * 7 + sender) % 40);
                    let ids: Vec<String> = batch.iter().map(id_of).collect();
                    if send(&address, &key, &batch) == Some(200) {
                        known.answered.extend(ids);
                    } else {
                        known.in_doubt.extend(ids);
                        if TcpStream::connect(&address).is_err() {
                            break;
                        }
                    }
                }
                known
            })
        })
        .collect()
}

/// What all of them know in the end.
pub fn join(senders: Vec<JoinHandle<Known>>) -> Known {
    let mut all = Known::default();
    for sender in senders {
        all.add(sender.join().expect("a sender"));
    }
    all
}

fn id_of(event: &Value) -> String {
    event["messageId"].as_str().expect("an id").to_owned()
}

/// Sends one batch; the status, if there was an answer.
pub fn send(address: &str, key: &str, batch: &[Value]) -> Option<u16> {
    let body = json!({ "writeKey": key, "batch": batch }).to_string();
    ask(address, "POST /v1/batch", JSON, body.as_bytes())
}

/// Asks for a page; the status, if there was an answer.
pub fn page(address: &str, path: &str) -> Option<u16> {
    ask(address, &format!("GET {path}"), JSON, b"")
}

const JSON: &str = "Content-Type: application/json";

/// Asks one thing with one more header; the status, if there was an answer.
pub fn ask(address: &str, what: &str, header: &str, body: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    write!(
        stream,
        "{what} HTTP/1.1\r\nHost: {address}\r\n{header}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    // An answer that breaks off is none.
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    answer.split_once("\r\n\r\n")?;
    answer.split(' ').nth(1)?.parse().ok()
}
