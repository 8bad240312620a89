//! Excel workbooks (.xlsx), row by row: only the texts that cells share are in memory, close together.

mod xml;
mod zip;

use std::fs::File;
use std::io::{self, BufReader, Read};

use self::xml::{Piece, Tag, Xml};
use self::zip::Archive;
use super::csv::{MOST_COLUMNS, Row};

/// Bytes of all texts that cells share.
const MOST_SHARED: usize = 256 << 20;

type Part = BufReader<Box<dyn Read + Send>>;

/// A sheet being read.
pub struct Workbook {
    sheet: Xml<Part>,
    shared: Shared,
    /// Which styles show days or moments.
    dates: Vec<bool>,
    is_1904: bool,
    line: i64,
}

/// Texts one after the other, and where each ends.
#[derive(Debug, Default)]
struct Shared {
    text: String,
    ends: Vec<usize>,
}

impl Shared {
    fn get(&self, at: usize) -> &str {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// The names of the sheets, in order.
pub fn sheets(file: File) -> io::Result<Vec<String>> {
    let archive = Archive::open(file)?;
    Ok(book(&archive)?
        .0
        .into_iter()
        .map(|(name, _)| name)
        .collect())
}

/// Names and relations of the sheets, and whether days count from 1904.
fn book(archive: &Archive) -> io::Result<(Vec<(String, String)>, bool)> {
    let part = archive
        .part("xl/workbook.xml")?
        .ok_or_else(|| broken("There is no workbook in it."))?;
    let mut xml = Xml::new(part);
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    while let Some(piece) = xml.piece()? {
        let Piece::Open(tag, _) = piece else { continue };
        match tag.name.as_str() {
            "sheet" => sheets.push((
                tag.get("name").unwrap_or_default(),
                tag.get("r:id").unwrap_or_default(),
            )),
            "workbookPr" => is_1904 = tag.get("date1904").is_some_and(|v| v == "1" || v == "true"),
            _ => {}
        }
    }
    Ok((sheets, is_1904))
}

impl Workbook {
    /// Opens a sheet by its place.
    pub fn open(file: File, place: usize) -> io::Result<Self> {
        let archive = Archive::open(file)?;
        let (sheets, is_1904) = book(&archive)?;
        let (_, relation) = sheets
            .get(place)
            .ok_or_else(|| broken("There is no such sheet in the workbook."))?;
        let target = target(&archive, relation)?
            .unwrap_or_else(|| format!("worksheets/sheet{}.xml", place + 1));
        let path = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{target}"),
        };
        let sheet = archive
            .part(&path)?
            .ok_or_else(|| broken("The sheet is missing in the workbook."))?;
        Ok(Self {
            sheet: Xml::new(sheet),
            shared: shared(&archive)?,
            dates: dates(&archive)?,
            is_1904,
            line: 0,
        })
    }

    /// The next row; none at the end.
    pub fn row(&mut self) -> io::Result<Option<Row>> {
        while let Some(piece) = self.sheet.piece()? {
            if let Piece::Open(tag, is_closed) = piece
                && tag.name == "row"
            {
                let given = tag.get("r").and_then(|r| r.parse().ok());
                self.line = given
                    .filter(|line| *line > self.line)
                    .unwrap_or(self.line + 1);
                let cells = if is_closed { Vec::new() } else { self.cells()? };
                return Ok(Some(Row {
                    line: self.line,
                    cells: Ok(cells),
                }));
            }
        }
        Ok(None)
    }

    fn cells(&mut self) -> io::Result<Vec<String>> {
        let mut cells: Vec<String> = Vec::new();
        while let Some(piece) = self.sheet.piece()? {
            match piece {
                Piece::Close(name) if name == "row" => break,
                Piece::Open(tag, is_closed) if tag.name == "c" => {
                    let place = tag.get("r").and_then(|r| column(&r)).unwrap_or(cells.len());
                    if place >= MOST_COLUMNS {
                        continue;
                    }
                    while cells.len() < place {
                        cells.push(String::new());
                    }
                    cells.push(if is_closed {
                        String::new()
                    } else {
                        self.cell(&tag)?
                    });
                }
                _ => {}
            }
        }
        Ok(cells)
    }

    /// A cell up to its end.
    fn cell(&mut self, tag: &Tag) -> io::Result<String> {
        let (mut value, mut inside) = (String::new(), String::new());
        while let Some(piece) = self.sheet.piece()? {
            match piece {
                Piece::Close(name) if name == "c" => break,
                Piece::Open(tag, false) => inside = tag.name,
                Piece::Close(_) => inside.clear(),
                Piece::Text(text) if matches!(inside.as_str(), "v" | "t") => value.push_str(&text),
                _ => {}
            }
        }
        let style = tag
            .get("s")
            .and_then(|s| s.parse::<usize>().ok())
            .unwrap_or(0);
        Ok(match tag.get("t").as_deref() {
            Some("s") => self
                .shared
                .get(value.trim().parse().unwrap_or(usize::MAX - 1))
                .to_owned(),
            Some("b") => if value.trim() == "1" { "Yes" } else { "No" }.to_owned(),
            Some("e") => String::new(),
            Some("inlineStr" | "str" | "d") => value,
            _ => self.figure(&value, self.dates.get(style).copied().unwrap_or(false)),
        })
    }

    /// A number as people write it; a day where its style shows one.
    fn figure(&self, value: &str, is_date: bool) -> String {
        let Ok(n) = value.trim().parse::<f64>() else {
            return value.to_owned();
        };
        if is_date && (0.0..2_958_466.0).contains(&n) {
            return day(n, self.is_1904);
        }
        if n.fract() == 0.0 && n.abs() < 1e15 {
            return format!("{n:.0}");
        }
        n.to_string()
    }
}

/// Days since the end of 1899 (Excel believes in 29 February 1900), or since 1904.
fn day(n: f64, is_1904: bool) -> String {
    let start = if is_1904 {
        24_107
    } else if n < 60.0 {
        25_568
    } else {
        25_569
    };
    let secs = ((n - f64::from(start)) * 86_400.0).round() as i64;
    let moment = crate::base::Timestamp::from_secs(secs).utc();
    if secs.rem_euclid(86_400) == 0 {
        moment.format("%Y-%m-%d").to_string()
    } else {
        moment.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// `AB12` → 27.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let n = letters.fold(0_usize, |n, letter| {
        n.saturating_mul(26)
            .saturating_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    n.checked_sub(1)
}

fn target(archive: &Archive, relation: &str) -> io::Result<Option<String>> {
    let Some(part) = archive.part("xl/_rels/workbook.xml.rels")? else {
        return Ok(None);
    };
    let mut xml = Xml::new(part);
    while let Some(piece) = xml.piece()? {
        if let Piece::Open(tag, _) = piece
            && tag.name == "Relationship"
            && tag.get("Id").as_deref() == Some(relation)
        {
            return Ok(tag.get("Target"));
        }
    }
    Ok(None)
}

/// The texts that cells share, without how they are pronounced.
fn shared(archive: &Archive) -> io::Result<Shared> {
    let mut shared = Shared::default();
    let Some(part) = archive.part("xl/sharedStrings.xml")? else {
        return Ok(shared);
    };
    let mut xml = Xml::new(part);
    let (mut is_text, mut is_said) = (false, false);
    while let Some(piece) = xml.piece()? {
        match piece {
            Piece::Open(tag, is_closed) => match tag.name.as_str() {
                "t" => is_text = !is_closed && !is_said,
                "rPh" => is_said = !is_closed,
                "si" if is_closed => shared.ends.push(shared.text.len()),
                _ => {}
            },
            Piece::Close(name) => match name.as_str() {
                "t" => is_text = false,
                "rPh" => is_said = false,
                "si" => shared.ends.push(shared.text.len()),
                _ => {}
            },
            Piece::Text(text) if is_text => shared.text.push_str(&text),
            Piece::Text(_) => {}
        }
        if shared.text.len() > MOST_SHARED {
            return Err(broken(
                "There is too much text in this workbook. Save the list as CSV and import that.",
            ));
        }
    }
    Ok(shared)
}

/// Which cell styles show days or moments.
fn dates(archive: &Archive) -> io::Result<Vec<bool>> {
    let Some(part) = archive.part("xl/styles.xml")? else {
        return Ok(Vec::new());
    };
    let mut xml = Xml::new(part);
    let (mut own, mut dates, mut is_cells) = (Vec::new(), Vec::new(), false);
    while let Some(piece) = xml.piece()? {
        match piece {
            Piece::Open(tag, _) => match tag.name.as_str() {
                "numFmt" => {
                    let code = tag.get("formatCode").unwrap_or_default();
                    if shows_a_day(&code) {
                        own.extend(tag.get("numFmtId"));
                    }
                }
                "cellXfs" => is_cells = true,
                "xf" if is_cells => {
                    let id = tag.get("numFmtId").unwrap_or_default();
                    let n: i64 = id.parse().unwrap_or(0);
                    dates.push(
                        matches!(n, 14..=22 | 27..=36 | 45..=47 | 50..=58) || own.contains(&id),
                    );
                }
                _ => {}
            },
            Piece::Close(name) if name == "cellXfs" => is_cells = false,
            _ => {}
        }
    }
    Ok(dates)
}

/// A format with days or hours in it, outside quotation marks and brackets.
fn shows_a_day(code: &str) -> bool {
    let (mut is_quoted, mut is_bracket, mut was_escaped) = (false, false, false);
    code.chars().any(|c| {
        let skip = std::mem::replace(&mut was_escaped, c == '\\');
        match c {
            '"' => is_quoted = !is_quoted,
            '[' => is_bracket = true,
            ']' => is_bracket = false,
            _ => {}
        }
        !skip
            && !is_quoted
            && !is_bracket
            && matches!(c.to_ascii_lowercase(), 'd' | 'm' | 'y' | 'h')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::export::xlsx;

    #[test]
    fn what_we_write_we_read() {
        let path =
            std::env::temp_dir().join(format!("rapport-{}.xlsx", crate::base::token::readable(12)));
        let mut book =
            xlsx::Workbook::new(File::create(&path).expect("a file")).expect("a workbook");
        let rows = [
            ["Name", "E-mail", "Note"],
            ["Åse <b>", "a&b@example.org", "two\nlines"],
            ["=SUM(A1)", "", " spaced "],
        ];
        for row in rows {
            book.row(row).expect("a row");
        }
        book.finish().expect("an end");
        let file = File::open(&path).expect("a file");
        assert_eq!(
            sheets(file.try_clone().expect("a file")).expect("sheets"),
            ["Contacts"]
        );
        let mut book = Workbook::open(file, 0).expect("a workbook");
        for (at, want) in rows.iter().enumerate() {
            let row = book.row().expect("a reader").expect("a row");
            assert_eq!(
                (row.line, row.cells),
                (at as i64 + 1, Ok(want.map(str::to_owned).to_vec()))
            );
        }
        assert_eq!(book.row().expect("a reader"), None);
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn days_and_columns_are_counted_as_excel_does() {
        for (n, is_1904, want) in [
            (45_292.0, false, "2024-01-01"),
            (45_292.5, false, "2024-01-01 12:00:00"),
            (1.0, false, "1900-01-01"),
            (43_830.0, true, "2024-01-01"),
        ] {
            assert_eq!(day(n, is_1904), want);
        }
        assert_eq!(
            (column("A1"), column("AB12"), column("7")),
            (Some(0), Some(27), None)
        );
        assert!(shows_a_day("yyyy\\-mm\\-dd") && shows_a_day("[$-407]d. mmm"));
        assert!(!shows_a_day("0.00") && !shows_a_day("\"day\" 0") && !shows_a_day("[Red]0"));
    }
}
