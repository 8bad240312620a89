//! A form with files in it (`multipart/form-data`), read into memory up to a limit the handler names. A browser or a program
//! that has no file to send may post the same form plainly.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;

use super::Error;

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// Name of the file, where it is one.
    pub file_name: Option<String>,
    /// What was in it.
    pub bytes: Vec<u8>,
}

impl Part {
    /// A file by its name.
    pub fn named(&self) -> (&str, &[u8]) {
        (self.file_name.as_deref().unwrap_or_default(), &self.bytes)
    }
}

/// The fields of a form of at most `MAX` bytes.
#[derive(Debug, Clone)]
pub struct Upload<const MAX: usize> {
    /// In the order of the form; `None` if it was larger than allowed.
    pub parts: Option<Vec<Part>>,
}

impl<const MAX: usize> Upload<MAX> {
    /// A file by its field, if one was chosen.
    pub fn file(&self, name: &str) -> Option<&Part> {
        self.files(name).next()
    }

    /// Every value of a field, as text.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let parts = self.parts.as_deref().unwrap_or_default();
        let fields = parts.iter().filter(|part| part.file_name.is_none());
        fields
            .filter(|part| part.name == name)
            .map(|part| String::from_utf8_lossy(&part.bytes).into_owned())
            .collect()
    }

    /// The last value of a field, or an empty text.
    pub fn text(&self, name: &str) -> String {
        self.texts(name).pop().unwrap_or_default()
    }

    /// Every file of a field that was chosen.
    pub fn files(&self, name: &str) -> impl Iterator<Item = &Part> {
        let parts = self.parts.as_deref().unwrap_or_default();
        let is_file = |part: &&Part| part.file_name.is_some() && !part.bytes.is_empty();
        parts
            .iter()
            .filter(is_file)
            .filter(move |part| part.name == name)
    }

    /// Whether it was larger than allowed.
    pub fn is_too_large(&self) -> bool {
        self.parts.is_none()
    }
}

impl<const MAX: usize> FromRequest for Upload<MAX> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_plain =
            media_type.is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        let boundary = media_type.and_then(boundary);
        let mut payload = web::Payload::from_request(request, payload).into_inner();
        Box::pin(async move {
            let garbled = || Error::Invalid("The form could not be read.".to_owned());
            if boundary.is_none() && !is_plain {
                return Err(garbled());
            }
            let stream = payload.as_mut().map_err(|_| garbled())?;
            let mut body = Vec::new();
            let mut is_too_large = false;
            // What is too large is read to its end all the same: a browser shows an answer only then.
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|_| garbled())?;
                is_too_large |= body.len() + chunk.len() > MAX;
                if is_too_large {
                    body = Vec::new();
                } else {
                    body.extend_from_slice(&chunk);
                }
            }
            if is_too_large {
                return Ok(Self { parts: None });
            }
            let parts = match boundary {
                Some(boundary) => parts(&body, &boundary).ok_or_else(garbled)?,
                None => fields(&body),
            };
            Ok(Self { parts: Some(parts) })
        })
    }
}

/// The fields of a plain form.
fn fields(body: &[u8]) -> Vec<Part> {
    let field = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| Part {
        name: name.into_owned(),
        file_name: None,
        bytes: value.into_owned().into_bytes(),
    };
    url::form_urlencoded::parse(body).map(field).collect()
}

pub(super) fn boundary(media_type: &str) -> Option<String> {
    let rest = media_type.trim().strip_prefix("multipart/form-data")?;
    let value = rest
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    let value = value.trim_matches('"');
    (!value.is_empty() && value.len() <= 70).then(|| value.to_owned())
}

fn parts(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let seam = format!("\r\n--{boundary}");
    // The first seam stands at the very beginning, without the line end before it.
    let mut rest = body.strip_prefix(seam.trim_start().as_bytes())?;
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(found);
        }
        let (part, after) = split(rest.strip_prefix(b"\r\n")?, seam.as_bytes())?;
        let (head, bytes) = split(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition")
                .then_some(value)
        })?;
        found.push(Part {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            bytes: bytes.to_vec(),
        });
        rest = after;
    }
}

/// Cuts at the first `seam`.
fn split<'a>(bytes: &'a [u8], seam: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(seam.len())
        .position(|window| window == seam)?;
    Some((bytes.get(..at)?, bytes.get(at + seam.len()..)?))
}

/// A quoted parameter; browsers write a quote inside it as `%22`.
pub(super) fn parameter(disposition: &str, name: &str) -> Option<String> {
    // A name in quotes may hold a semicolon.
    let mut is_quoted = false;
    let mut parts = disposition.split(|c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    });
    let quoted = parts.find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        (key == name).then_some(value)
    })?;
    Some(quoted.trim_matches('"').replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_files_are_read_as_they_are() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nabc\r\n--x\r\n\
            content-disposition: form-data; name=\"picture\"; filename=\"\xd0\xb0; %22.png\"\r\nContent-Type: image/png\r\n\r\n\
            \x89PNG\r\n--\r\n\r\n--x--\r\n";
        let parts = parts(body, "x").expect("parts");
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), parts[0].bytes.as_slice()),
            ("_csrf", b"abc".as_slice())
        );
        assert_eq!(parts[1].file_name.as_deref(), Some("а; \".png"));
        assert_eq!(parts[1].bytes, b"\x89PNG\r\n--\r\n");
    }

    #[test]
    fn what_is_cut_or_garbled_is_refused() {
        let whole = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n--x--";
        assert!(parts(whole, "x").is_some());
        for end in 0..whole.len() - 1 {
            assert_eq!(parts(&whole[..end], "x"), None, "{end}");
        }
        assert_eq!(parts(b"--x\r\n\r\n\r\nabc\r\n--x--", "x"), None);
        assert_eq!(
            boundary("multipart/form-data; boundary=\"a b\"").as_deref(),
            Some("a b")
        );
        assert_eq!(boundary("multipart/form-data"), None);
        assert_eq!(boundary("text/plain; boundary=x"), None);
    }
}
