//! What records can be asked about: the catalog that a slice registers.

use std::borrow::Cow;

use super::kind::Kind;

/// One thing that can be asked about.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its word in trees; never changes.
    pub key: Cow<'static, str>,
    /// For people.
    pub label: Cow<'static, str>,
    /// Heading it stands under; empty: the first.
    pub group: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Where the database keeps it.
    pub place: Place,
    /// What a choice is made from.
    pub choices: Vec<Choice>,
    /// Whether `me` stands for the reader's own id.
    pub has_me: bool,
}

/// One of the values of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As the tree and the database have it.
    pub value: String,
    /// For people.
    pub label: String,
}

/// Where the database keeps a field's values, as expressions over the table that is walked. Only the house writes these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// TEXT that is never null; empty: nothing.
    Text(Cow<'static, str>),
    /// TEXT that may be null.
    NullableText(Cow<'static, str>),
    /// TEXT that is one of few words, compared as it stands.
    Word(Cow<'static, str>),
    /// BIGINT or null: the id of something.
    Id(Cow<'static, str>),
    /// DOUBLE or null.
    Number(Cow<'static, str>),
    /// BIGINT microseconds; null or 0: never.
    Micros(Cow<'static, str>),
    /// BIGINT days since 1970, or null.
    Days(Cow<'static, str>),
    /// BOOLEAN that is never null.
    Bool(Cow<'static, str>),
    /// Rows of another table. `from` is what stands behind FROM, its condition included; `value` the column compared.
    Rows {
        /// Table, alias and the condition that joins it.
        from: Cow<'static, str>,
        /// The column that holds the value.
        value: Cow<'static, str>,
        /// Whether it is a BIGINT.
        is_id: bool,
    },
}

impl Field {
    /// A field of this kind.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        kind: Kind,
        place: Place,
    ) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            group: Cow::Borrowed(""),
            kind,
            place,
            choices: Vec::new(),
            has_me: false,
        }
    }

    /// What can be chosen: values and words.
    #[must_use]
    pub fn of(mut self, choices: impl IntoIterator<Item = (String, String)>) -> Self {
        let each = choices.into_iter();
        self.choices = each.map(|(value, label)| Choice { value, label }).collect();
        self
    }

    /// `me` is understood.
    #[must_use]
    pub fn with_me(mut self) -> Self {
        self.has_me = true;
        self
    }

    /// Stands under a heading.
    #[must_use]
    pub fn under(mut self, group: impl Into<Cow<'static, str>>) -> Self {
        self.group = group.into();
        self
    }

    /// The words for one of its values.
    pub fn shown(&self, value: &str) -> String {
        if self.has_me && value == "me" {
            return "me".to_owned();
        }
        let found = self.choices.iter().find(|choice| choice.value == value);
        match (found, self.kind) {
            (Some(choice), _) => choice.label.clone(),
            (None, Kind::Choice | Kind::Many) => "something that is gone".to_owned(),
            (None, _) => value.to_owned(),
        }
    }

    /// Whether its values are ids.
    pub(super) fn is_id(&self) -> bool {
        matches!(self.place, Place::Id(_) | Place::Rows { is_id: true, .. })
    }
}

/// Everything that one kind of record can be asked about.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// In the order people see.
    pub fields: Vec<Field>,
}

impl Catalog {
    /// The field of that key.
    pub fn find(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}
