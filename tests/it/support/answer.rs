//! What came back: status, headers, body, with the questions stories ask about them.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// An answer of the application.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads: without tags, scripts and runs of space.
    pub fn text(&self) -> String {
        let body = self.body();
        let mut text = String::new();
        let mut rest = body.as_str();
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            text.push(' ');
            rest = tag.split_once('>').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        [
            ("&#39;", "'"),
            ("&#34;", "\""),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#38;", "&"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(text, |text, (code, sign)| text.replace(code, sign))
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.body()))
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{} {}",
            self.location(),
            self.text()
        );
        self
    }

    /// Fails unless it is a redirect there.
    #[track_caller]
    pub fn leads_to(self, path: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), self.location()),
            (303, path),
            "{}",
            self.text()
        );
        self
    }

    /// Fails unless a person reads this on the page.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let text = self.text();
        assert!(text.contains(words), "{words:?} is not in: {text}");
        self
    }

    /// Fails if a person reads this on the page.
    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        let text = self.text();
        assert!(!text.contains(words), "{words:?} is in: {text}");
        self
    }
}
