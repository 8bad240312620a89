//! A file opened as rows below its header, counted as a spreadsheet counts them.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8};

use super::csv::{Csv, Row};
use super::decode::Decoding;
use super::model::Format;
use super::vcard::Cards;
use super::workbook::Workbook;

/// A reader that says how far it is.
#[derive(Debug)]
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(out)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

type Text = Decoding<Counted>;

/// One of the kinds of files that have rows.
enum Source {
    Text(Box<Csv<Text>>),
    Workbook(Box<Workbook>),
    Cards(Box<Cards<Text>>),
}

impl Source {
    fn row(&mut self) -> io::Result<Option<Row>> {
        match self {
            Self::Text(csv) => csv.row(),
            Self::Workbook(book) => book.row(),
            Self::Cards(cards) => cards.row(),
        }
    }
}

/// The rows of a file.
pub struct Rows {
    source: Source,
    header: Vec<String>,
    read: Arc<AtomicU64>,
    is_first: bool,
}

impl Rows {
    /// Opens a file below its header.
    pub fn open(file: File, format: &Format) -> io::Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let decoded = |file: File, encoding: &str| {
            let read = read.clone();
            let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
            Decoding::new(Counted { file, read }, encoding)
        };
        let (mut source, above, has_header) = match format {
            Format::Text {
                encoding,
                delimiter,
                above,
                has_header,
            } => {
                let csv = Csv::new(decoded(file, encoding), *delimiter as u8);
                (Source::Text(Box::new(csv)), *above, *has_header)
            }
            Format::Workbook {
                sheet,
                above,
                has_header,
            } => {
                let book = Workbook::open(file, *sheet)?;
                (Source::Workbook(Box::new(book)), *above, *has_header)
            }
            Format::Cards { encoding } => {
                let cards = Cards::new(decoded(file, encoding));
                (Source::Cards(Box::new(cards)), 0, false)
            }
        };
        let mut header = Vec::new();
        for _ in 0..above {
            source.row()?;
        }
        if has_header && let Some(row) = source.row()? {
            header = row.cells.unwrap_or_default();
        }
        Ok(Self {
            source,
            header,
            read,
            is_first: true,
        })
    }

    /// Bytes read so far; of a workbook nobody knows.
    pub fn bytes_read(&self) -> i64 {
        self.read.load(Ordering::Relaxed) as i64
    }

    /// Passes over rows up to and with this one.
    pub fn skip_to(&mut self, line: i64) -> io::Result<()> {
        if line == 0 {
            return Ok(());
        }
        while let Some(row) = self.source.row()? {
            self.is_first = false;
            if row.line >= line {
                break;
            }
        }
        Ok(())
    }

    /// The next rows, at most `most`: none at the end. Empty ones and the header said again are passed over.
    pub fn take(&mut self, most: usize) -> io::Result<Vec<Row>> {
        let mut rows = Vec::with_capacity(most.min(4_096));
        while rows.len() < most {
            let Some(row) = self.source.row()? else {
                break;
            };
            let is_first = std::mem::take(&mut self.is_first);
            match &row.cells {
                Ok(cells) if self.is_noise(cells, is_first) => {}
                _ => rows.push(row),
            }
        }
        Ok(rows)
    }

    fn is_noise(&self, cells: &[String], is_first: bool) -> bool {
        let filled = || cells.iter().filter(|cell| !cell.trim().is_empty());
        let is_api_name = |cell: &&String| cell.trim().to_lowercase().ends_with("__c");
        filled().next().is_none()
            || (!self.header.is_empty() && cells == self.header.as_slice())
            // Salesforce writes the names that programs use below those for people.
            || (is_first && filled().filter(is_api_name).count() * 5 >= filled().count() * 4)
    }
}
