//! The text form, for people who write rules and for logs: `stage is customer and (city is Oslo or not tag any_of (vip))`.
//! `and` binds closer than `or`. A word of letters, digits and `_ - . : @ / +` stands as it is, anything else in quotes.

use std::fmt;

use super::op::{Arity, Op};
use super::tree::{DEEPEST, MOST_VALUES, Node, Test};

/// Characters that are read.
const LONGEST: usize = 20_000;
const KEYWORDS: [&str; 5] = ["and", "or", "not", "everything", "nothing"];

/// In words.
pub fn print(node: &Node) -> String {
    let mut out = String::new();
    put(node, Place::Top, &mut out);
    out
}

/// Reads words back. Err: what is wrong, and with which word.
pub fn read(words: &str) -> Result<Node, String> {
    if words.len() > LONGEST {
        return Err(format!("A filter has at most {LONGEST} characters."));
    }
    let tokens = tokens(words)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
    };
    let node = reader.either(DEEPEST * 2)?;
    match reader.next() {
        Some(token) => Err(format!("“{}” is not expected here.", token.word())),
        None => Ok(node.canonical()),
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

/// Where a node stands: inside a group, another kind of group needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    All,
    Any,
    Not,
}

fn put(node: &Node, place: Place, out: &mut String) {
    let mut group = |nodes: &[Node], own: Place, word: &str, none: &str| {
        if nodes.is_empty() {
            return out.push_str(none);
        }
        let wraps = place == Place::Not || place != Place::Top && own == Place::Any || place == own;
        out.push_str(if wraps { "(" } else { "" });
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                out.push_str(word);
            }
            put(node, if nodes.len() == 1 { Place::Not } else { own }, out);
        }
        out.push_str(if wraps { ")" } else { "" });
    };
    match node {
        Node::All { all } => group(all, Place::All, " and ", "everything"),
        Node::Any { any } => group(any, Place::Any, " or ", "nothing"),
        Node::Not { not } => {
            out.push_str("not ");
            put(not, Place::Not, out);
        }
        Node::Test(test) => put_test(test, out),
    }
}

fn put_test(test: &Test, out: &mut String) {
    out.push_str(&quoted(&test.field));
    out.push(' ');
    out.push_str(test.op.word());
    match (test.op.arity(), test.values.as_slice()) {
        (_, []) => {}
        (Arity::One, [one]) => {
            out.push(' ');
            out.push_str(&quoted(one));
        }
        (_, many) => {
            let many: Vec<String> = many.iter().map(|value| quoted(value)).collect();
            out.push_str(" (");
            out.push_str(&many.join(", "));
            out.push(')');
        }
    }
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-.:@/+".contains(c)
}

fn quoted(word: &str) -> String {
    if !word.is_empty() && word.chars().all(is_plain) && !KEYWORDS.contains(&word) {
        return word.to_owned();
    }
    let inner = word.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{inner}\"")
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    Comma,
}

impl Token {
    fn word(&self) -> &str {
        match self {
            Self::Word(word) | Self::Quoted(word) => word,
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
        }
    }
}

fn tokens(words: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '"' => {
                let mut word = String::new();
                loop {
                    match chars.next() {
                        None => return Err("A quote is not closed.".to_owned()),
                        Some('"') => break,
                        Some('\\') => word.extend(chars.next()),
                        Some(c) => word.push(c),
                    }
                }
                tokens.push(Token::Quoted(word));
            }
            c if is_plain(c) => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| is_plain(*c)) {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
            c => return Err(format!("“{c}” must stand in quotes.")),
        }
    }
    Ok(tokens)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn is_next(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next == word)
    }

    fn either(&mut self, depth: usize) -> Result<Node, String> {
        let depth = depth
            .checked_sub(1)
            .ok_or("Groups within groups go too deep.")?;
        let mut any = vec![self.both(depth)?];
        while self.is_next("or") {
            self.at += 1;
            any.push(self.both(depth)?);
        }
        Ok(Node::any(any).canonical())
    }

    fn both(&mut self, depth: usize) -> Result<Node, String> {
        let mut all = vec![self.one(depth)?];
        while self.is_next("and") {
            self.at += 1;
            all.push(self.one(depth)?);
        }
        Ok(Node::all(all).canonical())
    }

    fn one(&mut self, depth: usize) -> Result<Node, String> {
        let depth = depth
            .checked_sub(1)
            .ok_or("Groups within groups go too deep.")?;
        if self.is_next("not") {
            self.at += 1;
            return Ok(self.one(depth)?.negated());
        }
        if self.is_next("everything") || self.is_next("nothing") {
            let is_all = self.is_next("everything");
            self.at += 1;
            return Ok(if is_all {
                Node::default()
            } else {
                Node::any(Vec::new())
            });
        }
        match self.next().cloned() {
            Some(Token::Open) => {
                let node = self.either(depth)?;
                match self.next() {
                    Some(Token::Close) => Ok(node),
                    _ => Err("A parenthesis is not closed.".to_owned()),
                }
            }
            Some(Token::Word(field) | Token::Quoted(field)) => self.test(field).map(Node::Test),
            Some(token) => Err(format!("“{}” is not expected here.", token.word())),
            None => Err("Something is missing at the end.".to_owned()),
        }
    }

    fn test(&mut self, field: String) -> Result<Test, String> {
        let op = self.next().map(|token| token.word().to_owned());
        let op = op.ok_or_else(|| format!("What of “{field}”?"))?;
        let op = Op::from_word(&op).ok_or_else(|| format!("“{op}” is no comparison."))?;
        let values = match op.arity() {
            Arity::None => Vec::new(),
            Arity::One => vec![self.value(&field)?],
            Arity::Two | Arity::Many => self.values(&field)?,
        };
        Ok(Test { field, op, values })
    }

    fn value(&mut self, field: &str) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word) | Token::Quoted(word)) => Ok(word.clone()),
            _ => Err(format!("A value of “{field}” is missing.")),
        }
    }

    fn values(&mut self, field: &str) -> Result<Vec<String>, String> {
        if self.tokens.get(self.at) != Some(&Token::Open) {
            return Ok(vec![self.value(field)?]);
        }
        self.at += 1;
        let mut values = vec![self.value(field)?];
        while self.tokens.get(self.at) == Some(&Token::Comma) && values.len() <= MOST_VALUES {
            self.at += 1;
            values.push(self.value(field)?);
        }
        match self.next() {
            Some(Token::Close) => Ok(values),
            _ => Err("A parenthesis is not closed.".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written_in_one_form() {
        for (words, canonical) in [
            ("stage is customer", "stage is customer"),
            ("(stage is customer)", "stage is customer"),
            (
                "a is 1 and (b is 2 and c is 3)",
                "a is 1 and b is 2 and c is 3",
            ),
            ("a is 1 or b is 2 and c is 3", "a is 1 or b is 2 and c is 3"),
            (
                "(a is 1 or b is 2) and not (c empty or d filled)",
                "(a is 1 or b is 2) and not (c empty or d filled)",
            ),
            ("not not a is \"two words\"", "a is \"two words\""),
            (
                "tag any_of (vip, \"a \\\"b\\\"\", vip)",
                "tag any_of (vip, \"a \\\"b\\\"\")",
            ),
            ("tag any_of vip", "tag any_of (vip)"),
            ("n between (1, 1)", "n between (1, 1)"),
            ("everything", "everything"),
            ("a is \"and\"", "a is \"and\""),
        ] {
            let node = read(words).expect(words);
            assert_eq!(print(&node), canonical);
            assert_eq!(read(canonical).expect(canonical), node);
            let json = serde_json::to_string(&node).expect("JSON");
            assert_eq!(
                serde_json::from_str::<Node>(&json).expect("a node"),
                node,
                "{json}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (words, says) in [
            ("", "missing at the end"),
            ("stage", "What of"),
            ("stage was x", "no comparison"),
            ("stage is", "value of"),
            ("(stage is x", "not closed"),
            ("stage is x y", "not expected"),
            ("stage is \"x", "not closed"),
            ("stage is {", "quotes"),
        ] {
            let error = read(words).expect_err(words);
            assert!(error.contains(says), "{words}: {error}");
        }
        assert!(read(&"not ".repeat(4_000)).is_err());
        assert!(read(&"(".repeat(10_000)).is_err());
    }
}
