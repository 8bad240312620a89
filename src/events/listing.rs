//! JSON and code as people read them: indented without touching a value, and cut into coloured pieces.
//! Both read text only, so what an SDK sent is shown as it was sent, large numbers and odd spacing of words included.

/// A piece of a listing: the class of its colour, empty for none, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// `k` key or name, `v` words, `n` number, `c` remark.
    pub class: &'static str,
    /// What it says.
    pub text: String,
}

/// Indents JSON by two spaces. Only white space between values changes; text that is no JSON is given back as it is.
pub fn indented(json: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut chars = json.chars().peekable();
    let mut is_in_words = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                is_in_words = !is_in_words;
                out.push(c);
            }
            '\\' if is_in_words => {
                out.push(c);
                out.extend(chars.next());
            }
            _ if is_in_words => out.push(c),
            c if c.is_ascii_whitespace() => {}
            '{' | '[' => {
                out.push(c);
                while chars.peek().is_some_and(char::is_ascii_whitespace) {
                    chars.next();
                }
                if let Some('}' | ']') = chars.peek() {
                    out.extend(chars.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => out.push(c),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deeper than this no screen is wide enough, and a hostile body could make the page huge.
    out.extend(std::iter::repeat_n("  ", depth.min(20)));
}

/// Cuts a listing into pieces: JSON, JavaScript, Python, HTML and shell look alike enough for one rule.
pub fn painted(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (class, length) = match first {
            '"' | '\'' | '`' => {
                let length = words_length(rest, first);
                let after = rest.get(length..).unwrap_or_default();
                (
                    if after.trim_start_matches(' ').starts_with(':') {
                        "k"
                    } else {
                        "v"
                    },
                    length,
                )
            }
            '#' => ("c", line_length(rest)),
            '/' if rest.starts_with("// ") => ("c", line_length(rest)),
            '<' if rest.starts_with("<!--") => {
                ("c", rest.find("-->").map_or(rest.len(), |at| at + 3))
            }
            c if c.is_ascii_digit() => (
                "n",
                run(rest, |c| c.is_ascii_alphanumeric() || ".+-".contains(c)),
            ),
            c if c.is_alphabetic() || c == '_' => {
                let length = run(rest, |c| c.is_alphanumeric() || "_$-".contains(c));
                let word = rest.get(..length).unwrap_or_default();
                (if is_keyword(word) { "k" } else { "" }, length)
            }
            c => ("", c.len_utf8()),
        };
        let (piece, after) = rest.split_at(length.clamp(first.len_utf8(), rest.len()));
        match pieces.last_mut() {
            Some(last) if last.class == class => last.text.push_str(piece),
            _ => pieces.push(Piece {
                class,
                text: piece.to_owned(),
            }),
        }
        rest = after;
    }
    pieces
}

/// Bytes of a quoted run, both quotes included; to the end where the second is missing.
fn words_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn line_length(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn is_keyword(word: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "import", "from", "const", "new", "await", "as", "true", "false", "null", "script", "img",
        "curl", "load", "identify", "track", "page", "group",
    ];
    KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indenting_changes_white_space_only() {
        for (json, want) in [
            (r#"{"a":1}"#, "{\n  \"a\": 1\n}"),
            (
                r#"{ "a" : [ ] , "b":{} }"#,
                "{\n  \"a\": [],\n  \"b\": {}\n}",
            ),
            (
                r#"{"n":9007199254740993.10}"#,
                "{\n  \"n\": 9007199254740993.10\n}",
            ),
            (
                r#"{"t":"a, {b}: \" \\"}"#,
                "{\n  \"t\": \"a, {b}: \\\" \\\\\"\n}",
            ),
            ("[1,[2]]", "[\n  1,\n  [\n    2\n  ]\n]"),
            (r#"{"cut":"#, r#"{"cut":"#),
            ("", ""),
        ] {
            assert_eq!(indented(json), want);
        }
    }

    #[test]
    fn painting_loses_nothing() {
        for text in [
            "{\n  \"a\": \"b\", \"n\": 1.5e3, \"t\": true\n}",
            "<!-- x --> <script async src=\"h\"></script>",
            "'unfinished \\",
            "// a remark\nnew X(1)",
            "é 田中 \"ü",
            "\\",
        ] {
            let whole: String = painted(text).into_iter().map(|piece| piece.text).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn keys_words_numbers_and_remarks_have_their_colours() {
        let pieces = painted("{\"plan\": \"Harbour\", \"n\": 12} # so");
        let classes: Vec<(&str, &str)> =
            pieces.iter().map(|p| (p.class, p.text.as_str())).collect();
        assert_eq!(
            classes,
            [
                ("", "{"),
                ("k", "\"plan\""),
                ("", ": "),
                ("v", "\"Harbour\""),
                ("", ", "),
                ("k", "\"n\""),
                ("", ": "),
                ("n", "12"),
                ("", "} "),
                ("c", "# so"),
            ]
        );
    }
}
