//! The form in URLs: tokens parted by `*`, of characters that a query string leaves as they are. A test is
//! `field.op.value.value`; a group opens with `all`, `any` or `not` and closes with `end`. What belongs together at the top
//! needs no group: `stage.is.customer*any*city.is.Oslo*city.is.Bergen*end`. Whatever is no letter, digit or `_` is written
//! as `-` and two hex digits a byte.

use super::op::Op;
use super::tree::{DEEPEST, MOST_TESTS, MOST_VALUES, Node, Test};

/// Characters of an address that are read.
const LONGEST: usize = 8_000;

/// As a URL carries it; empty: everything.
pub fn print(node: &Node) -> String {
    let mut tokens = Vec::new();
    for condition in node.conditions() {
        put(condition, &mut tokens);
    }
    tokens.join("*")
}

/// Reads it back. None: it is no filter, or too large.
pub fn read(words: &str) -> Option<Node> {
    if words.is_empty() {
        return Some(Node::default());
    }
    if words.len() > LONGEST {
        return None;
    }
    let mut tokens = words.split('*').take(MOST_TESTS * 8);
    let all = members(&mut tokens, DEEPEST, true)?;
    let node = Node::all(all).canonical();
    node.is_bounded().then_some(node)
}

fn put(node: &Node, tokens: &mut Vec<String>) {
    let (word, members) = match node {
        Node::Test(test) => return tokens.push(token(test)),
        Node::All { all } => ("all", all.as_slice()),
        Node::Any { any } => ("any", any.as_slice()),
        Node::Not { not } => ("not", std::slice::from_ref(not.as_ref())),
    };
    tokens.push(word.to_owned());
    for member in members {
        put(member, tokens);
    }
    tokens.push("end".to_owned());
}

fn token(test: &Test) -> String {
    let mut token = escaped(&test.field);
    token.push('.');
    token.push_str(test.op.word());
    for value in &test.values {
        token.push('.');
        token.push_str(&escaped(value));
    }
    token
}

fn members<'a>(
    tokens: &mut impl Iterator<Item = &'a str>,
    depth: usize,
    is_top: bool,
) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while let Some(token) = tokens.next() {
        if token == "end" {
            return (!is_top).then_some(nodes);
        }
        let inner = |tokens| match depth {
            0 => None,
            depth => members(tokens, depth - 1, false),
        };
        nodes.push(match token {
            "all" => Node::all(inner(tokens)?),
            "any" => Node::any(inner(tokens)?),
            "not" => one(inner(tokens)?)?.negated(),
            test => Node::Test(test_of(test)?),
        });
    }
    is_top.then_some(nodes)
}

fn one(mut nodes: Vec<Node>) -> Option<Node> {
    let node = nodes.pop()?;
    nodes.is_empty().then_some(node)
}

fn test_of(token: &str) -> Option<Test> {
    let mut parts = token.split('.');
    let field = unescaped(parts.next()?)?;
    let op = Op::from_word(parts.next()?)?;
    let values: Option<Vec<String>> = parts.take(MOST_VALUES + 1).map(unescaped).collect();
    Some(Test {
        field,
        op,
        values: values?,
    })
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            out.push(char::from(byte));
        } else {
            out.push('-');
            out.push_str(&crate::base::text::hex(&[byte]));
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'-' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let test = |field: &str, value: &str| Node::test(field, Op::Is, &[value]);
        for node in [
            Node::default(),
            test("city", "Oslo"),
            Node::all(vec![test("city", "São Paulo*end.x-y"), test("stage", "")]),
            Node::any(vec![test("a", "1"), test("b", "2").negated()]),
            Node::all(vec![
                Node::any(vec![
                    test("a", "1"),
                    Node::all(vec![test("b", "2"), test("c", "3")]),
                ]),
                Node::test("tag", Op::AnyOf, &["1", "2"]),
                Node::test("name", Op::Empty, &[]),
            ]),
        ] {
            let words = print(&node);
            assert_eq!(read(&words), Some(node), "{words}");
            let plain = |c: char| c.is_ascii_alphanumeric() || "*._-".contains(c);
            assert!(words.chars().all(plain), "{words}");
        }
    }

    #[test]
    fn what_is_no_filter_is_none() {
        for words in [
            "end",
            "all",
            "all*a.is.b",
            "a",
            "a.was.b",
            "a.is.-zz",
            "a.is.-ff",
            "not*end",
            "not*a.is.b*c.is.d*end",
            "*",
        ] {
            assert_eq!(read(words), None, "{words}");
        }
        let deep = format!("{}a.is.b{}", "not*".repeat(5_000), "*end".repeat(5_000));
        assert_eq!(read(&deep), None);
        let deep = format!(
            "{}a.is.b{}",
            "any*c.is.d*all*e.is.f*".repeat(20),
            "*end*end".repeat(20)
        );
        assert_eq!(read(&deep), None);
    }
}
