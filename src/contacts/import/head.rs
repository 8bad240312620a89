//! What a file is, by its first bytes: its encoding, its delimiter, where its header stands. Guesses, which a person can
//! correct; what is no table is refused with what it seems to be.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::csv::{Csv, MOST_COLUMNS};
use super::decode::Decoding;
use super::names;

/// Bytes that are looked at.
pub const LOOKED_AT: usize = 256 << 10;
/// Rows that are looked at.
const ROWS: usize = 60;
/// Lines above the header, at most.
const MOST_ABOVE: usize = 12;

/// Encodings offered to a person, the likely ones first.
pub const ENCODINGS: &[(&str, &str)] = &[
    ("UTF-8", "UTF-8"),
    ("windows-1252", "Western European (Windows-1252)"),
    ("UTF-16LE", "Unicode text (UTF-16)"),
    ("UTF-16BE", "Unicode text, big-endian (UTF-16BE)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("ISO-8859-2", "Central European (ISO 8859-2)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("KOI8-R", "Cyrillic (KOI8-R)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("windows-1257", "Baltic (Windows-1257)"),
    ("Shift_JIS", "Japanese (Shift_JIS)"),
    ("EUC-JP", "Japanese (EUC-JP)"),
    ("GBK", "Chinese (GBK)"),
    ("Big5", "Chinese, traditional (Big5)"),
    ("EUC-KR", "Korean (EUC-KR)"),
    ("macintosh", "Mac Roman"),
];

/// Delimiters offered to a person.
pub const DELIMITERS: &[(&str, &str)] = &[
    (",", "Comma"),
    (";", "Semicolon"),
    ("tab", "Tab"),
    ("|", "Pipe"),
];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Delimited text.
    Text,
    /// An Excel workbook.
    Workbook,
    /// Contact cards.
    Cards,
}

/// How delimited text is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Its encoding.
    pub encoding: &'static Encoding,
    /// What stands between cells.
    pub delimiter: u8,
    /// Rows above the header.
    pub above: usize,
    /// Whether there is a header.
    pub has_header: bool,
}

/// What kind of file this is, or what it is instead.
pub fn kind(bytes: &[u8]) -> Result<Kind, String> {
    if bytes.is_empty() {
        return Err("The file is empty.".to_owned());
    }
    let is = |magic: &[u8]| bytes.starts_with(magic);
    let instead = |what: &str| {
        Err(format!(
            "This is {what}, whatever its name says. Save the list as CSV, Excel (.xlsx) or vCard and choose that file."
        ))
    };
    if is(b"PK\x03\x04") {
        let is_workbook = has(bytes, b"xl/") || has(bytes, b"[Content_Types].xml");
        return if is_workbook {
            Ok(Kind::Workbook)
        } else {
            instead("a ZIP archive")
        };
    }
    for (magic, what) in [
        (&b"%PDF"[..], "a PDF"),
        (b"\xD0\xCF\x11\xE0", "an old Excel or Word file"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"\x1F\x8B", "a compressed archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xBC\xAF", "a 7z archive"),
        (b"SQLite format 3", "a database"),
        (b"{\\rtf", "a Word document"),
    ] {
        if is(magic) {
            return instead(what);
        }
    }
    let text = decoded(bytes, encoding(bytes));
    let start = text.trim_start().get(..400.min(text.trim_start().len()));
    let start = start.unwrap_or_else(|| text.trim_start()).to_lowercase();
    if start.starts_with("begin:vcard") {
        return Ok(Kind::Cards);
    }
    if ["<!doctype html", "<html", "<table", "<?xml"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return instead("a web page or XML");
    }
    if start.starts_with('{') || start.starts_with("[{") {
        return instead("JSON");
    }
    let odd = text
        .chars()
        .filter(|c| c.is_control() && !"\t\r\n".contains(*c))
        .count();
    if odd * 50 > text.chars().count() {
        return instead("no text");
    }
    Ok(Kind::Text)
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// How delimited text is to be read, as far as can be seen.
pub fn shape(bytes: &[u8]) -> Shape {
    let encoding = encoding(bytes);
    shape_in(bytes, encoding, None)
}

/// The same, where a person has chosen the encoding and perhaps the delimiter.
pub fn shape_in(bytes: &[u8], encoding: &'static Encoding, delimiter: Option<u8>) -> Shape {
    let text = decoded(bytes, encoding);
    let declared = separator(&text);
    let delimiter = delimiter
        .or(declared)
        .unwrap_or_else(|| likely_delimiter(&text));
    let rows = rows(&text, delimiter);
    let (above, has_header) = header(&rows, usize::from(declared.is_some()));
    Shape {
        encoding,
        delimiter,
        above,
        has_header,
    }
}

/// The first bytes as text.
pub fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut text = Vec::new();
    let mut reader = Decoding::new(bytes, encoding);
    // Reading from memory cannot fail.
    let _ = std::io::Read::read_to_end(&mut reader, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Rows of a text, as far as cells can be had.
pub fn rows(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut csv = Csv::new(text.as_bytes(), delimiter);
    let mut rows = Vec::new();
    while rows.len() < ROWS {
        match csv.row() {
            Ok(Some(row)) => rows.push(row.cells.unwrap_or_default()),
            _ => break,
        }
    }
    rows
}

/// `sep=;`, which Excel understands.
fn separator(text: &str) -> Option<u8> {
    let line = text
        .lines()
        .next()?
        .trim_matches(['"', '\u{feff}'])
        .trim_end();
    let sign = line
        .strip_prefix("sep=")
        .or_else(|| line.strip_prefix("SEP="))?;
    match sign.as_bytes() {
        [sign] if sign.is_ascii() => Some(*sign),
        [] => Some(b'\t'),
        _ => None,
    }
}

/// The delimiter with which most rows have the same number of cells, more than one.
fn likely_delimiter(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let rows = rows(text, delimiter);
        let mut counts = std::collections::HashMap::new();
        for row in &rows {
            *counts.entry(row.len()).or_insert(0_usize) += 1;
        }
        let usual = counts.into_iter().filter(|(cells, _)| *cells > 1);
        usual
            .map(|(cells, n)| (n * 100 / rows.len().max(1), cells))
            .max()
            .unwrap_or((0, 0))
    };
    // Of equals the last counts.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| score(*delimiter))
        .unwrap_or(b',')
}

/// How many rows stand above the header, and whether there is one.
pub fn header(rows: &[Vec<String>], declared: usize) -> (usize, bool) {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let widest = rows.iter().skip(declared).map(filled).max().unwrap_or(0);
    let candidates = rows.iter().enumerate().skip(declared).take(MOST_ABOVE);
    let mut likely: Vec<(usize, usize)> = candidates
        .filter(|(_, row)| filled(row) * 2 >= widest && !looks_like_data(row))
        .map(|(at, row)| (at, names::known(row)))
        .collect();
    likely.sort_by_key(|(at, known)| (std::cmp::Reverse((*known).min(2)), *at));
    match likely.first() {
        Some((at, _)) => (*at, true),
        None => (declared, false),
    }
}

/// A header names things; it holds no address and no number.
fn looks_like_data(row: &[String]) -> bool {
    let mut cells = row
        .iter()
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty());
    cells.any(|cell| {
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        cell.contains('@') || digits >= 5 && digits * 2 >= cell.chars().count()
    })
}

/// Names of the columns: each once, none empty.
pub fn column_names(header: Option<&[String]>, width: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(width);
    for at in 0..width.min(MOST_COLUMNS) {
        let given = header.and_then(|row| row.get(at)).map(String::as_str);
        let given = crate::base::text::line(given.unwrap_or_default(), 120);
        let base = if given.is_empty() {
            format!("Column {}", at + 1)
        } else {
            given
        };
        let mut name = base.clone();
        let mut n = 2;
        while names.contains(&name) {
            name = format!("{base} ({n})");
            n += 1;
        }
        names.push(name);
    }
    names
}

/// The encoding: by its mark, by where its zeros are, by being valid UTF-8, else by how its words would look.
pub fn encoding(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let half = head.len() / 2;
    if half > 1 && zeros(1) * 3 > half && zeros(0) * 10 < half {
        return UTF_16LE;
    }
    if half > 1 && zeros(0) * 3 > half && zeros(1) * 10 < half {
        return UTF_16BE;
    }
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // Cut in the middle of a character.
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > bytes.len(),
    };
    if is_utf8 {
        return UTF_8;
    }
    let candidates = [
        "windows-1252",
        "windows-1250",
        "ISO-8859-2",
        "windows-1251",
        "windows-1253",
        "Shift_JIS",
        "EUC-KR",
        "GBK",
    ];
    let scored = candidates.iter().filter_map(|label| {
        let encoding = Encoding::for_label(label.as_bytes())?;
        Some((encoding, likeliness(&decoded(head_of(bytes), encoding))))
    });
    let mut best = (encoding_rs::WINDOWS_1252, i64::MIN);
    for (encoding, score) in scored {
        if score > best.1 {
            best = (encoding, score);
        }
    }
    best.0
}

fn head_of(bytes: &[u8]) -> &[u8] {
    bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default()
}

/// Scripts whose letters do not stand in one word together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Ascii,
    Latin,
    Other,
    Kana,
    Sign,
    Wrong,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => Script::Ascii,
        '\u{80}'..='\u{9f}' | '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => Script::Wrong,
        '\u{c0}'..='\u{24f}' if c != '×' && c != '÷' => Script::Latin,
        '\u{3040}'..='\u{30ff}' => Script::Kana,
        '\u{ff61}'..='\u{ff9f}' => Script::Sign,
        '\u{a0}' | '“' | '”' | '‘' | '’' | '„' | '–' | '—' | '…' | '€' | '«' | '»' | '°' | '·'
        | '\u{3000}' => return None,
        c if c.is_alphabetic() => Script::Other,
        c if !c.is_ascii() => Script::Sign,
        _ => return None,
    })
}

/// How much a text looks like words somebody wrote.
fn likeliness(text: &str) -> i64 {
    let mut score = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()) {
        let scripts: Vec<Script> = word.chars().filter_map(script).collect();
        let count = |wanted: Script| scripts.iter().filter(|s| **s == wanted).count() as i64;
        let (ascii, latin, other, kana) = (
            count(Script::Ascii),
            count(Script::Latin),
            count(Script::Other),
            count(Script::Kana),
        );
        score -= 20 * count(Script::Wrong) + 4 * count(Script::Sign);
        // Letters of two scripts in a word, or accents on every letter of it: read wrongly.
        if ascii + latin > 0 && other + kana > 0 {
            score -= 3 * (other + kana);
        } else {
            score += other + 2 * kana;
        }
        if latin >= 3 && latin > 2 * ascii {
            score -= 2 * latin;
        } else {
            score += latin;
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: &[&str]) -> Vec<String> {
        row.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        for (text, label) in [
            (
                "Vorname;Nachname\nJürgen;Größmann\nRenée;Müller\n",
                "windows-1252",
            ),
            (
                "Imię;Nazwisko\nŁukasz;Śliwiński\nZażółć;Gęślą\n",
                "ISO-8859-2",
            ),
            (
                "Imię;Nazwisko\nŁukasz;Śliwiński\nZażółć;Gęślą\n",
                "windows-1250",
            ),
            ("Имя;Фамилия\nОльга;Ткаченко\n", "windows-1251"),
            ("姓,名,会社名\n山田,由紀,トヨタ自動車\n", "Shift_JIS"),
            ("이름,회사\n김선영,넥스트\n", "EUC-KR"),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).expect("a label");
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(super::encoding(&bytes).name(), encoding.name(), "{text}");
        }
        assert_eq!(encoding("Größe".as_bytes()), UTF_8);
        assert_eq!(encoding(b"\xFF\xFEa\0,\0b\0\n\0"), UTF_16LE);
        assert_eq!(encoding(b"a\0,\0b\0\n\0"), UTF_16LE);
        assert_eq!(encoding(b"\0a\0,\0b\0\n"), UTF_16BE);
    }

    #[test]
    fn the_header_is_found_below_what_was_written_above_it() {
        let shape = shape(b"INSTRUCTIONS:,,,\n,\"Fill in, please.\",,\n,,,\nFirst Name,Last Name,Email,Phone\nAda,Lovelace,ada@example.com,1\n");
        assert_eq!(
            (shape.delimiter, shape.above, shape.has_header),
            (b',', 3, true)
        );
        let shape = super::shape(b"sep=;\nName;E-mail\nAda;ada@example.com\n");
        assert_eq!(
            (shape.delimiter, shape.above, shape.has_header),
            (b';', 1, true)
        );
        let shape = super::shape(b"ada@example.com\tAda\ngrace@example.com\tGrace\n");
        assert_eq!(
            (shape.delimiter, shape.above, shape.has_header),
            (b'\t', 0, false)
        );
        assert_eq!(
            column_names(Some(&cells(&["Email", "", "Email"])), 4),
            ["Email", "Column 2", "Email (2)", "Column 4"]
        );
    }

    #[test]
    fn what_is_no_table_is_called_by_its_name() {
        for (bytes, words) in [
            (&b"%PDF-1.7 \x00"[..], "a PDF"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Excel"),
            (b"<html><body><table>", "web page"),
            (b"{\"a\": 1}", "JSON"),
            (b"", "empty"),
            (b"\x01\x02\x03\x04\x05\x06\x07\x00\x00\x00", "no text"),
        ] {
            let why = kind(bytes).expect_err("refused");
            assert!(why.contains(words), "{why}");
        }
        assert_eq!(
            kind(b"PK\x03\x04\x14\0\0\0[Content_Types].xml"),
            Ok(Kind::Workbook)
        );
        assert_eq!(kind(b"\xEF\xBB\xBFBEGIN:VCARD\r\n"), Ok(Kind::Cards));
        assert_eq!(kind("name\nÅse\n".as_bytes()), Ok(Kind::Text));
    }
}
