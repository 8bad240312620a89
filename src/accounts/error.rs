//! Why an act of accounts was refused, in words of the trade.

use crate::web::{Error, Errors};

/// What an action of accounts can refuse.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A field holds what cannot be taken: its name, and what to say beside it.
    #[error("{1}")]
    Field(&'static str, String),
    /// Another user has the address.
    #[error("Somebody with this e-mail address is here already.")]
    EmailTaken,
    /// Without an administrator nobody could let anybody in again.
    #[error("The last administrator has to stay one. Make somebody else an administrator first.")]
    LastAdmin,
    /// Somebody has the role: who.
    #[error("This role is in use by {0}. Give them another one first, under Settings, People.")]
    RoleInUse(String),
    /// What is done to others must not be done to oneself.
    #[error("You cannot do this to your own account.")]
    OwnAccount,
    /// There is an administrator already.
    #[error("This instance is set up already.")]
    SetUpAlready,
    /// The one-time link is unknown, used or too old.
    #[error("This link has been used already, was withdrawn, or is too old.")]
    LinkGone,
    /// Too many tries; seconds to wait.
    #[error("Too many tries. Please wait {0} seconds.")]
    TooMany(u64),
    /// No such row.
    #[error("There is nothing here under that id.")]
    NotFound,
    /// A password could not be hashed.
    #[error("hashing: {0}")]
    Hashing(String),
    /// A mail could not be written.
    #[error("mail: {0}")]
    Mail(String),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

impl AccountError {
    /// As a message beside a field of a form; what no form can mend stays an error.
    pub fn beside_field(self) -> Result<Errors, Error> {
        match self {
            Self::Field(field, why) => Ok(Errors::one(field, why)),
            Self::EmailTaken => Ok(Errors::one("email", self.to_string())),
            Self::LastAdmin | Self::OwnAccount => Ok(Errors::one("", self.to_string())),
            other => Err(other.into()),
        }
    }
}

impl From<AccountError> for Error {
    #[track_caller]
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Database(error) => error.into(),
            AccountError::Hashing(_) | AccountError::Mail(_) => Self::internal(error),
            AccountError::TooMany(secs) => Self::TooMany(secs),
            AccountError::NotFound => Self::NotFound,
            AccountError::SetUpAlready | AccountError::LastAdmin | AccountError::RoleInUse(_) => {
                Self::Conflict(error.to_string())
            }
            other => Self::Invalid(other.to_string()),
        }
    }
}
