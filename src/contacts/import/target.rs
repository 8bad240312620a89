//! Where a column of a file can go. Kept and posted as a word: `fact:city`, `email:Work`, `trait:plan`.

use serde::{Deserialize, Serialize};

use crate::contacts::model::Field;
use crate::text_enum;

text_enum!(
    /// What a column can say of a company.
    CompanyPart {
        /// Its name.
        Name => "name",
        /// Its e-mail domain.
        Domain => "domain",
        /// What the person is there.
        Role => "role",
        /// Its address on the web.
        Website => "website",
        /// What it does.
        Industry => "industry",
        /// Number of its switchboard.
        Phone => "phone",
    }
);

text_enum!(
    /// What a column can say of a deal.
    DealPart {
        /// What it is called.
        Name => "name",
        /// How much, with or without a currency.
        Amount => "amount",
        /// Name of a stage of the pipeline.
        Stage => "stage",
    }
);

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Target {
    /// Nowhere.
    Skip,
    /// A fact of the contact.
    Fact(Field),
    /// An address, with its label.
    Email(String),
    /// A number, with its label.
    Phone(String),
    /// The id that programs know the person by.
    UserId,
    /// An id in another system: its name.
    External(String),
    /// How far they have come.
    Stage,
    /// Who looks after them: an e-mail address or a name.
    Owner,
    /// Tags, several in a cell.
    Tags,
    /// A note.
    Note,
    /// Of their company.
    Company(CompanyPart),
    /// Of a deal.
    Deal(DealPart),
    /// A trait, by its key.
    Trait(String),
}

/// Labels of addresses and numbers that are offered.
pub const EMAIL_LABELS: &[&str] = &["", "Work", "Home", "Other"];
/// As above.
pub const PHONE_LABELS: &[&str] = &["", "Work", "Mobile", "Home", "Other"];

impl Target {
    /// Its word; what is no word goes nowhere.
    pub fn from_word(word: &str) -> Self {
        let (kind, rest) = word.split_once(':').unwrap_or((word, ""));
        let found = match kind {
            "fact" => Field::from_word(rest).map(Self::Fact),
            "email" => Some(Self::Email(rest.to_owned())),
            "phone" => Some(Self::Phone(rest.to_owned())),
            "user_id" => Some(Self::UserId),
            "external" if !rest.is_empty() => Some(Self::External(rest.to_owned())),
            "stage" => Some(Self::Stage),
            "owner" => Some(Self::Owner),
            "tags" => Some(Self::Tags),
            "note" => Some(Self::Note),
            "company" => CompanyPart::from_word(rest).map(Self::Company),
            "deal" => DealPart::from_word(rest).map(Self::Deal),
            "trait" if !rest.is_empty() => Some(Self::Trait(rest.to_owned())),
            _ => None,
        };
        found.unwrap_or(Self::Skip)
    }

    /// The word.
    pub fn word(&self) -> String {
        match self {
            Self::Skip => "skip".to_owned(),
            Self::Fact(field) => format!("fact:{field}"),
            Self::Email(label) if label.is_empty() => "email".to_owned(),
            Self::Email(label) => format!("email:{label}"),
            Self::Phone(label) if label.is_empty() => "phone".to_owned(),
            Self::Phone(label) => format!("phone:{label}"),
            Self::UserId => "user_id".to_owned(),
            Self::External(name) => format!("external:{name}"),
            Self::Stage => "stage".to_owned(),
            Self::Owner => "owner".to_owned(),
            Self::Tags => "tags".to_owned(),
            Self::Note => "note".to_owned(),
            Self::Company(part) => format!("company:{part}"),
            Self::Deal(part) => format!("deal:{part}"),
            Self::Trait(key) => format!("trait:{key}"),
        }
    }

    /// For people.
    pub fn label(&self) -> String {
        let with = |word: &str, label: &str| match label {
            "" => word.to_owned(),
            label => format!("{word}, {}", label.to_lowercase()),
        };
        match self {
            Self::Skip => "Do not import".to_owned(),
            Self::Fact(field) => field.label().to_owned(),
            Self::Email(label) => with("E-mail", label),
            Self::Phone(label) => with("Phone", label),
            Self::UserId => "User id".to_owned(),
            Self::External(name) => format!("Id in {name}"),
            Self::Stage => "Stage".to_owned(),
            Self::Owner => "Owner".to_owned(),
            Self::Tags => "Tags".to_owned(),
            Self::Note => "Note".to_owned(),
            Self::Company(CompanyPart::Name) => "Company".to_owned(),
            Self::Company(CompanyPart::Role) => "Role at the company".to_owned(),
            Self::Company(part) => format!("Company {part}"),
            Self::Deal(part) => format!("Deal {part}"),
            Self::Trait(key) => crate::contacts::traits::label_of(key, ""),
        }
    }

    /// Whether two columns may go there.
    pub fn takes_several(&self) -> bool {
        matches!(
            self,
            Self::Skip | Self::Email(_) | Self::Phone(_) | Self::Tags | Self::Note
        )
    }

    /// Everything offered for any column, without traits.
    pub fn offered() -> Vec<Self> {
        let mut all = vec![Self::Skip];
        all.extend(Field::ALL.iter().copied().map(Self::Fact));
        all.extend(EMAIL_LABELS.iter().map(|l| Self::Email((*l).to_owned())));
        all.extend(PHONE_LABELS.iter().map(|l| Self::Phone((*l).to_owned())));
        all.extend([Self::Stage, Self::Owner, Self::Tags, Self::Note]);
        all.extend(CompanyPart::ALL.iter().copied().map(Self::Company));
        all.extend(DealPart::ALL.iter().copied().map(Self::Deal));
        all.push(Self::UserId);
        all
    }
}

impl From<String> for Target {
    fn from(word: String) -> Self {
        Self::from_word(&word)
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.word()
    }
}
