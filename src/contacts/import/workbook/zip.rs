//! As much of the ZIP format as workbooks need: the list at its end, and parts read from their beginning.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

/// Bytes at the end in which the list's place is looked for.
const TAIL: u64 = 66 << 10;
/// Bytes of the list.
const MOST: u64 = 4 << 20;

/// An archive.
#[derive(Debug)]
pub struct Archive {
    file: File,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: String,
    is_packed: bool,
    packed: u64,
    at: u64,
}

fn broken(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the workbook is damaged: {why}"),
    )
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> io::Result<u64> {
    let bytes = bytes
        .get(at..at + N)
        .ok_or_else(|| broken("it ends too early"))?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

impl Archive {
    /// Reads the list.
    pub fn open(mut file: File) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        let tail_at = size.saturating_sub(TAIL);
        file.seek(SeekFrom::Start(tail_at))?;
        let mut tail = Vec::new();
        (&mut file).take(TAIL).read_to_end(&mut tail)?;
        let end = tail
            .windows(4)
            .rposition(|window| window == b"PK\x05\x06")
            .ok_or_else(|| broken("its list is missing"))?;
        let end = tail.get(end..).unwrap_or_default();
        let (length, at) = (number::<4>(end, 12)?, number::<4>(end, 16)?);
        if length > MOST || at + length > size {
            return Err(broken("its list is somewhere else"));
        }
        file.seek(SeekFrom::Start(at))?;
        let mut list = Vec::new();
        (&mut file).take(length).read_to_end(&mut list)?;
        let mut parts = Vec::new();
        let mut rest = list.as_slice();
        while rest.starts_with(b"PK\x01\x02") {
            let (name, extra, comment) = (
                number::<2>(rest, 28)?,
                number::<2>(rest, 30)?,
                number::<2>(rest, 32)?,
            );
            let name_end = 46 + name as usize;
            let name = rest
                .get(46..name_end)
                .ok_or_else(|| broken("a name ends too early"))?;
            let is_packed = match number::<2>(rest, 10)? {
                0 => false,
                8 => true,
                _ => return Err(broken("it is packed in a way that is not known here")),
            };
            parts.push(Part {
                name: String::from_utf8_lossy(name)
                    .trim_start_matches('/')
                    .to_owned(),
                is_packed,
                packed: number::<4>(rest, 20)?,
                at: number::<4>(rest, 42)?,
            });
            rest = rest
                .get(name_end + extra as usize + comment as usize..)
                .unwrap_or_default();
        }
        Ok(Self { file, parts })
    }

    /// A part from its beginning; none where there is no such part.
    pub fn part(&self, name: &str) -> io::Result<Option<BufReader<Box<dyn Read + Send>>>> {
        let Some(part) = self
            .parts
            .iter()
            .find(|part| part.name.eq_ignore_ascii_case(name))
        else {
            return Ok(None);
        };
        let mut file = self.file.try_clone()?;
        let mut head = [0; 30];
        file.seek(SeekFrom::Start(part.at))?;
        file.read_exact(&mut head)?;
        let skipped = 30 + number::<2>(&head, 26)? + number::<2>(&head, 28)?;
        let at = part.at + skipped;
        let bytes = Window {
            file,
            at,
            left: part.packed,
        };
        let plain: Box<dyn Read + Send> = if part.is_packed {
            Box::new(DeflateDecoder::new(bytes))
        } else {
            Box::new(bytes)
        };
        Ok(Some(BufReader::with_capacity(64 << 10, plain)))
    }
}

/// Bytes of a file from a place on. Several of them share the file's own place, so each goes to its own before it reads.
#[derive(Debug)]
struct Window {
    file: File,
    at: u64,
    left: u64,
}

impl Read for Window {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(out.len());
        self.file.seek(SeekFrom::Start(self.at))?;
        let n = self.file.read(out.get_mut(..most).unwrap_or_default())?;
        self.at += n as u64;
        self.left -= n as u64;
        Ok(n)
    }
}
