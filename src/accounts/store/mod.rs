//! Queries of accounts, by noun.

mod audit;
mod keys;
mod roles;
mod second_factor;
mod sessions;
mod settings;
pub mod teams;
mod throttles;
mod tokens;
mod users;

pub use audit::*;
pub use keys::*;
pub use roles::*;
pub use second_factor::*;
pub use sessions::*;
pub use settings::*;
pub use teams::*;
pub use throttles::*;
pub use tokens::*;
pub use users::*;
