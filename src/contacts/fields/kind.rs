//! The types a field can have.

use crate::text_enum;

text_enum!(
    /// What a field holds.
    FieldKind {
        /// A line.
        Text => "text",
        /// Lines.
        LongText => "long_text",
        /// A figure.
        Number => "number",
        /// An amount of a currency.
        Money => "money",
        /// A day.
        Date => "date",
        /// A moment.
        DateTime => "date_time",
        /// Yes or no.
        YesNo => "yes_no",
        /// One of its options.
        Select => "select",
        /// Some of its options.
        MultiSelect => "multi_select",
        /// Somebody who works here.
        User => "user",
        /// An address on the web.
        Url => "url",
        /// An e-mail address.
        Email => "email",
        /// A phone number.
        Phone => "phone",
    }
);

impl FieldKind {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::LongText => "Long text",
            Self::Number => "Number",
            Self::Money => "Money",
            Self::Date => "Date",
            Self::DateTime => "Date and time",
            Self::YesNo => "Yes or no",
            Self::Select => "One of several",
            Self::MultiSelect => "Some of several",
            Self::User => "Person of the team",
            Self::Url => "Web address",
            Self::Email => "E-mail address",
            Self::Phone => "Phone number",
        }
    }

    /// With its article, in the middle of a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text | Self::LongText => "a text",
            Self::Number => "a number",
            Self::Money => "an amount",
            Self::Date => "a date",
            Self::DateTime => "a date with a time",
            Self::YesNo => "yes or no",
            Self::Select | Self::MultiSelect => "one of the options",
            Self::User => "a person of the team",
            Self::Url => "a web address",
            Self::Email => "an e-mail address",
            Self::Phone => "a phone number",
        }
    }

    /// Whether it has options.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }

    /// Whether no two records may have the same: what a person or a thing can be told by.
    pub fn can_be_unique(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Number | Self::Url | Self::Email | Self::Phone
        )
    }

    /// Whether lists compare it as a figure; else as words.
    pub fn is_figure(self) -> bool {
        matches!(
            self,
            Self::Number | Self::Money | Self::Date | Self::DateTime | Self::YesNo | Self::User
        )
    }

    /// Pairs for a select.
    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL
            .iter()
            .map(|kind| (kind.word(), kind.label()))
            .collect()
    }
}
