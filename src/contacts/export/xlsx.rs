//! Rows as an Excel workbook with one sheet, written as they come: nothing of it stays in memory. Every cell is a text, so
//! no cell is ever calculated and no leading zero is lost.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Rows that Excel can open.
pub const MOST_ROWS: u64 = 1_048_576;
/// Characters that a cell holds.
const LONGEST_CELL: usize = 32_767;

/// The parts that are always the same: name and content.
const PARTS: &[(&str, &str)] = &[
    (
        "[Content_Types].xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
         </Types>",
    ),
    (
        "_rels/.rels",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
         </Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"Contacts\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
         </Relationships>",
    ),
    (
        "xl/styles.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>\
         <cellXfs count=\"2\"><xf numFmtId=\"49\" xfId=\"0\" applyNumberFormat=\"1\"/>\
         <xf numFmtId=\"49\" fontId=\"1\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/></cellXfs></styleSheet>",
    ),
];

/// What the end of the archive says of a part.
#[derive(Debug)]
struct Part {
    name: &'static str,
    at: u32,
    crc: u32,
    packed: u32,
    plain: u32,
}

/// Counts what goes through.
#[derive(Debug)]
struct Counted<W> {
    out: W,
    n: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.n += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A workbook being written.
#[derive(Debug)]
pub struct Workbook<W: Write> {
    sheet: DeflateEncoder<Counted<W>>,
    crc: Crc,
    plain: u64,
    began: u64,
    header_at: u64,
    rows: u64,
    parts: Vec<Part>,
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

impl<W: Write> Workbook<W> {
    /// Begins one.
    pub fn new(out: W) -> io::Result<Self> {
        let mut out = Counted { out, n: 0 };
        let mut parts = Vec::new();
        for (name, content) in PARTS {
            let at = out.n;
            local(&mut out, name)?;
            let began = out.n;
            let mut deflate = DeflateEncoder::new(out, Compression::default());
            deflate.write_all(content.as_bytes())?;
            out = deflate.finish()?;
            let mut crc = Crc::new();
            crc.update(content.as_bytes());
            let part = Part {
                name,
                at: small(at)?,
                crc: crc.sum(),
                packed: small(out.n - began)?,
                plain: small(content.len() as u64)?,
            };
            described(&mut out, &part)?;
            parts.push(part);
        }
        let header_at = out.n;
        local(&mut out, SHEET)?;
        let began = out.n;
        let mut book = Self {
            sheet: DeflateEncoder::new(out, Compression::fast()),
            crc: Crc::new(),
            plain: 0,
            began,
            header_at,
            rows: 0,
            parts,
        };
        book.put(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
             <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
             <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" state=\"frozen\"/></sheetView></sheetViews>\
             <sheetData>",
        )?;
        Ok(book)
    }

    /// Adds a row; the first is the header. Fails beyond [`MOST_ROWS`].
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        if self.rows >= MOST_ROWS {
            return Err(io::Error::other(
                "Excel opens 1,048,576 rows at the most; take CSV instead",
            ));
        }
        let style = usize::from(self.rows == 0);
        self.rows += 1;
        let mut text = String::from("<row>");
        for cell in cells {
            if cell.is_empty() {
                text.push_str("<c/>");
                continue;
            }
            text.push_str("<c t=\"inlineStr\" s=\"");
            text.push_str(if style == 1 { "1" } else { "0" });
            text.push_str("\"><is><t xml:space=\"preserve\">");
            escape(&mut text, cell);
            text.push_str("</t></is></c>");
        }
        text.push_str("</row>");
        self.put(&text)
    }

    /// Ends it.
    pub fn finish(mut self) -> io::Result<W> {
        self.put("</sheetData></worksheet>")?;
        let mut out = self.sheet.finish()?;
        let sheet = Part {
            name: SHEET,
            at: small(self.header_at)?,
            crc: self.crc.sum(),
            packed: small(out.n - self.began)?,
            plain: small(self.plain)?,
        };
        described(&mut out, &sheet)?;
        self.parts.push(sheet);
        let began = out.n;
        for part in &self.parts {
            listed(&mut out, part)?;
        }
        let size = small(out.n - began)?;
        out.write_all(b"PK\x05\x06\0\0\0\0")?;
        let n = (self.parts.len() as u16).to_le_bytes();
        out.write_all(&n)?;
        out.write_all(&n)?;
        out.write_all(&size.to_le_bytes())?;
        out.write_all(&small(began)?.to_le_bytes())?;
        out.write_all(&[0, 0])?;
        Ok(out.out)
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.crc.update(text.as_bytes());
        self.plain += text.len() as u64;
        self.sheet.write_all(text.as_bytes())
    }
}

fn small(n: u64) -> io::Result<u32> {
    u32::try_from(n)
        .map_err(|_| io::Error::other("the workbook grows beyond 4 GB; take CSV instead"))
}

/// The head of a part whose size is only known at its end: packed, its name in UTF-8, of 1980.
fn local(out: &mut impl Write, name: &str) -> io::Result<()> {
    out.write_all(b"PK\x03\x04\x14\0\x08\x08\x08\0\0\0\x21\0")?;
    out.write_all(&[0; 12])?;
    out.write_all(&(name.len() as u16).to_le_bytes())?;
    out.write_all(&[0, 0])?;
    out.write_all(name.as_bytes())
}

fn described(out: &mut impl Write, part: &Part) -> io::Result<()> {
    out.write_all(b"PK\x07\x08")?;
    out.write_all(&part.crc.to_le_bytes())?;
    out.write_all(&part.packed.to_le_bytes())?;
    out.write_all(&part.plain.to_le_bytes())
}

fn listed(out: &mut impl Write, part: &Part) -> io::Result<()> {
    out.write_all(b"PK\x01\x02\x14\0\x14\0\x08\x08\x08\0\0\0\x21\0")?;
    out.write_all(&part.crc.to_le_bytes())?;
    out.write_all(&part.packed.to_le_bytes())?;
    out.write_all(&part.plain.to_le_bytes())?;
    out.write_all(&(part.name.len() as u16).to_le_bytes())?;
    out.write_all(&[0; 12])?;
    out.write_all(&part.at.to_le_bytes())?;
    out.write_all(part.name.as_bytes())
}

/// Text as XML takes it: what it cannot hold is left out.
fn escape(out: &mut String, cell: &str) {
    for c in cell.chars().take(LONGEST_CELL) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}
