//! Why a change of a ticket or mailbox is not made; each way out of the house says it its own way.

use crate::base::ids::MessageId;
use crate::web::{ApiError, Error, Errors};

/// Why not.
#[derive(Debug)]
pub enum TicketError {
    /// It is not there.
    Missing,
    /// Values that cannot be taken.
    Invalid(Errors),
    /// Messages came in since the answer was begun; the newest of them.
    Behind(MessageId),
    /// The database.
    Query(diesel::result::Error),
}

impl TicketError {
    /// One value that cannot be taken.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Errors::one(field, message))
    }

    fn words(&self) -> String {
        match self {
            Self::Invalid(errors) => errors
                .iter()
                .map(|(_, message)| message)
                .collect::<Vec<_>>()
                .join(" "),
            Self::Behind(_) => {
                "Something came in since you read the ticket. Read it, then answer.".to_owned()
            }
            Self::Missing | Self::Query(_) => "It is no longer there.".to_owned(),
        }
    }
}

impl From<diesel::result::Error> for TicketError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::Missing,
            error => Self::Query(error),
        }
    }
}

impl From<TicketError> for Error {
    #[track_caller]
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Missing => Self::NotFound,
            TicketError::Query(error) => error.into(),
            TicketError::Invalid(_) => Self::Invalid(error.words()),
            TicketError::Behind(_) => Self::Conflict(error.words()),
        }
    }
}

impl From<TicketError> for ApiError {
    #[track_caller]
    fn from(error: TicketError) -> Self {
        if let TicketError::Invalid(errors) = &error
            && let Some((field, message)) = errors.iter().next()
        {
            return Self::invalid(field, message);
        }
        Error::from(error).into()
    }
}
