//! A tree while somebody works on it: conditions may still lack what makes them whole. It lives in a form: every line of
//! it has a path (`0` is the whole, `0-2` its third member), and the fields of a line are named `g-`, `f-`, `o-`, `v-` and
//! `d-` (group, field, comparison, values, date) with that path behind. So the page needs no script and no memory.

use std::collections::BTreeMap;

use super::op::Op;
use super::tree::{MOST_TESTS, Node, Test};

/// Where the whole stands.
pub(super) const ROOT: &str = "0";

/// A tree that may be incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// Conditions that belong together.
    Group(Join, Vec<Draft>),
    /// One condition.
    Test {
        /// Key of its field; empty: not chosen yet.
        field: String,
        /// Word of its comparison.
        op: String,
        /// Its values, as the form has them.
        values: Vec<String>,
    },
}

crate::text_enum!(
    /// How the members of a group belong together.
    Join {
        /// All must hold.
        All => "all",
        /// One is enough.
        Any => "any",
        /// None may hold.
        None => "none",
    }
);

impl Join {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All of these",
            Self::Any => "At least one of these",
            Self::None => "None of these",
        }
    }
}

impl From<&Node> for Draft {
    fn from(node: &Node) -> Self {
        let each = |nodes: &[Node]| nodes.iter().map(Self::from).collect();
        match node {
            Node::All { all } => Self::Group(Join::All, each(all)),
            Node::Any { any } => Self::Group(Join::Any, each(any)),
            Node::Not { not } => match not.as_ref() {
                Node::Any { any } => Self::Group(Join::None, each(any)),
                other => Self::Group(Join::None, vec![Self::from(other)]),
            },
            Node::Test(test) => Self::Test {
                field: test.field.clone(),
                op: test.op.word().to_owned(),
                values: test.values.clone(),
            },
        }
    }
}

impl Draft {
    /// What a page begins with.
    pub fn begin(node: &Node) -> Self {
        match Self::from(node) {
            Self::Group(join, members) if members.is_empty() => {
                Self::Group(join, vec![Self::blank()])
            }
            group @ Self::Group(..) => group,
            test @ Self::Test { .. } => Self::Group(Join::All, vec![test]),
        }
    }

    fn blank() -> Self {
        Self::Test {
            field: String::new(),
            op: String::new(),
            values: Vec::new(),
        }
    }

    /// What a form says. None: it says nothing of a tree.
    pub fn read(pairs: &[(String, String)]) -> Option<Self> {
        let mut lines: BTreeMap<Vec<usize>, Line> = BTreeMap::new();
        for (name, value) in pairs.iter().take(MOST_TESTS * 20) {
            let Some((what, path)) = name.split_once('-') else {
                continue;
            };
            let path: Option<Vec<usize>> = path.split('-').map(|at| at.parse().ok()).collect();
            let Some(path) = path.filter(|path| path.len() <= super::tree::DEEPEST) else {
                continue;
            };
            let line = lines.entry(path).or_default();
            match what {
                "g" => line.join = Join::from_word(value),
                "f" => value.clone_into(&mut line.field),
                "o" => value.clone_into(&mut line.op),
                "v" => line
                    .values
                    .extend(value.lines().map(|one| one.trim().to_owned())),
                "d" => value.clone_into(&mut line.date),
                _ => {}
            }
        }
        let join = lines.get([0].as_slice())?.join?;
        Some(Self::Group(join, members(&lines, &[0])))
    }

    /// What a button of the form asks for: `add-0-1`, `group-0`, `drop-0-2`. False: nothing that is known.
    pub fn change(&mut self, act: &str) -> bool {
        let Some((verb, path)) = act.split_once('-') else {
            return false;
        };
        let path: Option<Vec<usize>> = path.split('-').skip(1).map(|at| at.parse().ok()).collect();
        let Some(path) = path else { return false };
        match (verb, path.split_last()) {
            ("add", _) => self.add(&path, Self::blank()),
            ("group", _) => self.add(
                &path,
                Self::Group(Join::Any, vec![Self::blank(), Self::blank()]),
            ),
            ("drop", Some((last, group))) => match self.at(group) {
                Some(Self::Group(_, members)) if *last < members.len() => {
                    members.remove(*last);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn add(&mut self, path: &[usize], new: Self) -> bool {
        match self.at(path) {
            Some(Self::Group(_, members)) if members.len() < MOST_TESTS => {
                members.push(new);
                true
            }
            _ => false,
        }
    }

    fn at(&mut self, path: &[usize]) -> Option<&mut Self> {
        let mut here = self;
        for at in path {
            let Self::Group(_, members) = here else {
                return None;
            };
            here = members.get_mut(*at)?;
        }
        Some(here)
    }

    /// The tree; conditions without a field are left out.
    pub fn node(&self) -> Node {
        match self {
            Self::Group(join, members) => {
                let nodes: Vec<Node> = members
                    .iter()
                    .filter(|member| !member.is_blank())
                    .map(Self::node)
                    .collect();
                match join {
                    Join::All => Node::all(nodes),
                    Join::Any => Node::any(nodes),
                    Join::None => Node::any(nodes).negated(),
                }
            }
            Self::Test { field, op, values } => Node::Test(Test {
                field: field.clone(),
                op: Op::from_word(op).unwrap_or(Op::Is),
                values: values
                    .iter()
                    .filter(|value| !value.is_empty())
                    .cloned()
                    .collect(),
            }),
        }
    }

    fn is_blank(&self) -> bool {
        match self {
            Self::Group(_, members) => members.iter().all(Self::is_blank),
            Self::Test { field, .. } => field.is_empty(),
        }
    }
}

/// What the form says of one path.
#[derive(Debug, Default)]
struct Line {
    join: Option<Join>,
    field: String,
    op: String,
    values: Vec<String>,
    date: String,
}

fn members(lines: &BTreeMap<Vec<usize>, Line>, path: &[usize]) -> Vec<Draft> {
    let own = lines
        .iter()
        .filter(|(at, _)| at.len() == path.len() + 1 && at.starts_with(path));
    own.map(|(at, line)| match line.join {
        Some(join) => Draft::Group(join, members(lines, at)),
        None => Draft::Test {
            field: line.field.clone(),
            op: line.op.clone(),
            values: if line.values.iter().all(String::is_empty) && !line.date.is_empty() {
                vec![line.date.clone()]
            } else {
                line.values.clone()
            },
        },
    })
    .collect()
}
