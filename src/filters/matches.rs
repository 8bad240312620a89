//! The same questions asked of a record in memory.

use super::rule::{Ask, Is, Rule, Value, fold};

/// What a record says about a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    /// Nothing.
    None,
    /// Letters, or the word of a choice.
    Text(String),
    /// The words of a list.
    Words(Vec<String>),
    /// An id.
    Id(i64),
    /// Ids.
    Ids(Vec<i64>),
    /// A number.
    Number(f64),
    /// Microseconds, or days since 1970, as the field has it.
    Time(i64),
    /// Yes or no.
    Bool(bool),
}

/// A record that can be asked.
pub trait Record {
    /// What it says about the field of a key.
    fn facts(&self, key: &str) -> Facts;
}

impl Rule<'_> {
    /// Whether a record fits.
    pub fn matches(&self, record: &impl Record) -> bool {
        match self {
            Self::All(all) => all.iter().all(|rule| rule.matches(record)),
            Self::Any(any) => any.iter().any(|rule| rule.matches(record)),
            Self::Not(not) => !not.matches(record),
            Self::Ask(ask) => ask.holds(&record.facts(&ask.field.key)),
        }
    }
}

impl Ask<'_> {
    fn holds(&self, facts: &Facts) -> bool {
        match (&self.is, facts) {
            (Is::Empty, facts) => is_empty(facts),
            (_, facts) if is_empty(facts) => false,
            (Is::OneOf(values), facts) => values.iter().any(|value| self.has(value, facts)),
            (Is::AllOf(values), facts) => values.iter().all(|value| self.has(value, facts)),
            (Is::Contains(letters), Facts::Text(own)) => fold(own).contains(letters.as_str()),
            (Is::Begins(letters), Facts::Text(own)) => fold(own).starts_with(letters.as_str()),
            (Is::Numbers(from, to), Facts::Number(own)) => {
                from.is_none_or(|(n, included)| if included { *own >= n } else { *own > n })
                    && to.is_none_or(|(n, included)| if included { *own <= n } else { *own < n })
            }
            (Is::Times(from, to), Facts::Time(own)) => {
                from.is_none_or(|from| *own >= from) && to.is_none_or(|to| *own < to)
            }
            _ => false,
        }
    }

    fn has(&self, value: &Value, facts: &Facts) -> bool {
        let is_folded = matches!(self.field.kind, super::Kind::Text);
        match (value, facts) {
            (Value::Words(word), Facts::Text(own)) if is_folded => *word == fold(own),
            (Value::Words(word), Facts::Text(own)) => word == own,
            (Value::Words(word), Facts::Words(own)) => own.contains(word),
            (Value::Id(id), Facts::Id(own)) => id == own,
            (Value::Id(id), Facts::Ids(own)) => own.contains(id),
            (Value::Bool(is), Facts::Bool(own)) => is == own,
            _ => false,
        }
    }
}

fn is_empty(facts: &Facts) -> bool {
    match facts {
        Facts::None => true,
        Facts::Text(own) => own.is_empty(),
        Facts::Words(own) => own.is_empty(),
        Facts::Ids(own) => own.is_empty(),
        Facts::Id(_) | Facts::Number(_) | Facts::Time(_) | Facts::Bool(_) => false,
    }
}
