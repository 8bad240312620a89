//! XML as workbooks write it, tag by tag, in bounded memory.

use std::io::{self, BufRead};

/// Bytes of a tag or of the text between two.
const LONGEST: usize = 1 << 20;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A tag that opens; whether it closes at once.
    Open(Tag, bool),
    /// A tag that closes, by its local name.
    Close(String),
    /// Text, entities resolved.
    Text(String),
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without a prefix.
    pub name: String,
    attributes: String,
}

impl Tag {
    /// An attribute by its name, with or without prefix.
    pub fn get(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes.as_str();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let sign = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, left) = after.get(1..)?.split_once(sign)?;
            if name.trim() == wanted {
                return Some(resolved(value));
            }
            rest = left;
        }
        None
    }
}

/// A reader of XML.
pub struct Xml<R> {
    source: R,
    bytes: Vec<u8>,
    /// Whether the sign that opens a tag was read already.
    is_in_tag: bool,
}

impl<R: BufRead> Xml<R> {
    /// Reads `source`.
    pub fn new(source: R) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            is_in_tag: false,
        }
    }

    /// The next piece; none at the end. Comments and declarations are passed over.
    pub fn piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if !self.is_in_tag {
                self.is_in_tag = self.until(b'<')?;
                if !self.bytes.is_empty() {
                    let text = String::from_utf8_lossy(&self.bytes);
                    return Ok(Some(Piece::Text(resolved(&text))));
                }
            }
            self.is_in_tag = false;
            if !self.until(b'>')? {
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&self.bytes).into_owned();
            if text.starts_with('?') || text.starts_with('!') {
                continue;
            }
            if let Some(name) = text.strip_prefix('/') {
                return Ok(Some(Piece::Close(local(name.trim()))));
            }
            let (text, is_closed) = match text.strip_suffix('/') {
                Some(text) => (text, true),
                None => (text.as_str(), false),
            };
            let (name, attributes) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            let tag = Tag {
                name: local(name),
                attributes: attributes.to_owned(),
            };
            return Ok(Some(Piece::Open(tag, is_closed)));
        }
    }

    /// Gathers bytes up to a sign, which is taken; false where the source ends before it.
    fn until(&mut self, sign: u8) -> io::Result<bool> {
        self.bytes.clear();
        loop {
            let piece = self.source.fill_buf()?;
            if piece.is_empty() {
                return Ok(false);
            }
            let end = piece.iter().position(|byte| *byte == sign);
            let upto = end.unwrap_or(piece.len());
            if self.bytes.len() + upto > LONGEST {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a cell is longer than 1 MB",
                ));
            }
            self.bytes
                .extend_from_slice(piece.get(..upto).unwrap_or_default());
            self.source.consume(upto + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

fn local(name: &str) -> String {
    name.rsplit_once(':')
        .map_or(name, |(_, name)| name)
        .to_owned()
}

/// Text with its entities resolved, and what Excel writes as `_x000D_`.
fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((entity, left)) = after
            .split_once(';')
            .filter(|(entity, _)| entity.len() <= 10)
        else {
            out.push('&');
            rest = after;
            continue;
        };
        let code = entity.strip_prefix("#x").map_or_else(
            || entity.strip_prefix('#').and_then(|n| n.parse().ok()),
            |hex| u32::from_str_radix(hex, 16).ok(),
        );
        match (entity, code.and_then(char::from_u32)) {
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(c)) if c != '\0' => out.push(c),
            _ => {}
        }
        rest = left;
    }
    out.push_str(rest);
    out.replace("_x000D_", "").replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_texts_and_entities_are_told_apart() {
        let mut xml = Xml::new(&b"<?xml version=\"1.0\"?><x:row r='2' r:id=\"a&amp;b\"><!-- no --><c/>1 &lt; 2&#33;</x:row>"[..]);
        let mut all = Vec::new();
        while let Some(piece) = xml.piece().expect("memory") {
            all.push(piece);
        }
        let Piece::Open(row, false) = &all[0] else {
            panic!("{all:?}")
        };
        assert_eq!(
            (
                row.name.as_str(),
                row.get("r").as_deref(),
                row.get("r:id").as_deref()
            ),
            ("row", Some("2"), Some("a&b"))
        );
        assert!(matches!(&all[1], Piece::Open(tag, true) if tag.name == "c"));
        assert_eq!(
            all[2..],
            [
                Piece::Text("1 < 2!".to_owned()),
                Piece::Close("row".to_owned())
            ]
        );
    }
}
