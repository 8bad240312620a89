//! A form with one large file in it, handed on piece by piece as it arrives: never whole in memory.

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;

use super::Error;
use super::upload::{boundary, parameter};

/// Bytes of all other fields together, and of the head of a part.
const MOST_WORDS: usize = 64 << 10;

/// Where the bytes of the file go.
pub trait Sink {
    /// Takes a piece.
    fn take(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Error>>;
}

/// What came besides the bytes.
#[derive(Debug, Default)]
pub struct Spooled {
    /// Name of the file; empty where none was chosen.
    pub file_name: String,
    /// Its bytes.
    pub size: u64,
    /// Whether it was cut because it is larger than allowed.
    pub is_too_large: bool,
    fields: Vec<(String, String)>,
}

impl Spooled {
    /// The value of a field, or an empty text.
    pub fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Reads the form; the first file of the field `name` goes into `sink`, up to `most` bytes. What is too large is read to
/// its end all the same: a browser shows an answer only then.
pub async fn spool<S: Sink>(
    request: &HttpRequest,
    mut payload: web::Payload,
    name: &str,
    most: u64,
    sink: &mut S,
) -> Result<Spooled, Error> {
    let media_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let boundary = media_type.and_then(boundary).ok_or_else(garbled)?;
    let mut form = Form::new(&boundary, name, most);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| garbled())?;
        form.buffer.extend_from_slice(&chunk);
        form.advance(sink).await?;
    }
    if form.place == Place::Over {
        Ok(form.spooled)
    } else {
        Err(garbled())
    }
}

fn garbled() -> Error {
    Error::Invalid("The form could not be read to its end. Please send it again.".to_owned())
}

/// Where in the form the buffer begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Seam,
    Head,
    File,
    Field(String),
    Skip,
    Over,
}

struct Form<'a> {
    seam: Vec<u8>,
    name: &'a str,
    most: u64,
    buffer: Vec<u8>,
    place: Place,
    words: usize,
    has_file: bool,
    spooled: Spooled,
}

impl<'a> Form<'a> {
    fn new(boundary: &str, name: &'a str, most: u64) -> Self {
        Self {
            seam: format!("\r\n--{boundary}").into_bytes(),
            name,
            most,
            // The first seam stands at the very beginning, without the line end before it.
            buffer: b"\r\n".to_vec(),
            place: Place::Skip,
            words: 0,
            has_file: false,
            spooled: Spooled::default(),
        }
    }

    /// Goes as far as what has come allows.
    async fn advance<S: Sink>(&mut self, sink: &mut S) -> Result<(), Error> {
        loop {
            let moved = match self.place.clone() {
                Place::Over => {
                    self.buffer.clear();
                    false
                }
                Place::Seam => self.after_seam(),
                Place::Head => self.head()?,
                Place::File | Place::Field(_) | Place::Skip => self.body(sink).await?,
            };
            if !moved {
                return Ok(());
            }
        }
    }

    fn after_seam(&mut self) -> bool {
        if self.buffer.len() < 2 {
            return false;
        }
        self.place = if self.buffer.starts_with(b"--") {
            Place::Over
        } else {
            Place::Head
        };
        self.buffer.drain(..2);
        true
    }

    fn head(&mut self) -> Result<bool, Error> {
        let Some(end) = find(&self.buffer, b"\r\n\r\n") else {
            return if self.buffer.len() > MOST_WORDS {
                Err(garbled())
            } else {
                Ok(false)
            };
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition")
                .then_some(value)
        });
        let disposition = disposition.ok_or_else(garbled)?;
        let field = parameter(disposition, "name").unwrap_or_default();
        self.place = match parameter(disposition, "filename") {
            Some(file) if field == self.name && !file.is_empty() && !self.has_file => {
                self.has_file = true;
                self.spooled.file_name = file;
                Place::File
            }
            Some(_) => Place::Skip,
            None => {
                self.spooled.fields.push((field.clone(), String::new()));
                Place::Field(field)
            }
        };
        Ok(true)
    }

    /// Hands on everything that cannot be part of a seam.
    async fn body<S: Sink>(&mut self, sink: &mut S) -> Result<bool, Error> {
        let end = find(&self.buffer, &self.seam);
        let sure = end.unwrap_or_else(|| (self.buffer.len() + 1).saturating_sub(self.seam.len()));
        let bytes: Vec<u8> = self.buffer.drain(..sure).collect();
        match self.place {
            Place::File => {
                self.spooled.size += bytes.len() as u64;
                self.spooled.is_too_large |= self.spooled.size > self.most;
                if !self.spooled.is_too_large && !bytes.is_empty() {
                    sink.take(&bytes).await?;
                }
            }
            Place::Field(_) => {
                self.words += bytes.len();
                if self.words > MOST_WORDS {
                    return Err(garbled());
                }
                if let Some((_, value)) = self.spooled.fields.last_mut() {
                    value.push_str(&String::from_utf8_lossy(&bytes));
                }
            }
            _ => {}
        }
        if end.is_some() {
            self.buffer.drain(..self.seam.len());
            self.place = Place::Seam;
        }
        Ok(end.is_some())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Kept(Vec<u8>);

    impl Sink for Kept {
        async fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
            self.0.extend_from_slice(bytes);
            Ok(())
        }
    }

    const BODY: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nabc\r\n--x\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n\
        name,\r\n--y\r\nAda\r\n-\r\n--x\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nnew\r\n--x--\r\n";

    #[actix_web::test]
    async fn a_file_arrives_whole_however_it_is_cut() {
        for size in [1, 2, 3, 7, 40, BODY.len()] {
            let (mut form, mut kept) = (Form::new("x", "file", 1_000), Kept::default());
            for piece in BODY.chunks(size) {
                form.buffer.extend_from_slice(piece);
                form.advance(&mut kept).await.expect("a form");
            }
            assert_eq!(form.place, Place::Over, "{size}");
            assert_eq!(kept.0, b"name,\r\n--y\r\nAda\r\n-", "{size}");
            let spooled = form.spooled;
            assert_eq!(
                (spooled.file_name.as_str(), spooled.size),
                ("people.csv", 18)
            );
            assert_eq!(
                (spooled.text("_csrf"), spooled.text("mode")),
                ("abc", "new")
            );
        }
    }

    #[actix_web::test]
    async fn what_is_too_large_is_read_on_but_not_kept() {
        let (mut form, mut kept) = (Form::new("x", "file", 8), Kept::default());
        for piece in BODY.chunks(4) {
            form.buffer.extend_from_slice(piece);
            form.advance(&mut kept).await.expect("a form");
        }
        assert!(form.spooled.is_too_large && kept.0.len() <= 8);
        assert_eq!(form.spooled.text("mode"), "new");
    }
}
