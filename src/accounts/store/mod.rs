//! Queries of accounts, by noun.

mod audit;
mod keys;
mod second_factor;
mod sessions;
mod settings;
mod throttles;
mod tokens;
mod users;

pub use audit::*;
pub use keys::*;
pub use second_factor::*;
pub use sessions::*;
pub use settings::*;
pub use throttles::*;
pub use tokens::*;
pub use users::*;
