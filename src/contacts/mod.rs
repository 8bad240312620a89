//! Contacts and companies, what identifies them, what is known of them.

pub mod merge;
pub mod survivorship;
