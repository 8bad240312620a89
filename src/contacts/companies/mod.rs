//! Companies: where contacts work, with what role, and which e-mail domains are theirs.
//! A domain belongs to one company; those of mail providers belong to none.

pub mod actions;
mod domains;


pub mod model;

pub mod people;
pub mod store;

pub use domains::is_free_mail;
pub use model::Company;

