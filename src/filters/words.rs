//! A tree for people: "City is Oslo or Bergen".

use super::field::{Catalog, Field};
use super::kind::Kind;
use super::op::{Arity, Op};
use super::period::Period;
use super::tree::{Node, Test};

/// One condition as a chip shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What is asked about; empty where the whole is in `value`.
    pub field: String,
    /// How.
    pub verb: String,
    /// With what.
    pub value: String,
}

impl Sentence {
    /// A condition in words.
    pub fn new(node: &Node, catalog: &Catalog) -> Self {
        match node {
            Node::Test(test) => Self::of(test, catalog),
            Node::Not { not } => match not.as_ref() {
                Node::Test(_) => {
                    let own = Self::new(not, catalog);
                    Self {
                        verb: format!("not: {}", own.verb),
                        ..own
                    }
                }
                other => Self::whole(format!("not ({})", Self::new(other, catalog))),
            },
            Node::All { all } => Self::joined(all, " and ", "everybody", catalog),
            Node::Any { any } => Self::joined(any, " or ", "nobody", catalog),
        }
    }

    fn whole(value: String) -> Self {
        Self {
            field: String::new(),
            verb: String::new(),
            value,
        }
    }

    fn joined(nodes: &[Node], word: &str, none: &str, catalog: &Catalog) -> Self {
        if nodes.is_empty() {
            return Self::whole(none.to_owned());
        }
        let part = |node: &Node| {
            let words = Self::new(node, catalog).to_string();
            match node {
                Node::All { .. } | Node::Any { .. } => format!("({words})"),
                _ => words,
            }
        };
        let parts: Vec<String> = nodes.iter().map(part).collect();
        Self::whole(parts.join(word))
    }

    fn of(test: &Test, catalog: &Catalog) -> Self {
        let Some(field) = catalog.find(&test.field) else {
            return Self {
                field: test.field.clone(),
                verb: test.op.word().replace('_', " "),
                value: test.values.join(", "),
            };
        };
        let values: Vec<String> = test
            .values
            .iter()
            .map(|value| shown(field, value))
            .collect();
        let is_plain = matches!((field.kind, test.op, test.values.first()),
            (Kind::Moment | Kind::Day, Op::In, Some(word)) if !word.starts_with(|c: char| c.is_ascii_digit()));
        Self {
            field: field.label.to_string(),
            verb: if is_plain {
                "is".to_owned()
            } else {
                field.kind.label(test.op).to_owned()
            },
            value: match test.op.arity() {
                Arity::Two => values.join(" and "),
                _ if test.op == Op::AllOf => values.join(" and "),
                _ => values.join(" or "),
            },
        }
    }
}

fn shown(field: &Field, value: &str) -> String {
    match field.kind {
        Kind::Moment | Kind::Day => {
            Period::read(value).map_or_else(|| value.to_owned(), Period::shown)
        }
        _ => field.shown(value),
    }
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [&self.field, &self.verb, &self.value];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        f.write_str(&parts.join(" "))
    }
}
