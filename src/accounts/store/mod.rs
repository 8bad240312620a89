//! Queries of accounts, by noun.

mod keys;
mod sessions;
mod settings;
mod throttles;
mod users;

pub use keys::*;
pub use sessions::*;
pub use settings::*;
pub use throttles::*;
pub use users::*;
