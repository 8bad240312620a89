//! Why a tree cannot be asked of a catalog.

use std::fmt;

/// What is wrong with a filter, in words for whoever built it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Too deep, too many tests or values.
    TooLarge,
    /// There is no such field.
    Field(String),
    /// The field cannot be asked that.
    Op {
        /// Name of the field.
        field: String,
        /// The comparison.
        op: &'static str,
    },
    /// The value is missing, or not of the field's kind.
    Value {
        /// Name of the field.
        field: String,
        /// What was given; empty: nothing.
        value: String,
        /// What is understood.
        wanted: &'static str,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str(
                "This filter is too large. Keep it to a hundred conditions in groups eight deep.",
            ),
            Self::Field(field) => write!(f, "There is no field “{field}” (any more)."),
            Self::Op { field, op } => write!(f, "“{field}” cannot be compared with “{op}”."),
            Self::Value {
                field,
                value,
                wanted,
            } if value.is_empty() => {
                write!(f, "“{field}” needs a value: {wanted}.")
            }
            Self::Value {
                field,
                value,
                wanted,
            } => {
                write!(f, "“{value}” does not fit “{field}”. It takes {wanted}.")
            }
        }
    }
}
