//! What is sent: requests of events of about 300 bytes, assembled from ready pieces so that making them costs little.
//! Every messageId is new; people are drawn evenly from a fixed number.

use std::net::SocketAddr;

use super::super::chance::mix;
use crate::base::Timestamp;

/// Events of one run. Cheap to share: a request is made from its number alone.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// Tells the messageIds of this run from those of others.
    pub run: u64,
    /// How many people the events are of.
    pub people: u64,
    head: String,
}

/// One kind of event. Its JSON holds `{m}` for the messageId, `{p}` for the person, `{t}` for the time.
struct Shape {
    /// How many in a hundred.
    share: u64,
    json: &'static str,
}

const SHAPES: [Shape; 6] = [
    Shape {
        share: 5,
        json: r#"{"type":"identify","messageId":"{m}","anonymousId":"bench-device-{p}","userId":"bench-user-{p}","originalTimestamp":"{t}","traits":{"name":"Robin Bench {p}","email":"robin-{p}@bench.example","plan":"team"},"context":{"locale":"en-GB","timezone":"Europe/Oslo"}}"#,
    },
    Shape {
        share: 35,
        json: r#"{"type":"page","name":"Pricing","messageId":"{m}","anonymousId":"bench-device-{p}","originalTimestamp":"{t}","properties":{"path":"/pricing","title":"Pricing"},"context":{"page":{"url":"https://shop.example/pricing?utm_source=letter","path":"/pricing"},"locale":"en-GB"}}"#,
    },
    Shape {
        share: 25,
        json: r#"{"type":"page","name":"Product","messageId":"{m}","anonymousId":"bench-device-{p}","originalTimestamp":"{t}","properties":{"path":"/lamps/dawn","title":"Dawn, a reading lamp"},"context":{"page":{"url":"https://shop.example/lamps/dawn","path":"/lamps/dawn","referrer":"https://shop.example/lamps"},"locale":"en-GB"}}"#,
    },
    Shape {
        share: 20,
        json: r#"{"type":"track","event":"Product Viewed","messageId":"{m}","anonymousId":"bench-device-{p}","originalTimestamp":"{t}","properties":{"product_id":"dawn-7","name":"Dawn","category":"lamps","price":89.5,"currency":"EUR"},"context":{"page":{"url":"https://shop.example/lamps/dawn","path":"/lamps/dawn"}}}"#,
    },
    Shape {
        share: 12,
        json: r#"{"type":"track","event":"Product Added","messageId":"{m}","anonymousId":"bench-device-{p}","originalTimestamp":"{t}","properties":{"product_id":"dawn-7","name":"Dawn","category":"lamps","price":89.5,"quantity":1},"context":{"page":{"url":"https://shop.example/lamps/dawn","path":"/lamps/dawn"}}}"#,
    },
    Shape {
        share: 3,
        json: r#"{"type":"track","event":"Order Completed","messageId":"{m}","anonymousId":"bench-device-{p}","originalTimestamp":"{t}","properties":{"order_id":"o-{p}","revenue":134.25,"currency":"EUR","products":[{"product_id":"dawn-7","quantity":1,"price":89.5}]},"context":{"page":{"url":"https://shop.example/thanks","path":"/thanks"}}}"#,
    },
];

impl Load {
    pub fn new(run: u64, people: u64, address: SocketAddr, write_key: &str) -> Self {
        use base64::Engine;
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{write_key}:"));
        Self {
            run,
            people: people.max(1),
            head: format!(
                "Host: {address}\r\nAuthorization: Basic {basic}\r\nContent-Type: application/json\r\nContent-Length: "
            ),
        }
    }

    /// The same people, with messageIds of its own.
    pub fn another(&self, n: u64) -> Self {
        Self {
            run: self.run + n,
            ..self.clone()
        }
    }

    /// The request that carries events `first` to `first + n - 1`, written over `request`. One event goes alone.
    pub fn request(&self, request: &mut Vec<u8>, first: u64, n: u64, at: Timestamp) {
        let time = at.rfc3339();
        let mut body = std::mem::take(request);
        body.clear();
        let path = if n == 1 {
            let shape = self.event(&mut body, first, &time);
            kind(shape)
        } else {
            body.extend_from_slice(br#"{"batch":["#);
            for event in first..first + n {
                if event > first {
                    body.push(b',');
                }
                self.event(&mut body, event, &time);
            }
            body.extend_from_slice(format!(r#"],"sentAt":"{time}"}}"#).as_bytes());
            "batch"
        };
        let head = format!(
            "POST /v1/{path} HTTP/1.1\r\n{}{}\r\n\r\n",
            self.head,
            body.len()
        );
        // The head's length depends on the body's: it goes in front, which costs one move of memory.
        body.splice(..0, head.into_bytes());
        *request = body;
    }

    /// A request that says who a new person is.
    pub fn identify(&self, user: &str, message: &str, at: Timestamp) -> Vec<u8> {
        let body = format!(
            r#"{{"userId":"{user}","messageId":"{message}","originalTimestamp":"{}","traits":{{"name":"Sam Sample"}}}}"#,
            at.rfc3339()
        );
        format!(
            "POST /v1/identify HTTP/1.1\r\n{}{}\r\n\r\n{body}",
            self.head,
            body.len()
        )
        .into_bytes()
    }

    /// The messageId of an event.
    pub fn message_id(&self, event: u64) -> String {
        format!("bench-{:08x}-{event:010}", self.run & 0xffff_ffff)
    }

    /// Appends one event; returns which shape it has.
    fn event(&self, body: &mut Vec<u8>, event: u64, time: &str) -> &'static Shape {
        let dice = mix(self.run ^ mix(event));
        let person = digits(dice % self.people);
        let shape = shape(dice >> 40);
        let mut rest = shape.json;
        while let Some((before, after)) = rest.split_once('{') {
            body.extend_from_slice(before.as_bytes());
            match (after.get(..2), after.get(2..)) {
                (Some("m}"), Some(after)) => {
                    body.extend_from_slice(b"bench-");
                    body.extend_from_slice(&hex(self.run));
                    body.push(b'-');
                    body.extend_from_slice(&digits(event));
                    rest = after;
                }
                (Some("p}"), Some(after)) => {
                    body.extend_from_slice(&person);
                    rest = after;
                }
                (Some("t}"), Some(after)) => {
                    body.extend_from_slice(time.as_bytes());
                    rest = after;
                }
                _ => {
                    body.push(b'{');
                    rest = after;
                }
            }
        }
        body.extend_from_slice(rest.as_bytes());
        shape
    }
}

fn shape(dice: u64) -> &'static Shape {
    let mut left = dice % 100;
    for shape in &SHAPES {
        if left < shape.share {
            return shape;
        }
        left -= shape.share;
    }
    &SHAPES[0]
}

fn kind(shape: &Shape) -> &'static str {
    ["identify", "page", "track"]
        .into_iter()
        .find(|kind| {
            shape
                .json
                .get(9..)
                .is_some_and(|json| json.starts_with(kind))
        })
        .unwrap_or("batch")
}

fn digits(mut n: u64) -> [u8; 10] {
    let mut text = [b'0'; 10];
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (n % 10) as u8;
        n /= 10;
    }
    text
}

fn hex(mut n: u64) -> [u8; 8] {
    let mut text = [b'0'; 8];
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"
            .get((n & 15) as usize)
            .copied()
            .unwrap_or(b'0');
        n >>= 4;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        Load::new(0xabc, 20_000, address, "key")
    }

    #[test]
    fn requests_hold_what_they_say() {
        let mut request = Vec::new();
        load().request(&mut request, 500, 100, Timestamp::from_secs(1_800_000_000));
        let text = String::from_utf8(request).expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let events = body["batch"].as_array().expect("events");
        assert_eq!(events.len(), 100);
        assert_eq!(events[7]["messageId"], load().message_id(507));
    }

    #[test]
    fn the_mix_is_as_promised() {
        let (mut bytes, mut identifies) = (0, 0);
        let mut body = Vec::new();
        for event in 0..20_000 {
            body.clear();
            let shape = load().event(&mut body, event, "2026-11-22T04:32:45.074Z");
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
            bytes += body.len();
            identifies += u64::from(kind(shape) == "identify");
        }
        assert!(
            (280..=350).contains(&(bytes / 20_000)),
            "{}",
            bytes / 20_000
        );
        assert!((900..=1_100).contains(&identifies), "{identifies}");
    }
}
