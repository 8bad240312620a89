//! Contact cards, vCard 2.1, 3.0 and 4.0, as rows of one fixed set of columns. Forgiving: what cannot be understood of a
//! card is passed over, and a card that is never closed ends where the next begins.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8};

use super::csv::Row;
use super::target::Target;

/// Bytes of a line, folded lines together.
const LONGEST: usize = 256 << 10;

/// What a card can say, with where it goes.
pub const COLUMNS: &[(&str, &str)] = &[
    ("Name", "fact:name"),
    ("Given name", "fact:given_name"),
    ("Family name", "fact:family_name"),
    ("Company", "company:name"),
    ("Job title", "fact:job_title"),
    ("E-mail", "email"),
    ("E-mail, work", "email:Work"),
    ("E-mail, home", "email:Home"),
    ("Phone", "phone"),
    ("Phone, work", "phone:Work"),
    ("Phone, mobile", "phone:Mobile"),
    ("Phone, home", "phone:Home"),
    ("Street", "fact:street"),
    ("City", "fact:city"),
    ("Region", "fact:region"),
    ("Postal code", "fact:postal_code"),
    ("Country", "fact:country"),
    ("Website", "company:website"),
    ("Note", "note"),
    ("Categories", "tags"),
    ("Birthday", "trait:birthday"),
    ("Id of the card", "external:vcard"),
];

/// Where each column goes.
pub fn targets() -> Vec<Target> {
    COLUMNS
        .iter()
        .map(|(_, word)| Target::from_word(word))
        .collect()
}

/// Cards of a text in UTF-8.
pub struct Cards<R> {
    source: io::BufReader<R>,
    /// The line after the one being read, once it was looked at to see whether it goes on.
    ahead: Option<Vec<u8>>,
    n: i64,
}

/// One line of a card: its name, its parameters in lower case, its value before decoding.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    params: Vec<String>,
    value: Vec<u8>,
}

impl<R: Read> Cards<R> {
    /// Reads `source`.
    pub fn new(source: R) -> Self {
        Self {
            source: io::BufReader::with_capacity(64 << 10, source),
            ahead: None,
            n: 0,
        }
    }

    /// The next card; none at the end.
    pub fn row(&mut self) -> io::Result<Option<Row>> {
        let mut card: Option<Card> = None;
        while let Some(line) = self.logical()? {
            let Some(line) = parsed(&line) else { continue };
            let is_card = line.value.eq_ignore_ascii_case(b"vcard");
            match (line.name.as_str(), &mut card) {
                ("BEGIN", card) if is_card => *card = Some(Card::default()),
                ("END", Some(_)) if is_card => break,
                (_, Some(card)) => card.take(&line),
                _ => {}
            }
        }
        let Some(card) = card else { return Ok(None) };
        self.n += 1;
        Ok(Some(Row {
            line: self.n,
            cells: Ok(card.cells()),
        }))
    }

    /// A line with what it goes on with: folded lines, and soft ends of quoted-printable.
    fn logical(&mut self) -> io::Result<Option<Vec<u8>>> {
        let first = match self.ahead.take() {
            Some(line) => Some(line),
            None => self.physical()?,
        };
        let Some(mut line) = first else {
            return Ok(None);
        };
        let is_quoted = is_quoted_printable(&line);
        while let Some(next) = self.physical()? {
            if is_quoted && line.ends_with(b"=") {
                line.pop();
                join(&mut line, &next);
            } else if next.starts_with(b" ") || next.starts_with(b"\t") {
                join(&mut line, next.get(1..).unwrap_or_default());
            } else {
                self.ahead = Some(next);
                break;
            }
        }
        Ok(Some(line))
    }

    /// A line as it stands in the file, cut where it is too long.
    fn physical(&mut self) -> io::Result<Option<Vec<u8>>> {
        use std::io::BufRead;
        let mut line = Vec::new();
        let mut has_any = false;
        loop {
            let piece = self.source.fill_buf()?;
            if piece.is_empty() {
                break;
            }
            has_any = true;
            let end = piece.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let upto = end.unwrap_or(piece.len());
            join(&mut line, piece.get(..upto).unwrap_or_default());
            let is_pair = piece.get(upto..upto + 2) == Some(b"\r\n");
            self.source
                .consume(upto + usize::from(end.is_some()) + usize::from(is_pair));
            if end.is_some() {
                break;
            }
        }
        Ok(has_any.then_some(line))
    }
}

fn join(line: &mut Vec<u8>, more: &[u8]) {
    let room = LONGEST.saturating_sub(line.len()).min(more.len());
    line.extend_from_slice(more.get(..room).unwrap_or_default());
}

fn is_quoted_printable(line: &[u8]) -> bool {
    let head = line.split(|b| *b == b':').next().unwrap_or_default();
    head.to_ascii_uppercase()
        .windows(16)
        .any(|window| window == b"QUOTED-PRINTABLE")
}

/// `group.NAME;PARAM=value:value`; a sign inside quotation marks ends nothing.
fn parsed(line: &[u8]) -> Option<Line> {
    let mut is_quoted = false;
    let colon = line.iter().position(|b| {
        is_quoted ^= *b == b'"';
        *b == b':' && !is_quoted
    })?;
    let head = String::from_utf8_lossy(line.get(..colon)?).into_owned();
    let mut parts = head.split(';');
    let name = parts.next()?.trim();
    let name = name
        .rsplit_once('.')
        .map_or(name, |(_, name)| name)
        .to_uppercase();
    let params = parts
        .map(|part| part.trim().to_lowercase().replace('"', ""))
        .collect();
    Some(Line {
        name,
        params,
        value: line.get(colon + 1..)?.to_vec(),
    })
}

impl Line {
    fn has(&self, word: &str) -> bool {
        self.params.iter().any(|param| {
            let values = param.strip_prefix("type=").unwrap_or(param);
            values.split(',').any(|value| value == word)
        })
    }

    /// The value as text, escapes still in it.
    fn text(&self) -> String {
        let given = self
            .params
            .iter()
            .find_map(|param| param.strip_prefix("charset="));
        let charset = given.and_then(|label| Encoding::for_label(label.as_bytes()));
        let is_quoted = self
            .params
            .iter()
            .any(|param| param.ends_with("quoted-printable"));
        let bytes = if is_quoted {
            unquoted(&self.value)
        } else {
            self.value.clone()
        };
        let encoding = charset.filter(|_| is_quoted).unwrap_or(UTF_8);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        text.replace('\0', "")
    }

    /// Its parts between signs that no backslash stands before, unescaped.
    fn parts(&self, sign: char) -> Vec<String> {
        let mut parts = vec![String::new()];
        let text = self.text();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let piece = match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => '\n',
                    Some(other) => other,
                    None => '\\',
                },
                c if c == sign => {
                    parts.push(String::new());
                    continue;
                }
                c => c,
            };
            if let Some(part) = parts.last_mut() {
                part.push(piece);
            }
        }
        parts
    }

    /// All of it, unescaped.
    fn whole(&self) -> String {
        self.parts('\u{0}').concat()
    }
}

/// `=C3=A5` → bytes.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        if let (b'=', Some(high), Some(low)) =
            (byte, digit(value.get(at + 1)), digit(value.get(at + 2)))
        {
            bytes.push((high * 16 + low) as u8);
            at += 3;
        } else {
            bytes.push(*byte);
            at += 1;
        }
    }
    bytes
}

/// What a card has said so far, by column.
#[derive(Debug, Default)]
struct Card {
    cells: Vec<(&'static str, String)>,
}

impl Card {
    fn take(&mut self, line: &Line) {
        match line.name.as_str() {
            "FN" => self.first("Name", line.whole()),
            "N" => {
                let parts = line.parts(';');
                let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
                self.first("Family name", part(0));
                self.first("Given name", part(1));
            }
            "ORG" => self.first(
                "Company",
                line.parts(';').into_iter().next().unwrap_or_default(),
            ),
            "TITLE" => self.first("Job title", line.whole()),
            "EMAIL" => {
                let column = match (line.has("work"), line.has("home")) {
                    (true, _) => "E-mail, work",
                    (_, true) => "E-mail, home",
                    _ => "E-mail",
                };
                self.more(column, &line.whole(), "; ");
            }
            // A fax answers nobody.
            "TEL" if !line.has("fax") => {
                let column = match (line.has("cell"), line.has("work"), line.has("home")) {
                    (true, ..) => "Phone, mobile",
                    (_, true, _) => "Phone, work",
                    (.., true) => "Phone, home",
                    _ => "Phone",
                };
                let number = line.whole();
                self.more(
                    column,
                    number.strip_prefix("tel:").unwrap_or(&number),
                    " ::: ",
                );
            }
            "ADR" => {
                let parts = line.parts(';');
                if self.has("Street") || self.has("City") {
                    return;
                }
                for (at, column) in [
                    (2, "Street"),
                    (3, "City"),
                    (4, "Region"),
                    (5, "Postal code"),
                    (6, "Country"),
                ] {
                    self.first(column, parts.get(at).cloned().unwrap_or_default());
                }
            }
            "URL" => self.first("Website", line.whole()),
            "NOTE" => self.more("Note", &line.whole(), "\n\n"),
            "CATEGORIES" => self.more("Categories", &line.parts(',').join(";"), ";"),
            "BDAY" => self.first("Birthday", line.whole()),
            "UID" => self.first("Id of the card", line.whole()),
            _ => {}
        }
    }

    fn has(&self, column: &str) -> bool {
        self.cells.iter().any(|(known, _)| *known == column)
    }

    fn first(&mut self, column: &'static str, value: String) {
        if !value.trim().is_empty() && !self.has(column) {
            self.cells.push((column, value));
        }
    }

    fn more(&mut self, column: &'static str, value: &str, between: &str) {
        if value.trim().is_empty() {
            return;
        }
        match self.cells.iter_mut().find(|(known, _)| *known == column) {
            Some((_, cell)) => {
                cell.push_str(between);
                cell.push_str(value);
            }
            None => self.cells.push((column, value.to_owned())),
        }
    }

    fn cells(self) -> Vec<String> {
        let find = |name: &str| self.cells.iter().find(|(known, _)| *known == name);
        let cell = |(name, _): &(&str, &str)| {
            find(name)
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        COLUMNS.iter().map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards(text: &str) -> Vec<Vec<(&'static str, String)>> {
        let mut cards = Cards::new(text.as_bytes());
        let mut all = Vec::new();
        while let Some(row) = cards.row().expect("memory") {
            let cells = row.cells.expect("cells").into_iter();
            let named = COLUMNS.iter().map(|(name, _)| *name).zip(cells);
            all.push(named.filter(|(_, cell)| !cell.is_empty()).collect());
        }
        all
    }

    #[test]
    fn folded_escaped_and_quoted_lines_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Løvås;Ingrid;;;\r\nFN:Ingrid\r\n  Løvås\r\nORG:Tide\\, Water\\; Co;Sales\r\n\
            item1.EMAIL;TYPE=\"work,pref\":a@b.example\r\nEMAIL:c@d.example\r\nTEL;TYPE=WORK,FAX:1\r\nTEL;CELL:2\r\nTEL;CELL:tel:3\r\n\
            ADR;HOME:;;Gate 1;Oslo;;0150;Norway\r\nNOTE:two\\nlines\r\nCATEGORIES:a,b\r\nPHOTO;BASE64:\r\nAAAA:BBBB\r\n\r\nEND:VCARD\r\n\
            BEGIN:VCARD\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=F8v=E5s;In=\ngrid\nNOTE;QUOTED-PRINTABLE:a=0D=0Ab\nBEGIN:VCARD\nFN:Last\n";
        let all = cards(text);
        let own = |pairs: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            pairs
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect()
        };
        assert_eq!(
            all[0],
            own(&[
                ("Name", "Ingrid Løvås"),
                ("Given name", "Ingrid"),
                ("Family name", "Løvås"),
                ("Company", "Tide, Water; Co"),
                ("E-mail", "c@d.example"),
                ("E-mail, work", "a@b.example"),
                ("Phone, mobile", "2 ::: 3"),
                ("Street", "Gate 1"),
                ("City", "Oslo"),
                ("Postal code", "0150"),
                ("Country", "Norway"),
                ("Note", "two\nlines"),
                ("Categories", "a;b"),
            ])
        );
        assert_eq!(
            all[1],
            own(&[("Name", "Last")]),
            "a card that is never closed ends where the next begins"
        );
        assert_eq!(all.len(), 2);
        let quoted = cards(
            "BEGIN:VCARD\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=F8v=E5s;In=\ngrid\nEND:VCARD\n",
        );
        assert_eq!(
            quoted[0],
            own(&[("Given name", "Ingrid"), ("Family name", "Løvås")])
        );
    }

    #[test]
    fn nothing_that_comes_breaks_it() {
        let mut seed = 7_u64;
        let pieces = [
            "BEGIN:VCARD\n",
            "END:VCARD\n",
            "N:a;b\n",
            "FN",
            ":",
            ";",
            "=\n",
            " x\n",
            "\\",
            "ENCODING=QUOTED-PRINTABLE",
            "\"",
            "=C3",
            "\u{fffd}",
        ];
        for _ in 0..500 {
            let mut text = String::new();
            for _ in 0..30 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            }
            cards(&text);
        }
    }
}
