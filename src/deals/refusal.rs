//! Why a change of a deal is not made, in words of the trade; each way out of the house says it its own way.

use crate::contacts::refusal::{Clash, Refusal as ContactRefusal};
use crate::deals::totals::TotalsError;
use crate::web::{ApiError, Error, Errors};

/// Why not.
#[derive(Debug)]
pub enum Refusal {
    /// It is not there, or in the trash.
    Missing,
    /// Values that cannot be taken, with their messages.
    Invalid(Errors),
    /// Somebody else changed the same.
    Clash(Vec<Clash>),
    /// Somebody else moved it first, to this stage.
    Moved(String),
    /// A task of somebody else.
    NotYours,
    /// Nobody said why it was lost.
    NeedsReason,
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
            Self::Invalid(errors) => errors
                .iter()
                .map(|(_, message)| message)
                .collect::<Vec<_>>()
                .join(" "),
            Self::Clash(clashes) => {
                let what: Vec<String> = clashes
                    .iter()
                    .map(|c| format!("{} is now “{}”", c.label, c.now))
                    .collect();
                format!("Somebody changed it meanwhile: {}.", what.join(", "))
            }
            Self::Moved(stage) => {
                format!("Somebody moved it to {stage} meanwhile. Nothing was changed.")
            }
            Self::NotYours => {
                "This task is somebody else's: who is to do it, who wrote it down, or somebody who may change deals can change it."
                    .to_owned()
            }
            Self::NeedsReason => "Say why it was lost.".to_owned(),
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

impl From<TotalsError> for Refusal {
    fn from(error: TotalsError) -> Self {
        match error {
            TotalsError::TooMuch => Self::invalid(
                "amount",
                "With this amount the sum of the stage could not be kept exact.",
            ),
            TotalsError::Query(error) => error.into(),
        }
    }
}

impl From<ContactRefusal> for Refusal {
    fn from(refusal: ContactRefusal) -> Self {
        match refusal {
            ContactRefusal::Missing => Self::Missing,
            ContactRefusal::Invalid(errors) => Self::Invalid(errors),
            ContactRefusal::Clash(clashes) => Self::Clash(clashes),
            ContactRefusal::Query(error) => Self::Query(error),
            other => Self::invalid("company", other.words()),
        }
    }
}

impl From<Refusal> for Error {
    #[track_caller]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::NotFound,
            Refusal::NotYours => Self::Forbidden(refusal.words()),
            Refusal::Query(error) => error.into(),
            Refusal::Invalid(_) | Refusal::NeedsReason => Self::Invalid(refusal.words()),
            Refusal::Clash(_) | Refusal::Moved(_) => Self::Conflict(refusal.words()),
        }
    }
}

impl From<Refusal> for ApiError {
    #[track_caller]
    fn from(refusal: Refusal) -> Self {
        use actix_web::http::StatusCode;
        match refusal {
            Refusal::Missing => Error::NotFound.into(),
            Refusal::NotYours => Error::Forbidden(refusal.words()).into(),
            Refusal::Query(error) => error.into(),
            Refusal::NeedsReason => Self::invalid("lost_reason", "Say why it was lost."),
            Refusal::Invalid(ref errors) => {
                let first = errors.iter().next();
                let (field, message) = first.unwrap_or(("", "A value cannot be taken."));
                Self::invalid(field, message)
            }
            Refusal::Clash(_) | Refusal::Moved(_) => {
                Self::new(StatusCode::CONFLICT, "conflict", refusal.words())
            }
        }
    }
}
