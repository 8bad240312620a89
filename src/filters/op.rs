//! What can be asked of a value.

use crate::text_enum;

text_enum!(
    /// How a field is compared.
    Op {
        /// It is this.
        Is => "is",
        /// It is something else, or nothing.
        IsNot => "is_not",
        /// It is one of these.
        AnyOf => "any_of",
        /// It is none of these.
        NoneOf => "none_of",
        /// Of many values, it has every one of these.
        AllOf => "all_of",
        /// These letters are in it.
        Contains => "contains",
        /// These letters are not in it.
        Lacks => "lacks",
        /// It begins with these letters.
        Begins => "begins",
        /// A number is smaller.
        Under => "under",
        /// A number is this or smaller.
        Most => "most",
        /// A number is greater.
        Over => "over",
        /// A number is this or greater.
        Least => "least",
        /// A number or a day is between two, both included.
        Between => "between",
        /// A moment lies within a day or a period.
        In => "in",
        /// A moment lies before a day or a period.
        Before => "before",
        /// A moment lies after a day or a period.
        After => "after",
        /// There is nothing.
        Empty => "empty",
        /// There is something.
        Filled => "filled",
    }
);

/// How many values a test takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// None.
    None,
    /// One.
    One,
    /// Two: from and to.
    Two,
    /// One or more.
    Many,
}

impl Op {
    /// How many values it takes.
    pub fn arity(self) -> Arity {
        match self {
            Self::Empty | Self::Filled => Arity::None,
            Self::Between => Arity::Two,
            Self::AnyOf | Self::NoneOf | Self::AllOf => Arity::Many,
            _ => Arity::One,
        }
    }

    /// The test it is the opposite of.
    pub(super) fn denied(self) -> Option<Self> {
        Some(match self {
            Self::IsNot => Self::Is,
            Self::NoneOf => Self::AnyOf,
            Self::Lacks => Self::Contains,
            Self::Filled => Self::Empty,
            _ => return None,
        })
    }
}
