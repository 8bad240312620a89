//! Rows as CSV (RFC 4180). A cell that a spreadsheet would read as a formula is written behind an apostrophe.

/// Writes one row.
pub fn line<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_cell(out, cell);
    }
    out.push_str("\r\n");
}

fn write_cell(out: &mut String, cell: &str) {
    let is_formula = is_formula(cell);
    let must_quote = cell.contains([',', '"', '\n', '\r', ';', '\t'])
        || cell.starts_with(' ')
        || cell.ends_with(' ');
    if must_quote {
        out.push('"');
    }
    if is_formula {
        out.push('\'');
    }
    if must_quote {
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// Whether a spreadsheet would calculate this cell.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_calculated() {
        let mut out = String::new();
        line(
            &mut out,
            [
                "Ada",
                "a,b",
                "say \"x\"",
                "two\nlines",
                "",
                "=1+1",
                "+47 57",
                "-2",
                "@x",
                "\tx",
                "a=b",
            ],
        );
        assert_eq!(
            out,
            "Ada,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",,'=1+1,'+47 57,'-2,'@x,\"'\tx\",a=b\r\n"
        );
    }
}
