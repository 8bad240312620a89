//! The people who work in Rapport: sign-in, sessions, API keys, roles. Gives every other slice the
//! `Viewer`, and the rights that stand in handlers' signatures.

pub mod access;
pub mod actions;
pub mod api_key;
pub mod audit;
mod browser;
pub mod challenge;
mod cookies;
mod error;
pub mod figures;
pub mod gates;
pub mod guest;
pub mod jobs;
pub mod keyring;
mod mails;
pub mod model;
pub mod pages;
pub mod panels;
pub mod password;
pub mod pins;
pub mod post;
pub mod reach;
pub mod rights;
pub mod seen;
pub mod setup_token;
pub mod store;
pub mod totp;
pub mod viewer;

pub use access::{Access, Action, Object, Scope};
pub use api_key::ApiCan;
pub use error::AccountError;
pub use figures::Figures;
pub use gates::Gates;
pub use guest::Guest;
pub use model::{Role, User};
pub use panels::Panels;
pub use pins::Pins;
pub use reach::Reach;
pub use viewer::{Can, Viewer};

/// Loads the demo world, or has it loaded by a job; `None` where this build has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct DemoWorld(
    pub Option<fn(&mut crate::db::Conn, crate::base::Timestamp) -> diesel::QueryResult<()>>,
);
