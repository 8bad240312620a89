//! A tree made ready to be asked: every field found, every value of its kind, "me" and "the last 7 days" fixed.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::field::{Catalog, Field};
use super::kind::Kind;
use super::op::{Arity, Op};
use super::period::{Period, start_of};
use super::refusal::Refusal;
use super::tree::{Node, Test};
use crate::accounts::Reach;
use crate::base::ids::UserId;
use crate::base::{Timestamp, text};

/// Who asks, when, where.
#[derive(Debug, Clone)]
pub struct Reader {
    /// "Me".
    pub user: UserId,
    /// Now.
    pub now: Timestamp,
    /// Whose days are meant.
    pub zone: Tz,
    /// Whether sensitive fields may be asked about.
    pub is_trusted: bool,
    /// Whose contacts are in reach.
    pub reach: Reach,
}

impl Reader {
    fn today(&self) -> NaiveDate {
        self.now.utc().with_timezone(&self.zone).date_naive()
    }
}

/// A tree against a catalog, for a reader.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule<'c> {
    /// All hold.
    All(Vec<Rule<'c>>),
    /// One holds.
    Any(Vec<Rule<'c>>),
    /// It does not hold.
    Not(Box<Rule<'c>>),
    /// One question.
    Ask(Ask<'c>),
}

/// A question about one field.
#[derive(Debug, Clone)]
pub struct Ask<'c> {
    pub(super) field: &'c Field,
    pub(super) is: Is,
}

impl PartialEq for Ask<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.field.key == other.field.key && self.is == other.is
    }
}

/// What is asked. Every comparison comes down to one of these or the denial of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Is {
    /// There is no value.
    Empty,
    /// It is, or has, one of these.
    OneOf(Vec<Value>),
    /// It has all of these.
    AllOf(Vec<Value>),
    /// Folded letters that are in it.
    Contains(String),
    /// Folded letters it begins with.
    Begins(String),
    /// A number from the first to the second; whether each bound is included.
    Numbers(Option<(f64, bool)>, Option<(f64, bool)>),
    /// Microseconds or days, the first included, the second not.
    Times(Option<i64>, Option<i64>),
}

/// A value as the database compares it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Folded letters, or a word as it stands.
    Words(String),
    /// An id.
    Id(i64),
    /// Yes or no.
    Bool(bool),
}

impl<'c> Rule<'c> {
    /// Makes a tree ready. Err: what of it cannot be asked.
    pub fn new(node: &Node, catalog: &'c Catalog, reader: &Reader) -> Result<Self, Refusal> {
        if !node.is_bounded() {
            return Err(Refusal::TooLarge);
        }
        Self::of(&node.canonical(), catalog, reader)
    }

    fn of(node: &Node, catalog: &'c Catalog, reader: &Reader) -> Result<Self, Refusal> {
        let each = |nodes: &[Node]| -> Result<Vec<Self>, Refusal> {
            nodes
                .iter()
                .map(|node| Self::of(node, catalog, reader))
                .collect()
        };
        Ok(match node {
            Node::All { all } => Self::All(each(all)?),
            Node::Any { any } => Self::Any(each(any)?),
            Node::Not { not } => Self::Not(Box::new(Self::of(not, catalog, reader)?)),
            Node::Test(test) => {
                let field = catalog
                    .find(&test.field)
                    .ok_or_else(|| Refusal::Field(text::cut(&test.field, 80).to_owned()))?;
                Self::asked(field, test, reader)?
            }
        })
    }

    fn asked(field: &'c Field, test: &Test, reader: &Reader) -> Result<Self, Refusal> {
        if !field.kind.takes(test.op) {
            return Err(Refusal::Op {
                field: field.label.to_string(),
                op: test.op.word(),
            });
        }
        let (wants, has) = (test.op.arity(), test.values.len());
        let fits = match wants {
            Arity::None => has == 0,
            Arity::One => has == 1,
            Arity::Two => has == 2,
            Arity::Many => has > 0,
        };
        if !fits {
            return Err(wrong(field, ""));
        }
        let op = test.op.denied().unwrap_or(test.op);
        let ask = Self::Ask(Ask {
            field,
            is: is(field, op, &test.values, reader)?,
        });
        Ok(if op == test.op {
            ask
        } else {
            Self::Not(Box::new(ask))
        })
    }
}

fn wrong(field: &Field, value: &str) -> Refusal {
    Refusal::Value {
        field: field.label.to_string(),
        value: text::cut(value, 80).to_owned(),
        wanted: match field.kind {
            Kind::Text => "some letters",
            Kind::Number => "a number",
            Kind::Moment | Kind::Day => "a day such as 2026-03-08, or a period such as last_7_days",
            Kind::YesNo => "yes or no",
            Kind::Choice | Kind::Many => "values of its list",
        },
    }
}

fn is(field: &Field, op: Op, values: &[String], reader: &Reader) -> Result<Is, Refusal> {
    if op == Op::Empty {
        return Ok(Is::Empty);
    }
    match field.kind {
        Kind::Number => numbers(field, op, values),
        Kind::Moment | Kind::Day => times(field, op, values, reader),
        Kind::Text | Kind::YesNo | Kind::Choice | Kind::Many => {
            let each = values.iter().map(|value| one(field, value, reader));
            let each: Vec<Value> = each.collect::<Result<_, _>>()?;
            Ok(match (op, each.as_slice()) {
                (Op::Contains, [Value::Words(letters)]) => Is::Contains(letters.clone()),
                (Op::Begins, [Value::Words(letters)]) => Is::Begins(letters.clone()),
                (Op::AllOf, _) => Is::AllOf(each),
                _ => Is::OneOf(each),
            })
        }
    }
}

/// One value as the database compares it.
fn one(field: &Field, value: &str, reader: &Reader) -> Result<Value, Refusal> {
    let found = match field.kind {
        Kind::YesNo => match value {
            "yes" => Some(Value::Bool(true)),
            "no" => Some(Value::Bool(false)),
            _ => None,
        },
        _ if field.has_me && value == "me" => Some(Value::Id(reader.user.0)),
        _ if field.is_id() => value.parse().ok().map(Value::Id),
        Kind::Choice | Kind::Many => Some(value.to_owned())
            .filter(|v| !v.is_empty())
            .map(Value::Words),
        _ => Some(fold(value))
            .filter(|v| !v.is_empty())
            .map(Value::Words),
    };
    found.ok_or_else(|| wrong(field, value))
}

fn numbers(field: &Field, op: Op, values: &[String]) -> Result<Is, Refusal> {
    let number = |at: usize| {
        let word = values.get(at).map_or("", String::as_str);
        let number = word.replace(',', ".").trim().parse::<f64>().ok();
        number
            .filter(|n| n.is_finite())
            .ok_or_else(|| wrong(field, word))
    };
    let first = number(0)?;
    Ok(match op {
        Op::Over => Is::Numbers(Some((first, false)), None),
        Op::Least => Is::Numbers(Some((first, true)), None),
        Op::Under => Is::Numbers(None, Some((first, false))),
        Op::Most => Is::Numbers(None, Some((first, true))),
        Op::Between => Is::Numbers(Some((first, true)), Some((number(1)?, true))),
        _ => Is::Numbers(Some((first, true)), Some((first, true))),
    })
}

fn times(field: &Field, op: Op, values: &[String], reader: &Reader) -> Result<Is, Refusal> {
    let span = |at: usize| {
        let word = values.get(at).map_or("", String::as_str);
        let days = Period::read(word).and_then(|period| period.days(reader.today()));
        let (from, to) = days.ok_or_else(|| wrong(field, word))?;
        let edge = |day: NaiveDate| match field.kind {
            Kind::Day => i64::from(chrono::Datelike::num_days_from_ce(&day)) - EPOCH,
            _ => start_of(day, reader.zone).0,
        };
        Ok((edge(from), edge(to)))
    };
    let (from, to) = span(0)?;
    Ok(match op {
        Op::Before => Is::Times(None, Some(from)),
        Op::After => Is::Times(Some(to), None),
        Op::Between => Is::Times(Some(from), Some(span(1)?.1)),
        _ => Is::Times(Some(from), Some(to)),
    })
}

/// 1970-01-01, counted from the first day of year 1.
const EPOCH: i64 = 719_163;

/// How text is compared: lower case, accents off. [`crate::db::dialect::fold`] does the same inside a statement.
pub(super) fn fold(text: &str) -> String {
    crate::db::dialect::fold::folded(text)
}
