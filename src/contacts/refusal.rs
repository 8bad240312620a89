//! Why a change of a contact or company is not made, in words of the trade; each way out of the house says it its own way.

use crate::base::ids::{CompanyId, ContactId};
use crate::web::{ApiError, Error, Errors};

/// A value that somebody else changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Name of the form's field.
    pub field: String,
    /// For people.
    pub label: String,
    /// What it says now.
    pub now: String,
    /// What was typed.
    pub typed: String,
}

/// Why not.
#[derive(Debug)]
pub enum Refusal {
    /// It is not there, or in the trash.
    Missing,
    /// It lives on in another contact.
    Merged(ContactId),
    /// Values that cannot be taken, with their messages.
    Invalid(Errors),
    /// Another contact has this address or number.
    Taken {
        /// `email` or `phone`.
        namespace: &'static str,
        /// Which.
        value: String,
        /// Who has it.
        holder: ContactId,
        /// What that contact is called.
        name: String,
        /// Whether it is in the trash.
        is_in_trash: bool,
    },
    /// Another company has this domain.
    DomainTaken {
        /// Which.
        domain: String,
        /// Who has it.
        holder: CompanyId,
        /// What it is called.
        name: String,
    },
    /// Another record has this value of a field whose values may be given only once.
    ValueTaken {
        /// Name of the field, as the form or the program calls it.
        field: String,
        /// Who has it.
        message: String,
    },
    /// Somebody else changed the same.
    Clash(Vec<Clash>),
    /// The database.
    Query(diesel::result::Error),
}

impl Refusal {
    /// One value that cannot be taken.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Errors::one(field, message))
    }

    /// In one sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Missing | Self::Query(_) => "It is no longer there.".to_owned(),
            Self::Merged(_) => "It was merged into another contact.".to_owned(),
            Self::Invalid(errors) => errors
                .iter()
                .map(|(_, message)| message)
                .collect::<Vec<_>>()
                .join(" "),
            Self::Taken {
                value,
                name,
                is_in_trash,
                ..
            } => {
                let place = if *is_in_trash {
                    ", which is in the trash"
                } else {
                    ""
                };
                format!("{value} belongs to {name}{place}.")
            }
            Self::DomainTaken { domain, name, .. } => format!("{domain} belongs to {name}."),
            Self::ValueTaken { message, .. } => message.clone(),
            Self::Clash(clashes) => {
                let what: Vec<String> = clashes
                    .iter()
                    .map(|c| format!("{} is now “{}”", c.label, c.now))
                    .collect();
                format!("Somebody changed it meanwhile: {}.", what.join(", "))
            }
        }
    }
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::Missing,
            error => Self::Query(error),
        }
    }
}

impl From<Refusal> for Error {
    #[track_caller]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::NotFound,
            Refusal::Query(error) => error.into(),
            Refusal::Invalid(_) => Self::Invalid(refusal.words()),
            other => Self::Conflict(other.words()),
        }
    }
}

impl From<Refusal> for ApiError {
    #[track_caller]
    fn from(refusal: Refusal) -> Self {
        use actix_web::http::StatusCode;
        match refusal {
            Refusal::Missing => Error::NotFound.into(),
            Refusal::Query(error) => error.into(),
            Refusal::Invalid(ref errors) => {
                let first = errors.iter().next();
                let (field, message) = first.unwrap_or(("", "A value cannot be taken."));
                Self::invalid(field, message)
            }
            Refusal::Taken {
                namespace, holder, ..
            } => Self {
                status: StatusCode::CONFLICT,
                code: "identity_taken",
                message: format!("{} It is contact {holder}.", refusal.words()),
                field: Some(namespace.to_owned()),
            },
            Refusal::ValueTaken { field, message } => Self {
                status: StatusCode::CONFLICT,
                code: "value_taken",
                message,
                field: Some(field),
            },
            other => Self::new(StatusCode::CONFLICT, "conflict", other.words()),
        }
    }
}
