//! Keyset paging: a cursor names the last row seen, so that page 10,000 costs what page 1 costs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where a page ends: the sort key of its last row, as text, and that row's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Sort key.
    pub key: String,
    /// Id, which breaks ties.
    pub id: i64,
}

impl Cursor {
    /// For a URL.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.id, self.key))
    }

    /// From a URL; what is no cursor starts at the beginning.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (id, key) = text.split_once(':')?;
        Some(Self {
            key: key.to_owned(),
            id: id.parse().ok()?,
        })
    }

    /// The sort key as a number.
    pub fn number(&self) -> Option<i64> {
        self.key.parse().ok()
    }
}

/// One page of rows and where the next begins.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl<T> Paged<T> {
    /// From `limit + 1` rows as loaded: the last one only says that there is more.
    pub fn from_loaded(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows
            .last()
            .filter(|_| has_more)
            .map(|row| cursor(row).encode());
        Self { rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_url_whatever_the_key() {
        for key in ["", "1700000000", "sæther: løvås", "a:b:c"] {
            let cursor = Cursor {
                key: key.to_owned(),
                id: 7,
            };
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        assert_eq!(Cursor::decode("???"), None);
    }
}
