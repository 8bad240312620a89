//! Values with rules: time, ids, addresses, tokens, text. Nothing here does I/O or names the rest of the house.

pub mod clock;
pub mod country;
pub mod date;
pub mod email_address;
pub mod ids;
pub mod money;
pub mod phone;
pub mod terms;
pub mod text;
pub mod text_enum;
pub mod token;

pub use clock::Timestamp;
pub use email_address::EmailAddress;
pub use money::{Currency, Money};
