//! The tree as somebody asked for it, and its canonical shape.

use serde::{Deserialize, Serialize};

use super::op::Op;

/// Groups within groups.
pub const DEEPEST: usize = 8;
/// Tests of one tree.
pub const MOST_TESTS: usize = 100;
/// Values of one test.
pub const MOST_VALUES: usize = 200;
/// Characters of a value.
pub const LONGEST_VALUE: usize = 200;

/// A rule tree. In JSON: `{"all": […]}`, `{"any": […]}`, `{"not": …}` or `{"field": …, "op": …, "values": […]}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Node {
    /// All of these hold; of none: always.
    All {
        /// What must hold.
        all: Vec<Node>,
    },
    /// At least one of these holds; of none: never.
    Any {
        /// What may hold.
        any: Vec<Node>,
    },
    /// This does not hold.
    Not {
        /// What must not hold.
        not: Box<Node>,
    },
    /// One question.
    Test(Test),
}

/// One question about one field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Key of the field in its catalog.
    pub field: String,
    /// How it is compared.
    pub op: Op,
    /// With what, as words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

impl Default for Node {
    fn default() -> Self {
        Self::All { all: Vec::new() }
    }
}

impl From<Test> for Node {
    fn from(test: Test) -> Self {
        Self::Test(test)
    }
}

impl Node {
    /// One question.
    pub fn test(field: &str, op: Op, values: &[&str]) -> Self {
        Self::Test(Test {
            field: field.to_owned(),
            op,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        })
    }

    /// All of these.
    pub fn all(all: Vec<Self>) -> Self {
        Self::All { all }
    }

    /// Any of these.
    pub fn any(any: Vec<Self>) -> Self {
        Self::Any { any }
    }

    /// The opposite.
    pub fn negated(self) -> Self {
        Self::Not {
            not: Box::new(self),
        }
    }

    /// Whether it asks for nothing.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All { all } if all.is_empty())
    }

    /// What must hold, side by side.
    pub fn conditions(&self) -> &[Self] {
        match self {
            Self::All { all } => all,
            other => std::slice::from_ref(other),
        }
    }

    /// The same question in the one shape that it is kept in: no group of one, no group right inside its like, no double
    /// denial, no value twice. The order stays as it was asked.
    #[must_use]
    pub fn canonical(&self) -> Self {
        match self {
            Self::All { all } => group(all, |node| match node {
                Self::All { all } => Ok(all),
                other => Err(other),
            })
            .map_or_else(|one| one, Self::all),
            Self::Any { any } => group(any, |node| match node {
                Self::Any { any } => Ok(any),
                other => Err(other),
            })
            .map_or_else(|one| one, Self::any),
            Self::Not { not } => match not.canonical() {
                Self::Not { not } => *not,
                other => other.negated(),
            },
            Self::Test(test) => {
                let mut values: Vec<String> = Vec::with_capacity(test.values.len());
                for value in &test.values {
                    if !values.contains(value) || test.op == Op::Between {
                        values.push(value.clone());
                    }
                }
                Self::Test(Test {
                    field: test.field.clone(),
                    op: test.op,
                    values,
                })
            }
        }
    }

    /// The keys of the fields it asks about.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::All { all: nodes } | Self::Any { any: nodes } => {
                nodes.iter().flat_map(Self::fields).collect()
            }
            Self::Not { not } => not.fields(),
            Self::Test(test) => vec![&test.field],
        }
    }

    /// Whether a condition asks a field for this value.
    pub fn mentions(&self, field: &str, value: &str) -> bool {
        match self {
            Self::All { all: nodes } | Self::Any { any: nodes } => {
                nodes.iter().any(|node| node.mentions(field, value))
            }
            Self::Not { not } => not.mentions(field, value),
            Self::Test(test) => test.field == field && test.values.iter().any(|own| own == value),
        }
    }

    /// The same tree with one value of a field in the place of another.
    #[must_use]
    pub fn replacing(&self, field: &str, from: &str, to: &str) -> Self {
        let each = |nodes: &[Self]| {
            nodes
                .iter()
                .map(|node| node.replacing(field, from, to))
                .collect()
        };
        match self {
            Self::All { all } => Self::all(each(all)),
            Self::Any { any } => Self::any(each(any)),
            Self::Not { not } => not.replacing(field, from, to).negated(),
            Self::Test(test) => {
                let mut test = test.clone();
                for value in test
                    .values
                    .iter_mut()
                    .filter(|value| test.field == field && *value == from)
                {
                    to.clone_into(value);
                }
                Self::Test(test)
            }
        }
    }

    /// Whether it is small enough to be looked at. Walks no deeper than is allowed.
    pub fn is_bounded(&self) -> bool {
        let mut tests = 0;
        self.fits(DEEPEST, &mut tests)
    }

    fn fits(&self, depth: usize, tests: &mut usize) -> bool {
        if depth == 0 {
            return false;
        }
        match self {
            Self::All { all: nodes } | Self::Any { any: nodes } => {
                nodes.len() <= MOST_TESTS && nodes.iter().all(|node| node.fits(depth - 1, tests))
            }
            Self::Not { not } => not.fits(depth - 1, tests),
            Self::Test(test) => {
                *tests += 1;
                *tests <= MOST_TESTS
                    && test.values.len() <= MOST_VALUES
                    && test
                        .values
                        .iter()
                        .all(|value| value.len() <= LONGEST_VALUE * 4)
            }
        }
    }
}

/// The members of a group in canonical shape, those of its like taken in. Err: there is only one.
fn group(
    nodes: &[Node],
    open: impl Fn(Node) -> Result<Vec<Node>, Node>,
) -> Result<Vec<Node>, Node> {
    let mut members = Vec::with_capacity(nodes.len());
    for node in nodes {
        match open(node.canonical()) {
            Ok(inner) => members.extend(inner),
            Err(other) => members.push(other),
        }
    }
    match members.pop() {
        None => Ok(members),
        Some(one) if members.is_empty() => Err(one),
        Some(last) => {
            members.push(last);
            Ok(members)
        }
    }
}
