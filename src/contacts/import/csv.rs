//! Delimited text, row by row, in bounded memory: a row that does not fit is said to be too long, and reading goes on at
//! the next line.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Bytes of a row.
pub const LONGEST_ROW: usize = 1 << 20;
/// Columns of a row.
pub const MOST_COLUMNS: usize = 1_000;

const PIECE: usize = 64 << 10;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file; the first row is 1, as in a spreadsheet.
    pub line: i64,
    /// Its cells, or why they cannot be had.
    pub cells: Result<Vec<String>, &'static str>,
}

/// Rows of a text in UTF-8.
pub struct Csv<R> {
    source: R,
    core: Reader,
    delimiter: u8,
    input: Vec<u8>,
    from: usize,
    upto: usize,
    output: Vec<u8>,
    ends: Vec<usize>,
    line: i64,
}

impl<R: Read> Csv<R> {
    /// Reads `source` with this delimiter.
    pub fn new(source: R, delimiter: u8) -> Self {
        Self {
            source,
            core: reader(delimiter),
            delimiter,
            input: vec![0; PIECE],
            from: 0,
            upto: 0,
            output: vec![0; 4 << 10],
            ends: vec![0; 64],
            line: 0,
        }
    }

    /// The next row; none at the end.
    pub fn row(&mut self) -> io::Result<Option<Row>> {
        let (mut written, mut fields) = (0, 0);
        loop {
            if self.from == self.upto {
                self.upto = self.source.read(&mut self.input)?;
                self.from = 0;
            }
            let input = self.input.get(self.from..self.upto).unwrap_or_default();
            let output = self.output.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, n_in, n_out, n_ends) = self.core.read_record(input, output, ends);
            self.from += n_in;
            written += n_out;
            fields += n_ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if written < LONGEST_ROW => {
                    self.output.resize(self.output.len() * 4, 0);
                }
                ReadRecordResult::OutputEndsFull if fields < MOST_COLUMNS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull => {
                    return self.too_much(
                        "This row is longer than 1 MB. Is a quotation mark missing that ends a cell?",
                    );
                }
                ReadRecordResult::OutputEndsFull => {
                    return self.too_much("This row has more than 1,000 cells.");
                }
                ReadRecordResult::Record => {
                    self.line += 1;
                    return Ok(Some(Row {
                        line: self.line,
                        cells: Ok(self.cells(fields)),
                    }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn cells(&self, fields: usize) -> Vec<String> {
        let mut start = 0;
        let ends = self.ends.get(..fields).unwrap_or_default();
        ends.iter()
            .map(|end| {
                let bytes = self.output.get(start..*end).unwrap_or_default();
                start = *end;
                // PostgreSQL takes no NUL in a text.
                String::from_utf8_lossy(bytes).replace('\0', "")
            })
            .collect()
    }

    /// Lets go of a row and looks for the next line end.
    fn too_much(&mut self, why: &'static str) -> io::Result<Option<Row>> {
        self.core = reader(self.delimiter);
        self.output = vec![0; 4 << 10];
        self.ends = vec![0; 64];
        loop {
            let rest = self.input.get(self.from..self.upto).unwrap_or_default();
            if let Some(at) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
                self.from += at + 1;
                break;
            }
            self.upto = self.source.read(&mut self.input)?;
            self.from = 0;
            if self.upto == 0 {
                break;
            }
        }
        self.line += 1;
        Ok(Some(Row {
            line: self.line,
            cells: Err(why),
        }))
    }
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: u8) -> Vec<Row> {
        let mut csv = Csv::new(text.as_bytes(), delimiter);
        let mut rows = Vec::new();
        while let Some(row) = csv.row().expect("memory") {
            rows.push(row);
        }
        rows
    }

    fn cells(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let rows = all(text, delimiter).into_iter();
        rows.map(|row| row.cells.expect("cells")).collect()
    }

    #[test]
    fn every_line_end_and_quoting_is_understood() {
        let want = vec![vec!["a", "b"], vec!["1,2", "say \"x\"\nthen y"]];
        for text in [
            "a,b\n\"1,2\",\"say \"\"x\"\"\nthen y\"\n",
            "a,b\r\n\"1,2\",\"say \"\"x\"\"\nthen y\"",
            "a,b\r\"1,2\",\"say \"\"x\"\"\nthen y\"\r",
        ] {
            assert_eq!(cells(text, b','), want, "{text:?}");
        }
        assert_eq!(cells("a;b\n\n;\n", b';'), [["a", "b"], ["", ""]]);
    }

    #[test]
    fn an_endless_line_costs_no_memory_and_the_next_row_is_read() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let tail = b"\nlast,row\n";
                if self.0 == 0 {
                    return Ok(0);
                }
                let n = out.len().min(self.0 as usize);
                out[..n].fill(b'x');
                self.0 -= n as u64;
                if self.0 == 0 && n > tail.len() {
                    out[n - tail.len()..n].copy_from_slice(tail);
                }
                Ok(n)
            }
        }
        let mut csv = Csv::new(Endless(64 << 20), b',');
        let long = csv.row().expect("a reader").expect("a row");
        assert!(long.cells.is_err());
        assert!(csv.output.len() <= LONGEST_ROW * 4);
        let last = csv.row().expect("a reader").expect("a row");
        assert_eq!(last.cells, Ok(vec!["last".to_owned(), "row".to_owned()]));
        assert_eq!(csv.row().expect("a reader"), None);
        let wide = ",".repeat(5_000) + "\na\n";
        let rows = all(&wide, b',');
        assert!(rows[0].cells.is_err() && rows.len() == 2);
    }
}
