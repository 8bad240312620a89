//! The columns of the list: what somebody chose, in their order. The name always comes first.

use crate::base::ids::TraitKeyId;
use crate::contacts::fields::Field;
use crate::text_enum;

/// Columns shown at once.
pub const MOST: usize = 20;

text_enum!(
    /// A column that every list knows.
    BuiltIn {
        /// Company.
        Company => "company",
        /// Stage.
        Stage => "stage",
        /// Owner.
        Owner => "owner",
        /// Events in 30 days.
        Events => "events",
        /// Tags.
        Tags => "tags",
        /// Last seen.
        Seen => "seen",
        /// Address.
        Email => "email",
        /// Number.
        Phone => "phone",
        /// Job title.
        JobTitle => "job_title",
        /// City.
        City => "city",
        /// Country.
        Country => "country",
        /// Source.
        Source => "source",
        /// When the record was made.
        Created => "created",
    }
);

impl BuiltIn {
    /// Its heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Stage => "Stage",
            Self::Owner => "Owner",
            Self::Events => "Events, 30 d",
            Self::Tags => "Tags",
            Self::Seen => "Last seen",
            Self::Email => "E-mail",
            Self::Phone => "Phone",
            Self::JobTitle => "Job title",
            Self::City => "City",
            Self::Country => "Country",
            Self::Source => "Source",
            Self::Created => "Created",
        }
    }

    fn is_figure(self) -> bool {
        matches!(self, Self::Events | Self::Seen | Self::Created)
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// One that every list knows.
    Own(BuiltIn),
    /// A declared field, by its key's id.
    Field(TraitKeyId),
}

/// What is shown where nobody chose.
pub const USUAL: [Column; 6] = [
    Column::Own(BuiltIn::Company),
    Column::Own(BuiltIn::Stage),
    Column::Own(BuiltIn::Owner),
    Column::Own(BuiltIn::Events),
    Column::Own(BuiltIn::Tags),
    Column::Own(BuiltIn::Seen),
];

impl Column {
    /// Its word in URLs and views.
    pub fn word(self) -> String {
        match self {
            Self::Own(own) => own.word().to_owned(),
            Self::Field(id) => format!("f{id}"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        if let Some(own) = BuiltIn::from_word(word) {
            return Some(Self::Own(own));
        }
        let id = word.strip_prefix('f')?.parse().ok()?;
        Some(Self::Field(id))
    }

    /// Its heading; none for a field that is gone or hidden.
    pub fn label(self, fields: &[Field]) -> Option<String> {
        match self {
            Self::Own(own) => Some(own.label().to_owned()),
            Self::Field(id) => {
                let field = fields.iter().find(|field| field.id == id);
                field.map(|field| field.label.clone())
            }
        }
    }

    /// Which form of a record's page changes what stands in it: below the record's address, with the key it carries.
    pub fn form(self, fields: &[Field]) -> String {
        match self {
            Self::Own(BuiltIn::Stage) => "stage".to_owned(),
            Self::Own(BuiltIn::Owner) => "owner".to_owned(),
            Self::Own(own @ (BuiltIn::JobTitle | BuiltIn::City | BuiltIn::Country)) => {
                format!("fields/{own}")
            }
            Self::Own(_) => String::new(),
            Self::Field(id) => {
                let field = fields.iter().find(|field| field.id == id);
                field.map_or_else(String::new, |field| format!("traits:{}", field.key))
            }
        }
    }

    /// Class of its cells: figures to the right; what was not chosen gives way on narrow screens.
    pub fn class(self, fields: &[Field], is_usual: bool) -> &'static str {
        let is_figure = match self {
            Self::Own(own) => own.is_figure(),
            Self::Field(id) => fields
                .iter()
                .any(|field| field.id == id && field.kind.is_figure()),
        };
        let gives_way = match self {
            _ if !is_usual => 0,
            Self::Own(BuiltIn::Owner | BuiltIn::Tags) => 3,
            Self::Own(BuiltIn::Company | BuiltIn::Stage | BuiltIn::Events) => 2,
            _ => 0,
        };
        match (is_figure, gives_way) {
            (true, 2) => "num col-2",
            (true, _) => "num",
            (false, 3) => "col-3",
            (false, 2) => "col-2",
            (false, _) => "",
        }
    }
}

/// Reads `company.stage.f12`. Words nobody knows and repetitions are left out; none: the usual ones.
pub fn read(words: &str) -> Vec<Column> {
    let columns = read_all(words);
    if columns == USUAL {
        Vec::new()
    } else {
        columns
    }
}

/// As [`read`], the usual ones by name.
pub fn read_all(words: &str) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for column in words.split('.').filter_map(Column::from_word) {
        if columns.len() < MOST && !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Writes them down; empty: the usual ones.
pub fn print(columns: &[Column]) -> String {
    let words: Vec<String> = columns.iter().map(|column| column.word()).collect();
    words.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_and_written_in_order() {
        for (words, canonical) in [
            ("", ""),
            ("company.stage.owner.events.tags.seen", ""),
            ("city.f12.email", "city.f12.email"),
            ("city.city.nothing.fx.f", "city"),
        ] {
            assert_eq!(print(&read(words)), canonical, "{words}");
        }
        let many: Vec<String> = (0..90).map(|n| format!("f{n}")).collect();
        assert_eq!(read(&many.join(".")).len(), MOST);
    }
}
