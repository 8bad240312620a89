//! The kinds of values, and what each can be asked.

use super::op::Op;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Words. Compared without case and accents.
    Text,
    /// A number.
    Number,
    /// A moment; asked about in days of the reader's time zone.
    Moment,
    /// A day of the calendar.
    Day,
    /// Yes or no.
    YesNo,
    /// One word of a list: a stage, an owner, a source.
    Choice,
    /// Several words of a list: tags.
    Many,
}

impl Kind {
    /// What it can be asked, as people see it.
    pub fn ops(self) -> &'static [(Op, &'static str)] {
        match self {
            Self::Text => &[
                (Op::Is, "is"),
                (Op::IsNot, "is not"),
                (Op::Contains, "contains"),
                (Op::Lacks, "does not contain"),
                (Op::Begins, "begins with"),
                (Op::AnyOf, "is one of"),
                (Op::NoneOf, "is none of"),
                (Op::Empty, "is empty"),
                (Op::Filled, "is filled in"),
            ],
            Self::Number => &[
                (Op::Is, "is"),
                (Op::IsNot, "is not"),
                (Op::Over, "is more than"),
                (Op::Least, "is at least"),
                (Op::Under, "is less than"),
                (Op::Most, "is at most"),
                (Op::Between, "is between"),
                (Op::Empty, "is empty"),
                (Op::Filled, "is filled in"),
            ],
            Self::Moment | Self::Day => &[
                (Op::In, "is in"),
                (Op::Before, "is before"),
                (Op::After, "is after"),
                (Op::Between, "is between"),
                (Op::Empty, "is empty"),
                (Op::Filled, "is filled in"),
            ],
            Self::YesNo => &[(Op::Is, "is")],
            Self::Choice => &[
                (Op::Is, "is"),
                (Op::IsNot, "is not"),
                (Op::AnyOf, "is one of"),
                (Op::NoneOf, "is none of"),
                (Op::Empty, "is empty"),
                (Op::Filled, "is filled in"),
            ],
            Self::Many => &[
                (Op::AnyOf, "has any of"),
                (Op::AllOf, "has all of"),
                (Op::NoneOf, "has none of"),
                (Op::Empty, "is empty"),
                (Op::Filled, "is filled in"),
            ],
        }
    }

    /// Whether it can be asked this.
    pub fn takes(self, op: Op) -> bool {
        self.ops().iter().any(|(offered, _)| *offered == op)
    }

    /// How people read a question.
    pub fn label(self, op: Op) -> &'static str {
        let found = self.ops().iter().find(|(offered, _)| *offered == op);
        found.map_or("", |(_, label)| *label)
    }
}
