//! Reads Rust and templates as words: just enough of either to tell code from comments and strings.

use crate::tree::numbered;

/// Every path of two parts or more, `use` groups opened into one path each, with its line.
pub fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let tokens = tokens(code);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let is_start = is_word(word(&tokens, at)) && word(&tokens, at + 1) == "::";
        at = if is_start {
            read_path(&tokens, at, &[], &mut found)
        } else {
            at + 1
        };
    }
    found
}

/// Reads one path or group that starts at `at`; answers where it ends.
fn read_path(
    tokens: &[(usize, String)],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = prefix.to_vec();
    while is_word(word(tokens, at)) || word(tokens, at) == "*" {
        path.push(word(tokens, at).to_owned());
        at += 1;
        if word(tokens, at) != "::" {
            break;
        }
        at += 1;
    }
    if word(tokens, at) == "{" && word(tokens, at.saturating_sub(1)) == "::" {
        at += 1;
        while !matches!(word(tokens, at), "}" | "") {
            let end = read_path(tokens, at, &path, found);
            at = end.max(at + 1);
        }
        return at + 1;
    }
    let line = tokens
        .get(at.saturating_sub(1))
        .map_or(0, |(line, _)| *line);
    if path.len() > prefix.len() {
        found.push((line, path));
    }
    at
}

fn word(tokens: &[(usize, String)], at: usize) -> &str {
    tokens.get(at).map_or("", |(_, word)| word.as_str())
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::` and single signs, each with its line.
pub fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (line, content) in numbered(code) {
        let mut is_open = false;
        for c in content.chars() {
            let is_part = c.is_alphanumeric() || c == '_';
            match found.last_mut() {
                Some((_, last)) if is_open && is_part && is_word(last) => last.push(c),
                Some((_, last)) if is_open && c == ':' && last == ":" => last.push(c),
                _ if c.is_whitespace() => {}
                _ => found.push((line, c.to_string())),
            }
            is_open = !c.is_whitespace();
        }
    }
    found
}

/// Rust with comments, and unless asked strings too, turned into spaces; lines stay where they are.
pub fn blank(text: &str, keeps_strings: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let until =
        |from: usize, is_end: &dyn Fn(usize) -> bool| (from..chars.len()).find(|i| is_end(*i));
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let hashes = (i + 1..chars.len()).take_while(|j| at(*j) == '#').count();
        let (end, is_kept) = match (at(i), at(i + 1)) {
            ('/', '/') => (until(i, &|j| at(j) == '\n'), false),
            ('/', '*') => (block_end(&chars, i), false),
            ('r', '"' | '#') if at(i + 1 + hashes) == '"' => {
                let is_end = |j: usize| at(j) == '"' && (1..=hashes).all(|n| at(j + n) == '#');
                (
                    until(i + 2 + hashes, &is_end).map(|j| j + 1 + hashes),
                    keeps_strings,
                )
            }
            ('"', _) => {
                let mut j = i + 1;
                while j < chars.len() && at(j) != '"' {
                    j += if at(j) == '\\' { 2 } else { 1 };
                }
                (Some(j + 1), keeps_strings)
            }
            ('\'', '\\') => (
                until(i + 3, &|j| at(j) == '\'').map(|j| j + 1),
                keeps_strings,
            ),
            ('\'', _) if at(i + 2) == '\'' => (Some(i + 3), keeps_strings),
            _ => (Some(i + 1), true),
        };
        let end = end.unwrap_or(chars.len()).min(chars.len());
        out.extend(
            (i..end)
                .map(at)
                .map(|c| if is_kept || c == '\n' { c } else { ' ' }),
        );
        i = end;
    }
    out
}

/// Where a block comment that opens at `from` ends; they nest.
fn block_end(chars: &[char], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut i = from;
    while let Some(pair) = chars.get(i..i + 2) {
        match pair {
            ['/', '*'] => (depth, i) = (depth + 1, i + 2),
            ['*', '/'] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

/// Keeps only what stands between the marks, or only what stands outside them; lines stay where they are.
pub fn keep(text: &str, open: &str, close: &str, is_inside_kept: bool) -> String {
    let mut out = String::new();
    let mut put = |part: &str, is_kept: bool| {
        out.extend(
            part.chars()
                .map(|c| if is_kept || c == '\n' { c } else { ' ' }),
        );
    };
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let (inside, left) = after.split_once(close).unwrap_or((after, ""));
        put(before, !is_inside_kept);
        put(inside, is_inside_kept);
        rest = left;
    }
    put(rest, !is_inside_kept);
    out
}

/// Every opening tag with its line and what follows it.
pub fn tags(html: &str) -> Vec<(usize, String, &str)> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices('<') {
        let (before, rest) = html.split_at(at);
        let Some(rest) = rest
            .strip_prefix('<')
            .filter(|r| r.starts_with(|c: char| c.is_ascii_alphabetic()))
        else {
            continue;
        };
        let mut quote = None;
        let end = rest.find(|c| {
            match quote {
                Some(open) if c == open => quote = None,
                None if c == '"' || c == '\'' => quote = Some(c),
                _ => {}
            }
            c == '>' && quote.is_none()
        });
        let (tag, body) = rest.split_at(end.unwrap_or(rest.len()));
        let body = body.strip_prefix('>').unwrap_or(body);
        found.push((before.lines().count().max(1), tag.to_lowercase(), body));
    }
    found
}

/// Names of the attributes of a tag that carry a value.
pub fn attributes(tag: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut quote = None;
    for c in tag.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None => bare.push(c),
        }
    }
    let names = bare
        .split('=')
        .filter_map(|part| part.split_whitespace().next_back());
    let count = bare.matches('=').count();
    names.take(count).map(str::to_owned).collect()
}

#[test]
fn the_reader_opens_groups_and_skips_words_that_are_no_code() {
    let rust = "use crate::{db::{self, Conn}, web}; // use crate::app;\nlet a = \"crate::cli\"; super::x::y::<u8>();";
    let read: Vec<(usize, String)> = paths(&blank(rust, false))
        .into_iter()
        .map(|(n, p)| (n, p.join("::")))
        .collect();
    let expected = ["crate::db::self", "crate::db::Conn", "crate::web"].map(|p| (1, p.to_owned()));
    assert_eq!(read.get(..3), Some(expected.as_slice()));
    assert_eq!(read.get(3), Some(&(2, "super::x::y".to_owned())));
    assert_eq!(
        attributes("a data-x=\"on=1\" style = 'x' hidden"),
        ["data-x", "style"]
    );
}
