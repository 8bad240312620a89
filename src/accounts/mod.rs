//! The people who work in Rapport: sign-in, sessions, API keys, roles. Gives every other slice the
//! `Viewer`, and the rights that stand in handlers' signatures.

pub mod api_key;
pub mod model;
pub mod rights;
pub mod store;
pub mod viewer;

pub use api_key::ApiCan;
pub use model::{Role, User};
pub use viewer::{Can, Viewer};
